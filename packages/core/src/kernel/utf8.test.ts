import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from './bytes.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** As strict as the platform can be; a byte order mark is text like any other. */
function platform(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

test('writes what TextEncoder writes, lone surrogates included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(0xffff), (text, unit) => {
      const odd = text + String.fromCharCode(unit);
      expect(encodeUtf8(odd)).toEqual(bytesOf(new TextEncoder().encode(odd)));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('reads what TextDecoder reads and refuses what it refuses, for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
      expect(decodeUtf8(bytes)).toBe(platform(bytes));
    }),
    { seed: 2, numRuns: 1000 },
  );
});

test('and for bytes close to the edges of the encoding', () => {
  const edge = fc.constantFrom(
    0x00,
    0x7f,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbf,
    0xc0,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
    0xff,
  );
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 5 }), (values) => {
      const bytes = bytesOf(values);
      expect(decodeUtf8(bytes)).toBe(platform(bytes));
    }),
    { seed: 3, numRuns: 20_000 },
  );
});

test('reads back every text that is well formed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(decodeUtf8(encodeUtf8(text))).toBe(text);
    }),
    { seed: 4 },
  );
});
