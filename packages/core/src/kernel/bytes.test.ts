import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, compareBytes, concat, copyBytes, fromBase64Url, fromHex, sameBytes, toBase64Url, toHex, toKey } from './bytes.ts';

const anyBytes = fc.uint8Array({ maxLength: 200 });

describe('hexadecimal', () => {
  test('reads back what it wrote, in capitals too', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(toHex(bytes))).toEqual(bytesOf(bytes));
        expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytesOf(bytes));
      }),
      { seed: 1 },
    );
  });

  test.each(['0', 'abc', '0g', ' 00', '00 ', '0x00', '١٢', '𝟎𝟎'])('refuses %j', (text) => {
    expect(fromHex(text)).toBeUndefined();
  });
});

describe('base64url', () => {
  test('is RFC 4648 §5 without padding and reads back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytesOf(bytes));
      }),
      { seed: 2 },
    );
  });

  test('has one text for each byte string: whatever it reads it would write the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABCDabcd0189-_+/= é'), maxLength: 12 }), (text) => {
        const bytes = fromBase64Url(text);
        if (bytes !== undefined) expect(toBase64Url(bytes)).toBe(text);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  test.each(['A', 'AAAAA', 'AA==', 'A+AA', 'A/AA', 'AA AA', 'AB', 'AAB', '\u{1d400}A'])('refuses %j', (text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });
});

describe('byte strings', () => {
  test('compare as a store orders its keys', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(sameBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(toKey(a) === toKey(b)).toBe(sameBytes(a, b));
      }),
      { seed: 4 },
    );
  });

  test('a copy and a concatenation share no memory with what they were made from', () => {
    const source = bytesOf([1, 2, 3]);
    const [copy, joined] = [copyBytes(source), concat(source, source)];
    source.fill(9);
    expect([...copy, ...joined]).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
    expect(concat()).toEqual(bytesOf([]));
  });
});
