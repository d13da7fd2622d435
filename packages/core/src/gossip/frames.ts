/** What neighbours say to each other: seventeen frames, a byte of kind in front. Decoding is total. Rule: docs/protocol/gossip.md §2. */
import { ID_BYTES, PURGE_TOKEN_BYTES } from '../envelope/envelope.ts';
import type { Bytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { LIST_MAX, WORK_IDS_MAX } from './limits.ts';
import { EXCEPTIONS_MAX, SHORT_ID_BYTES } from './reconcile/limits.ts';
import { type CarryResult, RESULTS } from './refusals.ts';

export type Role = 'person' | 'relay';

/**
 * How mail is asked for from one's own relays: `cover` everything, so that the relay learns nothing; `ferry` the same, and it is kept, so
 * that it comes to the others of one's relays (16 MiB for each); `mailbox` only what is for me (less data; the relay sees which tags are asked for).
 */
export type Pull = 'cover' | 'ferry' | 'mailbox';

/** What the relay is told of it: who ferries says `cover`. */
export type PullSaid = Exclude<Pull, 'ferry'>;

export interface Listed {
  readonly id: Bytes;
  readonly tag: Bytes;
  readonly class: number;
  /** Index into the allowed body lengths. */
  readonly size: number;
  /** How many copies the lister could hand out. 0: to be read, not to be carried. */
  readonly copies: number;
}

/** What a node says of one of its sets: how many, and a digest that is equal when the sets are; zeros when it is not worked out. */
export interface SetSummary {
  readonly count: number;
  readonly digest: Bytes;
}

/** A place in what a relay has taken in, good while that process lives. */
export interface Cursor {
  readonly incarnation: Bytes;
  readonly number: number;
}

/** What is asked for each envelope that is left: zero bits of a stamp, 0 for none, over a challenge that is the receiver's alone. */
export interface Work {
  readonly bits: number;
  readonly challenge: Bytes;
}

export interface Hello {
  readonly kind: 'hello';
  readonly role: Role;
  readonly pull: PullSaid;
  /** By the sender's clock, since 1970. */
  readonly hour: number;
  /** Envelopes carried. */
  readonly held: SetSummary;
  /** Purge tokens that are public. */
  readonly tokens: SetSummary;
  /** Up to where the sender has heard what the receiver took in; zeros for not at all. */
  readonly since: Cursor;
  /** Of the receiver. */
  readonly work: Work;
}

/** Which of the two sets of a hello is compared. */
export type SetName = 'held' | 'tokens';

export type Frame =
  | Hello
  | { readonly kind: 'have'; readonly entries: readonly Listed[] }
  | { readonly kind: 'want'; readonly ids: readonly Bytes[] }
  | { readonly kind: 'give'; readonly copies: number; readonly ageHours: number; readonly envelope: Bytes }
  | { readonly kind: 'results'; readonly results: readonly { readonly id: Bytes; readonly result: CarryResult }[] }
  | { readonly kind: 'forget'; readonly tokens: readonly Bytes[] }
  | { readonly kind: 'tags'; readonly replace: boolean; readonly tags: readonly Bytes[] }
  /** Live: just now written or heard, `hops` hops away. */
  | { readonly kind: 'push'; readonly hops: number; readonly copies: number; readonly ageHours: number; readonly envelope: Bytes }
  | { readonly kind: 'announce'; readonly ids: readonly Bytes[] }
  /** What has come so many hops was known already: it is to be announced from now on. */
  | { readonly kind: 'prune'; readonly hops: number }
  | { readonly kind: 'graft'; readonly ids: readonly Bytes[] }
  /** A stream of symbols of a set begins. `exceptions`: ids that its symbols leave out. */
  | {
      readonly kind: 'sketch';
      readonly set: SetName;
      readonly size: number;
      readonly digest: Bytes;
      readonly salt: Bytes;
      readonly exceptions: readonly Bytes[];
    }
  | { readonly kind: 'symbols'; readonly set: SetName; readonly cells: Bytes }
  | { readonly kind: 'stop'; readonly set: SetName; readonly isDecoded: boolean }
  | { readonly kind: 'lacks'; readonly set: SetName; readonly shorts: readonly Bytes[] }
  /** All that was taken in up to here has been listed. */
  | { readonly kind: 'upto'; readonly cursor: Cursor }
  /** Work that was done for these, in ascending order. */
  | { readonly kind: 'stamp'; readonly nonce: number; readonly ids: readonly Bytes[] };

type Carrying = 'give' | 'push';

const VERSION = 2;
const KIND = {
  hello: 1,
  have: 2,
  want: 3,
  give: 4,
  results: 5,
  forget: 6,
  tags: 7,
  push: 8,
  announce: 9,
  prune: 10,
  graft: 11,
  sketch: 12,
  symbols: 13,
  stop: 14,
  lacks: 15,
  upto: 16,
  stamp: 17,
} as const;
const SETS: readonly SetName[] = ['held', 'tokens'];
const TAG_BYTES = 16;
const DIGEST_BYTES = 32;
const INCARNATION_BYTES = 8;
export const SKETCH_SALT_BYTES = 16;
export const CHALLENGE_BYTES = 16;
export const NO_DIGEST: Bytes = new Uint8Array(DIGEST_BYTES);
export const UNTOLD_SET: SetSummary = { count: 0, digest: NO_DIGEST };
export const NO_CURSOR: Cursor = { incarnation: new Uint8Array(INCARNATION_BYTES), number: 0 };
export const NO_WORK: Work = { bits: 0, challenge: new Uint8Array(CHALLENGE_BYTES) };

function list<Item>(writer: Writer, items: readonly Item[], write: (item: Item) => void): Bytes {
  writer.u16(items.length);
  for (const item of items) write(item);
  return writer.finish();
}

const GIVE_HEAD_BYTES = 4;

/** The front of a `give`; the envelope's bytes follow. Apart, because stored bodies are joined to it by the host. */
export function giveHead(copies: number, ageHours: number): Bytes {
  return new Writer(GIVE_HEAD_BYTES).u8(KIND.give).u8(copies).u16(Math.min(ageHours, 0xffff)).finish();
}

const PUSH_HEAD_BYTES = 5;

/** The front of a `push`. */
export function pushHead(hops: number, copies: number, ageHours: number): Bytes {
  return new Writer(PUSH_HEAD_BYTES).u8(KIND.push).u8(hops).u8(copies).u16(Math.min(ageHours, 0xffff)).finish();
}

/** A whole `push`. */
export function pushFrame(hops: number, copies: number, ageHours: number, envelope: Bytes): Bytes {
  return new Writer(PUSH_HEAD_BYTES + envelope.length)
    .u8(KIND.push)
    .u8(hops)
    .u8(copies)
    .u16(Math.min(ageHours, 0xffff))
    .raw(envelope)
    .finish();
}

/** Whether a frame that begins so is answered by whoever takes it: what may be carried is, what is to be read by somebody is not (docs/protocol/gossip.md §5). */
export function isAnswered(head: Bytes): boolean {
  return (head[0] === KIND.give && head[1] !== 0) || (head[0] === KIND.push && head[2] !== 0);
}

/** What a frame takes, exactly where there are many of a kind: a writer that grows copies what it has. */
function roomOf(frame: Exclude<Frame, { kind: Carrying }>): number {
  switch (frame.kind) {
    case 'have':
      return 3 + frame.entries.length * (ID_BYTES + TAG_BYTES + 3);
    case 'want':
    case 'announce':
    case 'graft':
      return 3 + frame.ids.length * ID_BYTES;
    case 'results':
      return 3 + frame.results.length * (ID_BYTES + 1);
    case 'forget':
      return 3 + frame.tokens.length * PURGE_TOKEN_BYTES;
    case 'tags':
      return 4 + frame.tags.length * TAG_BYTES;
    case 'symbols':
      return 2 + frame.cells.length;
    case 'prune':
    case 'stop':
    case 'upto':
      return 32;
    default:
      return 128;
  }
}

export function encodeFrame(frame: Exclude<Frame, { kind: Carrying }>): Bytes {
  const writer = new Writer(roomOf(frame)).u8(KIND[frame.kind]);
  switch (frame.kind) {
    case 'hello':
      writer
        .u8(VERSION)
        .u8(frame.role === 'relay' ? 1 : 0)
        .u8(frame.pull === 'mailbox' ? 1 : 0)
        .u32(frame.hour);
      for (const { count, digest } of [frame.held, frame.tokens]) writer.u32(count).raw(digest);
      writer.raw(frame.since.incarnation).u64(frame.since.number);
      return writer.u8(frame.work.bits).raw(frame.work.challenge).finish();
    case 'have':
      return list(writer, frame.entries, (it) => writer.raw(it.id).raw(it.tag).u8(it.class).u8(it.size).u8(it.copies));
    case 'want':
      return list(writer, frame.ids, (id) => writer.raw(id));
    case 'results':
      return list(writer, frame.results, (it) => writer.raw(it.id).u8(RESULTS.indexOf(it.result)));
    case 'forget':
      return list(writer, frame.tokens, (token) => writer.raw(token));
    case 'tags':
      return list(writer.u8(frame.replace ? 1 : 0), frame.tags, (tag) => writer.raw(tag));
    case 'announce':
    case 'graft':
      return list(writer, frame.ids, (id) => writer.raw(id));
    case 'prune':
      return writer.u8(frame.hops).finish();
    case 'sketch':
      writer.u8(SETS.indexOf(frame.set)).u32(frame.size).raw(frame.digest).raw(frame.salt);
      return list(writer, frame.exceptions, (id) => writer.raw(id));
    case 'symbols':
      return writer.u8(SETS.indexOf(frame.set)).raw(frame.cells).finish();
    case 'stop':
      return writer
        .u8(SETS.indexOf(frame.set))
        .u8(frame.isDecoded ? 1 : 0)
        .finish();
    case 'lacks':
      return list(writer.u8(SETS.indexOf(frame.set)), frame.shorts, (short) => writer.raw(short));
    case 'upto':
      return writer.raw(frame.cursor.incarnation).u64(frame.cursor.number).finish();
    case 'stamp':
      return list(writer.u64(frame.nonce), frame.ids, (id) => writer.raw(id));
  }
}

function many<Item>(reader: Reader, itemBytes: number, read: () => Item): Item[] {
  const count = reader.u16();
  if (count > LIST_MAX || reader.left !== count * itemBytes) reader.fail();
  const items: Item[] = [];
  for (let i = 0; i < count && !reader.failed; i++) items.push(read());
  return items;
}

function readListed(reader: Reader): Listed {
  return { id: reader.raw(ID_BYTES), tag: reader.raw(TAG_BYTES), class: reader.u8(), size: reader.u8(), copies: reader.u8() };
}

function readResult(reader: Reader): { readonly id: Bytes; readonly result: CarryResult } {
  const id = reader.raw(ID_BYTES);
  const result = RESULTS[reader.u8()];
  if (result === undefined) reader.fail();
  return { id, result: result ?? 'malformed' };
}

function readSet(reader: Reader): SetName {
  const set = SETS[reader.u8()];
  if (set === undefined) reader.fail();
  return set ?? 'held';
}

function readSummary(reader: Reader): SetSummary {
  return { count: reader.u32(), digest: reader.raw(DIGEST_BYTES) };
}

function readCursor(reader: Reader): Cursor {
  return { incarnation: reader.raw(INCARNATION_BYTES), number: reader.u64() };
}

function readHello(reader: Reader): Hello | undefined {
  const [version, role, pull] = [reader.u8(), reader.u8(), reader.u8()];
  if (version !== VERSION || role > 1 || pull > 1) return undefined;
  return reader.finish({
    kind: 'hello',
    role: role === 1 ? 'relay' : 'person',
    pull: pull === 1 ? 'mailbox' : 'cover',
    hour: reader.u32(),
    held: readSummary(reader),
    tokens: readSummary(reader),
    since: readCursor(reader),
    work: { bits: reader.u8(), challenge: reader.raw(CHALLENGE_BYTES) },
  });
}

/** What a `give` or `push` carries, unread; `undefined` for any other frame. */
export function envelopeIn(bytes: Bytes): Bytes | undefined {
  if (bytes[0] === KIND.give && bytes.length >= GIVE_HEAD_BYTES) return bytes.subarray(GIVE_HEAD_BYTES);
  if (bytes[0] === KIND.push && bytes.length >= PUSH_HEAD_BYTES) return bytes.subarray(PUSH_HEAD_BYTES);
  return undefined;
}

/** `undefined` for anything that is not a frame of this version. */
export function decodeFrame(bytes: Bytes): Frame | undefined {
  const reader = new Reader(bytes);
  switch (reader.u8()) {
    case KIND.hello:
      return readHello(reader);
    case KIND.have: {
      const entries = many(reader, ID_BYTES + TAG_BYTES + 3, () => readListed(reader));
      return reader.finish({ kind: 'have', entries });
    }
    case KIND.want: {
      const ids = many(reader, ID_BYTES, () => reader.raw(ID_BYTES));
      return reader.finish({ kind: 'want', ids });
    }
    case KIND.give: {
      const [copies, ageHours] = [reader.u8(), reader.u16()];
      if (reader.failed) return undefined;
      // not copied: a frame belongs to whoever it was given to, and this is nearly all of it
      return { kind: 'give', copies, ageHours, envelope: bytes.subarray(GIVE_HEAD_BYTES) };
    }
    case KIND.results: {
      const results = many(reader, ID_BYTES + 1, () => readResult(reader));
      return reader.finish({ kind: 'results', results });
    }
    case KIND.forget: {
      const tokens = many(reader, PURGE_TOKEN_BYTES, () => reader.raw(PURGE_TOKEN_BYTES));
      return reader.finish({ kind: 'forget', tokens });
    }
    case KIND.tags: {
      const replace = reader.u8() === 1;
      const tags = many(reader, TAG_BYTES, () => reader.raw(TAG_BYTES));
      return reader.finish({ kind: 'tags', replace, tags });
    }
    case KIND.push: {
      const [hops, copies, ageHours] = [reader.u8(), reader.u8(), reader.u16()];
      if (reader.failed) return undefined;
      return { kind: 'push', hops, copies, ageHours, envelope: bytes.subarray(PUSH_HEAD_BYTES) };
    }
    case KIND.announce:
    case KIND.graft: {
      const ids = many(reader, ID_BYTES, () => reader.raw(ID_BYTES));
      return reader.finish({ kind: bytes[0] === KIND.graft ? 'graft' : 'announce', ids });
    }
    case KIND.prune:
      return reader.finish({ kind: 'prune', hops: reader.u8() });
    case KIND.sketch: {
      const [set, size, digest, salt] = [readSet(reader), reader.u32(), reader.raw(DIGEST_BYTES), reader.raw(SKETCH_SALT_BYTES)];
      const exceptions = many(reader, ID_BYTES, () => reader.raw(ID_BYTES));
      return exceptions.length > EXCEPTIONS_MAX ? undefined : reader.finish({ kind: 'sketch', set, size, digest, salt, exceptions });
    }
    case KIND.symbols: {
      const set = readSet(reader);
      return reader.finish({ kind: 'symbols', set, cells: reader.rest() });
    }
    case KIND.stop: {
      const [set, decoded] = [readSet(reader), reader.u8()];
      return decoded > 1 ? undefined : reader.finish({ kind: 'stop', set, isDecoded: decoded === 1 });
    }
    case KIND.lacks: {
      const set = readSet(reader);
      const shorts = many(reader, SHORT_ID_BYTES, () => reader.raw(SHORT_ID_BYTES));
      return reader.finish({ kind: 'lacks', set, shorts });
    }
    case KIND.upto:
      return reader.finish({ kind: 'upto', cursor: readCursor(reader) });
    case KIND.stamp: {
      const nonce = reader.u64();
      const ids = many(reader, ID_BYTES, () => reader.raw(ID_BYTES));
      return ids.length > WORK_IDS_MAX ? undefined : reader.finish({ kind: 'stamp', nonce, ids });
    }
    default:
      return undefined;
  }
}
