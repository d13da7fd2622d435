/**
 * The numbers under whose tags a chain's next messages are expected: each of the next 128 and every 32nd up to 4,000.
 * A change of the chain's position yields only the difference; the far ones can be left for later. Rule: docs/protocol/session.md §6.
 */
import { JUMP_MAX, TAG_STRIDE, TAG_WINDOW } from './limits.ts';

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

/** The numbers expected at position `from`; if the chain stood at `before`, those that were not expected there, and every 32nd that comes into the window. */
export function* numbersFrom(from: number, before: number | undefined): Iterable<number> {
  for (let number = Math.max(from, before === undefined ? 0 : before + TAG_WINDOW); number < from + TAG_WINDOW; number++) yield number;
  const beyond = Math.max(from + TAG_WINDOW, before === undefined ? 0 : before + JUMP_MAX + 1);
  for (let number = Math.ceil(beyond / TAG_STRIDE) * TAG_STRIDE; number <= from + JUMP_MAX; number += TAG_STRIDE) yield number;
}
