/** The rows of a person's node: what is kept, byte by byte, each with a version in front. Rule: docs/protocol/at-rest.md. */
import type { RelayCard } from '../../content/card.ts';
import { readRelay, writeRelay } from '../../content/card.ts';
import type { RemovedDevice } from '../../content/keys.ts';
import { type Label, label, type Suite } from '../../crypto/suite.ts';
import { type AccountId, accountId, rootSeed } from '../../identity/account.ts';
import { type Bytes, bytesOf, EMPTY } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';
import type { ContactNews, Pull, Verification } from './views.ts';

/** Versions that are written. Earlier ones are read: a profile outlives the program that began it. */
const IDENTITY_VERSION = 2;
const CONTACT_VERSION = 4;
/** The newest place in a row of before version 4: it was not written down. */
const ANYWHERE: number = Number.MAX_SAFE_INTEGER;
const INVITATION_VERSION = 3;
const OUTBOX_VERSION = 2;
const RELAYS_VERSION = 1;
const PULL_VERSION = 1;
/** By the number that stands for each in its row. */
const PULLS: readonly Pull[] = ['cover', 'mailbox', 'ferry'];

const FIRST_CONTACT_KEY: Label = label('node/first-contact-key');

/** Fixed keys of the space `self`. */
export const IDENTITY_ROW: Bytes = encodeUtf8('identity');
export const RELAYS_ROW: Bytes = encodeUtf8('relays');
export const DEPOSIT_ROW: Bytes = encodeUtf8('deposit');
export const PULL_ROW: Bytes = encodeUtf8('pull');

/** Everything secret about this device, from which all its keys are derived. */
export interface IdentityRow {
  readonly name: string;
  /** The account's seed until its words have been written down; then empty. */
  readonly accountSeed: Bytes;
  /** The seed of the root in use, on the one device that speaks for the account; empty on every other. */
  readonly rootSeed: Bytes;
  readonly signingSeed: Bytes;
  readonly agreementSeed: Bytes;
  readonly transportSeed: Bytes;
  readonly listRecord: Bytes;
  /** Given to every contact: what this account deposits for them lies under it. */
  readonly contactKey: Bytes;
  /** Devices taken off the account, so that contacts can be told. */
  readonly removed: readonly RemovedDevice[];
}

export function encodeIdentity(row: IdentityRow): Bytes {
  const writer = new Writer(800).u8(IDENTITY_VERSION).text16(row.name).bytes16(row.accountSeed).bytes16(row.rootSeed);
  writer.raw(row.signingSeed).raw(row.agreementSeed).raw(row.transportSeed).bytes16(row.listRecord).raw(row.contactKey);
  writer.u8(row.removed.length);
  for (const { signingKey, isStolen } of row.removed) writer.raw(signingKey).u8(isStolen ? 1 : 0);
  return writer.finish();
}

/** `suite` is asked only for rows of version 1, which kept nothing but the account's seed. */
export function decodeIdentity(suite: Suite, bytes: Bytes): IdentityRow | undefined {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (version !== 1 && version !== IDENTITY_VERSION) return undefined;
  const name = reader.text16();
  const accountSeed = version === 1 ? reader.raw(32) : reader.bytes16(32);
  const rootOf = version === 1 ? EMPTY : reader.bytes16(32);
  const seeds = { signingSeed: reader.raw(32), agreementSeed: reader.raw(32), transportSeed: reader.raw(32) };
  const listRecord = reader.bytes16();
  if (version === 1) {
    if (reader.finish(true) === undefined) return undefined;
    const contactKey = suite.mac(accountSeed, FIRST_CONTACT_KEY, EMPTY);
    return { name, accountSeed, rootSeed: rootSeed(suite, accountSeed, 0), ...seeds, listRecord, contactKey, removed: [] };
  }
  const contactKey = reader.raw(32);
  const removed: RemovedDevice[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--)
    removed.push({ signingKey: reader.raw(32), isStolen: reader.u8() === 1 });
  return reader.finish({ name, accountSeed, rootSeed: rootOf, ...seeds, listRecord, contactKey, removed });
}

export function encodeRelays(relays: readonly RelayCard[]): Bytes {
  const writer = new Writer(256).u8(RELAYS_VERSION).u8(relays.length);
  for (const relay of relays) writeRelay(writer, relay);
  return writer.finish();
}

export function decodeRelays(bytes: Bytes): readonly RelayCard[] {
  const reader = new Reader(bytes);
  if (reader.u8() !== RELAYS_VERSION) return [];
  const relays = readRelays(reader);
  return reader.finish(relays) ?? [];
}

/** How mail is asked for from one's own relays. */
export function encodePull(pull: Pull): Bytes {
  return bytesOf([PULL_VERSION, PULLS.indexOf(pull)]);
}

/** A row that does not read is the careful choice: everything is asked for. */
export function decodePull(bytes: Bytes): Pull {
  const reader = new Reader(bytes);
  const pull = reader.u8() === PULL_VERSION ? PULLS[reader.u8()] : undefined;
  return reader.finish(pull) ?? 'cover';
}

/** A person one knows. Their devices are rows of their own (`device-rows.ts`). */
export interface ContactRow {
  readonly account: AccountId;
  readonly name: string;
  readonly metAtMs: number;
  readonly lastHeardMs: number;
  /** Nothing of theirs stands behind this place; 0 before there is anything. */
  readonly newestMs: number;
  /** The newest list of their devices that was believed; empty until one was told. */
  readonly listRecord: Bytes;
  /** Opens what their devices deposit; empty until they told it. */
  readonly contactKey: Bytes;
  readonly relays: readonly RelayCard[];
  readonly unread: readonly Bytes[];
  readonly verified: Verification | undefined;
  readonly news: ContactNews | undefined;
  /** Who brought us together; `undefined` for who was met otherwise. */
  readonly introducedBy: AccountId | undefined;
}

/** What a contact's row said in version 1, when a contact had one device. */
export interface OneDevice {
  readonly sessionId: Bytes;
}

const VERIFICATIONS: readonly Verification[] = ['scanned', 'compared'];
const NEWS: readonly ContactNews['kind'][] = ['new-device', 'root-rotated', 'root-unknown'];

export function encodeContact(row: ContactRow): Bytes {
  const writer = new Writer(600).u8(CONTACT_VERSION).text16(row.name).u64(row.metAtMs).u64(row.lastHeardMs);
  writer.bytes16(row.listRecord).bytes16(row.contactKey);
  writer.u8(row.verified === undefined ? 0 : VERIFICATIONS.indexOf(row.verified) + 1);
  writer.u8(row.news === undefined ? 0 : NEWS.indexOf(row.news.kind) + 1).u64(row.news?.atMs ?? 0);
  writer.u8(row.relays.length);
  for (const relay of row.relays) writeRelay(writer, relay);
  writer.u16(row.unread.length);
  for (const id of row.unread) writer.raw(id);
  return writer
    .bytes16(row.introducedBy ?? EMPTY)
    .u64(row.newestMs)
    .finish();
}

function readRelays(reader: Reader): readonly RelayCard[] {
  const relays: RelayCard[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) relays.push(readRelay(reader));
  return relays;
}

function readIds(reader: Reader): readonly Bytes[] {
  const ids: Bytes[] = [];
  for (let count = reader.u16(); count > 0 && !reader.failed; count--) ids.push(reader.raw(16));
  return ids;
}

export function decodeContact(key: Bytes, bytes: Bytes): { readonly row: ContactRow; readonly oneDevice?: OneDevice } | undefined {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (key.length !== 32 || version < 1 || version > CONTACT_VERSION) return undefined;
  const account = accountId(key);
  const name = reader.text16();
  const [metAtMs, lastHeardMs] = [reader.u64(), reader.u64()];
  if (version === 1) {
    const oneDevice = { sessionId: reader.raw(16) };
    reader.raw(32);
    reader.bytes16();
    const [relays, unread] = [readRelays(reader), readIds(reader)];
    const nothing = { listRecord: EMPTY, contactKey: EMPTY, verified: undefined, news: undefined, introducedBy: undefined };
    return reader.finish({ row: { account, name, metAtMs, lastHeardMs, newestMs: ANYWHERE, relays, unread, ...nothing }, oneDevice });
  }
  const [listRecord, contactKey] = [reader.bytes16(), reader.bytes16(32)];
  const verified = VERIFICATIONS[reader.u8() - 1];
  const [kind, atMs] = [NEWS[reader.u8() - 1], reader.u64()];
  const news = kind === undefined ? undefined : { kind, atMs };
  const [relays, unread] = [readRelays(reader), readIds(reader)];
  const introducer = version < 3 ? EMPTY : reader.bytes16();
  if (introducer.length !== 0 && introducer.length !== 32) return undefined;
  const introducedBy = introducer.length > 0 ? accountId(introducer) : undefined;
  const newestMs = version < 4 ? ANYWHERE : reader.u64();
  return reader.finish({
    row: { account, name, metAtMs, lastHeardMs, newestMs, listRecord, contactKey, relays, unread, verified, news, introducedBy },
  });
}

/** An invitation this device made, or one it has taken up and whose bundle it waits for. */
export type InvitationRow =
  | {
      readonly kind: 'made';
      readonly secret: Bytes;
      readonly prekeySeed: Bytes;
      readonly expiryHour: number;
      readonly usedBy: Bytes | undefined;
      /** The only one who may take it up; `undefined` for whoever holds it. */
      readonly pinned: AccountId | undefined;
      /** Of a pinned one: its code was read from their screen; or who brought us together. */
      readonly isScanned: boolean;
      readonly introducedBy: AccountId | undefined;
    }
  | {
      readonly kind: 'taken';
      readonly secret: Bytes;
      readonly expiryHour: number;
      readonly account: AccountId;
      readonly bundleHash: Bytes;
      /** Of the inviter's device, on the day of the invitation. */
      readonly transportKey: Bytes;
      readonly relays: readonly RelayCard[];
      /** It was read from the other person's screen. */
      readonly isScanned: boolean;
      /** When it was taken up, in milliseconds since the epoch; 0 once our own bundle was deposited in turn. */
      readonly takenAtMs: number;
      /** Who brought us together; `undefined` for a code or a link. */
      readonly introducedBy: AccountId | undefined;
    };

export function encodeInvitation(row: InvitationRow): Bytes {
  const writer = new Writer(200)
    .u8(INVITATION_VERSION)
    .u8(row.kind === 'made' ? 0 : 1)
    .raw(row.secret)
    .u32(row.expiryHour);
  if (row.kind === 'made')
    return writer
      .bytes16(row.prekeySeed)
      .bytes16(row.usedBy ?? EMPTY)
      .bytes16(row.pinned ?? EMPTY)
      .u8(row.isScanned ? 1 : 0)
      .bytes16(row.introducedBy ?? EMPTY)
      .finish();
  writer.raw(row.account).raw(row.bundleHash).raw(row.transportKey).u8(row.relays.length);
  for (const relay of row.relays) writeRelay(writer, relay);
  return writer
    .u8(row.isScanned ? 1 : 0)
    .u64(row.takenAtMs)
    .bytes16(row.introducedBy ?? EMPTY)
    .finish();
}

export function decodeInvitation(bytes: Bytes): InvitationRow | undefined {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (version < 1 || version > INVITATION_VERSION) return undefined;
  const isMade = reader.u8() === 0;
  const secret = reader.raw(32);
  const expiryHour = reader.u32();
  if (isMade) {
    const prekeySeed = reader.bytes16();
    const usedBy = reader.bytes16();
    const pinned = version < 3 ? EMPTY : reader.bytes16();
    const isScanned = version < 3 ? false : reader.u8() === 1;
    const introducer = version < 3 ? EMPTY : reader.bytes16();
    if (reader.finish(true) === undefined || [pinned, introducer].some((it) => it.length !== 0 && it.length !== 32)) return undefined;
    return {
      kind: 'made',
      secret,
      prekeySeed,
      expiryHour,
      usedBy: usedBy.length > 0 ? usedBy : undefined,
      pinned: pinned.length > 0 ? accountId(pinned) : undefined,
      isScanned,
      introducedBy: introducer.length > 0 ? accountId(introducer) : undefined,
    };
  }
  const account = reader.raw(32);
  const bundleHash = reader.raw(32);
  const transportKey = reader.raw(32);
  const relays = readRelays(reader);
  const [isScanned, takenAtMs] = version === 1 ? [false, 0] : [reader.u8() === 1, reader.u64()];
  const introducer = version < 3 ? EMPTY : reader.bytes16();
  if (reader.finish(true) === undefined || (introducer.length !== 0 && introducer.length !== 32)) return undefined;
  return {
    kind: 'taken',
    secret,
    expiryHour,
    account: accountId(account),
    bundleHash,
    transportKey,
    relays,
    isScanned,
    takenAtMs,
    introducedBy: introducer.length > 0 ? accountId(introducer) : undefined,
  };
}

/** A message sealed for one device, or waiting for a session with it. */
export interface OutboxPart {
  /** Signing key of the device; zeros where only one was known (version 1). */
  readonly device: Bytes;
  /** The envelope that carries it; zeros as long as there is no session. */
  readonly envelopeId: Bytes;
}

/** A message of mine that some device has not answered for yet. */
export interface OutboxRow {
  /** Key of its row in `messages`. */
  readonly messageKey: Bytes;
  /** A device of theirs has it: what is left is for the others. */
  readonly isDelivered: boolean;
  readonly parts: readonly OutboxPart[];
  /** Transport keys of neighbours that keep a copy. */
  readonly carriers: readonly Bytes[];
}

export function encodeOutbox(row: OutboxRow): Bytes {
  const writer = new Writer(240)
    .u8(OUTBOX_VERSION)
    .bytes16(row.messageKey)
    .u8(row.isDelivered ? 1 : 0)
    .u8(row.parts.length);
  for (const { device, envelopeId } of row.parts) writer.raw(device).raw(envelopeId);
  writer.u8(row.carriers.length);
  for (const key of row.carriers) writer.raw(key);
  return writer.finish();
}

export function decodeOutbox(bytes: Bytes): OutboxRow | undefined {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (version !== 1 && version !== OUTBOX_VERSION) return undefined;
  const messageKey = reader.bytes16();
  const isDelivered = version === 1 ? false : reader.u8() === 1;
  const parts: OutboxPart[] = [];
  if (version === 1) parts.push({ device: new Uint8Array(32), envelopeId: reader.raw(32) });
  else
    for (let count = reader.u8(); count > 0 && !reader.failed; count--) parts.push({ device: reader.raw(32), envelopeId: reader.raw(32) });
  const carriers: Bytes[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) carriers.push(reader.raw(32));
  return reader.finish({ messageKey, isDelivered, parts, carriers });
}
