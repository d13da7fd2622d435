/** Less than a minute beside each other, twice a day: enough. */
import { expect } from 'vitest';
import { describeRuns } from './profile-runs.ts';

describeRuns('a subway', 'subway', { seeds: [1, 2, 3], claim: ({ delivered }) => expect(delivered).toBeGreaterThan(0.95) });
