/** Beginning, inviting, being invited, and who we tell where we are. Rule: docs/protocol/rendezvous.md. */
import { type Card, nameFrom, type RelayCard, sameCard, sayable } from '../../content/card.ts';
import { decodeContent, encodeContent } from '../../content/content.ts';
import { encodeHeader, headerFor, hourOf, makeEnvelope, purgeHashOf } from '../../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../../envelope/limits.ts';
import { pad } from '../../envelope/padding.ts';
import { accountId } from '../../identity/account.ts';
import { prekeysFrom, signBundle } from '../../identity/bundle.ts';
import { PREKEY_KEPT_DAYS } from '../../identity/limits.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, EMPTY, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { Neighbours } from '../../neighbours/neighbours.ts';
import {
  bundleHashOf,
  bundlePurgeKey,
  bundleTag,
  type Invitation,
  invitationText,
  readInvitation,
  sealBundle,
} from '../../rendezvous/invitation.ts';
import { INVITATION_HOURS, INVITATIONS_MAX } from '../../rendezvous/limits.ts';
import type { Session } from '../../session/session.ts';
import type { PersonCall } from './inputs.ts';
import { OTHERS_RELAYS_MAX, RELAYS_MAX } from './limits.ts';
import type { Opening } from './opening.ts';
import { beginIdentity, type Own, ownFrom } from './own.ts';
import { type ContactRow, encodeIdentity, encodeRelays, IDENTITY_ROW, RELAYS_ROW } from './rows.ts';
import { answer, type Out, type PersonState } from './state.ts';
import { contactView } from './view.ts';

export function begin(state: PersonState, call: Extract<PersonCall, { kind: 'begin' }>, out: Out, nowMs: number): void {
  const named = nameFrom(call.name);
  if ('refusal' in named) return answer(out, call, 'begin', refuse(named.refusal));
  if (state.own !== undefined) return answer(out, call, 'begin', refuse({ kind: 'already-begun' }));
  const row = beginIdentity(state.suite, state.random, named.name, hourOf(nowMs));
  const own = ownFrom(state.suite, row);
  state.own = own;
  state.neighbours = new Neighbours(state.random, own.transportKey);
  out.put('self', IDENTITY_ROW, encodeIdentity(row));
  goOnline(state, own, out, nowMs);
  answer(out, call, 'begin', ok({ account: toHex(own.device.account), name: row.name }));
  out.event({ kind: 'overview-changed' });
}

export function goOnline(state: PersonState, own: Own, out: Out, nowMs: number): void {
  dropOldInvitations(state, out, nowMs);
  state.dropOldSkipped(out, nowMs);
  out.command({ kind: 'listen', seed: own.row.transportSeed });
  for (const relay of state.relays) state.neighbours.knowRelay(toHex(relay.key), relay.addresses, nowMs);
  for (const contact of state.contacts.values()) knowContact(state, contact, nowMs);
  dialOthersRelays(state, nowMs);
}

export function invite(state: PersonState, call: Extract<PersonCall, { kind: 'invite' }>, out: Out, nowMs: number): void {
  const own = state.own;
  if (own === undefined) return answer(out, call, 'invite', refuse({ kind: 'no-profile' }));
  const secret = state.random.bytes(32);
  const prekeySeed = state.random.bytes(32);
  const expiryHour = hourOf(nowMs) + INVITATION_HOURS;
  const { signing, agreement, listRecord } = own.device;
  const account = accountId(own.device.account);
  const device = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
  const bundle = signBundle(
    state.suite,
    listRecord,
    device,
    signing.secretKey,
    prekeysFrom(state.suite, prekeySeed),
    hourOf(nowMs) + LIFETIME_HOURS[1],
  );
  const deposit = new Writer(2048)
    .bytes16(bundle)
    .raw(encodeContent(myCard(state, own)))
    .finish();
  const padded = pad(deposit, 16);
  assert(padded !== undefined, 'a bundle and a card fit an envelope');
  const header = headerFor(bundleTag(state.suite, secret), purgeHashOf(state.suite, bundlePurgeKey(state.suite, secret)), 1, nowMs);
  const encoded = encodeHeader(header);
  state.gossip.publish(makeEnvelope(state.suite, header, encoded, sealBundle(state.suite, secret, encoded, padded)), nowMs);
  state.putInvitation({ kind: 'made', secret, prekeySeed, expiryHour, usedBy: undefined }, out);
  dropOldInvitations(state, out, nowMs);
  const relays = state.relays.flatMap((relay) =>
    [bestAddress(relay.addresses)].flatMap((address) => (address === undefined ? [] : [{ key: relay.key, address }])),
  );
  const invitation: Invitation = {
    account,
    secret,
    bundleHash: bundleHashOf(state.suite, deposit),
    transportKey: fromHex(own.transportKey) as Bytes,
    expiryHour,
    relays,
  };
  answer(out, call, 'invite', ok({ text: invitationText(invitation), expiresAtMs: expiryHour * 3_600_000 }));
}

/** The one address an invitation has room for: one that means something on another device. */
function bestAddress(addresses: readonly string[]): string | undefined {
  return addresses.find((address) => !/^\/(dns[46]?\/localhost|ip4\/127\.|ip6\/::1)/.test(address)) ?? addresses[0];
}

/** Lets go of invitations that nobody can use any more, and of the oldest unused ones when there are too many. */
function dropOldInvitations(state: PersonState, out: Out, nowMs: number): void {
  const hour = hourOf(nowMs);
  for (const [id, row] of state.invitations) {
    const keptHours = row.kind === 'made' ? PREKEY_KEPT_DAYS * 24 : LIFETIME_HOURS[1];
    if (row.expiryHour + keptHours < hour) state.forgetInvitation(id, row, out);
  }
  const unused = [...state.invitations].filter(([, row]) => row.kind === 'made' && row.usedBy === undefined);
  for (const [id, row] of unused.slice(0, Math.max(0, unused.length - INVITATIONS_MAX))) state.forgetInvitation(id, row, out);
}

export function accept(state: PersonState, call: Extract<PersonCall, { kind: 'accept' }>, out: Out, nowMs: number): void {
  const own = state.own;
  if (own === undefined) return answer(out, call, 'accept', refuse({ kind: 'no-profile' }));
  const read = readInvitation(call.text, nowMs);
  if (!read.ok) return answer(out, call, 'accept', read);
  const invitation = read.value;
  const account = toHex(invitation.account);
  if (sameBytes(invitation.account, own.device.account)) return answer(out, call, 'accept', refuse({ kind: 'own' }));
  if (state.contacts.has(account)) return answer(out, call, 'accept', refuse({ kind: 'already-known', account }));
  const relays = invitation.relays.map((relay) => ({ key: relay.key, addresses: [relay.address] }));
  const card: Card = { kind: 'card', name: '', transportKey: invitation.transportKey, relays };
  const { secret, expiryHour, bundleHash } = invitation;
  const tags = state.putInvitation({ kind: 'taken', secret, expiryHour, account: invitation.account, bundleHash, card }, out);
  dialOthersRelays(state, nowMs);
  state.recalled.push(...state.gossip.recognise(tags));
  state.neighbours.knowPerson(toHex(invitation.transportKey), [], [], nowMs);
  answer(out, call, 'accept', ok({ account }));
}

export function useRelay(state: PersonState, call: Extract<PersonCall, { kind: 'use-relay' }>, out: Out, nowMs: number): void {
  const key = fromHex(call.relay.key);
  if (key?.length === 32) learnRelay(state, { key, addresses: call.relay.addresses }, out, nowMs);
  answer(out, call, 'use-relay', undefined);
}

/** A relay that this person uses: told to contacts, dialled for as long as it is known. */
function learnRelay(state: PersonState, relay: RelayCard, out: Out, nowMs: number): void {
  const key = toHex(relay.key);
  const sane = { key: relay.key, addresses: sayable(relay.addresses) };
  const before = state.relays.find((one) => toHex(one.key) === key);
  if (before === undefined || before.addresses.join() !== sane.addresses.join()) {
    state.relays = [sane, ...state.relays.filter((one) => one !== before)].slice(0, RELAYS_MAX);
    out.put('self', RELAYS_ROW, encodeRelays(state.relays));
    for (const contact of [...state.contacts.values()]) tellCard(state, contact, out, nowMs);
    out.event({ kind: 'overview-changed' });
  }
  if (state.own !== undefined) state.neighbours.knowRelay(key, sane.addresses, nowMs);
}

/** Relays at which others can be met. One's own are never replaced by what somebody else says of them. */
function dialOthersRelays(state: PersonState, nowMs: number): void {
  const others = new Map<string, RelayCard>();
  const add = (relays: readonly RelayCard[]): void => {
    for (const relay of relays)
      if (!state.isRelay(toHex(relay.key)) && others.size < OTHERS_RELAYS_MAX) others.set(toHex(relay.key), relay);
  };
  for (const row of state.invitations.values()) if (row.kind === 'taken') add(row.card.relays);
  for (const contact of state.contacts.values()) add(contact.relays);
  for (const [key, relay] of others) state.neighbours.knowRelay(key, relay.addresses, nowMs);
}

/** The bundle of an invitation we took up was found: open a session and say who we are. */
export function meetInviter(state: PersonState, opening: Extract<Opening, { kind: 'bundle' }>, out: Out, nowMs: number): void {
  const invitation = state.invitations.get(opening.invitation);
  assert(invitation?.kind === 'taken', 'a bundle is opened for an invitation that was taken up');
  state.forgetInvitation(opening.invitation, invitation, out);
  addContact(state, opening.session, opening.card, out, nowMs);
}

/** Somebody took up our invitation: it is used, and they get our card. */
export function meetInvited(state: PersonState, invitationId: string, session: Session, out: Out, nowMs: number): void {
  const invitation = state.invitations.get(invitationId);
  assert(invitation?.kind === 'made', 'only an invitation that was made can be taken up');
  // The secret stays, because messages written before our answer still come under its tags; the prekeys go.
  state.putInvitation({ ...invitation, prekeySeed: EMPTY, usedBy: session.id }, out);
  const nobody: Card = { kind: 'card', name: '', transportKey: new Uint8Array(32), relays: [] };
  addContact(state, session, nobody, out, nowMs);
}

function addContact(state: PersonState, session: Session, card: Card, out: Out, nowMs: number): void {
  const account = toHex(session.peerAccount);
  const before = state.contacts.get(account);
  state.setSession(session, out);
  // Both invited each other: the session with the smaller id is written to, the other one is still read.
  const writesTo = before !== undefined && toHex(before.sessionId) < toHex(session.id) ? before.sessionId : session.id;
  const contact: ContactRow = {
    account: session.peerAccount,
    name: card.name || (before?.name ?? ''),
    metAtMs: before?.metAtMs ?? nowMs,
    lastHeardMs: nowMs,
    sessionId: writesTo,
    transportKey: card.name ? card.transportKey : (before?.transportKey ?? card.transportKey),
    relays: card.relays,
    unread: before?.unread ?? [],
    toldCard: EMPTY,
  };
  state.setContact(contact, out);
  if (card.name) knowContact(state, contact, nowMs);
  tellCard(state, contact, out, nowMs);
  if (before === undefined)
    out.event({ kind: 'contact-added', contact: { ...contactView(state, contact, nowMs), lastMessage: undefined } });
  out.event({ kind: 'overview-changed' });
}

export function hearCard(state: PersonState, contact: ContactRow, card: Card, out: Out, nowMs: number): void {
  const before = toHex(contact.transportKey);
  // A key that is somebody else's would make them look reached, or forgotten.
  const transportKey = isSomebodyElses(state, contact, toHex(card.transportKey)) ? contact.transportKey : card.transportKey;
  const now: ContactRow = { ...contact, name: card.name, transportKey, relays: card.relays, lastHeardMs: nowMs };
  state.setContact(now, out);
  if (before !== toHex(transportKey)) state.neighbours.forget(before);
  knowContact(state, now, nowMs);
  dialOthersRelays(state, nowMs);
  out.event({ kind: 'overview-changed' });
}

function isSomebodyElses(state: PersonState, contact: ContactRow, key: string): boolean {
  if (state.isRelay(key) || key === state.own?.transportKey) return true;
  for (const other of state.contacts.values())
    if (toHex(other.transportKey) === key && !sameBytes(other.account, contact.account)) return true;
  return false;
}

function knowContact(state: PersonState, contact: ContactRow, nowMs: number): void {
  state.neighbours.knowPerson(
    toHex(contact.transportKey),
    [],
    contact.relays.map((relay) => toHex(relay.key)),
    nowMs,
  );
}

function myCard(state: PersonState, own: Own): Card {
  return { kind: 'card', name: own.row.name, transportKey: fromHex(own.transportKey) as Bytes, relays: state.relays };
}

/** Tells a contact our card, unless they have this very one. */
function tellCard(state: PersonState, contact: ContactRow, out: Out, nowMs: number): void {
  if (state.own === undefined) return;
  const card = myCard(state, state.own);
  const encoded = encodeContent(card);
  const told = decodeContent(contact.toldCard);
  if (told?.kind === 'card' && sameCard(told, card)) return;
  state.say(contact, encoded, out, nowMs);
  const now = state.contacts.get(toHex(contact.account));
  if (now !== undefined) state.setContact({ ...now, toldCard: encoded }, out);
}
