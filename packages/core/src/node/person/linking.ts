/**
 * Adding a device to an account. The new one shows a code; the first device scans it, opens a session to what the code pins, and when the
 * same six digits stand on both it signs a list that names the new device. Not kept over a restart. Rule: docs/protocol/identity.md §10.
 *
 *   new: code on the screen ─────────────▶ old: scans it
 *   new ◀─── session, commit ───────────── old          waiting
 *   new ──── answer ─────────────────────▶ old          old knows the digits
 *   new ◀─── reveal ────────────────────── old          new knows them too
 *                both people confirm
 *   new ◀─── welcome, then the archive ─── old          moving, done
 */
import type { LinkingContent } from '../../content/agreement.ts';
import type { Archive } from '../../content/archive.ts';
import { encodeContent } from '../../content/content.ts';
import { encodeHeader, headerFor, hourOf, makeEnvelope, purgeHashOf } from '../../envelope/envelope.ts';
import { pad } from '../../envelope/padding.ts';
import { prekeysFrom } from '../../identity/bundle.ts';
import { comparisonCommitment, comparisonDigits, opensCommitment } from '../../identity/comparison.ts';
import {
  linkBundleHash,
  linkBundleTag,
  linkCodeText,
  linkPurgeKey,
  readLinkCode,
  sealLinkBundle,
  signLinkBundle,
} from '../../identity/device-code.ts';
import { type Device, listsDevice, readListRecord } from '../../identity/device-list.ts';
import { DEVICES_MAX } from '../../identity/limits.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, concat, EMPTY, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { FIRST_MESSAGES } from '../../session/limits.ts';
import type { Session } from '../../session/session.ts';
import type { Rows } from '../machine.ts';
import type { LinkingState, NewSide, OldSide } from './agreement-state.ts';
import { contactRecords, hearArchive, piecesOf } from './archiving.ts';
import { newDevice } from './device-rows.ts';
import type { PersonCall } from './inputs.ts';
import { depositBundle, followOwnList, setIdentity, tellKeysToAll } from './keys.ts';
import { LINKED_PIECES_MAX, LINKING_MS } from './limits.ts';
import { goOnline, knowCode } from './online.ts';
import { newSeeds, type Own, publicDevice, signNextList } from './own.ts';
import { establish } from './sessions.ts';
import { answer, type Out, type PersonState } from './state.ts';
import { onlyKey, turnDay } from './today.ts';
import type { Linking } from './views.ts';

const EMPTY_ROWS: Rows = new Map();

function show(state: PersonState, linking: LinkingState, out: Out): void {
  state.linking = linking;
  out.event({ kind: 'link-changed', linking: linking.shown });
  out.event({ kind: 'overview-changed' });
}

/** Whatever was kept for it goes; what is shown at last stays to be told. */
function end(state: PersonState, last: Linking, out: Out): void {
  const { linking } = state;
  if (linking === undefined) return;
  const session = linking.session && state.sessions.get(toHex(linking.session));
  if (session !== undefined && last.step !== 'done') state.dropSession(session, out);
  if (linking.side === 'new') state.tags.forgetFirst(linking.secret, FIRST_MESSAGES.link);
  else state.tags.delete(linkBundleTag(state.suite, linking.code.secret));
  state.linking = undefined;
  out.event({ kind: 'link-changed', linking: last });
  out.event({ kind: 'overview-changed' });
}

export function offerLink(state: PersonState, call: Extract<PersonCall, { kind: 'offer-link' }>, out: Out, nowMs: number): void {
  if (state.own !== undefined) return answer(out, call, 'offer-link', refuse({ kind: 'already-begun' }));
  if (state.linking !== undefined) end(state, { side: 'new', step: 'failed', why: 'refused' }, out);
  const { suite, random } = state;
  const [secret, prekeySeed] = [random.bytes(32), random.bytes(32)];
  const seeds = newSeeds(random);
  const signing = suite.signingPair(seeds.signingSeed);
  const device = { account: new Uint8Array(32), listRecord: EMPTY, signing, agreement: suite.agreementPair(seeds.agreementSeed) };
  const expiryHour = hourOf(nowMs + LINKING_MS) + 1;
  const bundle = signLinkBundle(suite, publicDevice(suite, seeds), signing.secretKey, prekeysFrom(suite, prekeySeed), expiryHour);
  const padded = pad(bundle, 16);
  assert(padded !== undefined, 'a link bundle fits an envelope');
  const header = headerFor(linkBundleTag(suite, secret), purgeHashOf(suite, linkPurgeKey(suite, secret)), 1, nowMs);
  const encoded = encodeHeader(header);
  turnDay(state, seeds.transportSeed, out, nowMs);
  assert(state.today !== undefined, 'a device that listens has a key');
  for (const relay of state.relays) state.neighbours.knowRelay(toHex(relay.key), relay.addresses, nowMs);
  state.gossip.publish(makeEnvelope(suite, header, encoded, sealLinkBundle(suite, secret, encoded, padded)), nowMs);
  state.tags.expectFirst({ occasion: 'link', id: '' }, secret, FIRST_MESSAGES.link);
  const relays = state.relays.flatMap(({ key, addresses: [address] }) => (address === undefined ? [] : [{ key, address }]));
  const expiresAtMs = nowMs + LINKING_MS;
  const begun: NewSide = {
    side: 'new',
    secret,
    prekeySeed,
    device,
    seeds,
    expiresAtMs,
    session: undefined,
    commitment: undefined,
    nonce: random.bytes(32),
    isConfirmed: false,
    welcome: undefined,
    pieces: new Map(),
    partsOfAll: 0,
    arrived: new Set(),
    shown: { side: 'new', step: 'waiting' },
  };
  show(state, begun, out);
  const text = linkCodeText({ secret, bundleHash: linkBundleHash(suite, bundle), transportKey: state.today.publicKey, expiryHour, relays });
  answer(out, call, 'offer-link', ok({ text, expiresAtMs }));
}

export function link(state: PersonState, call: Extract<PersonCall, { kind: 'link-device' }>, out: Out, nowMs: number): void {
  const { own } = state;
  if (own === undefined) return answer(out, call, 'link-device', refuse({ kind: 'no-profile' }));
  if (own.row.rootSeed.length === 0) return answer(out, call, 'link-device', refuse({ kind: 'not-first-device' }));
  if (own.list.devices.length >= DEVICES_MAX)
    return answer(out, call, 'link-device', refuse({ kind: 'too-many', devicesMax: DEVICES_MAX }));
  const read = readLinkCode(call.text, nowMs);
  if (!read.ok) return answer(out, call, 'link-device', read);
  if (state.linking !== undefined) end(state, { side: 'old', step: 'failed', why: 'refused' }, out);
  const code = read.value;
  const begun: OldSide = {
    side: 'old',
    code,
    expiresAtMs: nowMs + LINKING_MS,
    session: undefined,
    nonce: state.random.bytes(32),
    device: undefined,
    answer: undefined,
    shown: { side: 'old', step: 'waiting' },
  };
  const tag = linkBundleTag(state.suite, code.secret);
  state.tags.set(tag, { kind: 'link-bundle' });
  for (const relay of code.relays) state.neighbours.knowRelay(toHex(relay.key), [relay.address], nowMs);
  const relays = code.relays.map((relay) => toHex(relay.key));
  knowCode(state, toHex(code.transportKey), relays, nowMs);
  show(state, begun, out);
  state.recalled.push(...state.gossip.recognise([tag]));
  answer(out, call, 'link-device', ok(undefined));
}

/** On the old device: what the code pins was found. */
export function meetNewDevice(state: PersonState, session: Session, device: Device, out: Out, nowMs: number): void {
  const { linking } = state;
  assert(linking?.side === 'old', 'a link bundle is opened by the side that scanned');
  state.setSession(session, out);
  const now = { ...linking, session: session.id, device };
  state.linking = now;
  say(state, now, 'commit', comparisonCommitment(state.suite, now.nonce), out, nowMs);
}

/** On the new device: the first message of the one that scanned. */
export function meetOldDevice(state: PersonState, session: Session, out: Out): void {
  const { linking } = state;
  assert(linking?.side === 'new', 'only a device that shows a code is linked');
  state.setSession(session, out);
  state.linking = { ...linking, session: session.id };
}

function say(state: PersonState, linking: LinkingState, step: LinkingContent['step'], bytes: Bytes, out: Out, nowMs: number): void {
  const session = linking.session && state.sessions.get(toHex(linking.session));
  if (session !== undefined) state.seal(session, encodeContent({ kind: 'linking', step, bytes }), out, nowMs);
}

export function hearLinking(state: PersonState, session: Session, content: LinkingContent, out: Out, nowMs: number): void {
  const { linking, suite } = state;
  if (content.step === 'refuse' && linking?.session === undefined) return hearRefusedLate(state, session, out, nowMs);
  if (linking?.session === undefined || !sameBytes(linking.session, session.id)) return;
  const digits = (starter: Bytes, answerer: Bytes): string => {
    const account = linking.side === 'old' ? (state.own?.device.account ?? EMPTY) : session.peerAccount;
    return comparisonDigits(suite, concat(account, new Uint8Array(32), session.id), starter, answerer);
  };
  if (content.step === 'refuse') return end(state, { side: linking.side, step: 'failed', why: 'refused' }, out);
  if (linking.side === 'old') {
    if (content.step !== 'answer' || linking.answer !== undefined) return;
    say(state, linking, 'reveal', linking.nonce, out, nowMs);
    const shown = { side: 'old', step: 'digits', digits: digits(linking.nonce, content.bytes) } as const;
    return show(state, { ...linking, answer: content.bytes, shown }, out);
  }
  if (content.step === 'commit' && linking.commitment === undefined) {
    state.linking = { ...linking, commitment: content.bytes };
    return say(state, linking, 'answer', linking.nonce, out, nowMs);
  }
  if (content.step === 'reveal' && linking.commitment !== undefined && linking.shown.step === 'waiting') {
    if (!opensCommitment(suite, linking.commitment, content.bytes))
      return end(state, { side: 'new', step: 'failed', why: 'not-authentic' }, out);
    return show(state, { ...linking, shown: { side: 'new', step: 'digits', digits: digits(content.bytes, linking.nonce) } }, out);
  }
  if (content.step !== 'welcome' || linking.welcome !== undefined) return;
  state.linking = { ...linking, welcome: content.bytes };
  beWelcomed(state, out, nowMs);
}

/** It was listed already when its person said that the digits differ: it is taken off again. */
function hearRefusedLate(state: PersonState, session: Session, out: Out, nowMs: number): void {
  const { own } = state;
  const device = state.devices.get(toHex(session.peerSigningKey));
  if (own === undefined || own.row.rootSeed.length === 0 || device?.standing !== 'listed') return;
  if (sameBytes(device.account, own.device.account)) takeOff(state, own, device.signingKey, true, out, nowMs);
}

export function confirmLink(state: PersonState, call: Extract<PersonCall, { kind: 'confirm-link' }>, out: Out, nowMs: number): void {
  answer(out, call, 'confirm-link', undefined);
  const { linking } = state;
  if (linking?.shown.step !== 'digits') return;
  if (!call.isEqual || (linking.side === 'old' && linking.answer === undefined)) {
    say(state, linking, 'refuse', EMPTY, out, nowMs);
    return end(state, { side: linking.side, step: 'failed', why: 'refused' }, out);
  }
  if (linking.side === 'new') {
    // Whoever else saw the code could take this device in: the person looks here too.
    state.linking = { ...linking, isConfirmed: true };
    return beWelcomed(state, out, nowMs);
  }
  // The archive is read from the store by whoever may; with it comes `give-archive`.
  show(state, { ...linking, shown: { side: 'old', step: 'moving', parts: 0, partsOfAll: 0 } }, out);
  out.event({ kind: 'archive-wanted' });
}

/** The person confirmed and the messages were read: the device is taken in. `parts`: their records, piece by piece. */
export function giveArchive(state: PersonState, parts: readonly Bytes[], out: Out, nowMs: number): void {
  const { own, linking } = state;
  const session = linking?.session && state.sessions.get(toHex(linking.session));
  if (own === undefined || linking?.side !== 'old' || linking.device === undefined || linking.shown.step !== 'moving') return;
  if (session === undefined) return end(state, { side: 'old', step: 'failed', why: 'expired' }, out);
  const { device, code } = linking;
  const listRecord = signNextList(state.suite, own, [...own.list.devices, device], hourOf(nowMs));
  const now = setIdentity(state, { ...own.row, listRecord }, out);
  state.setDevice({ ...newDevice(device.signingKey, now.list.account, nowMs), days: onlyKey(code.transportKey, nowMs) }, out);
  const mine = { ...session, peerAccount: now.list.account };
  const welcome = new Writer(2048).text16(now.row.name).bytes16(listRecord).raw(now.row.contactKey).finish();
  state.setSession(mine, out);
  say(state, linking, 'welcome', welcome, out, nowMs);
  const contacts = piecesOf(contactRecords(state, out));
  // One piece at the least: with the last one the new device knows that it has all.
  const pieces = contacts.length + parts.length > 0 ? [...contacts, ...parts] : [EMPTY];
  for (const [at, records] of pieces.entries()) {
    const current = state.sessions.get(toHex(session.id)) ?? mine;
    state.seal(current, encodeContent({ kind: 'archive', part: at + 1, parts: pieces.length, records }), out, nowMs);
  }
  establish(state, state.sessions.get(toHex(session.id)) ?? mine, out, nowMs);
  end(state, { side: 'old', step: 'done' }, out);
  followOwnList(state, now.row.removed, out, nowMs);
  depositBundle(state, out, nowMs);
  tellKeysToAll(state, out, nowMs);
}

/** On the new device, once it was welcomed and the person has confirmed: it belongs to an account now. */
function beWelcomed(state: PersonState, out: Out, nowMs: number): void {
  const { linking } = state;
  const session = linking?.session && state.sessions.get(toHex(linking.session));
  if (linking?.side !== 'new' || linking.welcome === undefined || !linking.isConfirmed || session === undefined) return;
  const reader = new Reader(linking.welcome);
  const [name, listRecord, contactKey] = [reader.text16(), reader.bytes16(), reader.raw(32)];
  const list = readListRecord(state.suite, listRecord);
  const isGood = reader.finish(true) === true && list.ok && sameBytes(list.value.account, session.peerAccount);
  if (!isGood || listsDevice(list.value, linking.device.signing.publicKey) === undefined)
    return end(state, { side: 'new', step: 'failed', why: 'not-authentic' }, out);
  const row = { name, accountSeed: EMPTY, rootSeed: EMPTY, ...linking.seeds, listRecord, contactKey, removed: [] };
  const own = setIdentity(state, row, out);
  goOnline(state, own, out, nowMs);
  state.setDevice(newDevice(session.peerSigningKey, own.list.account, nowMs), out);
  establish(state, session, out, nowMs);
  followOwnList(state, [], out, nowMs);
  depositBundle(state, out, nowMs);
  show(state, { ...linking, expiresAtMs: nowMs + LINKING_MS, shown: { side: 'new', step: 'moving', parts: 0, partsOfAll: 0 } }, out);
  const { pieces } = linking;
  for (const [part, records] of pieces)
    hearArchive(state, { kind: 'archive', part, parts: linking.partsOfAll, records }, EMPTY_ROWS, out, nowMs);
  for (const part of pieces.keys()) countPart(state, part, linking.partsOfAll, out, nowMs);
}

/** A piece came before the welcome, or before the person had confirmed: it waits. Answers whether it does. */
export function keepPiece(state: PersonState, session: Session, content: Archive): boolean {
  const { linking } = state;
  if (linking?.side !== 'new' || linking.session === undefined || !sameBytes(linking.session, session.id)) return false;
  if (state.own !== undefined || content.part === 0) return false;
  if (linking.pieces.size < LINKED_PIECES_MAX)
    state.linking = { ...linking, partsOfAll: content.parts, pieces: new Map(linking.pieces).set(content.part, content.records) };
  return true;
}

/** A piece of the archive has come. */
export function countPart(state: PersonState, part: number, parts: number, out: Out, nowMs: number): void {
  const { linking } = state;
  if (linking?.side !== 'new' || linking.shown.step !== 'moving' || linking.arrived.has(part)) return;
  const arrived = new Set(linking.arrived).add(part);
  if (arrived.size >= parts) return end(state, { side: 'new', step: 'done' }, out);
  const shown = { side: 'new', step: 'moving', parts: arrived.size, partsOfAll: parts } as const;
  show(state, { ...linking, arrived, expiresAtMs: nowMs + LINKING_MS, shown }, out);
}

export function cancelLink(state: PersonState, call: Extract<PersonCall, { kind: 'cancel-link' }>, out: Out, nowMs: number): void {
  const { linking } = state;
  if (linking !== undefined) {
    say(state, linking, 'refuse', EMPTY, out, nowMs);
    end(state, { side: linking.side, step: 'failed', why: 'refused' }, out);
  }
  answer(out, call, 'cancel-link', undefined);
}

export function expireLinking(state: PersonState, out: Out, nowMs: number): void {
  const { linking } = state;
  if (linking === undefined || linking.expiresAtMs > nowMs) return;
  // A new device that was taken in stays one: what is still on its way arrives as everything does.
  const isIn = linking.side === 'new' && linking.shown.step === 'moving';
  end(state, isIn ? { side: 'new', step: 'done' } : { side: linking.side, step: 'failed', why: 'expired' }, out);
}

export function removeOwnDevice(state: PersonState, call: Extract<PersonCall, { kind: 'remove-device' }>, out: Out, nowMs: number): void {
  const { own } = state;
  if (own === undefined) return answer(out, call, 'remove-device', refuse({ kind: 'no-profile' }));
  if (own.row.rootSeed.length === 0) return answer(out, call, 'remove-device', refuse({ kind: 'not-first-device' }));
  const key = fromHex(call.id);
  if (key !== undefined && sameBytes(key, own.device.signing.publicKey))
    return answer(out, call, 'remove-device', refuse({ kind: 'this-device' }));
  const left = own.list.devices.filter((device) => toHex(device.signingKey) !== call.id);
  if (key === undefined || left.length === own.list.devices.length)
    return answer(out, call, 'remove-device', refuse({ kind: 'unknown-device' }));
  takeOff(state, own, key, call.why === 'stolen', out, nowMs);
  answer(out, call, 'remove-device', ok(undefined));
}

function takeOff(state: PersonState, own: Own, key: Bytes, isStolen: boolean, out: Out, nowMs: number): void {
  const left = own.list.devices.filter((device) => !sameBytes(device.signingKey, key));
  const removed = [...own.row.removed, { signingKey: key, isStolen }].slice(-DEVICES_MAX);
  const listRecord = signNextList(state.suite, own, left, hourOf(nowMs));
  const device = state.devices.get(toHex(key));
  const session = device && state.sessionOf(device);
  if (session !== undefined)
    state.seal(session, encodeContent({ kind: 'keys', contactKey: own.row.contactKey, listRecord, spares: [], removed }), out, nowMs);
  // It knew the contact key: from now on there is another one.
  const now = setIdentity(state, { ...own.row, listRecord, removed, contactKey: state.random.bytes(32) }, out);
  followOwnList(state, now.row.removed, out, nowMs);
  depositBundle(state, out, nowMs);
  tellKeysToAll(state, out, nowMs);
  out.event({ kind: 'overview-changed' });
}
