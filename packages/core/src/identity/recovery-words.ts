/**
 * The 24 words of an account's seed (BIP-39, English), for paper. Reads them as people write them down; never keeps or logs them.
 * The only file that knows the word list. Rule: docs/protocol/identity.md §5.
 */
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { LENGTHS } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import { type Bytes, copyBytes } from '../kernel/bytes.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { RECOVERY_TEXT_CHARS_MAX, RECOVERY_WORDS, UNKNOWN_WORD_CHARS_MAX } from './limits.ts';
import type { WordsRefusal } from './refusals.ts';

export { RECOVERY_WORDS } from './limits.ts';

const KNOWN: ReadonlySet<string> = new Set(wordlist);

/** The words of a 32-byte seed, in order. */
export function wordsOf(seed: Uint8Array): readonly string[] {
  assert(seed.length === LENGTHS.key, 'a seed has 32 bytes');
  return entropyToMnemonic(seed, wordlist).split(' ');
}

/** Words in small letters; the number that people write before a word, and the full stop behind it, go. */
function wordsIn(text: string): readonly string[] {
  const words: string[] = [];
  for (const piece of text.toLowerCase().split(/[\s,;]/)) {
    const word = piece.replace(/^\d+[.):]?/, '').replace(/\.$/, '');
    if (word !== '') words.push(word);
  }
  return words;
}

/**
 * The 32-byte seed that was written as words, in any case, with any white space, commas and numbers between them.
 *
 * Refuses `word-count`, `unknown-word` (the first one) and `checksum`, in this order. Of a text past 4,000 characters only the beginning
 * is looked at, and it is refused as `word-count`.
 */
export function seedFrom(text: string): Result<Bytes, WordsRefusal> {
  const words = wordsIn(text.slice(0, RECOVERY_TEXT_CHARS_MAX));
  if (words.length !== RECOVERY_WORDS || text.length > RECOVERY_TEXT_CHARS_MAX)
    return refuse({ kind: 'word-count', found: words.length, expected: RECOVERY_WORDS });
  for (const [at, word] of words.entries()) {
    if (!KNOWN.has(word)) return refuse({ kind: 'unknown-word', word: shortened(word), position: at + 1 });
  }
  try {
    return ok(copyBytes(mnemonicToEntropy(words.join(' '), wordlist)));
  } catch {
    // Count and words were checked above: what is left to refuse is the checksum.
    return refuse({ kind: 'checksum' });
  }
}

/** By code points, so that no half of one is shown. */
function shortened(word: string): string {
  return [...word].slice(0, UNKNOWN_WORD_CHARS_MAX).join('');
}
