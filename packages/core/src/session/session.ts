/**
 * A session between two devices, as a value: who is at the other end, the ratchet, and the opening that is repeated until they answer.
 * Rule: docs/protocol/session.md.
 */
import { type KeyPair, type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { type AccountId, accountId } from '../identity/account.ts';
import type { PrekeySecrets } from '../identity/bundle.ts';
import type { DeviceList } from '../identity/device-list.ts';
import { type Bytes, bytesOf, concat, EMPTY, sameBytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import type { Random } from '../kernel/random.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { TAG_BYTES } from './chain.ts';
import { initiate, type Occasion, type OwnDevice, readOpening, respond, type Target } from './handshake.ts';
import { openHeader, SEALED_HEADER_BYTES } from './header.ts';
import { FIRST_MESSAGES, FIRST_MESSAGES_MAX, PAST_CHAINS, PAST_HEARD, SPENT_TAGS } from './limits.ts';
import { readPostQuantum, writePostQuantum } from './post-quantum.ts';
import {
  advance,
  type Chain,
  initiatorRatchet,
  nextSealing,
  type Opened,
  openWithKey,
  type Ratchet,
  responderRatchet,
  type Skipped,
} from './ratchet.ts';
import type { HandshakeRefusal, SessionRefusal } from './refusals.ts';

export interface Session {
  /** 16 bytes, the same on both sides: a hash of the opening. */
  readonly id: Bytes;
  readonly peerAccount: AccountId;
  readonly peerSigningKey: Bytes;
  readonly ratchet: Ratchet;
  /** On the initiator's side until the first answer: the opening, and the secret from which the tags of first messages come. */
  readonly unanswered: { readonly opening: Bytes; readonly secret: Bytes; readonly messages: number } | undefined;
  /** On the responder's side while the initiator's first chain is being read: whence its first tags come, and its header key. */
  readonly invited: { readonly secret: Bytes; readonly headerKey: Bytes; readonly messages: number } | undefined;
  /** Since when, in hours since 1970, it is only read, because another session is written to. */
  readonly retiredHour: number | undefined;
  /** One side cannot go on with it (its state was set back): it is never written to again. */
  readonly isLost: boolean;
  /** The last numbers read of the current chain, each with the mark of its header: what comes in the same header was only repeated. */
  readonly heard: readonly Heard[];
  /** When something of theirs was last read in it, or when it began: hours since 1970. */
  readonly heardHour: number;
  /** Their chains before that one, newest first: a device that was set back goes on where it was. */
  readonly past: readonly ReadChain[];
}

/** A receiving chain, as far as it has to be known again though it can be read no more. */
export interface ReadChain {
  readonly headerKey: Bytes;
  readonly heard: readonly Heard[];
}

/** `mark` is the front of the header's random nonce, 4 bytes. */
export interface Heard {
  readonly number: number;
  readonly mark: Bytes;
}

const MARK_BYTES = 4;

const SESSION_ID: Label = label('session/id');
const FIRST_TAG: Label = label('session/first-tag');
/** Version 1 knew neither retired sessions nor headers heard, nor other occasions than invitations. */
const VERSION = 2;

/** The tag of the `number`-th message before an answer: known to whoever handed out the bundle. */
export function firstTag(suite: Suite, secret: Uint8Array, number: number): Bytes {
  return suite.mac(secret, FIRST_TAG, bytesOf([number]), TAG_BYTES);
}

function sessionId(suite: Suite, opening: Uint8Array): Bytes {
  return suite.hash(SESSION_ID, opening).slice(0, 16);
}

/** Opens a session to the device of a checked record. `nowHour` in hours since 1970. */
export function openSession(
  suite: Suite,
  random: Random,
  own: OwnDevice,
  target: Target,
  occasion: Occasion,
  nowHour: number,
): Result<Session, HandshakeRefusal> {
  const initiated = initiate(suite, random, own, target, occasion);
  if (!initiated.ok) return initiated;
  const mine = suite.agreementPair(random.bytes(LENGTHS.key));
  const agreed = suite.agree(mine.secretKey, target.prekeys.signed);
  if (agreed === undefined) return refuse({ kind: 'bad-key' });
  return ok({
    id: sessionId(suite, initiated.value.opening),
    peerAccount: accountId(bytesOf(target.account)),
    peerSigningKey: target.device.signingKey,
    ratchet: initiatorRatchet(suite, initiated.value.secrets, mine, target.prekeys.signed, agreed, nowHour),
    unanswered: { opening: initiated.value.opening, secret: occasion.secret, messages: FIRST_MESSAGES[occasion.purpose] },
    invited: undefined,
    retiredHour: undefined,
    isLost: false,
    heard: [],
    heardHour: nowHour,
    past: [],
  });
}

export interface Accepted {
  readonly session: Session;
  readonly peerList: DeviceList;
  readonly peerListRecord: Bytes;
}

/** The session that a first message's body asks for. Nothing is decided before its ratchet message opens as well: see `openFirst`. */
export function acceptSession(
  suite: Suite,
  own: OwnDevice,
  prekeys: PrekeySecrets,
  occasion: Occasion,
  body: Bytes,
  nowHour: number,
): Result<Accepted, HandshakeRefusal> {
  const read = readOpening(body);
  if (read === undefined) return refuse({ kind: 'malformed' });
  const responded = respond(suite, own, prekeys, occasion, read.opening);
  if (!responded.ok) return responded;
  const { secrets, list, listRecord, device } = responded.value;
  const session: Session = {
    id: sessionId(suite, read.bytes),
    peerAccount: list.account,
    peerSigningKey: device.signingKey,
    ratchet: responderRatchet(secrets, prekeys.signed, nowHour),
    unanswered: undefined,
    invited: { secret: occasion.secret, headerKey: secrets.initiatorHeaderKey, messages: FIRST_MESSAGES[occasion.purpose] },
    retiredHour: undefined,
    isLost: false,
    heard: [],
    heardHour: nowHour,
    past: [],
  };
  return ok({ session, peerList: list, peerListRecord: listRecord });
}

/** The id of the session a first message belongs to, without any secret. */
export function sessionIdOfFirst(suite: Suite, body: Bytes): Bytes | undefined {
  const read = readOpening(body);
  return read === undefined ? undefined : sessionId(suite, read.bytes);
}

/** One message to be sealed into an envelope. */
export interface SessionSealing {
  readonly session: Session;
  readonly tag: Bytes;
  readonly purgeKey: Bytes;
  /** Bytes the body has beyond the plaintext. */
  readonly overheadBytes: number;
  /** The whole body, bound to the envelope's header. */
  seal(envelopeHeader: Uint8Array, plaintext: Uint8Array): Bytes;
}

/** `nowHour` in hours since 1970: a new post-quantum epoch may be due. */
export function sealNext(suite: Suite, random: Random, session: Session, nowHour: number): SessionSealing {
  const sealing = nextSealing(suite, random, session.ratchet, nowHour);
  const first = session.unanswered !== undefined && sealing.number < session.unanswered.messages ? session.unanswered : undefined;
  const opening = first?.opening ?? EMPTY;
  return {
    session: { ...session, ratchet: sealing.ratchet },
    tag: first === undefined ? sealing.tag : firstTag(suite, first.secret, sealing.number),
    purgeKey: sealing.purgeKey,
    overheadBytes: opening.length + sealing.overheadBytes,
    seal: (envelopeHeader, plaintext) => concat(opening, sealing.seal(concat(envelopeHeader, opening), plaintext)),
  };
}

export interface SessionOpened {
  readonly session: Session;
  readonly plaintext: Bytes;
  readonly purgeKey: Bytes;
  readonly skipped: readonly Skipped[];
}

/** Messages of the initiator's first chain come under first tags, so their keys are kept under those. */
function underFirstTags(suite: Suite, session: Session, skipped: readonly Skipped[]): readonly Skipped[] {
  const { invited } = session;
  if (invited === undefined) return skipped;
  return skipped.map((one) =>
    sameBytes(one.headerKey, invited.headerKey) && one.number < invited.messages
      ? { ...one, tag: firstTag(suite, invited.secret, one.number) }
      : one,
  );
}

/** With the number that was read last, of the chain it stands in. */
function withHeard(session: Session, receiving: Chain, message: Bytes): readonly Heard[] {
  const before = session.ratchet.receiving;
  const isSameChain = before !== undefined && sameBytes(before.headerKey, receiving.headerKey);
  const heard = { number: receiving.next - 1, mark: message.slice(0, MARK_BYTES) };
  return [...(isSameChain ? session.heard : []), heard].slice(-SPENT_TAGS);
}

/** A chain that is read no more is remembered for a while. */
function withPast(session: Session, receiving: Chain): readonly ReadChain[] {
  const before = session.ratchet.receiving;
  if (before === undefined || sameBytes(before.headerKey, receiving.headerKey)) return session.past;
  return [{ headerKey: before.headerKey, heard: session.heard.slice(-PAST_HEARD) }, ...session.past].slice(0, PAST_CHAINS);
}

/** Their chains of which something was read, the current one first. */
export function readChains(session: Session): readonly ReadChain[] {
  const { receiving } = session.ratchet;
  return receiving === undefined ? session.past : [{ headerKey: receiving.headerKey, heard: session.heard }, ...session.past];
}

function opened(
  suite: Suite,
  session: Session,
  result: ReturnType<typeof advance>,
  message: Bytes,
  nowHour: number,
): Result<SessionOpened, SessionRefusal> {
  if (!result.ok) return result;
  const { ratchet, plaintext, purgeKey } = result.value;
  const skipped = underFirstTags(suite, session, result.value.skipped);
  const isFirstChain = session.invited !== undefined && sameBytes(ratchet.receiving.headerKey, session.invited.headerKey);
  return ok({
    session: {
      ...session,
      ratchet,
      unanswered: undefined,
      invited: isFirstChain ? session.invited : undefined,
      heard: withHeard(session, ratchet.receiving, message),
      heardHour: nowHour,
      past: withPast(session, ratchet.receiving),
    },
    skipped,
    plaintext,
    purgeKey,
  });
}

/** Opens the body of an envelope whose tag named chain and number. */
export function openNext(
  suite: Suite,
  session: Session,
  at: { readonly chain: 'current' | 'next'; readonly number: number; readonly nowHour: number },
  envelopeHeader: Uint8Array,
  body: Bytes,
): Result<SessionOpened, SessionRefusal> {
  return opened(suite, session, advance(suite, session.ratchet, at, envelopeHeader, body), body, at.nowHour);
}

/**
 * Whether a body that came under the tag of a number read before proves that the peer wrote that number twice, as a device does that was
 * set back to an older state: its header opens, names the number, and is another than the one that was read. Carriers can repeat a
 * header around anything, but make none.
 */
export function isWrittenTwice(suite: Suite, session: Session, number: number, body: Bytes): boolean {
  return readChains(session).some(({ headerKey, heard }) => {
    const before = heard.find((one) => one.number === number);
    const message = messageUnder(session, headerKey, number, body);
    if (before === undefined || message === undefined || sameBytes(before.mark, message.subarray(0, MARK_BYTES))) return false;
    return openHeader(suite, headerKey, message.subarray(0, SEALED_HEADER_BYTES))?.number === number;
  });
}

/** Of the initiator's first chain a message stands behind the opening. */
function messageUnder(session: Session, headerKey: Bytes, number: number, body: Bytes): Bytes | undefined {
  const { invited } = session;
  const isFirst = invited !== undefined && sameBytes(invited.headerKey, headerKey) && number < invited.messages;
  return isFirst ? readOpening(body)?.message : body;
}

/** Opens a body that carries an opening, under the tag of a first message. */
export function openFirst(
  suite: Suite,
  session: Session,
  at: { readonly number: number; readonly nowHour: number },
  envelopeHeader: Uint8Array,
  body: Bytes,
): Result<SessionOpened, SessionRefusal> {
  const read = readOpening(body);
  if (read === undefined) return refuse({ kind: 'malformed' });
  const chain = session.ratchet.receiving === undefined ? 'next' : 'current';
  const advanced = advance(suite, session.ratchet, { ...at, chain }, concat(envelopeHeader, read.bytes), read.message);
  return opened(suite, session, advanced, read.message, at.nowHour);
}

/** Opens a message that was overtaken, with the key that was kept. `isFirst`: its tag was that of a first message. */
export function openSkipped(
  suite: Suite,
  messageKey: Uint8Array,
  isFirst: boolean,
  envelopeHeader: Uint8Array,
  body: Bytes,
): Opened | undefined {
  if (!isFirst) return openWithKey(suite, messageKey, envelopeHeader, body);
  const read = readOpening(body);
  return read === undefined ? undefined : openWithKey(suite, messageKey, concat(envelopeHeader, read.bytes), read.message);
}

function writePair(writer: Writer, pair: KeyPair): void {
  writer.raw(pair.publicKey).raw(pair.secretKey);
}

function writeChain(writer: Writer, chain: Chain | undefined): void {
  writer.u8(chain === undefined ? 0 : 1);
  if (chain !== undefined) writer.raw(chain.headerKey).raw(chain.chainKey).u32(chain.next).u16(chain.epoch);
}

function readChain(reader: Reader): Chain | undefined {
  return reader.u8() === 0 ? undefined : { headerKey: reader.raw(32), chainKey: reader.raw(32), next: reader.u32(), epoch: reader.u16() };
}

function writeHeard(writer: Writer, heard: readonly Heard[]): void {
  writer.u8(heard.length);
  for (const { number, mark } of heard) writer.u32(number).raw(mark);
}

function readPast(reader: Reader): readonly ReadChain[] {
  const count = reader.u8();
  if (count > PAST_CHAINS) reader.fail();
  const past: ReadChain[] = [];
  for (let i = 0; i < count && !reader.failed; i++) past.push({ headerKey: reader.raw(32), heard: readHeard(reader, PAST_HEARD) });
  return past;
}

function readHeard(reader: Reader, countMax: number): readonly Heard[] {
  const count = reader.u8();
  if (count > countMax) reader.fail();
  const heard: Heard[] = [];
  for (let i = 0; i < count && !reader.failed; i++) heard.push({ number: reader.u32(), mark: reader.raw(MARK_BYTES) });
  return heard;
}

/** The row of a session head. */
export function encodeSession(session: Session): Bytes {
  const { ratchet } = session;
  const writer = new Writer(512);
  writer.u8(VERSION).raw(session.id).raw(session.peerAccount).raw(session.peerSigningKey).raw(ratchet.rootKey);
  writePair(writer, ratchet.mine);
  writer.raw(ratchet.theirs).raw(ratchet.nextSendingHeaderKey).raw(ratchet.nextReceivingHeaderKey).u32(ratchet.previousLength);
  writeChain(writer, ratchet.sending);
  writeChain(writer, ratchet.receiving);
  writePostQuantum(writer, ratchet.postQuantum);
  writer.u8(session.unanswered === undefined ? 0 : 1);
  if (session.unanswered !== undefined)
    writer.bytes16(session.unanswered.opening).raw(session.unanswered.secret).u8(session.unanswered.messages);
  writer.u8(session.invited === undefined ? 0 : 1);
  if (session.invited !== undefined) writer.raw(session.invited.secret).raw(session.invited.headerKey).u8(session.invited.messages);
  writer
    .u32(session.retiredHour ?? 0)
    .u8(session.isLost ? 1 : 0)
    .u32(session.heardHour);
  writeHeard(writer, session.heard);
  writer.u8(session.past.length);
  for (const { headerKey, heard } of session.past) writeHeard(writer.raw(headerKey), heard);
  return writer.finish();
}

/** `undefined` for bytes that are no session row of a version known here. */
export function decodeSession(bytes: Bytes): Session | undefined {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (version < 1 || version > VERSION) return undefined;
  const messages = (): number => (version === 1 ? FIRST_MESSAGES_MAX : reader.u8());
  const id = reader.raw(16);
  const peer = reader.raw(32);
  const peerSigningKey = reader.raw(32);
  const rootKey = reader.raw(32);
  const mine = { publicKey: reader.raw(32), secretKey: reader.raw(32) };
  const theirs = reader.raw(32);
  const nextSendingHeaderKey = reader.raw(32);
  const nextReceivingHeaderKey = reader.raw(32);
  const previousLength = reader.u32();
  const sending = readChain(reader);
  const receiving = readChain(reader);
  const postQuantum = readPostQuantum(reader);
  const unanswered = reader.u8() === 0 ? undefined : { opening: reader.bytes16(), secret: reader.raw(32), messages: messages() };
  const invited = reader.u8() === 0 ? undefined : { secret: reader.raw(32), headerKey: reader.raw(32), messages: messages() };
  const retiredHour = (version === 1 ? 0 : reader.u32()) || undefined;
  const isLost = version !== 1 && reader.u8() === 1;
  const heardHour = version === 1 ? postQuantum.sinceHour : reader.u32();
  const heard = version === 1 ? [] : readHeard(reader, SPENT_TAGS);
  const past = version === 1 ? [] : readPast(reader);
  if (reader.finish(true) === undefined) return undefined;
  const ratchet = { rootKey, mine, theirs, sending, receiving, nextSendingHeaderKey, nextReceivingHeaderKey, previousLength, postQuantum };
  return { id, peerAccount: accountId(peer), peerSigningKey, ratchet, unanswered, invited, retiredHour, isLost, heardHour, heard, past };
}
