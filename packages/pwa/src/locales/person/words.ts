/** Which words speak of who somebody is: loaded with their screens, not with the first one. Shape and choice as in `../words.ts`. */
import { personEn } from './en.ts';

export type PersonWords = typeof personEn;

const LANGUAGES: ReadonlyMap<string, PersonWords> = new Map([['en', personEn]]);

/** `tag`: how the chosen language calls itself (`Words.tag`). */
export function personWordsFor(tag: string): PersonWords {
  return LANGUAGES.get(tag.split('-')[0] ?? '') ?? personEn;
}
