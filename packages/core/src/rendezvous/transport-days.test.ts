import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { bytesOf, toHex } from '../kernel/bytes.ts';
import { CARD_DAYS, CARD_WINDOW_DAYS, DEPOSIT_DAYS, TURN_MINUTES } from './limits.ts';
import { dayAt, daySeed, daysFrom, keyAt, NO_DAYS, nextTurnMs, turnMinute, windowOf } from './transport-days.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const DAY_MS = 86_400_000;
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesOf);
const minute = fc.nat(TURN_MINUTES - 1);
const moment = fc.integer({ min: 0, max: 60_000 * DAY_MS });
const SEED = new Uint8Array(32).fill(7);

describe('the day of a device', () => {
  test('begins at its own minute, lasts a day, and is followed by the next', () => {
    fc.assert(
      fc.property(minute, moment, (at, nowMs) => {
        const [day, turnMs] = [dayAt(at, nowMs), nextTurnMs(at, nowMs)];
        expect(turnMs).toBeGreaterThan(nowMs);
        expect((turnMs - at * 60_000) % DAY_MS).toBe(0);
        expect(dayAt(at, turnMs - 1)).toBe(day);
        expect(dayAt(at, turnMs)).toBe(day + 1);
        expect(nextTurnMs(at, turnMs)).toBe(turnMs + DAY_MS);
      }),
      { seed: 1 },
    );
  });

  test('is never below 0, whatever a clock says that nobody has set', () => {
    expect([dayAt(0, 0), dayAt(1439, 0), dayAt(1439, 60_000), windowOf(0), windowOf(19)]).toEqual([0, 0, 0, 0, 0]);
    expect(nextTurnMs(1439, 0)).toBeGreaterThan(0);
  });

  test('begins at a minute that comes from its seed, and they are spread over the whole day', () => {
    const minutes = Array.from({ length: 400 }, (_, i) => turnMinute(suite, new Uint8Array(32).fill(i & 255, 0, 1 + (i >> 8))));
    for (const at of minutes) expect(at >= 0 && at < TURN_MINUTES && Number.isInteger(at)).toBe(true);
    const quarters = [0, 1, 2, 3].map((quarter) => minutes.filter((at) => Math.floor(at / 360) === quarter).length);
    for (const count of quarters) expect(count).toBeGreaterThan(50);
  });
});

describe('the keys of a device', () => {
  test('are another each day, and the same whenever they are worked out', () => {
    fc.assert(
      fc.property(seed, fc.nat(50_000), (it, first) => {
        const days = daysFrom(suite, it, first, 4);
        expect(new Set(days.keys.map(toHex)).size).toBe(4);
        const at = days.keys[2];
        expect(at).toEqual(suite.signingPair(daySeed(suite, it, first + 2)).publicKey);
        expect(daysFrom(suite, it, first + 2, 1).keys[0]).toEqual(at);
      }),
      { seed: 2, numRuns: 20 },
    );
  });

  test('are found by the time, and only on the days that were told', () => {
    const days = daysFrom(suite, SEED, 20_000, 3);
    const during = (day: number): number => day * DAY_MS + days.minute * 60_000;
    for (const [at, key] of days.keys.entries()) {
      expect(keyAt(days, during(20_000 + at))).toEqual(key);
      expect(keyAt(days, during(20_000 + at + 1) - 1)).toEqual(key);
    }
    expect(keyAt(days, during(20_000) - 1)).toBeUndefined();
    expect(keyAt(days, during(20_003))).toBeUndefined();
    expect(keyAt(NO_DAYS, during(20_000))).toBeUndefined();
  });
});

describe('what a card tells', () => {
  test(`stays the same for ${CARD_WINDOW_DAYS} days, holds yesterday, and always at least ten days to come`, () => {
    fc.assert(
      fc.property(fc.integer({ min: CARD_WINDOW_DAYS, max: 60_000 }), (day) => {
        const first = windowOf(day);
        expect(first).toBeLessThan(day);
        expect(first + CARD_DAYS - 1 - day).toBeGreaterThanOrEqual(10);
        expect(day - first).toBeLessThanOrEqual(CARD_WINDOW_DAYS);
        const next = windowOf(day + CARD_WINDOW_DAYS);
        expect(next - first).toBe(CARD_WINDOW_DAYS);
      }),
      { seed: 3 },
    );
  });

  test('a deposit holds fewer than a card does', () => {
    expect(DEPOSIT_DAYS).toBeLessThan(CARD_DAYS - CARD_WINDOW_DAYS);
  });
});
