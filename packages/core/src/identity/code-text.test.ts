import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, toBase64Url } from '../kernel/bytes.ts';
import { bytesOfCode } from './code-text.ts';
import { CODE_TEXT_CHARS_MAX } from './limits.ts';

const BYTES = bytesOf([0x4c, 1, 2, 3]);
const TEXT = toBase64Url(BYTES);

test.each([
  TEXT,
  `  ${TEXT}\n`,
  `https://kith.local/#/link/${TEXT}`,
  `kith:x?${TEXT}`,
  `x=${TEXT}`,
  `x#${TEXT}`,
  `look here: ${TEXT}`,
  `two\nlines#and\t${TEXT}`,
  `two\nlines\n${TEXT}\n\n`,
])('a code is read out of %j', (text) => {
  expect(bytesOfCode(text)).toEqual(BYTES);
});

test.each(['', ' ', TEXT.slice(0, 2), `${TEXT}!`, `${TEXT}#`, `${TEXT}#x`, `!${TEXT}`])('there is none in %j', (text) => {
  expect(bytesOfCode(text)).toBe(undefined);
});

test('two bytes are the fewest', () => {
  expect(bytesOfCode(toBase64Url(bytesOf([1, 2])))).toEqual(bytesOf([1, 2]));
  expect(bytesOfCode(toBase64Url(bytesOf([1])))).toBe(undefined);
});

test('a text has an end, beyond which it is not looked at', () => {
  const padded = (length: number): string => `${' '.repeat(length - TEXT.length)}${TEXT}`;
  expect(bytesOfCode(padded(CODE_TEXT_CHARS_MAX))).toEqual(BYTES);
  expect(bytesOfCode(padded(CODE_TEXT_CHARS_MAX + 1))).toBe(undefined);
});

test('any text is read or not, never thrown at', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const bytes = bytesOfCode(text);
      if (bytes !== undefined) expect(text).toContain(toBase64Url(bytes));
    }),
    { seed: 7, numRuns: 300 },
  );
});
