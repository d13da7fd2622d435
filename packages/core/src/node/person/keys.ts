/**
 * Who is who: telling contacts our list, contact key and spare bundles, believing theirs, and what lies deposited for them.
 * Rule: docs/protocol/identity.md §4-§7.
 */
import { encodeContent } from '../../content/content.ts';
import type { Keys } from '../../content/keys.ts';
import { SPARES_MAX } from '../../content/limits.ts';
import { type Label, LENGTHS, label, type Suite } from '../../crypto/suite.ts';
import { encodeHeader, headerFor, hourOf, makeEnvelope, purgeHashOf } from '../../envelope/envelope.ts';
import { pad } from '../../envelope/padding.ts';
import { prekeysFrom, signBundle } from '../../identity/bundle.ts';
import { contactFirstSecret, contactPeriod, contactPurgeKey, contactTag, sealUnderContactKey } from '../../identity/contact-key.ts';
import { type DeviceList, readListRecord } from '../../identity/device-list.ts';
import { CONTACT_SLOTS, DEVICES_MAX, PREKEY_KEPT_DAYS } from '../../identity/limits.ts';
import type { KnownList } from '../../identity/list-judgement.ts';
import { signSpare } from '../../identity/prekey-offer.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, EMPTY, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { randomBelow } from '../../kernel/random.ts';
import { forgetCertificates } from './certificates.ts';
import {
  type DepositRow,
  type DeviceRow,
  encodeDeposit,
  newDevice,
  OPENER_BYTES,
  type PrekeyOccasion,
  type PrekeyRow,
} from './device-rows.ts';
import { BUNDLE_GOOD_HOURS, DEPOSIT_COPIES, SPARE_GOOD_HOURS, SPARE_RENEW_HOURS, SPARES_GIVEN_MAX } from './limits.ts';
import { isListed, type Own, ownFrom } from './own.ts';
import { type ContactRow, DEPOSIT_ROW, encodeIdentity, IDENTITY_ROW, type IdentityRow } from './rows.ts';
import { type Out, type PersonState, UNSEALED } from './state.ts';
import type { ContactNews } from './views.ts';

const TOLD: Label = label('node/told');
const SPARE_SECRET: Label = label('node/spare-secret');

/** Our own keys changed: everything that is derived from them follows. */
export function setIdentity(state: PersonState, row: IdentityRow, out: Out): Own {
  const own = ownFrom(state.suite, row);
  state.own = own;
  out.put('self', IDENTITY_ROW, encodeIdentity(row));
  return own;
}

/** Tells every device we can write to our list, contact key and spare bundles, unless it has just these. */
export function tellKeysToAll(state: PersonState, out: Out, nowMs: number): void {
  for (const device of [...state.devices.values()]) tellKeys(state, device, out, nowMs);
}

export function tellKeys(state: PersonState, device: DeviceRow, out: Out, nowMs: number): void {
  const { own } = state;
  // A device that was taken off the account speaks for it no more.
  const session = own !== undefined && isListed(own) ? state.sessionOf(device) : undefined;
  // As long as nobody has answered every message carries a handshake: what is not urgent waits.
  if (own === undefined || session === undefined || session.unanswered !== undefined || device.standing !== 'listed') return;
  const { contactKey, listRecord, removed } = own.row;
  const hash = state.suite.hash(TOLD, contactKey, listRecord);
  if (sameBytes(hash, device.toldKeys.hash) && !wantsSpares(state, device, nowMs)) return;
  const spares = wantsSpares(state, device, nowMs) ? makeSpares(state, own, device, out, nowMs) : [];
  const { id: envelopeId } = state.seal(session, encodeContent({ kind: 'keys', contactKey, listRecord, spares, removed }), out, nowMs);
  state.setDevice({ ...(state.devices.get(toHex(device.signingKey)) ?? device), toldKeys: { hash, envelopeId } }, out);
}

/** What we gave this device in reserve. */
export function sparesFor(state: PersonState, device: DeviceRow): readonly PrekeyRow[] {
  return state.sparesOf(device.signingKey);
}

function wantsSpares(state: PersonState, device: DeviceRow, nowMs: number): boolean {
  const all = sparesFor(state, device);
  const good = all.filter((row) => row.seed.length > 0 && row.madeHour + SPARE_RENEW_HOURS > hourOf(nowMs));
  return good.length < SPARES_MAX && all.length + SPARES_MAX <= SPARES_GIVEN_MAX;
}

function makeSpares(state: PersonState, own: Own, device: DeviceRow, out: Out, nowMs: number): readonly Bytes[] {
  const { signing, agreement } = own.device;
  const mine = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
  return Array.from({ length: SPARES_MAX }, () => {
    const { secrets } = givePrekeys(state, 'spare', device.signingKey, out, nowMs, (id) => spareFirstSecret(state.suite, id));
    return signSpare(state.suite, mine, signing.secretKey, secrets, hourOf(nowMs) + SPARE_GOOD_HOURS);
  });
}

/** Both sides know it from the spare itself, which nobody else has seen. */
export function spareFirstSecret(suite: Suite, prekeyId: Bytes): Bytes {
  return suite.hash(SPARE_SECRET, prekeyId);
}

/** Prekeys to give away: their seed is kept for as long as somebody may come with them. */
export function givePrekeys(
  state: PersonState,
  occasion: PrekeyOccasion,
  whom: Bytes,
  out: Out,
  nowMs: number,
  secretOf: (prekeyId: Bytes) => Bytes,
): { readonly secrets: ReturnType<typeof prekeysFrom>; readonly row: PrekeyRow } {
  const seed = state.random.bytes(32);
  const secrets = prekeysFrom(state.suite, seed);
  const row: PrekeyRow = { id: secrets.id, occasion, seed, secret: secretOf(secrets.id), whom, madeHour: hourOf(nowMs), sessions: [] };
  state.recalled.push(...state.gossip.recognise(state.putPrekeys(row, out)));
  return { secrets, row };
}

/** Somebody came with prekeys of ours: those that serve once are used up. */
export function usePrekeys(state: PersonState, id: string, session: Bytes, account: Bytes, out: Out): void {
  const row = state.prekeys.get(id);
  if (row === undefined) return;
  const seed = row.occasion === 'contact-key' ? row.seed : EMPTY;
  const by = account.slice(0, OPENER_BYTES);
  state.putPrekeys({ ...row, seed, sessions: [...row.sessions, { id: session, by }] }, out);
}

/** Private halves that nobody can come with any more. */
export function dropOldPrekeys(state: PersonState, out: Out, nowMs: number): void {
  const hour = hourOf(nowMs);
  for (const row of [...state.prekeys.values()]) {
    const keptHours = row.occasion === 'spare' ? SPARE_GOOD_HOURS + PREKEY_KEPT_DAYS * 24 : PREKEY_KEPT_DAYS * 24;
    if (row.madeHour + keptHours < hour) state.dropPrekeys(row, out);
  }
}

/**
 * Our bundle, sealed under the contact key for whoever holds that: made anew in each period, and when list or contact key change.
 * It is for many readers, so nobody lets it go before its time.
 */
export function depositBundle(state: PersonState, out: Out, nowMs: number): void {
  const { own, suite } = state;
  if (own === undefined || state.devices.size === 0 || !isListed(own)) return;
  const before = state.deposit;
  // Never back: a slot of a period that was used already would have two envelopes under one tag.
  const present = contactPeriod(hourOf(nowMs));
  // Unless a clock was far ahead once: nobody would look there. Then a late slot of the present one, by chance.
  const wasAhead = before !== undefined && before.period > present + 1;
  const period = wasAhead ? present : Math.max(present, before?.period ?? 0);
  const { contactKey, listRecord } = own.row;
  const about = suite.hash(TOLD, contactKey, listRecord);
  if (before?.period === period && sameBytes(before.about, about)) return;
  const late = CONTACT_SLOTS / 2;
  const slot = wasAhead ? late + randomBelow(state.random, late) : before?.period === period ? before.slot + 1 : 0;
  if (slot >= CONTACT_SLOTS) return;
  const { signing, agreement } = own.device;
  const mine = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
  const nobody = new Uint8Array(32);
  const { secrets } = givePrekeys(state, 'contact-key', nobody, out, nowMs, (id) => contactFirstSecret(suite, contactKey, id));
  const bundle = signBundle(suite, listRecord, mine, signing.secretKey, secrets, hourOf(nowMs) + BUNDLE_GOOD_HOURS);
  const padded = pad(bundle, LENGTHS.nonce + LENGTHS.sealTag);
  assert(padded !== undefined, 'a bundle fits an envelope');
  const tag = contactTag(suite, contactKey, mine.signingKey, period, slot);
  const purgeHash = purgeHashOf(suite, contactPurgeKey(suite, contactKey, mine.signingKey, period, slot));
  const header = headerFor(tag, purgeHash, 1, nowMs);
  const encoded = encodeHeader(header);
  const nonce = state.random.bytes(LENGTHS.nonce);
  const body = sealUnderContactKey(suite, contactKey, mine.signingKey, period, slot, encoded, padded, nonce);
  const envelope = makeEnvelope(suite, header, encoded, body);
  // Its carriers keep the one of before; here the new one takes its place.
  if (before !== undefined) state.gossip.withdraw(before.envelopeId);
  state.gossip.publish(envelope, nowMs, DEPOSIT_COPIES);
  const row: DepositRow = { period, slot, about, envelopeId: envelope.id };
  state.deposit = row;
  out.put('self', DEPOSIT_ROW, encodeDeposit(row));
}

/** Our deposit was let go of, which only somebody who reads it can do: it is made again. */
export function depositAgain(state: PersonState, envelopeId: Bytes, out: Out, nowMs: number): void {
  if (state.deposit === undefined || !sameBytes(state.deposit.envelopeId, envelopeId)) return;
  state.deposit = { ...state.deposit, about: new Uint8Array(32) };
  depositBundle(state, out, nowMs);
}

/** Under which tags the deposit of a device may come, while it still lives: of one without a session, or that has not answered. */
export function expectDeposits(state: PersonState, device: DeviceRow, nowMs: number): void {
  const contactKey = state.contactKeyOf(device.account);
  if (contactKey === undefined || contactKey.length === 0 || device.standing !== 'listed') return;
  const now = contactPeriod(hourOf(nowMs));
  const tags: Bytes[] = [];
  for (let period = now - 2; period <= now + 1; period++) {
    for (let slot = 0; slot < CONTACT_SLOTS; slot++) {
      const tag = contactTag(state.suite, contactKey, device.signingKey, period, slot);
      if (state.tags.get(tag) !== undefined) continue;
      state.tags.set(tag, { kind: 'deposit', device: toHex(device.signingKey), period, slot });
      tags.push(tag);
    }
  }
  state.noteDepositTags(device.signingKey, tags);
  state.recalled.push(...state.gossip.recognise(tags));
}

/** What a contact, or another device of ours, says of its account. */
export function hearKeys(state: PersonState, device: DeviceRow, content: Keys, out: Out, nowMs: number): void {
  const list = readListRecord(state.suite, content.listRecord);
  if (!list.ok || !sameBytes(list.value.account, device.account)) return;
  const peer = { list: list.value, record: content.listRecord };
  const isOwn = state.own !== undefined && sameBytes(device.account, state.own.device.account);
  const contact = state.contacts.get(toHex(device.account));
  if (isOwn) hearOwnList(state, peer, out, nowMs);
  else if (contact !== undefined) hearList(state, contact, peer, out, nowMs);
  // What is beside the list is believed from a device that the believed list names: a removed one knew the key of before.
  const now = state.devices.get(toHex(device.signingKey));
  if (now?.standing !== 'listed' || state.judge(peer) !== 'same') return;
  if (content.spares.length > 0) state.setDevice({ ...now, spares: content.spares }, out);
  for (const { signingKey, isStolen } of content.removed) {
    const gone = state.devices.get(toHex(signingKey));
    if (isStolen && gone?.standing === 'retired' && sameBytes(gone.account, now.account)) removeDevice(state, gone, true, out, nowMs);
  }
  if (isOwn) hearOwnKeys(state, content, out, nowMs);
  else hearContactKey(state, now, content.contactKey, out, nowMs);
}

function hearContactKey(state: PersonState, device: DeviceRow, contactKey: Bytes, out: Out, nowMs: number): void {
  const contact = state.contacts.get(toHex(device.account));
  if (contact === undefined || sameBytes(contact.contactKey, contactKey)) return;
  state.setContact({ ...contact, contactKey }, out);
  for (const one of state.devicesOf(contact.account)) {
    state.forgetDepositTags(one.signingKey);
    if (state.sessionOf(one) === undefined) expectDeposits(state, one, nowMs);
  }
}

/** Answers whether the list is the one believed now, or was already. */
export function hearList(state: PersonState, contact: ContactRow, peer: KnownList, out: Out, nowMs: number): boolean {
  const judgement = state.judge(peer);
  switch (judgement) {
    case 'same':
      return true;
    case 'older':
    case 'other-account':
      return false;
    case 'uncommitted-root':
    case 'equivocation':
      setNews(state, contact, { kind: 'root-unknown', atMs: nowMs }, out);
      return false;
    case 'first':
    case 'newer':
    case 'rotated': {
      const before = contact.listRecord;
      state.setContact({ ...contact, listRecord: peer.record }, out);
      const isMore = followList(state, peer.list, judgement === 'rotated', [], out, nowMs);
      const now = state.contacts.get(toHex(contact.account)) ?? contact;
      if (judgement === 'rotated') setNews(state, now, { kind: 'root-rotated', atMs: nowMs }, out);
      else if (isMore && before.length > 0) setNews(state, now, { kind: 'new-device', atMs: nowMs }, out);
      return true;
    }
  }
}

/** Somebody spoke for this account with a list that contradicts the one that is believed. */
export function warnOf(state: PersonState, account: Bytes, out: Out, nowMs: number): void {
  const contact = state.contacts.get(toHex(account));
  if (contact !== undefined) setNews(state, contact, { kind: 'root-unknown', atMs: nowMs }, out);
}

/** The graver news stands: that somebody speaks for them without right is not covered by a new device. */
function setNews(state: PersonState, contact: ContactRow, news: ContactNews, out: Out): void {
  const rank: readonly ContactNews['kind'][] = ['new-device', 'root-rotated', 'root-unknown'];
  if (contact.news !== undefined && rank.indexOf(contact.news.kind) > rank.indexOf(news.kind)) return;
  state.setContact({ ...contact, news }, out);
  out.event({ kind: 'overview-changed' });
}

/** Rows of devices follow the list; answers whether one is new. After a change of root the devices of before count as stolen. */
function followList(state: PersonState, list: DeviceList, isRotated: boolean, removed: Keys['removed'], out: Out, nowMs: number): boolean {
  forgetRemoved(state, list, out);
  let isMore = false;
  const own = state.own?.device.signing.publicKey ?? EMPTY;
  for (const { signingKey } of list.devices) {
    if (sameBytes(signingKey, own) || state.devices.has(toHex(signingKey))) continue;
    isMore = true;
    const device = newDevice(signingKey, list.account, nowMs);
    state.setDevice(device, out);
    awaitDevice(state, device, out, nowMs);
  }
  for (const device of state.devicesOf(list.account)) {
    if (device.standing !== 'listed' || list.devices.some((one) => sameBytes(one.signingKey, device.signingKey))) continue;
    const isStolen = isRotated || removed.some((one) => one.isStolen && sameBytes(one.signingKey, device.signingKey));
    removeDevice(state, device, isStolen, out, nowMs);
  }
  return isMore;
}

/** Rows of devices that were taken off long ago give way: a list names at most 16, and as many are remembered. */
function forgetRemoved(state: PersonState, list: DeviceList, out: Out): void {
  const gone = state.devicesOf(list.account).filter((device) => device.standing !== 'listed');
  for (const device of gone.slice(0, Math.max(0, gone.length - DEVICES_MAX))) {
    for (const session of state.sessionsWith(device.signingKey)) state.dropSession(session, out);
    forgetCertificates(state, device, out);
    state.dropDevice(device, out);
  }
}

/** A device that was heard of: its deposit opens a session, and what waits for delivery is sealed for it too. */
function awaitDevice(state: PersonState, device: DeviceRow, out: Out, nowMs: number): void {
  expectDeposits(state, device, nowMs);
  for (const [id, row] of [...state.outbox]) {
    if (row.isDelivered || !sameBytes(row.messageKey.subarray(0, 32), device.account)) continue;
    const parts = [...row.parts, { device: device.signingKey, envelopeId: UNSEALED }];
    state.setOutbox(fromHex(id) as Bytes, { ...row, parts }, out);
  }
}

function removeDevice(state: PersonState, device: DeviceRow, isStolen: boolean, out: Out, nowMs: number): void {
  state.forgetDepositTags(device.signingKey);
  state.setDevice({ ...device, standing: isStolen ? 'stolen' : 'retired', sessionId: EMPTY, spares: [], deposit: EMPTY }, out);
  for (const session of state.sessionsWith(device.signingKey)) {
    if (isStolen) state.dropSession(session, out);
    else state.retireSession(session, out, nowMs);
  }
  for (const row of sparesFor(state, device)) state.dropPrekeys(row, out);
  for (const [id, row] of [...state.outbox]) {
    const parts = row.parts.filter((part) => !sameBytes(part.device, device.signingKey));
    if (parts.length === row.parts.length) continue;
    if (parts.length === 0 && row.isDelivered) state.untrack(fromHex(id) as Bytes, out);
    else state.setOutbox(fromHex(id) as Bytes, { ...row, parts }, out);
  }
}

/**
 * The account's first device has signed a new list: we believe it as a contact would. It is told on by whoever told it with the contact key:
 * a list that came alone may stand beside a key that a removed device still knows.
 */
export function hearOwnList(state: PersonState, peer: KnownList, out: Out, nowMs: number): void {
  const { own } = state;
  const judgement = state.judge(peer);
  if (own === undefined || (judgement !== 'newer' && judgement !== 'rotated')) return;
  const rootSeed = judgement === 'rotated' ? EMPTY : own.row.rootSeed;
  setIdentity(state, { ...own.row, listRecord: peer.record, rootSeed }, out);
  followList(state, peer.list, judgement === 'rotated', [], out, nowMs);
  out.event({ kind: 'overview-changed' });
}

/** What another device of ours says beside the list. The first one chose the contact key, and takes none from the others. */
function hearOwnKeys(state: PersonState, content: Keys, out: Out, nowMs: number): void {
  const { own } = state;
  if (own === undefined || own.row.rootSeed.length > 0) return;
  const isChanged = !sameBytes(content.contactKey, own.row.contactKey) || content.removed.length !== own.row.removed.length;
  if (isChanged) setIdentity(state, { ...own.row, contactKey: content.contactKey, removed: content.removed }, out);
  depositBundle(state, out, nowMs);
  tellKeysToAll(state, out, nowMs);
}

/** Followed from outside this file too: the first device changed its own list. */
export function followOwnList(state: PersonState, removed: Keys['removed'], out: Out, nowMs: number): void {
  const { own } = state;
  if (own !== undefined) followList(state, own.list, false, removed, out, nowMs);
}
