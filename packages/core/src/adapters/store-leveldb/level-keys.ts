/** How rows lie in the one ordered table of LevelDB: a byte for the space, then the key. Byte 0 is the store's own. */
import { type Bytes, bytesOf, compareBytes, concat } from '../../kernel/bytes.ts';
import type { RowKey, Space } from '../../node/machine.ts';
import type { Range } from '../../ports/store.ts';

/** Append only: a number that was ever used is never given to another space. At most 254. */
export const SPACE_NUMBERS: Readonly<Record<Space, number>> = {
  self: 1,
  contacts: 2,
  sessions: 3,
  skipped: 4,
  invitations: 5,
  messages: 6,
  messageIndex: 7,
  carried: 8,
  bodies: 9,
  seen: 10,
  outbox: 11,
  devices: 12,
  prekeys: 13,
};

export const VERSION_KEY: Bytes = bytesOf([0, 0]);

/** Holds the number of the last commit, so that a commit whose end was not seen can be looked for. */
export const LAST_COMMIT_KEY: Bytes = bytesOf([0, 1]);

/** Holds the highest number a segment file ever had: a number is never given twice, or a lost file could be taken for another. */
export const LAST_SEGMENT_KEY: Bytes = bytesOf([0, 2]);

/** A segment's row stands under this and its number (`segment-table.ts`). */
export const SEGMENT_PREFIX: Bytes = bytesOf([0, 3]);

/** Every row lies between these two. */
export const FIRST_KEY: Bytes = bytesOf([1]);
export const END_KEY: Bytes = bytesOf([255]);

export function levelKey({ space, key }: RowKey): Bytes {
  return behind(SPACE_NUMBERS[space], key);
}

/** Where a row of a `bulk` space says in which segment file its value lies, if it lies in one: beside its space, which ends below 128. */
const PLACE_OFFSET = 128;

export function placeKey({ space, key }: RowKey): Bytes {
  return behind(SPACE_NUMBERS[space] + PLACE_OFFSET, key);
}

function behind(byte: number, key: Bytes): Bytes {
  const out = new Uint8Array(1 + key.length);
  out[0] = byte;
  out.set(key, 1);
  return out;
}

/** The row's own key, as a copy. */
export function rowKeyOf(stored: Uint8Array): Bytes {
  // A view to copy from would cost more than the copy: relays read them by the hundred thousand.
  const key = new Uint8Array(stored.length - 1);
  for (let at = 0; at < key.length; at++) key[at] = stored[at + 1] as number;
  return key;
}

export interface LevelBounds {
  readonly gte: Bytes;
  readonly lt: Bytes;
}

/** Where a range begins and ends, among rows or (`keyOf`) among their places; `undefined` when nothing can lie in it. */
export function levelBounds({ space, prefix, after, reverse }: Range, keyOf: (row: RowKey) => Bytes = levelKey): LevelBounds | undefined {
  const first = keyOf({ space, key: prefix });
  const end = nextPrefix(first);
  if (after === undefined) return { gte: first, lt: end };
  const place = keyOf({ space, key: after });
  const bounds = reverse ? { gte: first, lt: least(end, place) } : { gte: greatest(first, concat(place, bytesOf([0]))), lt: end };
  return compareBytes(bounds.gte, bounds.lt) < 0 ? bounds : undefined;
}

/** Where all that begins with `prefix` lies. */
export function prefixBounds(prefix: Bytes): LevelBounds {
  return { gte: prefix, lt: nextPrefix(prefix) };
}

/** The first key after all that begin with this one. It exists because the byte of a space is never 255. */
function nextPrefix(prefix: Bytes): Bytes {
  const last = prefix.findLastIndex((byte) => byte !== 0xff);
  const next = prefix.slice(0, last + 1);
  next[last] = (next[last] as number) + 1;
  return next;
}

function least(a: Bytes, b: Bytes): Bytes {
  return compareBytes(a, b) < 0 ? a : b;
}

function greatest(a: Bytes, b: Bytes): Bytes {
  return compareBytes(a, b) < 0 ? b : a;
}
