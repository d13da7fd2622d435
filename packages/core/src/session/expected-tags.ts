/**
 * The tags under which a chain's next messages will come: each of the next 128 numbers and every 32nd up to 4,000.
 * A change of the chain's position yields only the difference. Rule: docs/protocol/session.md §6.
 */
import type { Suite } from '../crypto/suite.ts';
import { type Bytes, sameBytes, toHex } from '../kernel/bytes.ts';
import { tagOf } from './chain.ts';
import { JUMP_MAX, TAG_STRIDE, TAG_WINDOW } from './limits.ts';

export interface ExpectedTags {
  readonly headerKey: Bytes;
  readonly from: number;
  /** number → tag in hexadecimal. */
  readonly tags: ReadonlyMap<number, string>;
}

function* numbersFrom(from: number): Iterable<number> {
  for (let number = from; number < from + TAG_WINDOW; number++) yield number;
  const first = Math.ceil((from + TAG_WINDOW) / TAG_STRIDE) * TAG_STRIDE;
  for (let number = first; number <= from + JUMP_MAX; number += TAG_STRIDE) yield number;
}

export interface TagChange {
  readonly now: ExpectedTags | undefined;
  readonly added: readonly { readonly tag: string; readonly number: number }[];
  readonly removed: readonly string[];
}

/** What to expect from `headerKey` at position `from`, given what was expected before. */
export function expectTags(suite: Suite, before: ExpectedTags | undefined, headerKey: Bytes | undefined, from: number): TagChange {
  if (headerKey === undefined) return { now: undefined, added: [], removed: before === undefined ? [] : [...before.tags.values()] };
  const kept = before !== undefined && sameBytes(before.headerKey, headerKey) ? before : undefined;
  if (kept?.from === from) return { now: kept, added: [], removed: [] };
  const tags = new Map<number, string>();
  const added: { tag: string; number: number }[] = [];
  for (const number of numbersFrom(from)) {
    const known = kept?.tags.get(number);
    const tag = known ?? toHex(tagOf(suite, headerKey, number));
    tags.set(number, tag);
    if (known === undefined) added.push({ tag, number });
  }
  const removed: string[] = [];
  for (const [number, tag] of before?.tags ?? []) if (kept === undefined || !tags.has(number)) removed.push(tag);
  return { now: { headerKey, from, tags }, added, removed };
}
