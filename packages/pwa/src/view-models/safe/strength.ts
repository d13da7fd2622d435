/** How long a guessing machine would need for a passphrase, in three steps and without numbers. It advises; it never forbids. */

export type Strength = 'weak' | 'fair' | 'strong';

/** Chosen here, in bits: with Argon2id's cost a guess takes about a tenth of a second on a good machine, and thieves have many. */
const FAIR_BITS = 40;
const STRONG_BITS = 56;
/** A word, a name or a row of keys is worth about this much, however long it is. */
const WORD_BITS = 12;
/** A number as people choose them: a year, a day, 1234. */
const NUMBER_BITS = 10;
const LETTER_BITS = 4.7;
const DIGIT_BITS = 3.3;
const SIGN_BITS = 4;

/** `undefined` for nothing at all. */
export function strengthOf(text: string): Strength | undefined {
  if (text === '') return undefined;
  // What is written twice is guessed once.
  const runs = new Set(text.toLowerCase().match(/\p{L}+|\p{N}+|[^\p{L}\p{N}\s]/gu) ?? []);
  const bits = [...runs].reduce((sum, run) => sum + runBits(run), 0);
  return bits >= STRONG_BITS ? 'strong' : bits >= FAIR_BITS ? 'fair' : 'weak';
}

function runBits(run: string): number {
  const { length } = [...run];
  if (/\p{L}/u.test(run)) return Math.min(length * LETTER_BITS, WORD_BITS);
  return /\p{N}/u.test(run) ? Math.min(length * DIGIT_BITS, NUMBER_BITS) : SIGN_BITS;
}
