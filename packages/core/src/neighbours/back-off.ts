/** How long a dial is waited for, and how long is waited until the next one. Decides nothing about whom to dial. Rule: docs/protocol/neighbours.md §3. */
import {
  BACK_OFF_FIRST_MS,
  BACK_OFF_OTHERS_RELAY_MAX_MS,
  BACK_OFF_PERSON_MAX_MS,
  BACK_OFF_RELAY_MAX_MS,
  DIAL_PATIENCE_MS,
  OTHER_ADDRESS_PATIENCE_MS,
  RELAY_EAGER_ATTEMPTS,
  RELAY_PATIENCE_MAX_MS,
} from './limits.ts';
import type { Closeness, Known } from './roster.ts';

/** The longest wait after a dial that nobody answered, in milliseconds; half of it is left to chance. */
export function unansweredMs({ kind, isOwn, attempts }: Pick<Known, 'kind' | 'isOwn' | 'attempts'>): number {
  return doubled(attempts - (kind === 'relay' && isOwn ? RELAY_EAGER_ATTEMPTS : 1), mostMs(kind, isOwn));
}

/** The same where somebody answered and closed what came up: whoever has no room must not be dialled in a ring. */
export function closedSoonMs({ kind, isOwn, closedSoon }: Pick<Known, 'kind' | 'isOwn' | 'closedSoon'>): number {
  return doubled(closedSoon - 1, mostMs(kind, isOwn));
}

function doubled(times: number, mostMs: number): number {
  return Math.min(mostMs, BACK_OFF_FIRST_MS * 2 ** Math.min(16, Math.max(0, times)));
}

function mostMs(kind: Closeness, isOwn: boolean): number {
  if (kind !== 'relay') return BACK_OFF_PERSON_MAX_MS;
  return isOwn ? BACK_OFF_RELAY_MAX_MS : BACK_OFF_OTHERS_RELAY_MAX_MS;
}

/** A relay is being dialled, and not where it was last reached. */
export function isElsewhere({ kind, dial, good }: Pick<Known, 'kind' | 'dial' | 'good'>): boolean {
  return kind === 'relay' && dial !== undefined && good !== undefined && dial.address !== good;
}

/** How long the dial under way is waited for before something else begins, in milliseconds. */
export function patienceMs(known: Pick<Known, 'kind' | 'addresses' | 'dial' | 'good' | 'attempts' | 'reachedInMs'>): number {
  if (known.kind !== 'relay') return DIAL_PATIENCE_MS;
  if (isElsewhere(known)) return OTHER_ADDRESS_PATIENCE_MS;
  if (known.good === undefined) return known.addresses.length > 1 ? RELAY_PATIENCE_MAX_MS : DIAL_PATIENCE_MS;
  // What took long to be reached the last time takes long again: a slow road is no reason to begin anew. Once it did not help, others have their turn soon.
  if (known.attempts > 0) return OTHER_ADDRESS_PATIENCE_MS;
  return Math.min(RELAY_PATIENCE_MAX_MS, Math.max(OTHER_ADDRESS_PATIENCE_MS, 2 * known.reachedInMs));
}
