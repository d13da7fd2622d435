import { expect, test } from 'vitest';
import { turnBounds } from './bounds.ts';
import { MEGABITS, MEGABITS_MAX, MEGABITS_MIN, RELAYED_PORTS } from './limits.ts';
import { turnBoundsSentence } from './sentences.ts';

test('unless somebody chooses, 64 connections of which both ends keep two have room for a call with a picture each', () => {
  expect(turnBounds(MEGABITS)).toEqual({ allocations: 256, allocationsEach: 32, rateEach: 250_000, rateTotal: 64_000_000 });
});

test('a slow line has room for fewer, and then each has less, down to a voice', () => {
  expect(turnBounds(300)).toMatchObject({ allocations: 150, rateEach: 250_000, allocationsEach: 18 });
  expect(turnBounds(100)).toMatchObject({ allocations: 128, rateEach: 97_656, allocationsEach: 16 });
  expect(turnBounds(MEGABITS_MIN)).toMatchObject({ allocations: 128, rateEach: 15_625 });
});

test.each([MEGABITS_MIN, 17, 255.5, MEGABITS, 1_999, 2_001, MEGABITS_MAX])('of %d Mbit/s no more is promised than there is', (megabits) => {
  const { allocations, allocationsEach, rateEach, rateTotal } = turnBounds(megabits);
  expect(rateEach * allocations).toBeLessThanOrEqual(rateTotal);
  expect(rateTotal).toBeLessThanOrEqual(megabits * 125_000);
  expect(allocations).toBeLessThanOrEqual(RELAYED_PORTS[1] - RELAYED_PORTS[0] + 1);
  expect(allocationsEach * 8).toBeLessThanOrEqual(allocations);
});

test('the keeper is told all three', () => {
  expect(turnBoundsSentence(turnBounds(MEGABITS))).toBe(
    'TURN carries at most 512 Mbit/s each way in all (--turn-rate), for 256 ends at a time with 2 Mbit/s each.',
  );
  expect(turnBoundsSentence(turnBounds(100))).toContain('with 0.7 Mbit/s each');
});
