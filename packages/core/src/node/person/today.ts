/** Takes our transport key of the day when that begins, and says under which keys others are dialled now. Rule: docs/protocol/rendezvous.md §6. */
import { type Bytes, toHex } from '../../kernel/bytes.ts';
import { CARD_DAYS, DEPOSIT_DAYS, REACHED_WITHIN_MS } from '../../rendezvous/limits.ts';
import { dayAt, daySeed, daysFrom, keyAt, nextTurnMs, type TransportDays, turnMinute, windowOf } from '../../rendezvous/transport-days.ts';
import type { DeviceRow } from './device-rows.ts';
import type { Out, PersonState } from './state.ts';

/** Takes the key of the day, unless it is in use. Connections under the one before stay until others have taken their place. */
export function turnDay(state: PersonState, transportSeed: Bytes, out: Out, nowMs: number): void {
  const { suite } = state;
  const minute = turnMinute(suite, transportSeed);
  const day = dayAt(minute, nowMs + state.skewMs);
  const seed = daySeed(suite, transportSeed, day);
  const { publicKey } = suite.signingPair(seed);
  const key = toHex(publicKey);
  const endsAtMs = nextTurnMs(minute, nowMs + state.skewMs) - state.skewMs;
  if (state.today?.key === key) {
    state.today = { ...state.today, endsAtMs };
    return;
  }
  const from = windowOf(day);
  const days = state.today?.days.firstDay === from ? state.today.days : daysFrom(suite, transportSeed, from, CARD_DAYS);
  const at = day - from;
  const firstDays = { ...days, firstDay: day, keys: days.keys.slice(at, at + DEPOSIT_DAYS) };
  state.today = { day, endsAtMs, publicKey, key, days, firstDays };
  state.neighbours.turn(key, nowMs);
  out.command({ kind: 'listen', seed });
}

/** About its turn both keys of a device are tried, because clocks differ. */
export function dialledKeys(device: DeviceRow, nowMs: number): readonly string[] {
  const keys = [nowMs, nowMs - REACHED_WITHIN_MS, nowMs + REACHED_WITHIN_MS].map((atMs) => keyAt(device.days, atMs));
  return [...new Set(keys.flatMap((key) => (key === undefined ? [] : [toHex(key)])))];
}

/** When `dialledKeys` of a device change next. */
export function keysChangeAtMs(device: DeviceRow, nowMs: number): number {
  const { minute } = device.days;
  const [before, now, after] = [-REACHED_WITHIN_MS, 0, REACHED_WITHIN_MS].map((shift) => nextTurnMs(minute, nowMs + shift) - shift);
  return Math.min(before as number, now as number, after as number);
}

/** A key and nothing more is known of a device: that of a code, for as long as it may be in use. */
export function onlyKey(key: Bytes, nowMs: number): TransportDays {
  return { firstDay: Math.max(0, dayAt(0, nowMs) - 1), minute: 0, keys: [key, key, key] };
}
