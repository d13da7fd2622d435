/** Which words the lock, the devices and the backup speak: loaded with their screens, not with the first one. Shape and choice as in `../words.ts`. */
import { safeEn } from './en.ts';

export type SafeWords = typeof safeEn;

const LANGUAGES: ReadonlyMap<string, SafeWords> = new Map([['en', safeEn]]);

/** `tag`: how the chosen language calls itself (`Words.tag`). */
export function safeWordsFor(tag: string): SafeWords {
  return LANGUAGES.get(tag.split('-')[0] ?? '') ?? safeEn;
}
