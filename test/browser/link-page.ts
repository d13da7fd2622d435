/** The page of `link.story.ts`: a browser link, and everything it told, where the story can reach them. Its seed stands after the # in hexadecimal. */
import { type BrowserLink, createBrowserLink } from '@kith/core/adapters/link-libp2p/browser';
import { fromHex } from '../../packages/core/src/kernel/bytes.ts';
import type { LinkEvent } from '../../packages/core/src/node/machine.ts';

export interface LinkPage {
  readonly link: BrowserLink;
  readonly events: LinkEvent[];
}

const link = createBrowserLink({ reserveCheckMs: 1_000 });
const events: LinkEvent[] = [];
link.start((event) => events.push(event));
const seed = fromHex(location.hash.slice(1));
if (seed === undefined) throw new Error('the story gives each page a seed');
link.perform({ kind: 'listen', seed });
Object.assign(globalThis, { linkPage: { link, events } satisfies LinkPage });
