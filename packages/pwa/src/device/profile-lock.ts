/**
 * One tab a profile. Who holds the Web Lock runs the node; another tab asks the holder to let go, waits while it closes, and takes the
 * lock by force only when nobody answers (a frozen tab). What the robbed tab still does when it wakes is ended by `taken`; what its
 * worker might write before that is refused by the store itself, which belongs to whoever opened it last.
 */

const NAME = 'kith-profile';
/** A tab that lives answers well within this. */
const ANSWER_MS = 4000;
/** Having answered, it closes within this. */
const CLOSING_MS = 10_000;
/** A robbed tab that can run at all says within this that its node has ended. */
const ENDED_MS = 2000;

/** What the tab that runs the node does for others. Both must be possible from the moment on in which the lock is asked for. */
export interface Holder {
  /** Somebody asks for the profile: close everything, then resolve. */
  asked(): Promise<void>;
  /** The lock was taken by force: the node must have ended when this returns. */
  taken(): void;
}

/** The browser's, or a test's. */
export interface LockParts {
  readonly locks: Pick<LockManager, 'request'>;
  channel(): BroadcastChannel;
}

const browser: LockParts = {
  get locks() {
    return navigator.locks;
  },
  channel: () => new BroadcastChannel(NAME),
};

type Said = 'please' | 'closing' | 'closed';

/** Takes the lock if it is free, and keeps it until somebody asks for it, takes it, or the page ends. */
export function takeProfileLock(holder: Holder, parts: LockParts = browser): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let letGo: () => void = () => {};
    const held = new Promise<void>((free) => {
      letGo = free;
    });
    let state: 'waiting' | 'ours' | 'free' = 'waiting';
    const channel = parts.channel();
    const end = (): void => {
      if (state === 'free') return;
      state = 'free';
      say(channel, 'closed');
      channel.close();
      letGo();
    };
    let isClosing = false;
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data !== 'please' || state !== 'ours') return;
      // Each who asks is answered, the node is closed once.
      say(channel, 'closing');
      if (isClosing) return;
      isClosing = true;
      holder.asked().then(end, end);
    };
    parts.locks
      .request(NAME, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          channel.close();
          resolve(false);
          return undefined;
        }
        state = 'ours';
        resolve(true);
        return held;
      })
      .catch((error: unknown) => {
        if (state === 'waiting') {
          channel.close();
          reject(asError(error));
        } else if (state === 'ours') {
          // A stolen lock rejects the holder's request.
          holder.taken();
          end();
        }
      });
  });
}

/**
 * Asks the tab that has the lock to let go; takes it by force when that tab does not answer, or does not come to an end. `onSilent` is
 * told before. Resolves once the other's node has ended, or cannot be waited for any longer; the lock is then this page's until it ends.
 */
export async function askForProfileLock(onSilent: () => void, parts: LockParts = browser): Promise<void> {
  const channel = parts.channel();
  try {
    const patience = new AbortController();
    let timer = setTimeout(() => patience.abort(), ANSWER_MS);
    let hasEnded: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      hasEnded = resolve;
    });
    let isClosing = false;
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data === 'closed') hasEnded();
      if (data !== 'closing' || isClosing) return;
      isClosing = true;
      clearTimeout(timer);
      timer = setTimeout(() => patience.abort(), CLOSING_MS);
    };
    const waiting = hold(parts, { signal: patience.signal });
    say(channel, 'please');
    try {
      await waiting;
      return;
    } catch (error) {
      if (!patience.signal.aborted) throw asError(error);
    } finally {
      clearTimeout(timer);
    }
    onSilent();
    await hold(parts, { steal: true });
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, ENDED_MS))]);
  } finally {
    channel.close();
  }
}

/** Resolves once the lock is ours; it stays so until the page ends. */
function hold(parts: LockParts, options: LockOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    parts.locks
      .request(NAME, options, () => {
        resolve();
        return new Promise<void>(() => {});
      })
      .catch(reject);
  });
}

function say(channel: BroadcastChannel, said: Said): void {
  channel.postMessage(said);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
