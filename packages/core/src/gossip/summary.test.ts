import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, concat, toHex } from '../kernel/bytes.ts';
import { makeToySuite } from '../testing/toy-suite.ts';
import { NO_DIGEST } from './frames.ts';
import { DIGEST_STEPS_MAX, FOREIGN_SKETCH_MS, SKETCH_KEPT_MIN } from './limits.ts';
import type { Sketch } from './reconcile/sketch.ts';
import { encodeCells } from './reconcile/wire.ts';
import { Summary } from './summary.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const CELLS = 48;
const idOf = (number: number): Bytes => concat(bytesOf([number & 255, (number >> 8) & 255, number >> 16, 7]), new Uint8Array(28));
const saltOf = (number: number): Bytes => new Uint8Array(16).fill(number + 1);

function summaryOf(numbers: Iterable<number>, by: Suite = suite): Summary {
  const summary = new Summary(by);
  for (const number of numbers) summary.add(idOf(number));
  return summary;
}

const cellsOf = (summary: Summary, salt: Bytes): string => toHex(encodeCells((summary.sketch(salt) as Sketch).snapshot(), 0, CELLS));

test('it is what a set built anew would be, whatever came and went and whenever it was asked', () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constantFrom('add', 'remove'), number: fc.nat(20) }),
    fc.record({ kind: fc.constantFrom('sketch', 'summary', 'digest'), number: fc.nat(3) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const [summary, there] = [new Summary(suite), new Set<number>()];
      for (const { kind, number } of acts) {
        if (kind === 'add') summary.add(idOf(number));
        if (kind === 'add') there.add(number);
        if (kind === 'remove') summary.remove(idOf(number));
        if (kind === 'remove') there.delete(number);
        if (kind === 'sketch') summary.sketch(saltOf(number));
        if (kind === 'summary') summary.summary(number);
        if (kind === 'digest') summary.digest();
      }
      const anew = summaryOf(there);
      expect(summary.size).toBe(there.size);
      for (let number = 0; number <= 20; number++) expect(summary.has(idOf(number))).toBe(there.has(number));
      expect(summary.summary(1000)).toEqual(anew.summary(1000));
      expect(summary.digest()?.value()).toEqual(anew.digest()?.value());
      expect(cellsOf(summary, saltOf(0))).toBe(cellsOf(anew, saltOf(0)));
    }),
    { seed: 23, numRuns: 200 },
  );
});

const largeSet = (by: Suite): { readonly numbers: readonly number[]; readonly summary: Summary } => {
  const numbers = Array.from({ length: SKETCH_KEPT_MIN + 50 }, (_, i) => i);
  return { numbers, summary: summaryOf(numbers, by) };
};

test('a large set keeps two sketches up to date, under its own salt and under another, each what one built anew would be', () => {
  const toy = makeToySuite();
  const { numbers, summary } = largeSet(toy);
  const [own, foreign] = [summary.sketch(saltOf(1)), summary.sketchUnder(saltOf(2), 0)];
  for (let i = 0; i < 40; i++) summary.remove(idOf(i));
  for (let i = 20; i < 30; i++) summary.add(idOf(i));
  summary.add(idOf(70_000));
  expect(summary.sketch(saltOf(1))).toBe(own);
  expect(summary.sketchUnder(saltOf(2), 0)).toBe(foreign);
  const anew = summaryOf([...numbers.slice(40), ...numbers.slice(20, 30), 70_000], toy);
  for (const salt of [1, 2].map(saltOf)) {
    const sketch = summary.sketchUnder(salt, 0) as Sketch;
    expect(toHex(encodeCells(sketch.snapshot(), 0, CELLS))).toBe(cellsOf(anew, salt));
  }
  expect(summary.summary(100_000)).toEqual(anew.summary(100_000));
});

test('salts that others choose buy one sketch of a large set in a while, and of a small one as many as they like', () => {
  const { summary } = largeSet(makeToySuite());
  summary.sketch(saltOf(1));
  expect(summary.sketchUnder(saltOf(2), 0)).toBeDefined();
  expect([3, 4, 5].map((salt) => summary.sketchUnder(saltOf(salt), FOREIGN_SKETCH_MS - 1))).toEqual([undefined, undefined, undefined]);
  expect(summary.sketchUnder(saltOf(2), 0)).toBeDefined();
  expect(summary.sketchUnder(saltOf(1), 0)).toBeDefined();
  expect(summary.sketchUnder(saltOf(3), FOREIGN_SKETCH_MS)).toBeDefined();
  const small = summaryOf([1, 2, 3]);
  for (let salt = 0; salt < 10; salt++) expect(small.sketchUnder(saltOf(salt), 0)).toBeDefined();
});

test('a digest that is far behind is not said, and every hello brings it nearer', () => {
  const summary = summaryOf(
    Array.from({ length: 2 * DIGEST_STEPS_MAX + 1 }, (_, i) => i),
    makeToySuite(),
  );
  const said = Array.from({ length: 3 }, () => summary.summary(DIGEST_STEPS_MAX));
  expect(said.map(({ digest }) => digest === NO_DIGEST)).toEqual([true, true, false]);
  expect(said.map(({ count }) => count)).toEqual(Array(3).fill(2 * DIGEST_STEPS_MAX + 1));
});

test('what comes and goes between two hellos costs neither of them a step', () => {
  const summary = new Summary(suite);
  for (let i = 0; i < 100; i++) summary.add(idOf(i));
  for (let i = 0; i < 100; i++) summary.remove(idOf(i));
  expect(summary.summary(0)).toEqual(new Summary(suite).summary(0));
});

test('adding what is there and removing what is not change nothing', () => {
  const summary = summaryOf([1, 2]);
  const before = summary.summary(10);
  summary.add(idOf(1));
  summary.remove(idOf(3));
  expect(summary.summary(0)).toEqual(before);
});
