/** Reading for views: pages of a conversation, the first screen. Never changes a row. */
import { decodeMessage } from '../conversation/message.ts';
import { concat, fromHex, toHex } from '../kernel/bytes.ts';
import { messageView, type PersonView } from '../node/person/view.ts';
import type { AccountId, Contact, Message, Overview, TimelinePage } from '../node/person/views.ts';
import type { Store } from '../ports/store.ts';

const PAGE_MAX = 200;
const PAGE_USUAL = 50;

/** A page of a conversation, oldest first; `before` as an earlier page gave it. */
export async function readTimeline(
  store: Store,
  account: AccountId,
  before: string | undefined,
  limit: number = PAGE_USUAL,
): Promise<TimelinePage> {
  const prefix = fromHex(account);
  if (prefix?.length !== 32) return { messages: [], earlier: undefined };
  const wanted = Math.max(1, Math.min(PAGE_MAX, Math.floor(limit)));
  const cursor = before === undefined ? undefined : fromHex(before);
  const after = cursor === undefined ? {} : { after: concat(prefix, cursor) };
  const rows = await store.range({ space: 'messages', prefix, limit: wanted, reverse: true, ...after });
  const messages: Message[] = [];
  for (const row of rows) {
    const message = decodeMessage(row.key, row.value);
    if (message !== undefined) messages.unshift(messageView(message));
  }
  const last = rows.at(-1);
  return { messages, earlier: rows.length === wanted && last !== undefined ? toHex(last.key.subarray(32)) : undefined };
}

export async function readOverview(store: Store, view: PersonView): Promise<Overview> {
  const contacts: Contact[] = [];
  for (const contact of view.contacts) {
    const page = await readTimeline(store, contact.account, undefined, 1);
    contacts.push({ ...contact, lastMessage: page.messages.at(-1) });
  }
  const newest = (contact: Contact) => contact.lastMessage?.sentAtMs ?? contact.metAtMs;
  contacts.sort((a, b) => newest(b) - newest(a));
  return { ...view, contacts };
}
