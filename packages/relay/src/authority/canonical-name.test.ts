import { describe, expect, test } from 'vitest';
import { canonicalName, toBase32 } from './canonical-name.ts';

const ascii = (text: string): Uint8Array => Buffer.from(text);

describe('canonical name', () => {
  test('base32 agrees with RFC 4648 §10, in lower case and without padding', () => {
    expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => toBase32(ascii(text)))).toEqual([
      '',
      'my',
      'mzxq',
      'mzxw6',
      'mzxw6yq',
      'mzxw6ytb',
      'mzxw6ytboi',
    ]);
  });

  test('the name is the first eight letters of the hash of the key', () => {
    // SHA-256("") begins e3b0c44298.
    expect(canonicalName(new Uint8Array(0))).toBe('kith-4oymiquy.local');
  });

  test('another key has another name', () => {
    expect(canonicalName(ascii('one'))).not.toBe(canonicalName(ascii('two')));
  });
});
