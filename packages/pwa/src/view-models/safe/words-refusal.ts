/** Why 24 words are not 24 words, in the sentences that beginning again with them uses. */
import type { Words } from '../../locales/words.ts';
import type { WordsRefusal } from '../ports.ts';

export function wordsRefusal(refusal: WordsRefusal, { recover }: Words): string {
  switch (refusal.kind) {
    case 'word-count':
      return recover['word-count'](refusal.found, refusal.expected);
    case 'unknown-word':
      return recover['unknown-word'](refusal.word, refusal.position);
    case 'checksum':
      return recover.checksum;
  }
}
