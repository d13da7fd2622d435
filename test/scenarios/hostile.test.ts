/** A village in which strangers flood, replay, lie and withhold: the others still reach each other, and no phone is filled. */
import { describe, expect, test } from 'vitest';
import type { Figures } from '../simulator/figures.ts';
import { type Run, simulate } from '../simulator/run.ts';
import { HOUR_MS } from '../simulator/schedules/schedule.ts';
import { SHORT } from '../simulator/short.ts';
import { describeRuns } from './profile-runs.ts';

const alone = { flood: 0, replayers: 0, liars: 0, withholders: 0 };

/** What a village without them reaches. */
const village = ({ delivered, delayP50Ms, delayP95Ms, storePerPhoneMean }: Figures): void => {
  expect(delivered).toBeGreaterThan(0.97);
  expect(delayP50Ms).toBeLessThan(4 * HOUR_MS);
  expect(delayP95Ms).toBeLessThan(24 * HOUR_MS);
  expect(storePerPhoneMean).toBeLessThan(15);
};

describeRuns('a hostile village', 'hostile', { seeds: [1, 2, 3], claim: village });
describeRuns('a flood alone', 'hostile', { seeds: [4], changes: { ...alone, flood: 2 }, claim: village });
describeRuns('replays alone', 'hostile', { seeds: [5], changes: { ...alone, replayers: 3, replay: 0.2 }, claim: village });
describeRuns('lies alone', 'hostile', { seeds: [6], changes: { ...alone, liars: 3 }, claim: village });
describeRuns('withholding alone', 'hostile', { seeds: [7], changes: { ...alone, withholders: 4 }, claim: village });

describe('a stranger who floods', () => {
  test.each([1, 2, 4])('seed %i: costs the village no message, and phones at most 15 % more room', { timeout: 240_000 }, async (seed) => {
    const village = (flood: number): Run => ({ profile: 'village', seed, ...SHORT.village, changes: { ...SHORT.village.changes, flood } });
    const [calm, flooded] = [await simulate(village(0)), await simulate(village(1))];
    expect([calm.failed, flooded.failed]).toEqual([undefined, undefined]);
    expect(flooded.delivered).toBeGreaterThanOrEqual(calm.delivered);
    expect(flooded.storePerPhoneMean).toBeLessThanOrEqual(1.15 * calm.storePerPhoneMean);
  });
});
