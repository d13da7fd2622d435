import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isExpectedAt, nearestFrom, numbersFrom } from './expected-tags.ts';

/** Each of the next 128 and every 32nd up to 4,000 ahead. */
function numbers(from: number): readonly number[] {
  const all = Array.from({ length: 4001 }, (_, ahead) => from + ahead);
  return all.filter((number) => number < from + 128 || number % 32 === 0);
}

test('each of the next 128 numbers is expected, and every 32nd up to 4,000', () => {
  for (const from of [0, 1, 31, 32, 33, 1000]) {
    expect([...numbersFrom(from, undefined)]).toEqual(numbers(from));
    const around = Array.from({ length: 4200 }, (_, i) => from - 50 + i).filter((number) => number >= 0);
    expect(around.filter((number) => isExpectedAt(from, number))).toEqual(numbers(from));
    expect([...nearestFrom(from)]).toEqual([from, from + 1]);
  }
});

test('a chain that goes on names all that was not expected before, and of what was no more than every 32nd', () => {
  fc.assert(
    fc.property(fc.nat(9000), fc.nat(9000), (before, by) => {
      const from = before + by;
      const fresh = [...numbersFrom(from, before)];
      const all = numbers(from);
      expect(all.filter((number) => !isExpectedAt(before, number) && !fresh.includes(number))).toEqual([]);
      expect(fresh.filter((number) => !isExpectedAt(from, number) || (isExpectedAt(before, number) && number % 32 !== 0))).toEqual([]);
      expect(new Set(fresh).size).toBe(fresh.length);
    }),
    { seed: 1, numRuns: 200 },
  );
});
