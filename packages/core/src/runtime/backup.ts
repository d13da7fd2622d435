/**
 * The backup file: records of an archive, sealed in chunks under a passphrase or the recovery words. It knows nothing of stores and
 * never answers with a part of a file: all of it opens, or nothing. Rule: docs/protocol/archive.md §4.
 */
import { type Label, LENGTHS, label, type StretchCost, type Suite } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import { type Bytes, bytesOf, concat, EMPTY, sameBytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import { type ArchiveRecord, decodeRecords, encodeRecords } from '../node/person/archive-records.ts';
import type { Entropy } from '../ports/entropy.ts';
import { BACKUP_BYTES_MAX, BACKUP_CHUNK_BYTES } from './limits.ts';
import type { RestoreRefusal } from './messenger.ts';
import { STRETCH_COST, STRETCH_MEMORY_BYTES_MAX, STRETCH_MEMORY_BYTES_MIN, STRETCH_PASSES_MAX } from './vault/limits.ts';

export type BackupKey =
  | { readonly kind: 'passphrase'; readonly bytes: Uint8Array }
  /** The account's seed, as its 24 words say it. */
  | { readonly kind: 'words'; readonly seed: Bytes };

export type BackupFileRefusal = Extract<
  RestoreRefusal,
  { kind: 'not-a-backup' | 'newer-version' | 'wrong-secret' | 'cut-short' | 'damaged' }
>;

const MAGIC = encodeUtf8('KITHBACK');
const VERSION = 1;
const KINDS: readonly BackupKey['kind'][] = ['passphrase', 'words'];
const SALT_BYTES = 16;
/** Magic, version, length of the whole, kind of key, cost, salt. */
const LEAD_BYTES: number = MAGIC.length + 1 + 8 + 1 + 5 + SALT_BYTES;
/** The lead, its key check, and the digest of both. */
const HEADER_BYTES: number = LEAD_BYTES + 2 * LENGTHS.hash;
const FILE_BYTES_MIN: number = HEADER_BYTES + LENGTHS.sealTag;
const SEALED_CHUNK_BYTES: number = BACKUP_CHUNK_BYTES + LENGTHS.sealTag;

const LABELS: Readonly<Record<BackupKey['kind'], Label>> = {
  passphrase: label('backup/passphrase'),
  words: label('backup/words'),
};
const CHECK = label('backup/check');
const DIGEST = label('backup/header');
const CHUNKS = label('backup/chunks');

const FIRST = 1;
const LAST = 2;

interface Lead {
  readonly kind: BackupKey['kind'];
  /** Zeros for the words, which need no stretching. */
  readonly cost: StretchCost;
  readonly salt: Bytes;
}

/** Seals records to a file of its own salt and key. Asserts that the file stays within `BACKUP_BYTES_MAX`. */
export function sealBackup(suite: Suite, entropy: Entropy, key: BackupKey, records: readonly ArchiveRecord[]): Bytes {
  const writer = new Writer(BACKUP_CHUNK_BYTES);
  for (const record of records) writer.raw(encodeRecords([record]));
  const plain = writer.finish();
  const chunks = Math.max(1, Math.ceil(plain.length / BACKUP_CHUNK_BYTES));
  const bytes = HEADER_BYTES + plain.length + chunks * LENGTHS.sealTag;
  assert(bytes <= BACKUP_BYTES_MAX, 'a backup fits its largest file');
  const cost = key.kind === 'passphrase' ? STRETCH_COST : { passes: 0, memoryBytes: 0 };
  const lead = { kind: key.kind, cost, salt: entropy.bytes(SALT_BYTES) };
  const encodedLead = encodeLead(lead, bytes);
  const fileKey = fileKeyOf(suite, key, lead);
  const checked = concat(encodedLead, suite.mac(fileKey, CHECK, encodedLead));
  const header = concat(checked, suite.hash(DIGEST, checked));
  const chunkKey = suite.mac(fileKey, CHUNKS, EMPTY);
  const file = new Uint8Array(bytes);
  file.set(header);
  for (let n = 0; n < chunks; n++) {
    const piece = plain.subarray(n * BACKUP_CHUNK_BYTES, (n + 1) * BACKUP_CHUNK_BYTES);
    const sealed = suite.seal(chunkKey, nonceOf(n), associated(header, n, chunks), piece);
    file.set(sealed, HEADER_BYTES + n * SEALED_CHUNK_BYTES);
  }
  suite.wipe(fileKey);
  suite.wipe(chunkKey);
  return file;
}

/**
 * All records of a file, or why there are none. Refuses, in the order of the page: `not-a-backup` and `newer-version` by its first bytes;
 * `cut-short` (fewer bytes than it says it has, or than any file has); `damaged` before anything is stretched, costs beyond the bounds of a
 * vault included; `wrong-secret`; and `damaged` for anything that was changed. Throws only what `Suite.stretch` throws.
 */
export function openBackup(suite: Suite, file: Bytes, key: BackupKey): Result<readonly ArchiveRecord[], BackupFileRefusal> {
  const read = readHeader(suite, file);
  if (!read.ok) return read;
  const { lead, header } = read.value;
  if (lead.kind !== key.kind) return refuse({ kind: 'wrong-secret' });
  const fileKey = fileKeyOf(suite, key, lead);
  const check = suite.mac(fileKey, CHECK, header.subarray(0, LEAD_BYTES));
  const isKey = suite.equal(check, header.subarray(LEAD_BYTES, LEAD_BYTES + LENGTHS.hash));
  const plain = isKey ? openChunks(suite, suite.mac(fileKey, CHUNKS, EMPTY), header, file.subarray(HEADER_BYTES)) : undefined;
  suite.wipe(fileKey);
  if (!isKey) return refuse({ kind: 'wrong-secret' });
  const records = plain && decodeRecords(plain);
  return records === undefined ? refuse({ kind: 'damaged' }) : ok(records);
}

function encodeLead({ kind, cost, salt }: Lead, bytes: number): Bytes {
  const writer = new Writer(LEAD_BYTES).raw(MAGIC).u8(VERSION).u64(bytes).u8(KINDS.indexOf(kind));
  return writer
    .u8(cost.passes)
    .u32(cost.memoryBytes >>> 10)
    .raw(salt)
    .finish();
}

function readHeader(suite: Suite, file: Bytes): Result<{ readonly lead: Lead; readonly header: Bytes }, BackupFileRefusal> {
  const reader = new Reader(file.subarray(0, HEADER_BYTES));
  if (!sameBytes(reader.raw(MAGIC.length), MAGIC)) return refuse({ kind: 'not-a-backup' });
  const version = reader.u8();
  if (version > VERSION) return refuse({ kind: 'newer-version', version });
  const bytesSaid = reader.u64();
  if (file.length < HEADER_BYTES) {
    const bytesExpected = reader.failed ? FILE_BYTES_MIN : Math.max(bytesSaid, FILE_BYTES_MIN);
    return refuse({ kind: 'cut-short', bytes: file.length, bytesExpected });
  }
  const header = file.slice(0, HEADER_BYTES);
  const checkedBytes = HEADER_BYTES - LENGTHS.hash;
  const isWhole = sameBytes(suite.hash(DIGEST, header.subarray(0, checkedBytes)), header.subarray(checkedBytes));
  const kind = KINDS[reader.u8()];
  const cost = { passes: reader.u8(), memoryBytes: reader.u32() * 1024 };
  const isSound = version === VERSION && kind !== undefined && isBounded(kind, cost) && isPossible(bytesSaid) && !reader.failed;
  if (!isWhole || !isSound) return refuse({ kind: 'damaged' });
  if (file.length < bytesSaid) return refuse({ kind: 'cut-short', bytes: file.length, bytesExpected: bytesSaid });
  if (file.length > bytesSaid) return refuse({ kind: 'damaged' });
  return ok({ lead: { kind, cost, salt: reader.raw(SALT_BYTES) }, header });
}

function isPossible(bytes: number): boolean {
  return bytes >= FILE_BYTES_MIN && bytes <= BACKUP_BYTES_MAX;
}

function isBounded(kind: BackupKey['kind'], { passes, memoryBytes }: StretchCost): boolean {
  if (kind === 'words') return passes === 0 && memoryBytes === 0;
  const isMemoryBounded = memoryBytes >= STRETCH_MEMORY_BYTES_MIN && memoryBytes <= STRETCH_MEMORY_BYTES_MAX;
  return passes >= 1 && passes <= STRETCH_PASSES_MAX && isMemoryBounded;
}

/** The key of one file, by its salt: no two files share it, so that counters are nonces enough. */
function fileKeyOf(suite: Suite, key: BackupKey, { cost, salt }: Lead): Bytes {
  if (key.kind === 'words') return suite.derive(salt, key.seed, LABELS.words, LENGTHS.key);
  const stretched = suite.stretch(key.bytes, salt, cost);
  const fileKey = suite.derive(salt, stretched, LABELS.passphrase, LENGTHS.key);
  suite.wipe(stretched);
  return fileKey;
}

function openChunks(suite: Suite, chunkKey: Bytes, header: Bytes, body: Uint8Array): Bytes | undefined {
  const chunks = Math.ceil(body.length / SEALED_CHUNK_BYTES);
  const plain: Bytes[] = [];
  for (let n = 0; n < chunks; n++) {
    const sealed = body.subarray(n * SEALED_CHUNK_BYTES, (n + 1) * SEALED_CHUNK_BYTES);
    const opened = suite.open(chunkKey, nonceOf(n), associated(header, n, chunks), sealed);
    if (opened === undefined) break;
    plain.push(opened);
  }
  suite.wipe(chunkKey);
  return plain.length === chunks ? concat(...plain) : undefined;
}

function nonceOf(chunk: number): Bytes {
  const nonce = new Writer(LENGTHS.nonce).raw(new Uint8Array(LENGTHS.nonce - 8)).u64(chunk);
  return nonce.finish();
}

/** Which chunk is the first and which the last; the first vouches for the header. */
function associated(header: Bytes, n: number, chunks: number): Bytes {
  const flags = (n === 0 ? FIRST : 0) | (n === chunks - 1 ? LAST : 0);
  return n === 0 ? concat(bytesOf([flags]), header) : bytesOf([flags]);
}
