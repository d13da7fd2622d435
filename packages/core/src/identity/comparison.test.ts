import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { label, type Suite } from '../crypto/suite.ts';
import { type Bytes, concat } from '../kernel/bytes.ts';
import { comparisonCommitment, comparisonDigits, opensCommitment } from './comparison.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const fill = (value: number, length = 32): Bytes => new Uint8Array(length).fill(value);
const CONTEXT = fill(1, 96);

describe('a commitment', () => {
  test('is a labelled hash of the nonce, opened by that nonce alone', () => {
    const commitment = comparisonCommitment(suite, fill(2));
    expect(commitment).toEqual(suite.hash(label('identity/comparison-commitment'), fill(2)));
    expect(opensCommitment(suite, commitment, fill(2))).toBe(true);
    expect(opensCommitment(suite, commitment, fill(3))).toBe(false);
    expect(opensCommitment(suite, fill(0), fill(2))).toBe(false);
  });

  test('of another length, or to a nonce of another length, is not opened', () => {
    expect(opensCommitment(suite, comparisonCommitment(suite, fill(2)).subarray(0, 31), fill(2))).toBe(false);
    for (const length of [0, 31, 33]) {
      const commitment = suite.hash(label('identity/comparison-commitment'), fill(2, length));
      expect(opensCommitment(suite, commitment, fill(2, length))).toBe(false);
    }
    expect(() => comparisonCommitment(suite, fill(2, 31))).toThrow('32 bytes');
  });
});

describe('the digits', () => {
  test('are eight bytes of a labelled hash of both nonces and the context, modulo a million', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (a, b) => {
        const bytes = suite.hash(label('identity/comparison-digits'), a, b, CONTEXT);
        const value = BigInt(`0x${Buffer.from(bytes.subarray(0, 8)).toString('hex')}`) % 1_000_000n;
        expect(comparisonDigits(suite, CONTEXT, a, b)).toBe(value.toString().padStart(6, '0'));
      }),
      { seed: 10, numRuns: 200 },
    );
  });

  test('differ with either nonce, their order, and whom and which session they are about', () => {
    const all = [
      comparisonDigits(suite, CONTEXT, fill(2), fill(3)),
      comparisonDigits(suite, CONTEXT, fill(3), fill(2)),
      comparisonDigits(suite, CONTEXT, fill(2), fill(4)),
      comparisonDigits(suite, concat(CONTEXT, fill(0, 1)), fill(2), fill(3)),
      comparisonDigits(suite, fill(9, 96), fill(2), fill(3)),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('are made of two whole nonces', () => {
    expect(() => comparisonDigits(suite, CONTEXT, fill(2, 31), fill(3))).toThrow('32 bytes');
    expect(() => comparisonDigits(suite, CONTEXT, fill(2), fill(3, 33))).toThrow('32 bytes');
  });
});
