/**
 * The tags under which a chain's next messages will come: each of the next 128 numbers and every 32nd up to 4,000.
 * A change of the chain's position yields only the difference; the far ones can be left for later. Rule: docs/protocol/session.md §6.
 */
import type { Suite } from '../crypto/suite.ts';
import { type Bytes, sameBytes, toHex } from '../kernel/bytes.ts';
import { tagOf } from './chain.ts';
import { JUMP_MAX, TAG_STRIDE, TAG_WINDOW } from './limits.ts';

export interface ExpectedTags {
  readonly headerKey: Bytes;
  readonly from: number;
  /** number → tag in hexadecimal. Handed on from one position to the next: whoever asks for the next one gives this one up. */
  readonly tags: Map<number, string>;
  /** Whether every expected number is in `tags`, and not only the nearest. */
  readonly isWhole: boolean;
}

/**
 * Numbers that are always worked out at once: almost every message is the next of its chain. In a conversation each message begins a
 * chain, and of the 253 tags that are expected of it one is used.
 */
const NEAR = 2;

export function* nearestFrom(from: number): Iterable<number> {
  for (let number = from; number < from + NEAR; number++) yield number;
}

/** Whether a number is expected at position `from`. */
export function isExpectedAt(from: number, number: number): boolean {
  return number >= from && (number < from + TAG_WINDOW || (number % TAG_STRIDE === 0 && number <= from + JUMP_MAX));
}

/** The numbers expected at position `from`, of those only that were not expected at position `before`, if the chain stood there. */
export function* numbersFrom(from: number, before: number | undefined): Iterable<number> {
  for (let number = Math.max(from, before === undefined ? 0 : before + TAG_WINDOW); number < from + TAG_WINDOW; number++) yield number;
  const beyond = Math.max(from + TAG_WINDOW, before === undefined ? 0 : before + JUMP_MAX + 1);
  for (let number = Math.ceil(beyond / TAG_STRIDE) * TAG_STRIDE; number <= from + JUMP_MAX; number += TAG_STRIDE) yield number;
}

export interface TagChange {
  readonly now: ExpectedTags | undefined;
  /** `isLate`: it was expected before, and is only now worked out. */
  readonly added: readonly { readonly tag: string; readonly bytes: Bytes; readonly number: number; readonly isLate: boolean }[];
  readonly removed: readonly string[];
}

/**
 * What to expect from `headerKey` at position `from`, given what was expected before, which is used up by it.
 * `near`: of a chain that is new only the nearest tags are worked out, and of one that goes on those that were not expected before; a
 * later call may ask for the `whole`.
 */
export function expectTags(
  suite: Suite,
  before: ExpectedTags | undefined,
  headerKey: Bytes | undefined,
  from: number,
  reach: 'near' | 'whole' = 'whole',
): TagChange {
  const isSame = before !== undefined && headerKey !== undefined && before.from <= from && sameBytes(before.headerKey, headerKey);
  const removed = before === undefined || isSame ? [] : [...before.tags.values()];
  if (headerKey === undefined) return { now: undefined, added: [], removed };
  const kept = isSame ? before : undefined;
  const isWhole = reach === 'whole' || kept?.isWhole === true;
  if (kept?.from === from && kept.isWhole === isWhole) return { now: kept, added: [], removed };

  const tags = kept?.tags ?? new Map<number, string>();
  for (let number = kept?.from ?? from; number < from; number++) {
    const passed = tags.get(number);
    if (passed === undefined) continue;
    tags.delete(number);
    removed.push(passed);
  }
  const added: { tag: string; bytes: Bytes; number: number; isLate: boolean }[] = [];
  const add = (number: number, isLate: boolean): void => {
    if (tags.has(number)) return;
    const bytes = tagOf(suite, headerKey, number);
    const tag = toHex(bytes);
    tags.set(number, tag);
    added.push({ tag, bytes, number, isLate });
  };
  if (kept !== undefined || isWhole) for (const number of numbersFrom(from, kept?.from)) add(number, false);
  if (isWhole && kept?.isWhole === false) for (const number of numbersFrom(from, undefined)) add(number, true);
  if (!isWhole) for (const number of nearestFrom(from)) add(number, kept !== undefined);
  return { now: { headerKey, from, tags, isWhole }, added, removed };
}
