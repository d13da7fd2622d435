/**
 * The bundle file: frames of gossip, one behind the other, for envelopes that are carried by hand. It seals nothing, because what it
 * carries is sealed, and knows neither store nor node. A file that is not whole gives nothing. Rule: docs/protocol/bundle.md §1.
 */
import { type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import { type Bytes, sameBytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import { BUNDLE_BYTES_MAX, BUNDLE_FRAME_BYTES_MIN } from './limits.ts';
import type { BundleRefusal } from './messenger.ts';

export type BundleFileRefusal = Extract<BundleRefusal, { kind: 'not-a-bundle' | 'newer-version' | 'damaged' | 'too-large' }>;

export interface BundleFile {
  /** When it was made, in hours since 1970, by the clock of whoever made it. */
  readonly createdHour: number;
  readonly count: number;
  /** Each frame as bytes of its own, so that keeping one does not keep the file. */
  readonly frames: Iterable<Bytes>;
}

const MAGIC = encodeUtf8('KITHHAND');
const VERSION = 1;
const DIGEST: Label = label('bundle/file');
/** Magic, version, hour, count. */
const HEADER_BYTES: number = MAGIC.length + 1 + 4 + 4;

/** What a file takes beside its frames. */
export const BUNDLE_FRAME_EXTRA_BYTES = 2;
export const BUNDLE_EXTRA_BYTES: number = HEADER_BYTES + LENGTHS.hash;

/** Joins frames of `BUNDLE_FRAME_BYTES_MIN` to 65,535 bytes to a file of at most `BUNDLE_BYTES_MAX`. */
export function bundleFile(suite: Suite, createdHour: number, frames: readonly Bytes[]): Bytes {
  const bytes = frames.reduce((sum, frame) => sum + BUNDLE_FRAME_EXTRA_BYTES + frame.length, BUNDLE_EXTRA_BYTES);
  assert(bytes <= BUNDLE_BYTES_MAX, 'a bundle file is chosen to stay within its bound');
  const writer = new Writer(bytes).raw(MAGIC).u8(VERSION).u32(createdHour).u32(frames.length);
  for (const frame of frames) writer.bytes16(frame);
  const file = writer.raw(new Uint8Array(LENGTHS.hash)).finish();
  const wholeBytes = bytes - LENGTHS.hash;
  file.set(suite.hash(DIGEST, file.subarray(0, wholeBytes)), wholeBytes);
  return file;
}

/** Reads any bytes. Refuses in this order: `not-a-bundle`, `newer-version`, `too-large`, and `damaged` for anything that was changed. */
export function readBundleFile(suite: Suite, file: Bytes): Result<BundleFile, BundleFileRefusal> {
  const reader = new Reader(file.subarray(0, HEADER_BYTES));
  if (!sameBytes(reader.raw(MAGIC.length), MAGIC)) return refuse({ kind: 'not-a-bundle' });
  const version = reader.u8();
  if (version > VERSION) return refuse({ kind: 'newer-version' });
  if (file.length > BUNDLE_BYTES_MAX) return refuse({ kind: 'too-large', bytesMax: BUNDLE_BYTES_MAX });
  const [createdHour, count] = [reader.u32(), reader.u32()];
  if (reader.failed || version !== VERSION || !isWhole(suite, file) || !isInStep(file, count)) return refuse({ kind: 'damaged' });
  return ok({ createdHour, count, frames: { [Symbol.iterator]: () => framesOf(file) } });
}

function isWhole(suite: Suite, file: Bytes): boolean {
  const wholeBytes = file.length - LENGTHS.hash;
  return wholeBytes >= HEADER_BYTES && sameBytes(suite.hash(DIGEST, file.subarray(0, wholeBytes)), file.subarray(wholeBytes));
}

/** Whether lengths and count say the same: every frame of an allowed length, and the last one ends where the hash begins. */
function isInStep(file: Bytes, count: number): boolean {
  const endAt = file.length - LENGTHS.hash;
  let [at, found] = [HEADER_BYTES, 0];
  for (; at + BUNDLE_FRAME_EXTRA_BYTES <= endAt; found++) {
    const bytes = lengthAt(file, at);
    if (bytes < BUNDLE_FRAME_BYTES_MIN) return false;
    at += BUNDLE_FRAME_EXTRA_BYTES + bytes;
  }
  return at === endAt && found === count;
}

function* framesOf(file: Bytes): Generator<Bytes, undefined> {
  const endAt = file.length - LENGTHS.hash;
  for (let at = HEADER_BYTES; at < endAt; ) {
    const from = at + BUNDLE_FRAME_EXTRA_BYTES;
    at = from + lengthAt(file, at);
    yield file.slice(from, at);
  }
}

function lengthAt(file: Bytes, at: number): number {
  return ((file[at] as number) << 8) | (file[at + 1] as number);
}
