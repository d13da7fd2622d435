/** What neighbours say to each other: seven frames, a byte of kind in front. Decoding is total. Rule: docs/protocol/gossip.md §2. */
import { ID_BYTES, PURGE_TOKEN_BYTES } from '../envelope/envelope.ts';
import type { Bytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { LIST_MAX } from './limits.ts';
import { type CarryResult, RESULTS } from './refusals.ts';

export type Role = 'person' | 'relay';

/** How a person wants mail from a relay: `cover` everything, so that the relay learns nothing; `mailbox` what bears the tags it named. */
export type Pull = 'cover' | 'mailbox';

export interface Listed {
  readonly id: Bytes;
  readonly tag: Bytes;
  readonly class: number;
  /** Index into the allowed body lengths. */
  readonly size: number;
  /** How many copies the lister could hand out. 0: to be read, not to be carried. */
  readonly copies: number;
}

export type Frame =
  | { readonly kind: 'hello'; readonly role: Role; readonly pull: Pull }
  | { readonly kind: 'have'; readonly entries: readonly Listed[] }
  | { readonly kind: 'want'; readonly ids: readonly Bytes[] }
  | { readonly kind: 'give'; readonly copies: number; readonly ageHours: number; readonly envelope: Bytes }
  | { readonly kind: 'results'; readonly results: readonly { readonly id: Bytes; readonly result: CarryResult }[] }
  | { readonly kind: 'forget'; readonly tokens: readonly Bytes[] }
  | { readonly kind: 'tags'; readonly replace: boolean; readonly tags: readonly Bytes[] };

const VERSION = 1;
const KIND = { hello: 1, have: 2, want: 3, give: 4, results: 5, forget: 6, tags: 7 } as const;
const TAG_BYTES = 16;

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

export function encodeFrame(frame: Exclude<Frame, { kind: 'give' }>): Bytes {
  const writer = new Writer(64).u8(KIND[frame.kind]);
  switch (frame.kind) {
    case 'hello':
      return writer
        .u8(VERSION)
        .u8(frame.role === 'relay' ? 1 : 0)
        .u8(frame.pull === 'mailbox' ? 1 : 0)
        .finish();
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

/** `undefined` for anything that is not a frame of this version. */
export function decodeFrame(bytes: Bytes): Frame | undefined {
  const reader = new Reader(bytes);
  switch (reader.u8()) {
    case KIND.hello: {
      const [version, role, pull] = [reader.u8(), reader.u8(), reader.u8()];
      if (version !== VERSION || role > 1 || pull > 1) return undefined;
      return reader.finish({ kind: 'hello', role: role === 1 ? 'relay' : 'person', pull: pull === 1 ? 'mailbox' : 'cover' });
    }
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
    default:
      return undefined;
  }
}
