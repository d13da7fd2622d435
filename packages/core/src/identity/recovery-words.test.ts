import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, bytesOf } from '../kernel/bytes.ts';
import { RECOVERY_TEXT_CHARS_MAX } from './limits.ts';
import { RECOVERY_WORDS, seedFrom, wordsOf } from './recovery-words.ts';

const filled = (value: number): Bytes => new Uint8Array(32).fill(value);
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const ZEROS = [...Array.from({ length: 23 }, () => 'abandon'), 'art'];
const refusal = (text: string) => {
  const result = seedFrom(text);
  return result.ok ? 'accepted' : result.refusal;
};

describe('recovery words', () => {
  test.each([
    [0x00, ZEROS.join(' ')],
    [0xff, `${'zoo '.repeat(23)}vote`],
    [0x7f, `${'legal winner thank year wave sausage worth useful '.repeat(2)}legal winner thank year wave sausage worth title`],
    [0x80, `${'letter advice cage absurd amount doctor acoustic avoid '.repeat(2)}letter advice cage absurd amount doctor acoustic bless`],
  ])('are those of BIP-39 for a seed of %i', (value, text) => {
    expect(wordsOf(filled(value)).join(' ')).toBe(text);
    expect(seedFrom(text)).toEqual({ ok: true, value: filled(value) });
  });

  test('of any seed are 24 and give it back', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const words = wordsOf(seed);
        expect(words).toHaveLength(RECOVERY_WORDS);
        expect(seedFrom(words.join(' '))).toEqual({ ok: true, value: bytesOf(seed) });
      }),
      { seed: 1 },
    );
  });

  test('are made of 32 bytes and nothing else', () => {
    expect(() => wordsOf(new Uint8Array(16))).toThrow('32 bytes');
  });

  test('are read in any case and any layout that people use', () => {
    const words = wordsOf(filled(0x7f));
    const layouts: readonly string[] = [
      words.join('  ').toUpperCase(),
      `\t\n ${words.join('\r\n')} \n`,
      words.join(', '),
      words.join(','),
      words.join(';'),
      `${words.join(' ')}.`,
      words.map((word, at) => `${at + 1}. ${word}`).join('\n'),
      words.map((word, at) => `${at + 1}.${word}`).join(' '),
      words.map((word, at) => `${at + 1}) ${word}`).join(' '),
      words.map((word, at) => `${at + 1}: ${word},`).join(' '),
      words.map((word, at) => `${at + 1} ${word}`).join('\u00a0'),
      words.map((word, at) => `${at + 1}${word}`).join(' '),
    ];
    for (const text of layouts) expect(seedFrom(text), text).toEqual({ ok: true, value: filled(0x7f) });
  });

  test.each([0, 1, 23, 25, 48])('that are %i are refused with their number', (count) => {
    const text = Array.from({ length: count }, () => 'abandon').join(' ');
    expect(refusal(text)).toEqual({ kind: 'word-count', found: count, expected: 24 });
  });

  test('of which one is unknown are refused with the first such word and its place', () => {
    const at = (place: number, word: string) => refusal(ZEROS.map((one, index) => (index === place - 1 ? word : one)).join(' '));
    expect(at(1, 'Abandonn')).toEqual({ kind: 'unknown-word', word: 'abandonn', position: 1 });
    expect(at(24, 'arts')).toEqual({ kind: 'unknown-word', word: 'arts', position: 24 });
    expect(at(7, 'aband0n')).toEqual({ kind: 'unknown-word', word: 'aband0n', position: 7 });
    expect(at(7, 'a.b.c')).toEqual({ kind: 'unknown-word', word: 'a.b.c', position: 7 });
    expect(at(7, 'x12.abandon')).toEqual({ kind: 'unknown-word', word: 'x12.abandon', position: 7 });
    expect(at(7, 'abandon.d')).toEqual({ kind: 'unknown-word', word: 'abandon.d', position: 7 });
    expect(at(7, 'y'.repeat(40))).toEqual({ kind: 'unknown-word', word: 'y'.repeat(32), position: 7 });
    expect(at(7, '😀'.repeat(40))).toEqual({ kind: 'unknown-word', word: '😀'.repeat(32), position: 7 });
    expect(refusal(ZEROS.map((one, index) => (index > 4 ? `no${index}` : one)).join(' '))).toEqual({
      kind: 'unknown-word',
      word: 'no5',
      position: 6,
    });
  });

  test('in another order are refused by their checksum, all but one in 256', () => {
    expect(refusal(Array.from({ length: 24 }, () => 'abandon').join(' '))).toEqual({ kind: 'checksum' });
    const words = wordsOf(filled(0x7f));
    const kinds = words.slice(1).map((_, at) => {
      const swapped = [...words];
      [swapped[at], swapped[at + 1]] = [words[at + 1] as string, words[at] as string];
      return refusal(swapped.join(' '));
    });
    expect(kinds.filter((kind) => kind !== 'accepted')).toEqual(kinds.map(() => ({ kind: 'checksum' })));
  });

  test('stand in a text with an end, beyond which nothing is read', () => {
    const text = ZEROS.join(' ');
    const room = RECOVERY_TEXT_CHARS_MAX - text.length;
    expect(seedFrom(`${text}${' '.repeat(room)}`).ok).toBe(true);
    expect(refusal(`${text}${' '.repeat(room + 1)}`)).toEqual({ kind: 'word-count', found: 24, expected: 24 });
    expect(refusal('a '.repeat(5000))).toEqual({ kind: 'word-count', found: 2000, expected: 24 });
  });

  test('in any text are read or refused, never thrown at', () => {
    const word = fc.oneof(fc.constantFrom(...ZEROS), fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('12.', '\ud800', 'İ'));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.constantFrom(' ', ',', '\n', ''), (words, between) => {
        const result = seedFrom(words.join(between));
        if (result.ok) expect(seedFrom(wordsOf(result.value).join(' '))).toEqual(result);
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});
