import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import { label, type Suite } from '../../crypto/suite.ts';
import { type Bytes, bytesOf, sameBytes, toHex } from '../../kernel/bytes.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import type { Snapshot } from './cells.ts';
import { CELLS_MAX, EXCEPTIONS_MAX, ITEMS_MAX } from './limits.ts';
import { Sketch } from './sketch.ts';
import { encodeCells } from './wire.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const SALT = bytesOf(new Uint8Array(16).fill(9));

/** The suite, but with short ids that only depend on an id's first byte, modulo `kinds`. */
function colliding(kinds: number): Suite {
  const mac: Suite['mac'] = (key, purpose, message, length) =>
    message.length === 32
      ? suite.mac(key, purpose, bytesOf([(message[0] as number) % kinds]), length)
      : suite.mac(key, purpose, message, length);
  return Object.assign(Object.create(suite) as Suite, { mac });
}

/** An id by a number. */
function id(number: number): Bytes {
  const bytes = new Uint8Array(32);
  bytes[0] = number & 255;
  bytes[1] = number >> 8;
  return bytes;
}

function built(by: Suite, numbers: Iterable<number>): Sketch {
  const sketch = new Sketch(by, SALT);
  for (const number of numbers) sketch.add(id(number));
  return sketch;
}

/** Every cell, and with it the size, in one line. */
const all = (snapshot: Snapshot): string => toHex(suite.hash(label('test/cells'), encodeCells(snapshot, 0, CELLS_MAX)));

const acts = fc.array(fc.tuple(fc.boolean(), fc.nat(40)), { maxLength: 120 });

describe.each([
  ['all short ids differ', 0],
  ['many short ids are the same', 7],
])('while %s', (_, kinds) => {
  test('a sketch that was changed step by step is the one that is built anew, in any order', () => {
    const by = kinds === 0 ? suite : colliding(kinds);
    fc.assert(
      fc.property(acts, (steps) => {
        const kept = new Sketch(by, SALT);
        const held = new Set<number>();
        for (const [isAdded, number] of steps) {
          if (isAdded) held.add(number);
          else held.delete(number);
          if (isAdded) kept.add(id(number));
          else kept.remove(id(number));
        }
        const anew = built(by, [...held].reverse());
        expect(all(kept.snapshot())).toBe(all(anew.snapshot()));
        expect(kept.exceptions).toEqual(anew.exceptions);
        expect([kept.size, kept.isWhole]).toEqual([held.size, true]);
        for (let number = 0; number <= 40; number++) expect(kept.has(id(number))).toBe(held.has(number));
      }),
      { seed: 4, numRuns: 150 },
    );
  });
});

test('thousands of items come and go, and what is left is found under its short ids and nothing else', () => {
  const random = new SeededRandom('turnover');
  const ids = Array.from({ length: 4000 }, () => random.bytes(32));
  const sketch = new Sketch(suite, SALT);
  for (const one of ids) sketch.add(one);
  for (let i = 0; i < 3000; i++) sketch.remove(ids[(i * 7) % 4000] as Bytes);
  const left = new Set(ids.keys());
  for (let i = 0; i < 3000; i++) left.delete((i * 7) % 4000);
  expect(sketch.size).toBe(left.size);
  for (const [number, one] of ids.entries()) expect(sketch.has(one)).toBe(left.has(number));
});

test('an id is found again under its short id', () => {
  const sketch = built(suite, [1, 2, 3]);
  const short = suite.mac(suite.hash(label('gossip/sketch-key'), SALT), label('gossip/short-id'), id(2), 16).slice(0, 8);
  expect(sketch.idOf(short)).toEqual(id(2));
  expect(sketch.idOf(short.slice(0, 7))).toBeUndefined();
  sketch.remove(id(2));
  expect(sketch.idOf(short)).toBeUndefined();
});

test('of ids with one short id the smallest is in the cells and the others are named; it is inherited when that one goes', () => {
  const sketch = built(colliding(1), [5, 3, 4, 3]);
  expect(sketch.exceptions).toEqual([id(4), id(5)]);
  expect([sketch.size, sketch.snapshot().size]).toEqual([3, 1]);
  sketch.remove(id(3));
  expect(sketch.exceptions).toEqual([id(5)]);
  expect(sketch.has(id(4))).toBe(true);
  expect(all(sketch.snapshot())).toBe(all(built(colliding(1), [4]).snapshot()));
});

test('with more exceptions than are kept, or more items than a set may have, a sketch is not whole any more', () => {
  const crowded = built(
    colliding(1),
    Array.from({ length: EXCEPTIONS_MAX + 1 }, (_, i) => i),
  );
  expect([crowded.isWhole, crowded.exceptions.length]).toEqual([true, EXCEPTIONS_MAX]);
  crowded.add(id(300));
  crowded.remove(id(300));
  expect([crowded.isWhole, crowded.exceptions.length]).toEqual([false, EXCEPTIONS_MAX]);

  const random = new SeededRandom('many');
  const large = new Sketch(suite, SALT);
  for (let i = 0; i < ITEMS_MAX; i++) large.add(random.bytes(32));
  expect(large.isWhole).toBe(true);
  large.add(random.bytes(32));
  expect([large.isWhole, large.size]).toEqual([false, ITEMS_MAX]);
});

test('a snapshot stays as it was', () => {
  const sketch = built(suite, [1, 2]);
  const snapshot = sketch.snapshot();
  sketch.add(id(3));
  expect(all(snapshot)).toBe(all(built(suite, [1, 2]).snapshot()));
  expect(all(sketch.snapshot())).not.toBe(all(snapshot));
});

test('cells that are worked out late are the same cells, in whatever pieces they are read', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(400), { maxLength: 80 }),
      fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 8 }),
      (numbers, pieces) => {
        const late = new Sketch(suite, SALT, 'late');
        for (const number of numbers) late.add(id(number));
        const snapshot = late.snapshot();
        late.add(id(401));
        const kept = built(suite, numbers).snapshot();
        let from = 0;
        for (const piece of [...pieces, CELLS_MAX]) {
          const count = Math.min(piece, CELLS_MAX - from);
          expect(sameBytes(encodeCells(snapshot, from, count), encodeCells(kept, from, count))).toBe(true);
          from += count;
        }
      },
    ),
    { seed: 12, numRuns: 30 },
  );
});

test('another salt makes other cells', () => {
  const other = new Sketch(suite, bytesOf(new Uint8Array(32).fill(8)));
  other.add(id(1));
  expect(all(other.snapshot())).not.toBe(all(built(suite, [1]).snapshot()));
});
