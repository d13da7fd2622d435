/** Which words speak of how messages travel: loaded with their screens, not with the first one. Shape and choice as in `../words.ts`. */
import { waysEn } from './en.ts';

export type WaysWords = typeof waysEn;

const LANGUAGES: ReadonlyMap<string, WaysWords> = new Map([['en', waysEn]]);

/** `tag`: how the chosen language calls itself (`Words.tag`). */
export function waysWordsFor(tag: string): WaysWords {
  return LANGUAGES.get(tag.split('-')[0] ?? '') ?? waysEn;
}
