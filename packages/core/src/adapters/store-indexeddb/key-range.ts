/** A range of the store port as IndexedDB asks for it. */
import { type Bytes, compareBytes } from '../../kernel/bytes.ts';
import type { Range } from '../../ports/store.ts';

/** `undefined` is every key of the space. */
export function keyRange({ prefix, after, reverse }: Range): IDBKeyRange | undefined | 'nothing' {
  const end = nextPrefix(prefix);
  const isAfterInside = after !== undefined && compareBytes(after, prefix) >= 0 && (end === undefined || compareBytes(after, end) < 0);
  if (after !== undefined && !isAfterInside) {
    // A place outside of the prefix leaves all of it, or nothing.
    const isBefore = compareBytes(after, prefix) < 0;
    if (isBefore === (reverse ?? false)) return 'nothing';
  }
  const place = isAfterInside ? after : undefined;
  const lower = reverse || place === undefined ? prefix : place;
  const upper = reverse && place !== undefined ? place : end;
  // Backwards from the prefix itself; IndexedDB throws for a range that cannot hold a key.
  if (upper && compareBytes(lower, upper) === 0) return 'nothing';
  // The empty key is before every key, and no bound for some engines.
  if (lower.length === 0) return upper && IDBKeyRange.upperBound(upper, true);
  const isLowerOpen = lower === place;
  return upper ? IDBKeyRange.bound(lower, upper, isLowerOpen, true) : IDBKeyRange.lowerBound(lower, isLowerOpen);
}

/** The first key after all that begin with this one; none when the prefix is empty or all 0xff. */
function nextPrefix(prefix: Bytes): Bytes | undefined {
  const last = prefix.findLastIndex((byte) => byte !== 0xff);
  if (last < 0) return undefined;
  const next = prefix.slice(0, last + 1);
  next[last] = (next[last] as number) + 1;
  return next;
}
