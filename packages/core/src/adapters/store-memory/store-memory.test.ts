import { expect, test } from 'vitest';
import { bytesOf, EMPTY } from '../../kernel/bytes.ts';
import { type StoreHarness, storeExam } from '../../testing/index.ts';
import { MemoryStore } from './index.ts';

let current = new MemoryStore();
const harness: StoreHarness = {
  open: async () => {
    current = new MemoryStore();
    return current;
  },
  reopen: async () => {
    current = current.reopened();
    return current;
  },
  faults: {
    crashDuringCommit: { cannot: 'a commit is one synchronous step; nothing can come between' },
    fullDisk: {
      fill: async () => current.setRoomBytes(current.bytes + 10),
      free: async () => current.setRoomBytes(Number.POSITIVE_INFINITY),
    },
    otherVersion: { cannot: 'what is in memory was written by this very program' },
    secondOpener: { cannot: 'nobody outside the program can see it' },
    damage: { cannot: 'memory that rots is not ours to notice' },
  },
};

for (const { name, skipped, run } of storeExam(harness)) test.skipIf(skipped !== undefined)(skipped ? `${name} (${skipped})` : name, run);

const row = (key: number, length = 1) => ({ space: 'messages', key: bytesOf([key]), value: new Uint8Array(length) }) as const;

test('a commit that is told to fail leaves nothing, and the one after it works', () => {
  const store = new MemoryStore();
  for (const [why, name] of [
    ['full', 'StoreFull'],
    ['failed', 'StoreFailed'],
  ] as const) {
    store.failNextCommit(why);
    expect(() => store.commitNow([row(1), row(2)])).toThrow(expect.objectContaining({ name }));
    expect(store.bytes).toBe(0);
    expect(store.getNow([row(1)])).toEqual([undefined]);
  }
  store.commitNow([row(1)]);
  expect(store.getNow([row(1)])).toEqual([row(1).value]);
});

test('bytes are counted through puts, replacements, deletes and doubled writes', () => {
  const store = new MemoryStore();
  store.commitNow([row(1, 10), row(1, 4), row(2, 5)]);
  expect(store.bytes).toBe(11);
  store.commitNow([row(2, 0), { space: 'messages', key: bytesOf([1]) }, { space: 'messages', key: bytesOf([9]) }]);
  expect(store.bytes).toBe(1);
});

test('at the edge of the room, a batch counts by what it adds', () => {
  const store = new MemoryStore();
  store.commitNow([row(1, 9)]);
  store.setRoomBytes(20);
  expect(() => store.commitNow([row(2, 10)])).toThrow('no room');
  store.commitNow([row(2, 9)]);
  store.commitNow([{ space: 'messages', key: bytesOf([1]) }, row(3, 9)]);
  store.commitNow([row(4, 9), { space: 'messages', key: bytesOf([4]) }]);
  store.setRoomBytes(5);
  store.commitNow([row(3, 8)]);
  expect(store.bytes).toBe(19);
});

test('a snapshot rolls everything back, more than once, and shares nothing with what came after', () => {
  const store = new MemoryStore();
  store.commitNow([row(1, 3), row(2, 3)]);
  expect(store.rangeNow({ space: 'messages', prefix: EMPTY, limit: 9 }).length).toBe(2);
  const snapshot = store.snapshot();
  for (let round = 0; round < 2; round++) {
    store.commitNow([row(3), row(1, 1), { space: 'messages', key: bytesOf([2]) }]);
    store.restore(snapshot);
    expect(store.rangeNow({ space: 'messages', prefix: EMPTY, limit: 9 })).toEqual(
      [row(1, 3), row(2, 3)].map(({ key, value }) => ({ key, value })),
    );
    expect(store.bytes).toBe(8);
  }
});

test('a commit of the program that died does not reach the store of the one that was started', () => {
  const dead = new MemoryStore();
  dead.commitNow([row(1)]);
  const alive = dead.reopened();
  expect(() => dead.commitNow([row(2)])).toThrow('closed');
  expect(alive.getNow([row(1), row(2)])).toEqual([row(1).value, undefined]);
});
