/** Which words are spoken. A language is a file beside this one with the same shape; the compiler lists what it lacks. */
import { en } from './en.ts';

export type Words = typeof en;

const LANGUAGES: ReadonlyMap<string, Words> = new Map([['en', en]]);

/** The first language of the person's list that Kith speaks. */
export function wordsFor(languages: readonly string[]): Words {
  for (const language of languages) {
    const words = LANGUAGES.get(language.split('-')[0] ?? '');
    if (words !== undefined) return words;
  }
  return en;
}
