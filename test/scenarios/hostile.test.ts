/** A village in which strangers flood, replay, lie and withhold: the others still reach each other, and no phone is filled. */
import { expect } from 'vitest';
import type { Figures } from '../simulator/figures.ts';
import { HOUR_MS } from '../simulator/schedules/schedule.ts';
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
