/** Who may open a session with us by which bundle of ours: the rules about first messages, in one place. Decides, and changes nothing. */
import { LIFETIME_HOURS } from '../../envelope/limits.ts';
import { prekeysFrom } from '../../identity/bundle.ts';
import { firstSecretOf } from '../../identity/contact-key.ts';
import type { KnownList } from '../../identity/list-judgement.ts';
import { type Bytes, EMPTY, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import type { Occasion, OwnDevice } from '../../session/handshake.ts';
import { acceptSession, type Session, sessionIdOfFirst } from '../../session/session.ts';
import { OPENER_BYTES, type PrekeyOccasion } from './device-rows.ts';
import { CONTACTS_MAX } from './limits.ts';
import type { PersonState } from './state.ts';
import type { Occasioned } from './tag-table.ts';

export type { Occasioned } from './tag-table.ts';

/** A session that somebody asks for. Nothing is decided before its message opens as well. */
export interface AcceptedFirst {
  readonly session: Session;
  readonly peer: KnownList;
}

interface Given {
  readonly own: OwnDevice;
  readonly seed: Bytes;
  readonly occasion: Occasion;
  /** Whether this person may come this way. */
  mayCome(account: Bytes, signingKey: Bytes): boolean;
}

/** `contradicted`: somebody who may speak for a known account does so with a list that contradicts the one that is believed. */
export function acceptFirst(
  state: PersonState,
  meant: Occasioned,
  body: Bytes,
  nowHour: number,
): AcceptedFirst | { readonly contradicted: Bytes } | undefined {
  const given = givenBundle(state, meant, body, nowHour);
  if (given === undefined) return undefined;
  const prekeys = prekeysFrom(state.suite, given.seed);
  const accepted = acceptSession(state.suite, given.own, prekeys, given.occasion, body, nowHour);
  if (!accepted.ok) return undefined;
  const { session, peerList, peerListRecord } = accepted.value;
  const peer = { list: peerList, record: peerListRecord };
  if (!given.mayCome(session.peerAccount, session.peerSigningKey)) return undefined;
  if (state.refuses(peer)) return state.contradicts(peer) ? { contradicted: session.peerAccount } : undefined;
  return { session, peer };
}

function givenBundle(state: PersonState, meant: Occasioned, body: Bytes, nowHour: number): Given | undefined {
  switch (meant.occasion) {
    case 'invitation':
      return givenByInvitation(state, meant.id, nowHour);
    case 'prekeys':
      return givenByPrekeys(state, meant, body);
    case 'link': {
      const { linking } = state;
      if (linking?.side !== 'new' || linking.session !== undefined) return undefined;
      return { own: linking.device, seed: linking.prekeySeed, occasion: { purpose: 'link', secret: linking.secret }, mayCome: () => true };
    }
  }
}

function givenByInvitation(state: PersonState, id: string, nowHour: number): Given | undefined {
  const invitation = state.invitations.get(id);
  const own = state.own?.device;
  if (own === undefined || invitation?.kind !== 'made' || invitation.usedBy !== undefined) return undefined;
  // Taken up in time, a first message may still have been carried for as long as envelopes live.
  if (invitation.expiryHour + LIFETIME_HOURS[1] < nowHour || state.contacts.size >= CONTACTS_MAX) return undefined;
  return {
    own,
    seed: invitation.prekeySeed,
    occasion: { purpose: 'invitation', secret: invitation.secret },
    mayCome: (account) => !sameBytes(account, own.account) && (invitation.pinned === undefined || sameBytes(account, invitation.pinned)),
  };
}

function givenByPrekeys(state: PersonState, meant: Occasioned, body: Bytes): Given | undefined {
  const row = state.prekeys.get(meant.id);
  const own = state.own?.device;
  const session = sessionIdOfFirst(state.suite, body);
  if (own === undefined || session === undefined || row === undefined || row.seed.length === 0) return undefined;
  if (row.sessions.some((used) => sameBytes(used.id, session)) || row.sessions.length >= SESSIONS_PER_PREKEYS_MAX[row.occasion])
    return undefined;
  const by = fromHex(meant.by ?? '') ?? EMPTY;
  const opened = row.sessions.filter((used) => sameBytes(used.by, by.subarray(0, OPENER_BYTES)));
  if (row.occasion === 'contact-key' && opened.length >= SESSIONS_PER_OPENER_MAX) return undefined;
  const knows = (account: Bytes): boolean => sameBytes(account, own.account) || state.contacts.has(toHex(account));
  const mayCome: Readonly<Record<PrekeyOccasion, Given['mayCome']>> = {
    'contact-key': (account) => toHex(account) === meant.by && knows(account),
    spare: (account) => knows(account),
    hello: (account) => sameBytes(account, row.whom),
  };
  const secret = row.occasion === 'contact-key' ? firstSecretOf(state.suite, row.secret, by) : row.secret;
  return { own, seed: row.seed, occasion: { purpose: row.occasion, secret }, mayCome: mayCome[row.occasion] };
}

/** Sessions that one bundle may begin: one, but for the bundle that lies under the contact key for everybody. */
const SESSIONS_PER_PREKEYS_MAX: Readonly<Record<PrekeyOccasion, number>> = { 'contact-key': 250, spare: 1, hello: 1 };

/** Sessions that one account may begin with the bundle that is for all: its devices, and each of them anew some times. */
const SESSIONS_PER_OPENER_MAX = 16;
