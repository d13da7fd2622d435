/** A village in which strangers flood, replay, lie and withhold: the others still reach each other, and no phone is filled. */
import { expect } from 'vitest';
import { describeRuns } from './profile-runs.ts';

const alone = { flood: 0, replayers: 0, liars: 0, withholders: 0 };
const village = ({ delivered }: { readonly delivered: number }): void => expect(delivered).toBeGreaterThan(0.75);

describeRuns('a hostile village', 'hostile', { seeds: [1, 2, 3], claim: village });
describeRuns('a flood alone', 'hostile', { seeds: [4], changes: { ...alone, flood: 2 }, claim: village });
describeRuns('replays alone', 'hostile', { seeds: [5], changes: { ...alone, replayers: 3, replay: 0.2 }, claim: village });
describeRuns('lies alone', 'hostile', { seeds: [6], changes: { ...alone, liars: 3 }, claim: village });
describeRuns('withholding alone', 'hostile', { seeds: [7], changes: { ...alone, withholders: 4 }, claim: village });
