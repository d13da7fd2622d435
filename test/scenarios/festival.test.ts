/** One crowd without a relay: whoever is connected to it has what is said within seconds. */
import { expect } from 'vitest';
import { describeRuns } from './profile-runs.ts';

describeRuns('a festival', 'festival', {
  seeds: [1, 2, 3],
  claim: ({ delivered, delayP50Ms }) => {
    expect(delivered).toBeGreaterThan(0.95);
    expect(delayP50Ms).toBeLessThan(10_000);
  },
});
