/**
 * How one large value lies in a segment file, and how LevelDB says where: checksum, lengths, key, value. The checksum covers the key, so that
 * whatever is found at a place is that row's value or nothing, never another row's. Reading is total.
 */
import { crc32 } from 'node:zlib';
import { type Bytes, copyBytes, sameBytes } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';

/** Where a record lies. */
export interface Place {
  readonly segment: number;
  /** Bytes from the beginning of the file. */
  readonly at: number;
  /** Length of the whole record. */
  readonly bytes: number;
  readonly checksum: number;
}

export interface EncodedRecord {
  readonly bytes: Bytes;
  readonly checksum: number;
}

const CHECKSUM_BYTES = 4;
const HEAD_BYTES: number = CHECKSUM_BYTES + 2 + 4;
const PLACE_VERSION = 1;

export function encodeRecord(key: Bytes, value: Bytes): EncodedRecord {
  const bytes = new Writer(HEAD_BYTES + key.length + value.length).u32(0).u16(key.length).u32(value.length).raw(key).raw(value).finish();
  const checksum = crc32(bytes.subarray(CHECKSUM_BYTES));
  bytes.set(new Writer(CHECKSUM_BYTES).u32(checksum).finish());
  return { bytes, checksum };
}

/** The value in `bytes`, if they are the record that was written for `key` at this place. */
export function readRecord(bytes: Uint8Array, key: Bytes, place: Place): Bytes | undefined {
  const head = readHead(bytes);
  if (head === undefined || head.bytes !== bytes.length || head.checksum !== place.checksum) return undefined;
  if (!sameBytes(head.key, key) || crc32(bytes.subarray(CHECKSUM_BYTES)) !== place.checksum) return undefined;
  return copyBytes(bytes.subarray(HEAD_BYTES + key.length));
}

interface Head {
  readonly checksum: number;
  readonly key: Bytes;
  /** Length of the whole record. */
  readonly bytes: number;
}

function readHead(bytes: Uint8Array): Head | undefined {
  const reader = new Reader(bytes);
  const [checksum, keyBytes, valueBytes] = [reader.u32(), reader.u16(), reader.u32()];
  const key = reader.raw(keyBytes);
  if (reader.failed || reader.left < valueBytes) return undefined;
  return { checksum, key, bytes: HEAD_BYTES + keyBytes + valueBytes };
}

/** The records of a segment, one behind the other, up to the first that is not whole. What they claim is not checked yet. */
export function* recordsOf(segment: number, file: Uint8Array): IterableIterator<{ readonly key: Bytes; readonly place: Place }> {
  for (let at = 0; at < file.length; ) {
    const head = readHead(file.subarray(at));
    if (head === undefined) return;
    yield { key: head.key, place: { segment, at, bytes: head.bytes, checksum: head.checksum } };
    at += head.bytes;
  }
}

export function encodePlace(place: Place): Bytes {
  return new Writer(17).u8(PLACE_VERSION).u32(place.segment).u32(place.at).u32(place.bytes).u32(place.checksum).finish();
}

export function decodePlace(row: Uint8Array | undefined): Place | undefined {
  if (row === undefined) return undefined;
  const reader = new Reader(row);
  const version = reader.u8();
  const place = { segment: reader.u32(), at: reader.u32(), bytes: reader.u32(), checksum: reader.u32() };
  return version === PLACE_VERSION ? reader.finish(place) : undefined;
}

export function isSamePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a?.segment === b?.segment && a?.at === b?.at && a?.checksum === b?.checksum;
}
