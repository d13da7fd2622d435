/** Rows about devices: those of contacts and one's own others, prekeys given away, and what was last deposited. Rule: docs/protocol/at-rest.md. */
import { readDays, writeDays } from '../../content/card.ts';
import { type AccountId, accountId } from '../../identity/account.ts';
import { PREKEY_ID_BYTES } from '../../identity/bundle.ts';
import { type Bytes, EMPTY } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { NO_PAIR, type Pair, readPair, writePair } from '../../rendezvous/pair.ts';
import { NO_DAYS, type TransportDays } from '../../rendezvous/transport-days.ts';

/** Of devices; version 1 knew one transport key for ever, and is read. */
const DEVICE_VERSION = 2;
const VERSION = 1;

/** Whether a device still belongs to its account. */
export type Standing = 'listed' | 'retired' | 'stolen';

/** What was told once, so that a change is told once: its hash, and the envelope it went in, which may expire unread. Both empty for never. */
export interface Told {
  readonly hash: Bytes;
  readonly envelopeId: Bytes;
}

export const UNTOLD: Told = { hash: EMPTY, envelopeId: EMPTY };

/** A device of a contact, or one more of one's own (`account` is then one's own). */
export interface DeviceRow {
  readonly signingKey: Bytes;
  readonly account: AccountId;
  /** The session that is written to; empty as long as there is none. */
  readonly sessionId: Bytes;
  /** Under which keys it is found, day by day; none until it said so. */
  readonly days: TransportDays;
  /** What meeting it again by one code takes. */
  readonly pair: Pair;
  readonly standing: Standing;
  readonly sinceMs: number;
  /** The card and the keys it was last told. */
  readonly toldCard: Told;
  readonly toldKeys: Told;
  /** Bundles it gave us in reserve. */
  readonly spares: readonly Bytes[];
  /** The bundle of its deposit that was read last, which may be taken up again; empty for none. */
  readonly deposit: Bytes;
  /** A session was begun with it: the first messages of another one would come under the same tags. */
  readonly isDepositUsed: boolean;
}

const STANDINGS: readonly Standing[] = ['listed', 'retired', 'stolen'];

export function encodeDevice(row: DeviceRow): Bytes {
  const writer = new Writer(1600 + row.spares.length * 1400).u8(DEVICE_VERSION).raw(row.account).bytes16(row.sessionId);
  writeDays(writer, row.days);
  writePair(writer, row.pair);
  writer.u8(STANDINGS.indexOf(row.standing)).u64(row.sinceMs);
  for (const told of [row.toldCard, row.toldKeys]) writer.bytes16(told.hash).bytes16(told.envelopeId);
  writer.u8(row.spares.length);
  for (const spare of row.spares) writer.bytes16(spare);
  return writer
    .bytes16(row.deposit)
    .u8(row.isDepositUsed ? 1 : 0)
    .finish();
}

function readTold(reader: Reader): Told {
  return { hash: reader.bytes16(32), envelopeId: reader.bytes16(32) };
}

export function decodeDevice(key: Bytes, bytes: Bytes): DeviceRow | undefined {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if ((version !== 1 && version !== DEVICE_VERSION) || key.length !== 32) return undefined;
  const account = reader.raw(32);
  const sessionId = reader.bytes16(16);
  if (version === 1) reader.raw(32);
  const days = version === 1 ? NO_DAYS : readDays(reader);
  const pair = version === 1 ? NO_PAIR : readPair(reader);
  const standing = STANDINGS[reader.u8()];
  const sinceMs = reader.u64();
  const [toldCard, toldKeys] = [readTold(reader), readTold(reader)];
  const spares: Bytes[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) spares.push(reader.bytes16());
  const deposit = reader.bytes16();
  const isDepositUsed = reader.u8() === 1;
  if (reader.finish(true) === undefined || standing === undefined) return undefined;
  return {
    signingKey: key,
    account: accountId(account),
    sessionId,
    days,
    pair,
    standing,
    sinceMs,
    toldCard,
    toldKeys,
    spares,
    deposit,
    isDepositUsed,
  };
}

/** A device that is known by its signing key alone. */
export function newDevice(signingKey: Bytes, account: AccountId, nowMs: number): DeviceRow {
  const nothing = { sessionId: EMPTY, toldCard: UNTOLD, toldKeys: UNTOLD, spares: [], deposit: EMPTY, isDepositUsed: false };
  return { signingKey, account, days: NO_DAYS, pair: NO_PAIR, standing: 'listed', sinceMs: nowMs, ...nothing };
}

/** How prekeys were given away: under the contact key, in reserve to one device, or with our answer to an invitation. */
export type PrekeyOccasion = 'contact-key' | 'spare' | 'hello';

/** Prekeys given away outside an invitation. */
export interface PrekeyRow {
  readonly id: Bytes;
  readonly occasion: PrekeyOccasion;
  /** What all its private halves are derived from; empty once used up. */
  readonly seed: Bytes;
  /** From which the tags of first messages come. */
  readonly secret: Bytes;
  /** For whom: a device's signing key, or the inviter's account (`hello`); zeros for all contacts. */
  readonly whom: Bytes;
  readonly madeHour: number;
  /** Sessions that were opened with it, and by whom (the front of the account id, 4 bytes): none is opened twice, and nobody opens many. */
  readonly sessions: readonly { readonly id: Bytes; readonly by: Bytes }[];
}

/** As much of an account id as tells the openers of one bundle apart. */
export const OPENER_BYTES = 4;

const OCCASIONS: readonly PrekeyOccasion[] = ['contact-key', 'spare', 'hello'];

export function encodePrekey(row: PrekeyRow): Bytes {
  const writer = new Writer(160).u8(VERSION).u8(OCCASIONS.indexOf(row.occasion)).bytes16(row.seed).raw(row.secret).raw(row.whom);
  writer.u32(row.madeHour).u8(row.sessions.length);
  for (const { id, by } of row.sessions) writer.raw(id).raw(by);
  return writer.finish();
}

export function decodePrekey(key: Bytes, bytes: Bytes): PrekeyRow | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION || key.length !== PREKEY_ID_BYTES) return undefined;
  const occasion = OCCASIONS[reader.u8()];
  const seed = reader.bytes16(32);
  const [secret, whom] = [reader.raw(32), reader.raw(32)];
  const madeHour = reader.u32();
  const sessions: { id: Bytes; by: Bytes }[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) sessions.push({ id: reader.raw(16), by: reader.raw(OPENER_BYTES) });
  if (reader.finish(true) === undefined || occasion === undefined) return undefined;
  return { id: key, occasion, seed, secret, whom, madeHour, sessions };
}

/** What this device last deposited under its contact key. */
export interface DepositRow {
  readonly period: number;
  readonly slot: number;
  /** Hash of the list and contact key it was made with: a change makes a new one. */
  readonly about: Bytes;
  /** It may be let go of by anybody who can read it: then it is deposited again. */
  readonly envelopeId: Bytes;
}

export function encodeDeposit(row: DepositRow): Bytes {
  return new Writer(40).u8(VERSION).u32(row.period).u8(row.slot).raw(row.about).raw(row.envelopeId).finish();
}

export function decodeDeposit(bytes: Bytes): DepositRow | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) return undefined;
  return reader.finish({ period: reader.u32(), slot: reader.u8(), about: reader.raw(32), envelopeId: reader.raw(32) });
}
