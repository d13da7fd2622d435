import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from './bytes.ts';
import { type Random, randomBelow } from './random.ts';

/** Gives out the words of a list, big-endian, and says how many it gave. */
function words(list: readonly number[]): Random & { taken: number } {
  const random = {
    taken: 0,
    bytes: (length: number) => {
      expect(length).toBe(4);
      const word = list[random.taken++] as number;
      return bytesOf([word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
    },
  };
  return random;
}

test('stays below its bound, whatever the chance', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (below, word) => {
      const value = randomBelow(words([word, 0]), below);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(below);
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test('a word from the uneven end is thrown away, so that no value is likelier than another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (below) => {
      const even = Math.floor(2 ** 32 / below) * below;
      const last = words([even - 1]);
      expect(randomBelow(last, below)).toBe(below - 1);
      if (even === 2 ** 32) return;
      const uneven = words([even, 2 ** 32 - 1, 5]);
      expect(randomBelow(uneven, below)).toBe(5 % below);
      expect(uneven.taken).toBe(3);
    }),
    { seed: 2, numRuns: 500 },
  );
});

test('each of 256 values comes from as many 8-bit beginnings', () => {
  const counts = new Map<number, number>();
  for (let first = 0; first < 256; first++) {
    const value = randomBelow(words([first * 2 ** 24]), 2 ** 32 / 2 ** 24);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect([...counts]).toEqual([[0, 256]]);
});
