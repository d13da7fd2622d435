/** What changed about who a contact is, in words and in how loud it is said. Pure. A change that blocks goes only by making sure. */
import type { Words } from '../locales/words.ts';
import type { Contact } from './ports.ts';
import type { Times } from './times.ts';

export interface NewsView {
  /** `quiet`: an ordinary change. `amber`: expected after a loss, to be asked about otherwise. `alarm`: nothing is sent to them. */
  readonly tone: 'quiet' | 'amber' | 'alarm';
  readonly title: string;
  readonly text: string;
  /** It blocks: what is written waits here until they are made sure of. */
  readonly blocks: boolean;
}

export function newsOf(contact: Contact, words: Words, times: Times): NewsView | undefined {
  const { news, name } = contact;
  if (news === undefined) return undefined;
  const said = words.news;
  const day = times.fullDay(news.atMs);
  const title = said[news.kind](name);
  switch (news.kind) {
    case 'new-device':
      return { tone: 'quiet', title, text: said.newDeviceText(day), blocks: false };
    case 'root-rotated':
      return { tone: 'amber', title, text: said.rootRotatedText(day), blocks: false };
    case 'root-unknown':
      return { tone: 'alarm', title, text: said.rootUnknownText(day), blocks: true };
  }
}
