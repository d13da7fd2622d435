/** Beginning, inviting, being invited, and who we tell where we are. Rule: docs/protocol/rendezvous.md. */
import { type Card, nameFrom } from '../../content/card.ts';
import { encodeContent } from '../../content/content.ts';
import { encodeHeader, headerFor, hourOf, makeEnvelope, purgeHashOf } from '../../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../../envelope/limits.ts';
import { pad } from '../../envelope/padding.ts';
import { accountId } from '../../identity/account.ts';
import { prekeysFrom, signBundle } from '../../identity/bundle.ts';
import type { KnownList } from '../../identity/list-judgement.ts';
import { seedFrom, wordsOf } from '../../identity/recovery-words.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, EMPTY, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { Neighbours } from '../../neighbours/neighbours.ts';
import {
  bundleHashOf,
  bundlePurgeKey,
  bundleTag,
  HELLO_OVERHEAD_BYTES,
  helloFirstSecret,
  helloPurgeKey,
  helloTag,
  type Invitation,
  invitationText,
  readInvitation,
  sealBundle,
  sealHello,
} from '../../rendezvous/invitation.ts';
import { HELLO_AFTER_MS, INVITATION_HOURS } from '../../rendezvous/limits.ts';
import type { Session } from '../../session/session.ts';
import { tellOwnDevices } from './archiving.ts';
import { myCard } from './cards.ts';
import { type DeviceRow, newDevice } from './device-rows.ts';
import type { PersonCall } from './inputs.ts';
import { depositBundle, givePrekeys, hearList, hearOwnList, setIdentity, usePrekeys } from './keys.ts';
import { meetOldDevice } from './linking.ts';
import { dialOthersRelays, dropOldInvitations, goOnline, knowContact } from './online.ts';
import type { Opening } from './opening.ts';
import { beginIdentity, type Own, recoverIdentity } from './own.ts';
import type { ContactRow, IdentityRow, InvitationRow } from './rows.ts';
import { establish, wantsDeposit } from './sessions.ts';
import { answer, type Out, type PersonState } from './state.ts';
import type { Occasioned } from './tag-table.ts';
import { contactView, profileView } from './view.ts';
import type { Verification } from './views.ts';

export function begin(state: PersonState, call: Extract<PersonCall, { kind: 'begin' }>, out: Out, nowMs: number): void {
  const named = nameFrom(call.name);
  if ('refusal' in named) return answer(out, call, 'begin', refuse(named.refusal));
  if (state.own !== undefined) return answer(out, call, 'begin', refuse({ kind: 'already-begun' }));
  const own = startAs(state, beginIdentity(state.suite, state.random, named.name, hourOf(nowMs)), out, nowMs);
  answer(out, call, 'begin', ok(profileView(own)));
}

/** With the words of an account whose devices are lost. */
export function recover(state: PersonState, call: Extract<PersonCall, { kind: 'recover' }>, out: Out, nowMs: number): void {
  const named = nameFrom(call.name);
  if ('refusal' in named) return answer(out, call, 'recover', refuse(named.refusal));
  if (state.own !== undefined) return answer(out, call, 'recover', refuse({ kind: 'already-begun' }));
  const seed = seedFrom(call.words);
  if (!seed.ok) return answer(out, call, 'recover', seed);
  const row = recoverIdentity(state.suite, state.random, named.name, seed.value, undefined, hourOf(nowMs));
  assert(row !== undefined, 'every account has a second root');
  answer(out, call, 'recover', ok(profileView(startAs(state, row, out, nowMs))));
}

/** This device is somebody now. */
export function startAs(state: PersonState, row: IdentityRow, out: Out, nowMs: number): Own {
  const own = setIdentity(state, row, out);
  state.neighbours = new Neighbours(state.random, own.transportKey);
  goOnline(state, own, out, nowMs);
  out.event({ kind: 'overview-changed' });
  return own;
}

export function recoveryWords(state: PersonState, call: Extract<PersonCall, { kind: 'words' }>, out: Out): void {
  const { own } = state;
  if (own === undefined) return answer(out, call, 'words', refuse({ kind: 'no-profile' }));
  if (own.row.accountSeed.length === 0) return answer(out, call, 'words', refuse({ kind: 'not-kept' }));
  answer(out, call, 'words', ok(wordsOf(own.row.accountSeed)));
}

export function forgetWords(state: PersonState, call: Extract<PersonCall, { kind: 'words-written' }>, out: Out): void {
  if (state.own !== undefined && state.own.row.accountSeed.length > 0) {
    state.suite.wipe(state.own.row.accountSeed);
    setIdentity(state, { ...state.own.row, accountSeed: EMPTY }, out);
    out.event({ kind: 'overview-changed' });
  }
  answer(out, call, 'words-written', undefined);
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
  const deposit = withCard(state, own, bundle);
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

/** A bundle and our card, as they are deposited for one person. */
function withCard(state: PersonState, own: Own, bundle: Bytes): Bytes {
  return new Writer(2048)
    .bytes16(bundle)
    .raw(encodeContent(myCard(state, own)))
    .finish();
}

/** The one address an invitation has room for: one that means something on another device. */
function bestAddress(addresses: readonly string[]): string | undefined {
  return addresses.find((address) => !/^\/(dns[46]?\/localhost|ip4\/127\.|ip6\/::1)/.test(address)) ?? addresses[0];
}

export function accept(state: PersonState, call: Extract<PersonCall, { kind: 'accept' }>, out: Out, nowMs: number): void {
  const own = state.own;
  if (own === undefined) return answer(out, call, 'accept', refuse({ kind: 'no-profile' }));
  const read = readInvitation(call.text, nowMs);
  if (!read.ok) return answer(out, call, 'accept', read);
  const invitation = read.value;
  const account = toHex(invitation.account);
  if (sameBytes(invitation.account, own.device.account)) return answer(out, call, 'accept', refuse({ kind: 'own' }));
  // Somebody whose devices have not answered for days may be met again.
  const isReached = state
    .devicesOf(invitation.account)
    .some((device) => device.standing === 'listed' && !wantsDeposit(state, device, nowMs));
  if (state.contacts.has(account) && isReached) return answer(out, call, 'accept', refuse({ kind: 'already-known', account }));
  const relays = invitation.relays.map((relay) => ({ key: relay.key, addresses: [relay.address] }));
  const card: Card = { kind: 'card', name: '', transportKey: invitation.transportKey, relays };
  const { secret, expiryHour, bundleHash } = invitation;
  const isScanned = call.how === 'scanned';
  const row: InvitationRow = {
    kind: 'taken',
    secret,
    expiryHour,
    account: invitation.account,
    bundleHash,
    card,
    isScanned,
    takenAtMs: nowMs,
  };
  const tags = state.putInvitation(row, out);
  dialOthersRelays(state, nowMs);
  state.recalled.push(...state.gossip.recognise(tags));
  state.neighbours.knowPerson(toHex(invitation.transportKey), [], [], nowMs);
  answer(out, call, 'accept', ok({ account }));
}

/** The inviter's bundle is not to be found: they may find ours. Answers when it is time to look again. */
export function sayHello(state: PersonState, out: Out, nowMs: number): number | undefined {
  const { own, suite } = state;
  let nextMs: number | undefined;
  for (const row of [...state.invitations.values()]) {
    if (own === undefined || row.kind !== 'taken' || row.takenAtMs === 0) continue;
    if (row.takenAtMs + HELLO_AFTER_MS > nowMs) {
      nextMs = Math.min(nextMs ?? row.takenAtMs + HELLO_AFTER_MS, row.takenAtMs + HELLO_AFTER_MS);
      continue;
    }
    const { signing, agreement, listRecord } = own.device;
    const device = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
    const { secrets } = givePrekeys(state, 'hello', row.account, out, nowMs, () => helloFirstSecret(suite, row.secret));
    const bundle = signBundle(suite, listRecord, device, signing.secretKey, secrets, hourOf(nowMs) + LIFETIME_HOURS[1]);
    const padded = pad(withCard(state, own, bundle), HELLO_OVERHEAD_BYTES);
    assert(padded !== undefined, 'a bundle and a card fit an envelope');
    const header = headerFor(helloTag(suite, row.secret), purgeHashOf(suite, helloPurgeKey(suite, row.secret)), 1, nowMs);
    const encoded = encodeHeader(header);
    const body = sealHello(suite, row.secret, encoded, padded, state.random.bytes(24));
    state.gossip.publish(makeEnvelope(suite, header, encoded, body), nowMs);
    state.putInvitation({ ...row, takenAtMs: 0 }, out);
  }
  return nextMs;
}

/** The bundle of an invitation we took up was found: open a session and say who we are. */
export function meetInviter(state: PersonState, opening: Extract<Opening, { kind: 'bundle' | 'hello' }>, out: Out, nowMs: number): void {
  const invitation = state.invitations.get(opening.invitation);
  assert(invitation?.kind === 'taken', 'a bundle is opened for an invitation that was taken up');
  state.forgetInvitation(opening.invitation, invitation, out);
  addContact(state, opening, { card: opening.card, verified: invitation.isScanned ? 'scanned' : undefined }, out, nowMs);
}

/** The other way round: they could not find our bundle, and we found theirs. */
export function meetByHello(state: PersonState, opening: Extract<Opening, { kind: 'bundle' | 'hello' }>, out: Out, nowMs: number): void {
  const invitation = state.invitations.get(opening.invitation);
  assert(invitation?.kind === 'made', 'a hello is opened for an invitation that was made');
  state.putInvitation({ ...invitation, prekeySeed: EMPTY, usedBy: opening.session.id }, out);
  addContact(state, opening, { card: opening.card, verified: undefined }, out, nowMs);
}

const NOBODY: Card = { kind: 'card', name: '', transportKey: new Uint8Array(32), relays: [] };

/** A first message to one of our bundles: somebody new, or somebody known with a new session. */
export function meetByFirst(state: PersonState, takes: Occasioned, first: Met, out: Out, nowMs: number): void {
  const { session, peer } = first;
  if (takes.occasion === 'link') return meetOldDevice(state, session, out);
  let verified: Verification | undefined;
  if (takes.occasion === 'invitation') {
    const invitation = state.invitations.get(takes.id);
    assert(invitation?.kind === 'made', 'only an invitation that was made can be taken up');
    // The secret stays, because messages written before our answer still come under its tags; the prekeys go.
    state.putInvitation({ ...invitation, prekeySeed: EMPTY, usedBy: session.id }, out);
  } else {
    usePrekeys(state, takes.id, session.id, session.peerAccount, out);
    for (const [id, row] of state.invitations) {
      if (row.kind !== 'taken' || !sameBytes(row.account, session.peerAccount)) continue;
      if (row.isScanned) verified = 'scanned';
      state.forgetInvitation(id, row, out);
    }
  }
  if (state.own !== undefined && sameBytes(session.peerAccount, state.own.device.account)) return meetOwnDevice(state, first, out, nowMs);
  addContact(state, { session, peer }, { card: NOBODY, verified }, out, nowMs);
}

/** Who is at the other end of a new session, and the list that names their device. */
export interface Met {
  readonly session: Session;
  readonly peer: KnownList;
}

/** A deposit of a device that we had no session with. */
export function meetByDeposit(state: PersonState, met: Met, out: Out, nowMs: number): void {
  if (state.own !== undefined && sameBytes(met.session.peerAccount, state.own.device.account)) return meetOwnDevice(state, met, out, nowMs);
  addContact(state, met, { card: NOBODY, verified: undefined }, out, nowMs);
}

function meetOwnDevice(state: PersonState, met: Met, out: Out, nowMs: number): void {
  hearOwnList(state, met.peer, out, nowMs);
  establish(state, met.session, out, nowMs);
  out.event({ kind: 'overview-changed' });
}

function addContact(
  state: PersonState,
  met: Met,
  told: { readonly card: Card; readonly verified: Verification | undefined },
  out: Out,
  nowMs: number,
): void {
  const { card, verified } = told;
  const account = toHex(met.session.peerAccount);
  const before = state.contacts.get(account);
  const contact: ContactRow = {
    account: met.session.peerAccount,
    name: card.name || (before?.name ?? ''),
    metAtMs: before?.metAtMs ?? nowMs,
    lastHeardMs: nowMs,
    listRecord: before?.listRecord ?? EMPTY,
    contactKey: before?.contactKey ?? EMPTY,
    relays: card.name ? card.relays : (before?.relays ?? []),
    unread: before?.unread ?? [],
    verified: before?.verified ?? verified,
    news: before?.news,
  };
  state.setContact(contact, out);
  if (!hearList(state, contact, met.peer, out, nowMs)) return;
  const device = deviceOf(state, met.session, nowMs);
  if (card.name && !isSomebodyElses(state, device, toHex(card.transportKey)))
    state.setDevice({ ...device, transportKey: card.transportKey }, out);
  establish(state, met.session, out, nowMs);
  if (card.name) knowContact(state, contact, nowMs);
  depositBundle(state, out, nowMs);
  if (before === undefined) {
    const view = contactView(state, state.contacts.get(account) ?? contact, nowMs);
    out.event({ kind: 'contact-added', contact: { ...view, lastMessage: undefined } });
    tellOwnDevices(state, met.session.peerAccount, out, nowMs);
  }
  out.event({ kind: 'overview-changed' });
}

function deviceOf(state: PersonState, session: Session, nowMs: number): DeviceRow {
  return state.devices.get(toHex(session.peerSigningKey)) ?? newDevice(session.peerSigningKey, session.peerAccount, nowMs);
}

export function hearCard(state: PersonState, device: DeviceRow, card: Card, out: Out, nowMs: number): void {
  const contact = state.contacts.get(toHex(device.account));
  const before = toHex(device.transportKey);
  // A key that is somebody else's would make them look reached, or forgotten.
  const transportKey = isSomebodyElses(state, device, toHex(card.transportKey)) ? device.transportKey : card.transportKey;
  state.setDevice({ ...(state.devices.get(toHex(device.signingKey)) ?? device), transportKey }, out);
  if (before !== toHex(transportKey)) state.neighbours.forget(before);
  if (contact === undefined) return knowContact(state, { account: device.account, relays: card.relays }, nowMs);
  const now: ContactRow = { ...contact, name: card.name, relays: card.relays, lastHeardMs: nowMs };
  state.setContact(now, out);
  knowContact(state, now, nowMs);
  dialOthersRelays(state, nowMs);
  out.event({ kind: 'overview-changed' });
}

function isSomebodyElses(state: PersonState, device: DeviceRow, key: string): boolean {
  if (state.isRelay(key) || key === state.own?.transportKey) return true;
  for (const other of state.devices.values())
    if (toHex(other.transportKey) === key && !sameBytes(other.signingKey, device.signingKey)) return true;
  return false;
}
