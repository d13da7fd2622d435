/** Which words speak of meeting without anything between, and of bringing people together: loaded with their screens. Shape and choice as in `../words.ts`. */
import { meetEn } from './en.ts';

export type MeetWords = typeof meetEn;

const LANGUAGES: ReadonlyMap<string, MeetWords> = new Map([['en', meetEn]]);

/** `tag`: how the chosen language calls itself (`Words.tag`). */
export function meetWordsFor(tag: string): MeetWords {
  return LANGUAGES.get(tag.split('-')[0] ?? '') ?? meetEn;
}
