import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Clocks, runningHourAfter } from './clocks.ts';
import { CLOCK_WRONG_HOURS, CLOCKS_LEAST, CLOCKS_MAX } from './limits.ts';

const OURS = 500_000;

/** So many neighbours, each ahead of us by so many hours. */
function heard(...ahead: readonly number[]): Clocks {
  const clocks = new Clocks();
  for (const [i, hours] of ahead.entries()) clocks.hear(`n${i}`, OURS + hours, OURS);
  return clocks;
}

const times = (count: number, hours: number): readonly number[] => Array<number>(count).fill(hours);

test('five neighbours that agree say how far behind our clock is, or ahead', () => {
  expect(heard(...times(CLOCKS_LEAST, 1000)).behindHours).toBe(1000);
  expect(heard(...times(CLOCKS_LEAST, -1000)).behindHours).toBe(-1000);
});

test('four do not', () => {
  expect(heard(...times(CLOCKS_LEAST - 1, 1000)).behindHours).toBe(0);
});

test('nor do those that are one time zone and a little away', () => {
  expect(heard(...times(CLOCKS_LEAST, CLOCK_WRONG_HOURS)).behindHours).toBe(0);
  expect(heard(...times(CLOCKS_LEAST, CLOCK_WRONG_HOURS + 1)).behindHours).toBe(CLOCK_WRONG_HOURS + 1);
});

test('fewer than half that are wrong change nothing, whatever they say', () => {
  expect(heard(...times(3, 0), 4_000_000, -500_000).behindHours).toBe(0);
  expect(heard(...times(3, 1000), 4_000_000, 0).behindHours).toBe(1000);
});

test('one neighbour counts once, however often it says so, and its last word counts', () => {
  const clocks = new Clocks();
  for (let i = 0; i < 50; i++) clocks.hear('loud', OURS + 1000, OURS);
  expect(clocks.behindHours).toBe(0);
  for (let i = 0; i < CLOCKS_LEAST - 1; i++) clocks.hear(`n${i}`, OURS + 1000, OURS);
  expect(clocks.behindHours).toBe(1000);
  for (let i = 0; i < CLOCKS_LEAST; i++) clocks.hear(i === 0 ? 'loud' : `n${i}`, OURS, OURS);
  expect(clocks.behindHours).toBe(0);
});

test('the last of many are remembered, not the first', () => {
  const clocks = heard(...times(CLOCKS_MAX, 1000));
  for (let i = 0; i < CLOCKS_MAX; i++) clocks.hear(`later${i}`, OURS, OURS);
  expect(clocks.behindHours).toBe(0);
});

test('a neighbour that is heard again stays while older ones give way', () => {
  const clocks = heard(...times(CLOCKS_MAX, 0));
  clocks.hear('n0', OURS + 1000, OURS);
  for (let i = 0; i < CLOCKS_MAX - 1; i++) clocks.hear(`later${i}`, OURS + (i < CLOCKS_MAX / 2 ? 1000 : 0), OURS);
  expect(clocks.behindHours).toBe(1000);
});

const HOUR_MS = 3_600_000;
const START_MS = OURS * HOUR_MS;

test('the running hour goes on with the clock, but never back, nor by a leap', () => {
  const clocks = new Clocks();
  expect(clocks.runningHour(START_MS)).toBe(OURS);
  expect(clocks.runningHour(START_MS + 20 * HOUR_MS)).toBe(OURS + 20);
  expect(clocks.runningHour(START_MS + 10 * HOUR_MS)).toBe(OURS + 20);
  expect(clocks.runningHour(START_MS + 13 * HOUR_MS)).toBe(OURS + 23);
  expect(clocks.runningHour(START_MS + 100_000 * HOUR_MS)).toBe(OURS + 23);
  expect(clocks.runningHour(START_MS + 100_001 * HOUR_MS)).toBe(OURS + 24);
  expect(clocks.runningHour(0)).toBe(OURS + 24);
  expect(clocks.runningHour(HOUR_MS)).toBe(OURS + 25);
});

test('started again it goes on from where it was, and with the clock if that is not a leap away', () => {
  const resumed = (clockHours: number): number => {
    const clocks = new Clocks();
    clocks.resume(OURS);
    const now = clocks.runningHour(START_MS + clockHours * HOUR_MS);
    expect(runningHourAfter(OURS, START_MS + clockHours * HOUR_MS)).toBe(now);
    return now - OURS;
  };
  expect([0, 5, CLOCK_WRONG_HOURS, CLOCK_WRONG_HOURS + 1, -5, -OURS].map(resumed)).toEqual([0, 5, CLOCK_WRONG_HOURS, 0, 0, 0]);
});

test('whatever the clock is set to, the running hour never goes back, and its parts are those of the clock that were no leaps', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -900_000, max: 900_000 })), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (hours) => {
      const clocks = new Clocks();
      let [atMs, ran] = [START_MS, clocks.runningHour(START_MS)];
      for (const step of hours) {
        atMs += step * HOUR_MS;
        ran += step > 0 && step <= CLOCK_WRONG_HOURS ? step : 0;
        expect(clocks.runningHour(atMs)).toBe(ran);
      }
    }),
    { seed: 3, numRuns: 300 },
  );
});
