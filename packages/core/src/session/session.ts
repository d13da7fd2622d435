/**
 * A session between two devices, as a value: who is at the other end, the ratchet, and the opening that is repeated until they answer.
 * Rule: docs/protocol/session.md.
 */
import { type KeyPair, type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { type AccountId, accountId } from '../identity/account.ts';
import type { Bundle, PrekeySecrets } from '../identity/bundle.ts';
import { type Bytes, bytesOf, concat, EMPTY, sameBytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import type { Random } from '../kernel/random.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { TAG_BYTES } from './chain.ts';
import { initiate, type OwnDevice, readOpening, respond } from './handshake.ts';
import { FIRST_MESSAGES_MAX } from './limits.ts';
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
  readonly unanswered: { readonly opening: Bytes; readonly secret: Bytes } | undefined;
  /** On the responder's side while the initiator's first chain is being read: whence its first tags come, and its header key. */
  readonly invited: { readonly secret: Bytes; readonly headerKey: Bytes } | undefined;
}

const SESSION_ID: Label = label('session/id');
const FIRST_TAG: Label = label('session/first-tag');
const VERSION = 1;

/** The tag of the `number`-th message before an answer: known to whoever made the invitation. */
export function firstTag(suite: Suite, invitationSecret: Uint8Array, number: number): Bytes {
  return suite.mac(invitationSecret, FIRST_TAG, bytesOf([number]), TAG_BYTES);
}

function sessionId(suite: Suite, opening: Uint8Array): Bytes {
  return suite.hash(SESSION_ID, opening).slice(0, 16);
}

/** Opens a session to the device of a checked bundle. */
export function openSession(
  suite: Suite,
  random: Random,
  own: OwnDevice,
  bundle: Bundle,
  invitationSecret: Bytes,
  nowHour: number,
): Result<Session, HandshakeRefusal> {
  const initiated = initiate(suite, random, own, bundle, invitationSecret);
  if (!initiated.ok) return initiated;
  const mine = suite.agreementPair(random.bytes(LENGTHS.key));
  const agreed = suite.agree(mine.secretKey, bundle.prekeys.signed);
  if (agreed === undefined) return refuse({ kind: 'bad-key' });
  return ok({
    id: sessionId(suite, initiated.value.opening),
    peerAccount: bundle.list.account,
    peerSigningKey: bundle.device.signingKey,
    ratchet: initiatorRatchet(suite, initiated.value.secrets, mine, bundle.prekeys.signed, agreed, nowHour),
    unanswered: { opening: initiated.value.opening, secret: invitationSecret },
    invited: undefined,
  });
}

export interface Accepted {
  readonly session: Session;
  readonly peerListRecord: Bytes;
}

/** The session that a first message's body asks for. Nothing is decided before its ratchet message opens as well: see `openFirst`. */
export function acceptSession(
  suite: Suite,
  own: OwnDevice,
  prekeys: PrekeySecrets,
  invitationSecret: Bytes,
  body: Bytes,
  nowHour: number,
): Result<Accepted, HandshakeRefusal> {
  const read = readOpening(body);
  if (read === undefined) return refuse({ kind: 'malformed' });
  const responded = respond(suite, own, prekeys, invitationSecret, read.opening);
  if (!responded.ok) return responded;
  const { secrets, list, listRecord, device } = responded.value;
  const session: Session = {
    id: sessionId(suite, read.bytes),
    peerAccount: list.account,
    peerSigningKey: device.signingKey,
    ratchet: responderRatchet(secrets, prekeys.signed, nowHour),
    unanswered: undefined,
    invited: { secret: invitationSecret, headerKey: secrets.initiatorHeaderKey },
  };
  return ok({ session, peerListRecord: listRecord });
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
  const first = session.unanswered !== undefined && sealing.number < FIRST_MESSAGES_MAX ? session.unanswered : undefined;
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
    sameBytes(one.headerKey, invited.headerKey) && one.number < FIRST_MESSAGES_MAX
      ? { ...one, tag: firstTag(suite, invited.secret, one.number) }
      : one,
  );
}

function opened(suite: Suite, session: Session, result: ReturnType<typeof advance>): Result<SessionOpened, SessionRefusal> {
  if (!result.ok) return result;
  const { ratchet, plaintext, purgeKey } = result.value;
  const skipped = underFirstTags(suite, session, result.value.skipped);
  const isFirstChain =
    session.invited !== undefined && ratchet.receiving !== undefined && sameBytes(ratchet.receiving.headerKey, session.invited.headerKey);
  return ok({
    session: { ...session, ratchet, unanswered: undefined, invited: isFirstChain ? session.invited : undefined },
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
  return opened(suite, session, advance(suite, session.ratchet, at, envelopeHeader, body));
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
  return opened(suite, session, advance(suite, session.ratchet, { ...at, chain }, concat(envelopeHeader, read.bytes), read.message));
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
  if (session.unanswered !== undefined) writer.bytes16(session.unanswered.opening).raw(session.unanswered.secret);
  writer.u8(session.invited === undefined ? 0 : 1);
  if (session.invited !== undefined) writer.raw(session.invited.secret).raw(session.invited.headerKey);
  return writer.finish();
}

/** `undefined` for bytes that are no session row of a version known here. */
export function decodeSession(bytes: Bytes): Session | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) return undefined;
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
  const unanswered = reader.u8() === 0 ? undefined : { opening: reader.bytes16(), secret: reader.raw(32) };
  const invited = reader.u8() === 0 ? undefined : { secret: reader.raw(32), headerKey: reader.raw(32) };
  if (reader.finish(true) === undefined) return undefined;
  const ratchet = { rootKey, mine, theirs, sending, receiving, nextSendingHeaderKey, nextReceivingHeaderKey, previousLength, postQuantum };
  return { id, peerAccount: accountId(peer), peerSigningKey, ratchet, unanswered, invited };
}
