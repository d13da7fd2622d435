/** Islands whose relays never reach each other: at home at once, and across the water with whoever travels. */
import { expect } from 'vitest';
import { HOUR_MS } from '../simulator/schedules/schedule.ts';
import { describeRuns, oneSeedIsOneHistory } from './profile-runs.ts';

describeRuns('an archipelago', 'archipelago', {
  seeds: [1, 2, 3],
  claim: ({ delivered, connected, within5sConnected, delayP50Ms, delayP95Ms, sendsPerMessage }) => {
    expect(connected).toBeGreaterThan(0.5);
    expect(within5sConnected).toBeGreaterThanOrEqual(0.99);
    expect(delayP50Ms).toBeLessThan(1000);
    // The courier comes once a day and has to pick it up first; the last looks come 36 hours after the last word.
    expect(delivered).toBeGreaterThan(0.95);
    expect(delayP95Ms).toBeLessThan(48 * HOUR_MS);
    expect(sendsPerMessage).toBeLessThan(20);
  },
});

oneSeedIsOneHistory('archipelago', 4);
