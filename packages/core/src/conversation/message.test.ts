import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, compareBytes } from '../kernel/bytes.ts';
import { CLOCKS_AHEAD_MS } from './limits.ts';
import {
  type DeliveryState,
  decodeMessage,
  encodeMessage,
  laterState,
  messageKey,
  nextPlaceMs,
  placedAtMs,
  type StoredMessage,
} from './message.ts';

const state: fc.Arbitrary<DeliveryState> = fc.oneof(
  fc.constantFrom<DeliveryState>({ kind: 'waiting' }, { kind: 'expired' }),
  fc.record({ kind: fc.constant('carried'), carriers: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constantFrom('delivered', 'read'), atMs: fc.nat(5) }),
);
const message: fc.Arbitrary<StoredMessage> = fc.record({
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytesOf),
  account: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesOf),
  mine: fc.boolean(),
  text: fc.string({ unit: 'grapheme', maxLength: 300 }),
  sentAtMs: fc.maxSafeNat(),
  expiresAtMs: fc.maxSafeNat(),
  state: fc.option(state, { nil: undefined }),
  fromRemovedDevice: fc.boolean(),
});

describe('news of a message’s state', () => {
  test('gives the same in any order, any grouping, and any number of times', () => {
    fc.assert(
      fc.property(state, state, state, (a, b, c) => {
        expect(laterState(a, b)).toEqual(laterState(b, a));
        expect(laterState(laterState(a, b), c)).toEqual(laterState(a, laterState(b, c)));
        expect(laterState(a, a)).toEqual(a);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('read beats delivered beats expired beats carried beats waiting', () => {
    const rising: readonly DeliveryState[] = [
      { kind: 'waiting' },
      { kind: 'carried', carriers: 1 },
      { kind: 'carried', carriers: 2 },
      { kind: 'expired' },
      { kind: 'delivered', atMs: 9 },
      { kind: 'read', atMs: 3 },
    ];
    for (const [i, low] of rising.entries()) for (const high of rising.slice(i)) expect(laterState(low, high)).toEqual(high);
  });

  test('a message counts as read from the first time it was said', () => {
    expect(laterState({ kind: 'read', atMs: 7 }, { kind: 'read', atMs: 5 })).toEqual({ kind: 'read', atMs: 5 });
  });
});

describe('the row of a message', () => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(message, (it) => {
        expect(decodeMessage(messageKey(it), encodeMessage(it))).toEqual(it);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test('any other row is nothing, and is never thrown at', () => {
    fc.assert(
      fc.property(message, fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: 60 }), (it, key, row) => {
        expect(decodeMessage(bytesOf(key), encodeMessage(it))).toSatisfy((found) => found === undefined || key.length === 56);
        const found = decodeMessage(messageKey(it), bytesOf(row));
        if (found !== undefined) expect(encodeMessage(found)).toHaveLength(row.length);
        expect(decodeMessage(messageKey(it), encodeMessage(it).slice(0, -1))).toBeUndefined();
      }),
      { seed: 3 },
    );
  });
});

describe('the order of a conversation', () => {
  test('is the order of keys: by time, and of one moment by id', () => {
    fc.assert(
      fc.property(message, message, (a, other) => {
        const b = { ...other, account: a.account };
        const byTime = a.sentAtMs - b.sentAtMs;
        expect(Math.sign(compareBytes(messageKey(a), messageKey(b)))).toBe(Math.sign(byTime !== 0 ? byTime : compareBytes(a.id, b.id)));
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  test('a message is not placed later than it arrived, but for what clocks run ahead', () => {
    const metAtMs = 1_000_000_000;
    const arrivedAtMs = metAtMs + 9;
    expect(placedAtMs(metAtMs + 5, arrivedAtMs, metAtMs)).toBe(metAtMs + 5);
    expect(placedAtMs(metAtMs - 3_600_000, arrivedAtMs, metAtMs)).toBe(metAtMs - 3_600_000);
    expect(placedAtMs(arrivedAtMs + CLOCKS_AHEAD_MS, arrivedAtMs, metAtMs)).toBe(arrivedAtMs + CLOCKS_AHEAD_MS);
    expect(placedAtMs(arrivedAtMs + CLOCKS_AHEAD_MS + 1, arrivedAtMs, metAtMs)).toBe(arrivedAtMs);
    expect(placedAtMs(0, arrivedAtMs, metAtMs)).toBe(arrivedAtMs);
  });

  test('an answer stands behind what it answers, as far as clocks run ahead, and on both sides alike', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -CLOCKS_AHEAD_MS + 100, max: CLOCKS_AHEAD_MS - 100 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        (aheadMs, turns) => {
          const nowMs = 1_000_000_000;
          let newestMs = 0;
          for (const isTheirs of turns) {
            const [writes, reads] = isTheirs ? [nowMs + aheadMs, nowMs] : [nowMs, nowMs + aheadMs];
            const writtenMs = nextPlaceMs(writes, newestMs);
            expect(writtenMs).toBeGreaterThan(newestMs);
            expect(placedAtMs(writtenMs, reads, 0)).toBe(writtenMs);
            newestMs = writtenMs;
          }
        },
      ),
    );
  });

  test('what a clock wrote that was set back since is not gone by', () => {
    expect(nextPlaceMs(1_000, 1_000 + CLOCKS_AHEAD_MS)).toBe(1_000);
  });
});
