import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { askForProfileLock, type Holder, type LockParts, takeProfileLock } from './profile-lock.ts';

/** One lock as the Web Locks API has it, and one channel between tabs; a frozen tab hears nothing and is told nothing. */
class FakeBrowser {
  #holder: { readonly tab: FakeTab; readonly lost: (error: Error) => void; readonly key: object } | undefined;
  readonly #queue: (() => void)[] = [];
  readonly tabs: FakeTab[] = [];

  tab(): FakeTab {
    const tab = new FakeTab(this);
    this.tabs.push(tab);
    return tab;
  }

  request(tab: FakeTab, options: LockOptions, callback: (lock: Lock | null) => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        const key = {};
        this.#holder = { tab, key, lost: (error) => tab.hears(() => reject(error)) };
        Promise.resolve(callback({} as Lock)).then((value) => {
          if (this.#holder?.key !== key) return;
          this.#holder = undefined;
          resolve(value);
          this.#queue.shift()?.();
        }, reject);
      };
      if (options.steal === true) {
        const robbed = this.#holder;
        grant();
        robbed?.lost(new DOMException('stolen', 'AbortError'));
      } else if (this.#holder === undefined) grant();
      else if (options.ifAvailable === true) resolve(callback(null));
      else {
        this.#queue.push(grant);
        options.signal?.addEventListener('abort', () => {
          this.#queue.splice(this.#queue.indexOf(grant), 1);
          reject(new DOMException('aborted', 'AbortError'));
        });
      }
    });
  }
}

class FakeTab implements LockParts {
  readonly channels: FakeChannel[] = [];
  readonly locks: LockParts['locks'];
  readonly #missed: (() => void)[] = [];
  #isFrozen = false;

  constructor(browser: FakeBrowser) {
    this.browser = browser;
    this.locks = {
      request: (_name: string, options: LockOptions, callback: (lock: Lock | null) => unknown) => browser.request(this, options, callback),
    } as LockParts['locks'];
  }
  readonly browser: FakeBrowser;

  channel(): BroadcastChannel {
    const channel = new FakeChannel(this);
    this.channels.push(channel);
    return channel as unknown as BroadcastChannel;
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  wake(): void {
    this.#isFrozen = false;
    for (const one of this.#missed.splice(0)) one();
  }

  hears(happening: () => void): void {
    if (this.#isFrozen) this.#missed.push(happening);
    else happening();
  }
}

class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  readonly #tab: FakeTab;
  #isClosed = false;

  constructor(tab: FakeTab) {
    this.#tab = tab;
  }

  postMessage(data: unknown): void {
    if (this.#isClosed) throw new DOMException('closed', 'InvalidStateError');
    for (const tab of this.#tab.browser.tabs)
      for (const channel of tab.channels) if (channel !== this) queueMicrotask(() => tab.hears(() => channel.#hear(data)));
  }

  close(): void {
    this.#isClosed = true;
  }

  #hear(data: unknown): void {
    if (!this.#isClosed) this.onmessage?.({ data });
  }
}

const story: string[] = [];
let browser: FakeBrowser;
let closing: Promise<void>;
const holder: Holder = {
  asked: async () => {
    story.push('asked');
    await closing;
    story.push('closed');
  },
  taken: () => void story.push('ended'),
};
const idle: Holder = { asked: async () => {}, taken: () => {} };

async function ask(tab: FakeTab): Promise<void> {
  await askForProfileLock(() => story.push('silent'), tab);
  story.push('opens');
}

beforeEach(() => {
  vi.useFakeTimers();
  story.length = 0;
  browser = new FakeBrowser();
  closing = Promise.resolve();
});
afterEach(() => {
  vi.useRealTimers();
});

test('one tab has the lock; another is told that it has not', async () => {
  expect(await takeProfileLock(holder, browser.tab())).toBe(true);
  expect(await takeProfileLock(idle, browser.tab())).toBe(false);
});

test('the tab that is asked closes first, and only then the other opens', async () => {
  await takeProfileLock(holder, browser.tab());
  await ask(browser.tab());
  expect(story).toEqual(['asked', 'closed', 'opens']);
});

test('a tab that answered may take its time to close: nothing is taken from it meanwhile', async () => {
  closing = new Promise((resolve) => setTimeout(resolve, 8000));
  await takeProfileLock(holder, browser.tab());
  const asked = ask(browser.tab());
  await vi.advanceTimersByTimeAsync(7000);
  expect(story).toEqual(['asked']);
  await vi.advanceTimersByTimeAsync(1000);
  await asked;
  expect(story).toEqual(['asked', 'closed', 'opens']);
});

test('a tab that answered and never closes is ended by force, before the other opens', async () => {
  closing = new Promise(() => {});
  await takeProfileLock(holder, browser.tab());
  const asked = ask(browser.tab());
  await vi.advanceTimersByTimeAsync(10_000);
  await asked;
  expect(story).toEqual(['asked', 'silent', 'ended', 'opens']);
});

test('a frozen tab is waited for, but not for ever, with a word; when it wakes its node ends at once', async () => {
  const frozen = browser.tab();
  await takeProfileLock(holder, frozen);
  frozen.freeze();
  const asked = ask(browser.tab());
  await vi.advanceTimersByTimeAsync(4000);
  expect(story).toEqual(['silent']);
  await vi.advanceTimersByTimeAsync(1999);
  expect(story).toEqual(['silent']);
  await vi.advanceTimersByTimeAsync(1);
  await asked;
  frozen.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(story.slice(0, 2)).toEqual(['silent', 'opens']);
  expect(story).toContain('ended');
});
