/**
 * The records of an archive: what a new device is told by an old one, and what a backup holds. Each stands by itself and may be read twice.
 * Never a root, never the state of a session. Rule: docs/protocol/archive.md.
 */
import type { RelayCard } from '../../content/card.ts';
import { readRelay, writeRelay } from '../../content/card.ts';
import { type AccountId, accountId } from '../../identity/account.ts';
import { type Bytes, concat } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import type { Verification } from './views.ts';

export type ArchiveRecord =
  /** Whose archive it is. */
  | {
      readonly kind: 'profile';
      readonly account: AccountId;
      readonly name: string;
      readonly listRecord: Bytes;
      readonly contactKey: Bytes;
      readonly relays: readonly RelayCard[];
    }
  | {
      readonly kind: 'contact';
      readonly account: AccountId;
      readonly name: string;
      readonly metAtMs: number;
      readonly listRecord: Bytes;
      readonly contactKey: Bytes;
      readonly relays: readonly RelayCard[];
      readonly verified: Verification | undefined;
      /** A spare bundle of theirs for the one who reads this, with its device's signing key. */
      readonly spares: readonly { readonly device: Bytes; readonly spare: Bytes }[];
    }
  /** A row of `messages`, as it is kept. */
  | { readonly kind: 'message'; readonly key: Bytes; readonly row: Bytes }
  /** A message of mine that had not arrived: it is sealed again. */
  | { readonly kind: 'undelivered'; readonly id: Bytes; readonly messageKey: Bytes };

const VERIFICATIONS: readonly Verification[] = ['scanned', 'compared'];

export function encodeRecord(record: ArchiveRecord): Bytes {
  const writer = new Writer(256);
  switch (record.kind) {
    case 'profile':
      writer.u8(1).raw(record.account).text16(record.name).bytes16(record.listRecord).raw(record.contactKey);
      writeRelays(writer, record.relays);
      break;
    case 'contact':
      writer.u8(2).raw(record.account).text16(record.name).u64(record.metAtMs).bytes16(record.listRecord).bytes16(record.contactKey);
      writeRelays(writer, record.relays);
      writer.u8(record.verified === undefined ? 0 : VERIFICATIONS.indexOf(record.verified) + 1).u8(record.spares.length);
      for (const { device, spare } of record.spares) writer.raw(device).bytes16(spare);
      break;
    case 'message':
      writer.u8(3).bytes16(record.key).bytes16(record.row);
      break;
    case 'undelivered':
      writer.u8(4).raw(record.id).bytes16(record.messageKey);
      break;
  }
  return writer.finish();
}

/** Records one behind the other, each with its length. */
export function encodeRecords(records: readonly ArchiveRecord[]): Bytes {
  return concat(...records.map((record) => new Writer(256).bytes16(encodeRecord(record)).finish()));
}

/** `undefined` unless every byte is understood; a record of a kind that is not known here is passed over. */
export function decodeRecords(bytes: Bytes): readonly ArchiveRecord[] | undefined {
  const reader = new Reader(bytes);
  const records: ArchiveRecord[] = [];
  while (reader.left > 0 && !reader.failed) {
    const one = new Reader(reader.bytes16());
    const kind = one.u8();
    if (kind < 1 || kind > 4) continue;
    const record = readRecord(kind, one);
    if (record === undefined) return undefined;
    records.push(record);
  }
  return reader.finish(records);
}

function readRecord(kind: number, reader: Reader): ArchiveRecord | undefined {
  if (kind === 3) return reader.finish({ kind: 'message', key: reader.bytes16(), row: reader.bytes16() });
  if (kind === 4) return reader.finish({ kind: 'undelivered', id: reader.raw(16), messageKey: reader.bytes16() });
  const account = reader.raw(32);
  const name = reader.text16();
  if (account.length !== 32) return undefined;
  if (kind === 1) {
    const [listRecord, contactKey] = [reader.bytes16(), reader.raw(32)];
    const relays = readRelays(reader);
    return reader.finish({ kind: 'profile', account: accountId(account), name, listRecord, contactKey, relays });
  }
  const metAtMs = reader.u64();
  const [listRecord, contactKey] = [reader.bytes16(), reader.bytes16(32)];
  const relays = readRelays(reader);
  const verified = VERIFICATIONS[reader.u8() - 1];
  const spares: { device: Bytes; spare: Bytes }[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) spares.push({ device: reader.raw(32), spare: reader.bytes16() });
  return reader.finish({ kind: 'contact', account: accountId(account), name, metAtMs, listRecord, contactKey, relays, verified, spares });
}

function writeRelays(writer: Writer, relays: readonly RelayCard[]): void {
  writer.u8(relays.length);
  for (const relay of relays) writeRelay(writer, relay);
}

function readRelays(reader: Reader): readonly RelayCard[] {
  const relays: RelayCard[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) relays.push(readRelay(reader));
  return relays;
}
