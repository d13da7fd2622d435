/** A person's node as its screens see it. */
import type { StoredMessage } from '../../conversation/message.ts';
import { sameBytes, toHex } from '../../kernel/bytes.ts';
import { countOpenInvitations } from './inviting.ts';
import { HEARD_RECENTLY_MS } from './limits.ts';
import type { Own } from './own.ts';
import type { ContactRow } from './rows.ts';
import type { PersonState } from './state.ts';
import type { Contact, IntroductionView, Linking, Message, NeighbourView, OwnDevice, Profile, Pull, Reach } from './views.ts';

/** A contact without what only the store knows. */
export type ContactView = Omit<Contact, 'lastMessage'>;

export interface PersonView {
  readonly profile: Profile | undefined;
  readonly contacts: readonly ContactView[];
  readonly neighbours: readonly NeighbourView[];
  readonly knowsRelay: boolean;
  readonly linking: Linking | undefined;
  readonly openInvitations: number;
  readonly introductions: readonly IntroductionView[];
  readonly pull: Pull;
  readonly clockBehindHours: number;
}

/** What the first screen shows, from memory alone. */
export function personView(state: PersonState, nowMs: number): PersonView {
  const { own } = state;
  return {
    profile: own && profileView(own),
    contacts: [...state.contacts.values()].map((contact) => contactView(state, contact, nowMs)),
    neighbours: [...state.neighbours.connected()].map((it) => neighbourView(state, it)),
    knowsRelay: state.relays.length > 0,
    linking: state.linking?.shown,
    openInvitations: countOpenInvitations(state, nowMs),
    introductions: introductionsView(state),
    pull: state.pull,
    clockBehindHours: state.gossip.clockBehindHours,
  };
}

export function profileView(own: Own): Profile {
  const { name, accountSeed, rootSeed } = own.row;
  return { account: toHex(own.device.account), name, wordsWaiting: accountSeed.length > 0, isFirstDevice: rootSeed.length > 0 };
}

/** One's own devices, this one first. */
export function devicesView(state: PersonState): readonly OwnDevice[] {
  const { own } = state;
  if (own === undefined) return [];
  const mine = own.device.signing.publicKey;
  const isFirst = own.row.rootSeed.length > 0;
  const others = state.devicesOf(own.device.account).filter((device) => device.standing === 'listed');
  return [
    { id: toHex(mine), isThis: true, isFirst, sinceMs: own.list.sequence * 3_600_000 },
    ...others.map((device) => ({ id: toHex(device.signingKey), isThis: false, isFirst: false, sinceMs: device.sinceMs })),
  ];
}

export function reach(state: PersonState, contact: ContactRow, nowMs: number): Reach {
  let isNear = false;
  let isThroughRelay = false;
  for (const it of state.neighbours.connected()) {
    const device = state.deviceAt(it.key);
    const isTheirs = device !== undefined && sameBytes(device.account, contact.account);
    if (isTheirs && it.path === 'direct') return { kind: 'direct' };
    isThroughRelay ||= isTheirs;
    isNear = true;
  }
  if (isThroughRelay) return { kind: 'relay' };
  const heard = state.heardThroughRelayMs.get(toHex(contact.account));
  if (isNear && heard !== undefined && nowMs - heard < HEARD_RECENTLY_MS) return { kind: 'relay' };
  return isNear ? { kind: 'carried' } : { kind: 'not-now' };
}

export function contactView(state: PersonState, contact: ContactRow, nowMs: number): ContactView {
  const devices = state.devicesOf(contact.account).filter((device) => device.standing === 'listed');
  return {
    account: toHex(contact.account),
    name: contact.name,
    reach: reach(state, contact, nowMs),
    lastHeardMs: contact.lastHeardMs || undefined,
    unread: contact.unread.length,
    metAtMs: contact.metAtMs,
    verified: contact.verified,
    devices: devices.length,
    news: contact.news,
    comparison: state.comparisons.get(toHex(contact.account))?.shown,
    introducedBy: contact.introducedBy && toHex(contact.introducedBy),
    meetsByOneCode: devices.some(({ pair }) => pair.theirs.length > 0 && pair.certificates.length > 0 && pair.peerCertificates.length > 0),
  };
}

function neighbourView(state: PersonState, it: { readonly key: string; readonly path: 'direct' | 'relay' | 'circuit' }): NeighbourView {
  const relay = state.relays.some((one) => toHex(one.key) === it.key);
  const device = state.deviceAt(it.key);
  const account = device && state.contacts.has(toHex(device.account)) ? toHex(device.account) : undefined;
  return { kind: relay ? 'relay' : account === undefined ? 'stranger' : 'contact', account, path: it.path };
}

function introductionsView(state: PersonState): readonly IntroductionView[] {
  return [...state.introductions.values()].flatMap((entry) =>
    entry.step === 'waiting' ? [] : [{ id: toHex(entry.id), by: toHex(entry.by), account: toHex(entry.account), name: entry.name }],
  );
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
    fromRemovedDevice: message.fromRemovedDevice,
  };
}
