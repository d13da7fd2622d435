/**
 * The transport keys of a device, one for each of its days, so that whoever listens to a network cannot follow it from one day to the next.
 * Contacts know them in advance from its card. Knows no clock: the time is an input. Rule: docs/protocol/rendezvous.md §6.
 */
import { type Label, label, type Suite } from '../crypto/suite.ts';
import type { Bytes } from '../kernel/bytes.ts';
import { CARD_WINDOW_DAYS, TURN_MINUTES } from './limits.ts';

export interface TransportDays {
  /** The day of the first key. */
  readonly firstDay: number;
  /** Minutes after midnight UTC at which this device's day begins: not all turn at once. */
  readonly minute: number;
  /** 32 bytes each, for one day after the other; empty for a device that has not said. */
  readonly keys: readonly Bytes[];
}

export const NO_DAYS: TransportDays = { firstDay: 0, minute: 0, keys: [] };

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAY_SEED: Label = label('rendezvous/transport-day');
const MINUTE: Label = label('rendezvous/turn-minute');
const NOTHING: Bytes = new Uint8Array(0);

/** A clock that was never set says 1970: no day is below 0. */
export function dayAt(minute: number, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - minute * MINUTE_MS) / DAY_MS));
}

/** When the day after the one at `nowMs` begins, in milliseconds since the epoch. */
export function nextTurnMs(minute: number, nowMs: number): number {
  return (dayAt(minute, nowMs) + 1) * DAY_MS + minute * MINUTE_MS;
}

/** The key of the day at `nowMs`; `undefined` for a device whose keys are not known that far. */
export function keyAt(days: TransportDays, nowMs: number): Bytes | undefined {
  return days.keys[dayAt(days.minute, nowMs) - days.firstDay];
}

/** The Ed25519 seed of one day, from the one that is kept. */
export function daySeed(suite: Suite, transportSeed: Uint8Array, day: number): Bytes {
  const at = new Uint8Array(4);
  new DataView(at.buffer).setUint32(0, day);
  return suite.mac(transportSeed, DAY_SEED, at);
}

/** Minutes after midnight UTC at which the day of this device begins. */
export function turnMinute(suite: Suite, transportSeed: Uint8Array): number {
  const [high, low] = suite.mac(transportSeed, MINUTE, NOTHING, 16);
  return (((high as number) << 8) | (low as number)) % TURN_MINUTES;
}

/** Keys of `count` days from `firstDay` on. */
export function daysFrom(suite: Suite, transportSeed: Uint8Array, firstDay: number, count: number): TransportDays {
  const keys = Array.from({ length: count }, (_, at) => suite.signingPair(daySeed(suite, transportSeed, firstDay + at)).publicKey);
  return { firstDay, minute: turnMinute(suite, transportSeed), keys };
}

/** The first day of the keys that a card tells on `day`: it changes every `CARD_WINDOW_DAYS` days, and always leaves some to come. */
export function windowOf(day: number): number {
  return Math.max(0, Math.floor(day / CARD_WINDOW_DAYS) * CARD_WINDOW_DAYS - 1);
}
