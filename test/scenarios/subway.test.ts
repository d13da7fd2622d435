/** Less than a minute beside each other, twice a day: enough. */
import { expect } from 'vitest';
import { HOUR_MS } from '../simulator/schedules/schedule.ts';
import { describeRuns } from './profile-runs.ts';

describeRuns('a subway', 'subway', {
  seeds: [1, 2, 3],
  claim: ({ delivered, delayP50Ms, delayP95Ms, sendsPerMessage }) => {
    expect(delivered).toBeGreaterThan(0.99);
    expect(delayP50Ms).toBeLessThan(12 * HOUR_MS);
    expect(delayP95Ms).toBeLessThan(72 * HOUR_MS);
    expect(sendsPerMessage).toBeLessThan(10);
  },
});
