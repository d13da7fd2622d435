import { expect, test } from 'vitest';
import { MemoryStore } from '../adapters/store-memory/index.ts';
import { bytesOf, EMPTY } from '../kernel/bytes.ts';
import { SeededRandom } from '../testing/index.ts';
import { PackedRows, readSpace } from './read-space.ts';

test.each([0, 1, 999, 1000, 2001])('all of %i rows are read, in order, packed or not', async (count) => {
  const random = new SeededRandom('rows');
  const store = new MemoryStore();
  const rows = [...Array(count).keys()].map((n) => ({
    space: 'carried' as const,
    key: bytesOf([n >> 8, n & 255]),
    value: n % 7 === 0 ? EMPTY : random.bytes(n % 300),
  }));
  await store.commit([...rows, { space: 'seen', key: bytesOf([1]), value: EMPTY }], 'relaxed');
  const want = rows.map(({ key, value }) => ({ key, value }));
  expect(await readSpace(store, 'carried')).toEqual(want);
  const packed = await PackedRows.read(store, 'carried');
  expect([...packed]).toEqual(want);
  expect([...packed]).toEqual(want);
});
