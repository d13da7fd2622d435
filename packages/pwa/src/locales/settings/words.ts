/** Which words the settings speak: loaded with their page, not with the first one. Shape and choice as in `../words.ts`. */
import { settingsEn } from './en.ts';

export type SettingsWords = typeof settingsEn;

const LANGUAGES: ReadonlyMap<string, SettingsWords> = new Map([['en', settingsEn]]);

/** `tag`: how the chosen language calls itself (`Words.tag`). */
export function settingsWordsFor(tag: string): SettingsWords {
  return LANGUAGES.get(tag.split('-')[0] ?? '') ?? settingsEn;
}
