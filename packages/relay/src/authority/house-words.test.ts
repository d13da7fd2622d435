import { expect, test } from 'vitest';
import { HOUSE_WORDS } from './house-word-list.ts';
import { houseWords } from './house-words.ts';

test('there is one plain word for each byte, and four letters tell any two apart', () => {
  expect(HOUSE_WORDS).toHaveLength(256);
  expect(new Set(HOUSE_WORDS.map((word) => word.slice(0, 4))).size).toBe(256);
  expect(HOUSE_WORDS.filter((word) => !/^[a-z]{4,9}$/.test(word))).toEqual([]);
});

test('the words are those of the first four bytes of the hash', () => {
  // SHA-256("") begins e3 b0 c4 42.
  expect(houseWords(new Uint8Array(0))).toEqual([0xe3, 0xb0, 0xc4, 0x42].map((byte) => HOUSE_WORDS[byte]));
});

test('the order never changes: it is the code', () => {
  expect([HOUSE_WORDS[0], HOUSE_WORDS[85], HOUSE_WORDS[170], HOUSE_WORDS[255]]).toEqual(['acorn', 'ginger', 'pillow', 'zipper']);
});
