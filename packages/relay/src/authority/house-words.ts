/**
 * Four words that two people compare aloud: byte n of the SHA-256 of the house key (the authority's DER certificate) picks word n.
 * They catch a mix-up, not somebody who serves a false page and has searched for a key with the same words: 32 bits are too few for that.
 */
import { createHash } from 'node:crypto';
import { HOUSE_WORDS } from './house-word-list.ts';

export function houseWords(certificate: Uint8Array): readonly string[] {
  const hash = createHash('sha256').update(certificate).digest();
  return Array.from(hash.subarray(0, 4), (byte) => HOUSE_WORDS[byte] as string);
}
