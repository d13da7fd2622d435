import { expect, test } from 'vitest';
import { MemoryStore } from '../adapters/store-memory/index.ts';
import { bytesOf, EMPTY, toHex } from '../kernel/bytes.ts';
import type { Row } from '../ports/store.ts';
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
  const told = (some: Iterable<Row>): string => Array.from(some, ({ key, value }) => `${toHex(key)}=${toHex(value)}`).join('\n');
  expect(told(await readSpace(store, 'carried'))).toBe(told(rows));
  const packed = await PackedRows.read(store, 'carried');
  for (let round = 0; round < 2; round++) expect(told(packed)).toBe(told(rows));
});
