/**
 * One tab a profile. Who holds the Web Lock runs the node; another tab asks the holder to let go, and takes the lock by force only
 * when nobody answers (a frozen tab).
 */

const NAME = 'kith-profile';
/** A tab that lives lets go well within this. */
const ANSWER_MS = 4000;

export interface ProfileLock {
  /** Somebody asks for the profile: stop everything, then resolve. */
  onAsked(stop: () => Promise<void>): void;
  /** The lock was taken by force: stop at once. */
  onTaken(listener: () => void): void;
}

interface Held extends ProfileLock {
  release(): void;
}

function request(options: LockOptions): Promise<Held | undefined> {
  return new Promise((resolve, reject) => {
    let release: () => void = () => {};
    const held = new Promise<void>((free) => {
      release = free;
    });
    let isOurs = false;
    let isReleased = false;
    let taken: () => void = () => {};
    navigator.locks
      .request(NAME, options, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        isOurs = true;
        resolve({
          release: () => {
            isReleased = true;
            release();
          },
          onTaken: (listener) => {
            taken = listener;
          },
          onAsked: (stop) => answerRequests(stop, release),
        });
        return held;
      })
      .catch((error: unknown) => {
        // A stolen lock rejects the holder's request.
        if (isOurs && !isReleased) taken();
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
  });
}

function answerRequests(stop: () => Promise<void>, release: () => void): void {
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = (event: MessageEvent<unknown>) => {
    if (event.data !== 'please') return;
    channel.close();
    void stop().finally(release);
  };
}

/** The lock, or nothing when another tab has it. */
export function takeProfileLock(): Promise<ProfileLock | undefined> {
  return request({ ifAvailable: true });
}

/** Asks the tab that has it to let go; takes it by force when that tab does not answer. */
export async function askForProfileLock(): Promise<ProfileLock | undefined> {
  const channel = new BroadcastChannel(NAME);
  const signal = AbortSignal.timeout(ANSWER_MS);
  const waiting = request({ signal });
  channel.postMessage('please');
  channel.close();
  try {
    return await waiting;
  } catch {
    return request({ steal: true });
  }
}
