import { afterEach, beforeEach, expect, test, vi } from 'vitest';

class FakeLock {
  released = false;
  release(): Promise<void> {
    this.released = true;
    return Promise.resolve();
  }
}

const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
let locks: FakeLock[] = [];

beforeEach(() => {
  vi.resetModules();
  locks = [];
  page.visibilityState = 'visible';
  vi.stubGlobal('document', page);
  const request = (): Promise<FakeLock> => {
    const lock = new FakeLock();
    locks.push(lock);
    return Promise.resolve(lock);
  };
  vi.stubGlobal('navigator', { wakeLock: { request } });
});

afterEach(() => vi.unstubAllGlobals());

async function screen(): Promise<ReturnType<typeof import('./screen.ts').deviceScreen>> {
  const { deviceScreen } = await import('./screen.ts');
  return deviceScreen();
}

const heard = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the screen stays on while anybody holds it, and may go dark when the last lets go', async () => {
  const { stayOn } = await screen();
  const [one, other] = [stayOn(), stayOn()];
  await heard();
  expect(locks.map(({ released }) => released)).toEqual([false]);
  one();
  one();
  await heard();
  expect(locks[0]?.released).toBe(false);
  other();
  await heard();
  expect(locks.map(({ released }) => released)).toEqual([true]);
});

test('let go before the browser has answered, it goes dark all the same', async () => {
  const { stayOn } = await screen();
  stayOn()();
  await heard();
  expect(locks.every(({ released }) => released)).toBe(true);
});

test('what the browser took back in the background is asked for again in front', async () => {
  const { stayOn } = await screen();
  stayOn();
  await heard();
  await locks[0]?.release();
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  await heard();
  expect(locks).toHaveLength(1);
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  await heard();
  expect(locks.map(({ released }) => released)).toEqual([true, false]);
});

test('a browser without such a lock, or one that refuses, is no trouble', async () => {
  vi.stubGlobal('navigator', {});
  const { stayOn } = await screen();
  expect(() => stayOn()()).not.toThrow();
  await heard();
});
