/** A person's node as its screens see it. */
import type { StoredMessage } from '../../conversation/message.ts';
import { toHex } from '../../kernel/bytes.ts';
import { HEARD_RECENTLY_MS } from './limits.ts';
import type { ContactRow } from './rows.ts';
import type { PersonState } from './state.ts';
import type { Contact, Message, NeighbourView, Profile, Reach } from './views.ts';

/** A contact without what only the store knows. */
export type ContactView = Omit<Contact, 'lastMessage'>;

export interface PersonView {
  readonly profile: Profile | undefined;
  readonly contacts: readonly ContactView[];
  readonly neighbours: readonly NeighbourView[];
  readonly knowsRelay: boolean;
}

/** What the first screen shows, from memory alone. */
export function personView(state: PersonState, nowMs: number): PersonView {
  const { own } = state;
  return {
    profile: own && { account: toHex(own.device.account), name: own.row.name },
    contacts: [...state.contacts.values()].map((contact) => contactView(state, contact, nowMs)),
    neighbours: [...state.neighbours.connected()].map((it) => neighbourView(state, it)),
    knowsRelay: state.relays.length > 0,
  };
}

export function reach(state: PersonState, contact: ContactRow, nowMs: number): Reach {
  const key = toHex(contact.transportKey);
  let isNear = false;
  for (const it of state.neighbours.connected()) {
    if (it.key === key) return it.path === 'direct' ? { kind: 'direct' } : { kind: 'relay' };
    isNear = true;
  }
  const heard = state.heardThroughRelayMs.get(toHex(contact.account));
  if (isNear && heard !== undefined && nowMs - heard < HEARD_RECENTLY_MS) return { kind: 'relay' };
  return isNear ? { kind: 'carried' } : { kind: 'not-now' };
}

export function contactView(state: PersonState, contact: ContactRow, nowMs: number): ContactView {
  return {
    account: toHex(contact.account),
    name: contact.name,
    reach: reach(state, contact, nowMs),
    lastHeardMs: contact.lastHeardMs || undefined,
    unread: contact.unread.length,
    metAtMs: contact.metAtMs,
  };
}

function neighbourView(state: PersonState, it: { readonly key: string; readonly path: 'direct' | 'relay' | 'circuit' }): NeighbourView {
  const relay = state.relays.some((one) => toHex(one.key) === it.key);
  const contact = [...state.contacts.values()].find((one) => toHex(one.transportKey) === it.key);
  return { kind: relay ? 'relay' : contact ? 'contact' : 'stranger', account: contact && toHex(contact.account), path: it.path };
}

/** A stored message as programs see it. */
export function messageView(message: StoredMessage): Message {
  return {
    id: toHex(message.id),
    conversation: toHex(message.account),
    mine: message.mine,
    text: message.text,
    sentAtMs: message.sentAtMs,
    state: message.state,
    expiresAtMs: message.expiresAtMs,
  };
}
