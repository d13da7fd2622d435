/** The rows of a person's node: what is kept, byte by byte, each with a version in front. Rule: docs/protocol/at-rest.md. */
import type { Card, RelayCard } from '../../content/card.ts';
import { readRelay, writeRelay } from '../../content/card.ts';
import { type AccountId, accountId } from '../../identity/account.ts';
import { type Bytes, EMPTY } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';

const VERSION = 1;

/** Fixed keys of the space `self`. */
export const IDENTITY_ROW: Bytes = encodeUtf8('identity');
export const RELAYS_ROW: Bytes = encodeUtf8('relays');

/** Everything secret about this device, from which all its keys are derived. */
export interface IdentityRow {
  readonly name: string;
  /** The account's seed, kept until its words have been written down. */
  readonly accountSeed: Bytes;
  readonly signingSeed: Bytes;
  readonly agreementSeed: Bytes;
  readonly transportSeed: Bytes;
  readonly listRecord: Bytes;
}

export function encodeIdentity(row: IdentityRow): Bytes {
  const writer = new Writer(600).u8(VERSION).text16(row.name).raw(row.accountSeed).raw(row.signingSeed).raw(row.agreementSeed);
  return writer.raw(row.transportSeed).bytes16(row.listRecord).finish();
}

export function decodeIdentity(bytes: Bytes): IdentityRow | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) return undefined;
  const row = {
    name: reader.text16(),
    accountSeed: reader.raw(32),
    signingSeed: reader.raw(32),
    agreementSeed: reader.raw(32),
    transportSeed: reader.raw(32),
    listRecord: reader.bytes16(),
  };
  return reader.finish(row);
}

export function encodeRelays(relays: readonly RelayCard[]): Bytes {
  const writer = new Writer(256).u8(VERSION).u8(relays.length);
  for (const relay of relays) writeRelay(writer, relay);
  return writer.finish();
}

export function decodeRelays(bytes: Bytes): readonly RelayCard[] {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) return [];
  const relays: RelayCard[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) relays.push(readRelay(reader));
  return reader.finish(relays) ?? [];
}

/** A person one knows. */
export interface ContactRow {
  readonly account: AccountId;
  readonly name: string;
  readonly metAtMs: number;
  readonly lastHeardMs: number;
  readonly sessionId: Bytes;
  readonly transportKey: Bytes;
  readonly relays: readonly RelayCard[];
  readonly unread: readonly Bytes[];
  /** The card they were last sent, as it was encoded, so that a change is told once. */
  readonly toldCard: Bytes;
}

export function encodeContact(row: ContactRow): Bytes {
  const writer = new Writer(400).u8(VERSION).text16(row.name).u64(row.metAtMs).u64(row.lastHeardMs).raw(row.sessionId);
  writer.raw(row.transportKey).bytes16(row.toldCard).u8(row.relays.length);
  for (const relay of row.relays) writeRelay(writer, relay);
  writer.u16(row.unread.length);
  for (const id of row.unread) writer.raw(id);
  return writer.finish();
}

export function decodeContact(key: Bytes, bytes: Bytes): ContactRow | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION || key.length !== 32) return undefined;
  const name = reader.text16();
  const [metAtMs, lastHeardMs] = [reader.u64(), reader.u64()];
  const sessionId = reader.raw(16);
  const transportKey = reader.raw(32);
  const toldCard = reader.bytes16();
  const relays: RelayCard[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) relays.push(readRelay(reader));
  const unread: Bytes[] = [];
  for (let count = reader.u16(); count > 0 && !reader.failed; count--) unread.push(reader.raw(16));
  return reader.finish({ account: accountId(key), name, metAtMs, lastHeardMs, sessionId, transportKey, relays, unread, toldCard });
}

/** An invitation this device made, or one it has taken up and whose bundle it waits for. */
export type InvitationRow =
  | {
      readonly kind: 'made';
      readonly secret: Bytes;
      readonly prekeySeed: Bytes;
      readonly expiryHour: number;
      readonly usedBy: Bytes | undefined;
    }
  | {
      readonly kind: 'taken';
      readonly secret: Bytes;
      readonly expiryHour: number;
      readonly account: AccountId;
      readonly bundleHash: Bytes;
      readonly card: Card;
    };

export function encodeInvitation(row: InvitationRow): Bytes {
  const writer = new Writer(200)
    .u8(VERSION)
    .u8(row.kind === 'made' ? 0 : 1)
    .raw(row.secret)
    .u32(row.expiryHour);
  if (row.kind === 'made')
    return writer
      .bytes16(row.prekeySeed)
      .bytes16(row.usedBy ?? EMPTY)
      .finish();
  writer.raw(row.account).raw(row.bundleHash).raw(row.card.transportKey).u8(row.card.relays.length);
  for (const relay of row.card.relays) writeRelay(writer, relay);
  return writer.finish();
}

export function decodeInvitation(bytes: Bytes): InvitationRow | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) return undefined;
  const isMade = reader.u8() === 0;
  const secret = reader.raw(32);
  const expiryHour = reader.u32();
  if (isMade) {
    const prekeySeed = reader.bytes16();
    const usedBy = reader.bytes16();
    return reader.finish({ kind: 'made', secret, prekeySeed, expiryHour, usedBy: usedBy.length > 0 ? usedBy : undefined });
  }
  const account = reader.raw(32);
  const bundleHash = reader.raw(32);
  const transportKey = reader.raw(32);
  const relays: RelayCard[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) relays.push(readRelay(reader));
  if (reader.finish(true) === undefined) return undefined;
  return {
    kind: 'taken',
    secret,
    expiryHour,
    account: accountId(account),
    bundleHash,
    card: { kind: 'card', name: '', transportKey, relays },
  };
}

/** A message of mine that nobody has answered for yet. */
export interface OutboxRow {
  /** Key of its row in `messages`. */
  readonly messageKey: Bytes;
  /** The envelope that carries it. */
  readonly envelopeId: Bytes;
  /** Transport keys of neighbours that keep a copy. */
  readonly carriers: readonly Bytes[];
}

export function encodeOutbox(row: OutboxRow): Bytes {
  const writer = new Writer(160).u8(VERSION).bytes16(row.messageKey).raw(row.envelopeId).u8(row.carriers.length);
  for (const key of row.carriers) writer.raw(key);
  return writer.finish();
}

export function decodeOutbox(bytes: Bytes): OutboxRow | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) return undefined;
  const messageKey = reader.bytes16();
  const envelopeId = reader.raw(32);
  const carriers: Bytes[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) carriers.push(reader.raw(32));
  return reader.finish({ messageKey, envelopeId, carriers });
}
