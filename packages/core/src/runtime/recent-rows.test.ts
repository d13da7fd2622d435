import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStore } from '../adapters/store-memory/index.ts';
import { type Bytes, bytesOf, EMPTY } from '../kernel/bytes.ts';
import type { RowKey, Space, Write } from '../node/machine.ts';
import { StoreFull } from '../ports/store.ts';
import { RECENT_ROW_BYTES_MAX, RECENT_ROWS_MAX } from './limits.ts';
import { RecentRows } from './recent-rows.ts';

/** A store that counts the rows it is asked for, and may have no room. */
class CountingStore extends MemoryStore {
  asked = 0;
  isFull = false;
  override get(keys: readonly RowKey[]): Promise<readonly (Bytes | undefined)[]> {
    this.asked += keys.length;
    return super.get(keys);
  }
  override async commit(batch: readonly Write[]): Promise<void> {
    if (this.isFull) throw new StoreFull('no room');
    this.commitNow(batch);
  }
}

const row = (key: number, space: Space = 'messages'): RowKey => ({ space, key: bytesOf([key >> 8, key & 255]) });
const put = (key: number, value: Bytes, space?: Space): Write => ({ ...row(key, space), value });

test('whatever is written and read in whatever order, it answers what the store alone would', async () => {
  const step = fc.record({
    key: fc.nat(5),
    space: fc.constantFrom<Space>('messages', 'messageIndex', 'sessions'),
    value: fc.option(fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.constant(new Uint8Array(RECENT_ROW_BYTES_MAX + 1))), { nil: undefined }),
    isFull: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const under = new CountingStore();
      const store = new RecentRows(under, ['messages', 'messageIndex']);
      for (const { key, space, value, isFull } of steps) {
        under.isFull = isFull;
        await store.commit([value === undefined ? row(key, space) : put(key, Uint8Array.from(value), space)], 'relaxed').catch(() => {});
        const keys = [0, 1, 2, 3, 4, 5].flatMap((each) => [row(each), row(each, 'messageIndex'), row(each, 'sessions')]);
        expect(await store.get(keys)).toEqual(await under.get(keys));
      }
    }),
    { seed: 3, numRuns: 100 },
  );
});

test('a row of its spaces that was just written, or deleted, is not asked for again', async () => {
  const under = new CountingStore();
  const store = new RecentRows(under, ['messages']);
  await store.commit([put(1, bytesOf([7])), row(2), put(3, bytesOf([8]), 'sessions')], 'relaxed');
  expect(await store.get([row(1), row(2)])).toEqual([bytesOf([7]), undefined]);
  expect(under.asked).toBe(0);
  expect(await store.get([row(3, 'sessions'), row(1)])).toEqual([bytesOf([8]), bytesOf([7])]);
  expect(under.asked).toBe(1);
});

test('it remembers so many rows, of so many bytes, and no more', async () => {
  const under = new CountingStore();
  const store = new RecentRows(under, ['messages']);
  for (let key = 0; key <= RECENT_ROWS_MAX; key++) await store.commit([put(key, bytesOf([1]))], 'relaxed');
  await store.get([row(0), row(1)]);
  expect(under.asked).toBe(1);
  await store.commit([put(1, new Uint8Array(RECENT_ROW_BYTES_MAX + 1))], 'relaxed');
  expect((await store.get([row(1)]))[0]).toHaveLength(RECENT_ROW_BYTES_MAX + 1);
  expect(under.asked).toBe(2);
});

test('ranges and closing are the store’s', async () => {
  const under = new CountingStore();
  const store = new RecentRows(under, ['messages']);
  await store.commit([put(1, bytesOf([7]))], 'relaxed');
  expect(await store.range({ space: 'messages', prefix: EMPTY, limit: 9 })).toHaveLength(1);
  await store.close();
  await expect(under.get([row(1)])).rejects.toThrow();
});
