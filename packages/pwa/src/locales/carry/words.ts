/** Which words speak of carrying by hand: loaded with its screens, not with the first one. Shape and choice as in `../words.ts`. */
import { carryEn } from './en.ts';

export type CarryWords = typeof carryEn;

const LANGUAGES: ReadonlyMap<string, CarryWords> = new Map([['en', carryEn]]);

/** `tag`: how the chosen language calls itself (`Words.tag`). */
export function carryWordsFor(tag: string): CarryWords {
  return LANGUAGES.get(tag.split('-')[0] ?? '') ?? carryEn;
}
