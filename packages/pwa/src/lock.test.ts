import { expect, test } from 'vitest';
import { PageLock } from './lock.ts';
import { fakeDevice } from './view-models/testing/fake-device.ts';
import type { Answer, Asked } from './worker-messages.ts';

interface World {
  readonly lock: PageLock;
  /** What happened, in order. */
  readonly log: string[];
  readonly asked: Asked[];
  readonly kept: Map<string, string>;
}

function page(
  answer: (asked: Asked) => Answer | Promise<Answer> = () => ({ kind: 'done' }),
  given: 'yes' | 'absent' | 'not-given' = 'yes',
): World {
  const log: string[] = [];
  const asked: Asked[] = [];
  const { drawer, kept } = fakeDevice({ nowMs: 0 });
  const output = (): Uint8Array<ArrayBuffer> | 'absent' | 'not-given' => (given === 'yes' ? new Uint8Array(32).fill(9) : given);
  const lock = new PageLock({
    drawer,
    finger: {
      isOffered: () => Promise.resolve(true),
      isSet: () => false,
      set: () => Promise.resolve(output()),
      ask: () => Promise.resolve(output()),
      forget: () => void log.push('finger forgotten'),
    },
    eraser: {
      eraseData: () => Promise.resolve(void log.push('data deleted')),
      eraseAll: () => Promise.resolve(void log.push('everything deleted')),
    },
    ask: async (one) => {
      asked.push(one);
      log.push(one.kind);
      return answer(one);
    },
    hide: () => void log.push('hidden'),
    end: () => Promise.resolve(void log.push('ended')),
    restart: () => void log.push('restarted'),
  });
  return { lock, log, asked, kept };
}

test('erasing hides first, makes unreadable second, and deletes only then', async () => {
  const { lock, log } = page();
  await lock.wipe();
  expect(log).toEqual(['hidden', 'erase', 'ended', 'finger forgotten', 'everything deleted', 'restarted']);
});

test('locking hides before anything else, forgets the keys and begins anew', async () => {
  const { lock, log } = page();
  await lock.lockNow();
  expect(log).toEqual(['hidden', 'forget', 'ended', 'restarted']);
});

test('what was typed under pressure ends as new, with the app still there', async () => {
  const { lock, log } = page(() => ({ kind: 'erased' }));
  expect(await lock.unlock({ kind: 'passphrase', text: 'battery' })).toBeUndefined();
  expect(log).toEqual(['open', 'hidden', 'ended', 'finger forgotten', 'data deleted', 'restarted']);
});

test('the bytes of what was typed are wiped in the page, whatever the answer', async () => {
  const { lock, asked } = page(() => ({ kind: 'not-opened', why: { kind: 'wrong' } }));
  expect(await lock.unlock({ kind: 'passphrase', text: 'correct house' })).toEqual({ kind: 'wrong' });
  await lock.setDuress('battery');
  const secrets = asked.map((one) => ('secret' in one ? one.secret : undefined));
  expect(secrets.map((secret) => secret?.length)).toEqual([13, 7]);
  expect(secrets.every((secret) => secret?.every((byte) => byte === 0) === true)).toBe(true);
});

test('bytes that were moved to the worker are gone from the page, and that is no mistake', async () => {
  const { lock, asked } = page((one) => {
    if ('secret' in one && one.secret !== undefined) structuredClone(one.secret, { transfer: [one.secret.buffer] });
    return { kind: 'done' };
  });
  expect(await lock.setPassphrase('correct horse')).toBeUndefined();
  expect(asked.map((one) => ('secret' in one ? one.secret?.length : undefined))).toEqual([0]);
});

test('letters that look the same are the same passphrase, however a keyboard makes them', async () => {
  const typed: string[] = [];
  const { lock } = page((one) => {
    if (one.kind === 'open') typed.push(new TextDecoder().decode(one.secret));
    return { kind: 'done' };
  });
  await lock.unlock({ kind: 'passphrase', text: 'Zo\u00eb' });
  await lock.unlock({ kind: 'passphrase', text: 'Zoe\u0308' });
  expect(typed[0]).toBe(typed[1]);
});

test('a device that does not say yes changes nothing; one without a key is told apart', async () => {
  const away = page(undefined, 'not-given');
  expect(await away.lock.setFinger(true)).toEqual({ kind: 'not-given' });
  expect(await away.lock.unlock({ kind: 'finger' })).toEqual({ kind: 'not-given' });
  const without = page(undefined, 'absent');
  expect(await without.lock.setFinger(true)).toEqual({ kind: 'no-finger' });
  expect([...away.asked, ...without.asked]).toEqual([]);
  expect(away.lock.hasFinger.value).toBe(false);
});

test('a finger that could not be saved is forgotten on the device, too', async () => {
  const { lock, log } = page(() => ({ kind: 'not-set', why: 'failed' }));
  expect(await lock.setFinger(true)).toEqual({ kind: 'failed' });
  expect(log).toContain('finger forgotten');
});

test('removing the passphrase forgets the finger', async () => {
  const { lock, log } = page();
  await lock.setFinger(true);
  expect(lock.hasFinger.value).toBe(true);
  await lock.setPassphrase(undefined);
  expect(lock.hasFinger.value).toBe(false);
  expect(log).toContain('finger forgotten');
});

test('the newest generation is kept, and odd ones are none', () => {
  const { lock, kept } = page();
  lock.hears({ kind: 'witness', generation: 41 });
  const drawer = { read: (name: string) => kept.get(name), write: () => {} };
  expect(PageLock.witnessed(drawer)).toBe(41);
  kept.set('generation', 'many');
  expect(PageLock.witnessed(drawer)).toBeUndefined();
});
