import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { bytesOf } from '../../kernel/bytes.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { cellsAfter, emptyCells, expectedCount, nextCell, type Snapshot, Walk } from './cells.ts';
import { CELLS_MAX, FIRST_CELLS } from './limits.ts';
import { Sketch } from './sketch.ts';
import { encodeCells, readCells } from './wire.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const cell = fc.nat(CELLS_MAX - 1);
const chance = fc.oneof(fc.nat(0xfff_ffff), fc.constantFrom(0, 1, 0xfff_fffe, 0xfff_ffff));

describe('the walk of an item', () => {
  test('goes to the smallest cell that the rule allows, exactly', () => {
    const isReached = (from: number, r: number, to: number) =>
      BigInt(r + 1) * BigInt(to + 1) * BigInt(to + 2) >= 2n ** 28n * BigInt(from + 1) * BigInt(from + 2);
    fc.assert(
      fc.property(cell, chance, (from, r) => {
        const to = nextCell(from, r);
        expect(to).toBeGreaterThan(from);
        if (to < CELLS_MAX) expect(isReached(from, r, to)).toBe(true);
        if (to > from + 1) expect(isReached(from, r, to - 1)).toBe(false);
      }),
      { seed: 1, numRuns: 5000 },
    );
  });

  test('visits cell k with the chance 2 / (k + 2)', () => {
    const random = new SeededRandom('walks');
    const walks = 40_000;
    const visits = new Array<number>(CELLS_MAX + 1).fill(0);
    const walk = new Walk();
    for (let i = 0; i < walks; i++) {
      const bytes = new DataView(random.bytes(8).buffer);
      for (walk.begin(bytes.getInt32(0), bytes.getInt32(4)); walk.cell < CELLS_MAX; walk.next()) (visits[walk.cell] as number)++;
    }
    expect(visits[0]).toBe(walks);
    for (const k of [1, 2, 3, 5, 10, 30, 100, 1000, CELLS_MAX - 1]) {
      const share = 2 / (k + 2);
      const off = ((visits[k] as number) - walks * share) / Math.sqrt(walks * share * (1 - share));
      expect(Math.abs(off), `cell ${k}`).toBeLessThan(4);
    }
  });
});

test('a stream comes in pieces: 32 cells, then an eighth of what was sent but 16 at the least, up to the last cell', () => {
  expect(cellsAfter(0)).toBe(FIRST_CELLS);
  expect(cellsAfter(32)).toBe(16);
  expect(cellsAfter(800)).toBe(100);
  let sent = 0;
  for (let more = cellsAfter(0); more > 0; more = cellsAfter(sent)) sent += more;
  expect(sent).toBe(CELLS_MAX);
});

/** Cells with any contents: `encodeCells` does not ask how they came about. */
function snapshotOf(size: number, rows: readonly (readonly [number, number, number, number])[]): Snapshot {
  const cells = emptyCells();
  for (const [at, [deviation, high, low, check]] of rows.entries()) {
    cells.counts[at] = expectedCount(size, at) + deviation;
    cells.highs[at] = high;
    cells.lows[at] = low;
    cells.checks[at] = check;
  }
  return { ...cells, size, salt: new Uint8Array(16) };
}

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const rows = fc.array(fc.tuple(fc.integer({ min: -(2 ** 20), max: 2 ** 20 - 1 }), int, int, int), { minLength: 1, maxLength: 20 });

describe('cells on the wire', () => {
  test('read back as they were written', () => {
    fc.assert(
      fc.property(rows, fc.nat(2 ** 18), (said, size) => {
        const written = snapshotOf(size, said);
        const read = emptyCells();
        expect(readCells(encodeCells(written, 0, said.length), size, read, 0)).toBe(said.length);
        for (const words of ['counts', 'highs', 'lows', 'checks'] as const)
          expect(read[words].slice(0, said.length)).toEqual(written[words].slice(0, said.length));
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test('any bytes are answered, and what is read is written the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
        const cells = emptyCells();
        const count = readCells(any, 0, cells, 0);
        if (count !== undefined) expect(encodeCells({ ...cells, size: 0, salt: new Uint8Array(16) }, 0, count)).toEqual(any);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  test('cut anywhere but between two cells they are none', () => {
    const bytes = encodeCells(
      snapshotOf(0, [
        [5, 1, 2, 3],
        [-900, 4, 5, 6],
      ]),
      0,
      2,
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(readCells(bytes.subarray(0, length), 0, emptyCells(), 0), `${length} bytes`).toBe(length === 13 ? 1 : undefined);
    }
  });

  test('more than a stream has are none, and neither is a deviation written longer than need be or past three bytes', () => {
    const one = encodeCells(snapshotOf(0, [[1, 1, 1, 1]]), 0, 1);
    expect(readCells(one, 0, emptyCells(), CELLS_MAX - 1)).toBe(1);
    expect(readCells(one, 0, emptyCells(), CELLS_MAX)).toBeUndefined();
    expect(readCells(bytesOf([0x82, 0x00, ...one.subarray(1)]), 0, emptyCells(), 0)).toBeUndefined();
    expect(readCells(bytesOf([0x80, 0x80, 0x80, 0x01, ...one.subarray(1)]), 0, emptyCells(), 0)).toBeUndefined();
  });

  test('take under 14 bytes each with 50,000 items, and hardly more than 13 where few fall into one', () => {
    const random = new SeededRandom('wire');
    const sketch = new Sketch(suite, random.bytes(16));
    for (let i = 0; i < 50_000; i++) sketch.add(random.bytes(32));
    const snapshot = sketch.snapshot();
    expect(encodeCells(snapshot, 0, 160).length).toBeLessThan(160 * 14);
    expect(encodeCells(snapshot, 160, 1000).length).toBeLessThan(1000 * 13.1);
  });
});
