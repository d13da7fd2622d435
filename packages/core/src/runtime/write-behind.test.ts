import { expect, test } from 'vitest';
import { MemoryStore } from '../adapters/store-memory/index.ts';
import { type Bytes, bytesOf, EMPTY } from '../kernel/bytes.ts';
import type { Space, Write } from '../node/machine.ts';
import type { Clock } from '../ports/clock.ts';
import { type StoreHarness, storeExam } from '../testing/index.ts';
import { WriteBehindStore } from './write-behind.ts';

/** A clock whose one timer is called by the test. */
class HandClock implements Clock {
  #callback: (() => void) | undefined;
  nowMs(): number {
    return 0;
  }
  at(_atMs: number, callback: () => void): () => void {
    this.#callback = callback;
    return () => {
      this.#callback = undefined;
    };
  }
  get isSet(): boolean {
    return this.#callback !== undefined;
  }
  /** The time is up; resolves when what it began is done. */
  async ring(): Promise<void> {
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

function behind(bytesMax = 1 << 20) {
  const memory = new MemoryStore();
  const clock = new HandClock();
  const written: (readonly Write[])[] = [];
  const watched = Object.assign(Object.create(memory) as MemoryStore, {
    commit: async (batch: readonly Write[]) => {
      memory.commitNow(batch);
      written.push(batch);
    },
    get: memory.get.bind(memory),
    range: memory.range.bind(memory),
    close: memory.close.bind(memory),
  });
  const store = new WriteBehindStore(watched, { clock, waitMs: 100, bytesMax, onceSpaces: ['bodies'] });
  return { store, memory, clock, written };
}

const put = (space: Space, key: number, value: Bytes = bytesOf([1])): Write => ({ space, key: bytesOf([key]), value });
const remove = (space: Space, key: number): Write => ({ space, key: bytesOf([key]) });
const rowsIn = async (memory: MemoryStore, space: Space): Promise<number> =>
  (await memory.range({ space, prefix: EMPTY, limit: 10 })).length;

let current = new MemoryStore();
const wrap = (): WriteBehindStore =>
  new WriteBehindStore(current, { clock: new HandClock(), waitMs: 1, bytesMax: 1 << 20, onceSpaces: [] });
const harness: StoreHarness = {
  open: async () => {
    current = new MemoryStore();
    return wrap();
  },
  reopen: async () => {
    current = current.reopened();
    return wrap();
  },
  faults: {
    crashDuringCommit: { cannot: 'what it may lose in a crash is claimed below' },
    fullDisk: { cannot: 'that a full disk is told one commit late is claimed below' },
    otherVersion: { cannot: 'it has no version of its own' },
    secondOpener: { cannot: 'it has no lock of its own' },
    damage: { cannot: 'it keeps nothing of its own' },
  },
};

/** What the port promises and this does not. */
const NOT_PROMISED: ReadonlyMap<string, string> = new Map([
  ['what is handed in or out is a copy', 'it keeps the very bytes it is given'],
  ['everything is there after the program was started again', 'a program that ends without closing loses the last moment'],
]);

for (const { name, skipped, run } of storeExam(harness)) {
  const why = skipped ?? NOT_PROMISED.get(name);
  test.skipIf(why !== undefined)(why === undefined ? name : `${name} (${why})`, run);
}

test('a relaxed commit is there for readers at once, and in the store when its time is up', async () => {
  const { store, memory, clock } = behind();
  await store.commit([put('seen', 1)], 'relaxed');
  expect(await store.get([remove('seen', 1)])).toEqual([bytesOf([1])]);
  expect(await rowsIn(memory, 'seen')).toBe(0);
  await clock.ring();
  expect(await rowsIn(memory, 'seen')).toBe(1);
});

test('what is put and deleted within the time is never written, in a space that says so', async () => {
  const { store, clock, written } = behind();
  await store.commit([put('bodies', 1), put('seen', 1)], 'relaxed');
  await store.commit([remove('bodies', 1), remove('seen', 1)], 'relaxed');
  await clock.ring();
  expect(written).toEqual([[remove('seen', 1)]]);
});

test('a row that was stored before stays deleted, whatever is put and deleted over it', async () => {
  const { store, memory, clock } = behind();
  await store.commit([put('bodies', 1)], 'durable');
  await store.commit([remove('bodies', 1)], 'relaxed');
  await store.commit([put('bodies', 1)], 'relaxed');
  await store.commit([remove('bodies', 1)], 'relaxed');
  await clock.ring();
  expect(await rowsIn(memory, 'bodies')).toBe(0);
  await store.commit([put('bodies', 2)], 'relaxed');
  const ringing = clock.ring();
  await store.commit([remove('bodies', 2)], 'relaxed');
  await ringing;
  await clock.ring();
  expect(await rowsIn(memory, 'bodies')).toBe(0);
});

test('a crash takes the last commits whole, never a part of one', async () => {
  const { store, memory, clock, written } = behind();
  await store.commit([put('seen', 1), put('bodies', 1)], 'relaxed');
  await clock.ring();
  await store.commit([put('seen', 2), put('bodies', 2)], 'relaxed');
  await store.commit([put('seen', 3), put('bodies', 3)], 'relaxed');
  expect([await rowsIn(memory, 'seen'), await rowsIn(memory, 'bodies')]).toEqual([1, 1]);
  await clock.ring();
  expect(written.at(-1)).toHaveLength(4);
});

test('a durable commit writes what waited too, and a commit past the room waits for the writing', async () => {
  const { store, memory, clock } = behind(1000);
  await store.commit([put('seen', 1)], 'relaxed');
  await store.commit([put('seen', 2)], 'durable');
  expect([await rowsIn(memory, 'seen'), clock.isSet]).toEqual([2, false]);
  await store.commit([put('bodies', 1, new Uint8Array(2000))], 'relaxed');
  expect([await rowsIn(memory, 'bodies'), clock.isSet]).toEqual([1, false]);
});

test('a failure is told to the next commit, and what waited is gone as if the program had died', async () => {
  const { store, memory, clock } = behind();
  await store.commit([put('seen', 1)], 'relaxed');
  memory.failNextCommit('full');
  await clock.ring();
  await expect(store.commit([put('seen', 2)], 'relaxed')).rejects.toMatchObject({ name: 'StoreFull' });
  expect(await store.get([remove('seen', 1), remove('seen', 2)])).toEqual([undefined, undefined]);
  await store.commit([put('seen', 3)], 'relaxed');
  await clock.ring();
  await store.commit([], 'durable');
  expect((await memory.get([remove('seen', 1), remove('seen', 3)])).map((value) => value?.length)).toEqual([undefined, 1]);
});
