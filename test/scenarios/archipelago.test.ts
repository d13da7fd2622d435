/** Islands whose relays never reach each other: at home at once, and across the water with whoever travels. */
import { expect } from 'vitest';
import { describeRuns, oneSeedIsOneHistory } from './profile-runs.ts';

describeRuns('an archipelago', 'archipelago', {
  seeds: [1, 2, 3],
  claim: ({ delivered, delayP50Ms }) => {
    expect(delivered).toBeGreaterThan(0.6);
    expect(delayP50Ms).toBeLessThan(24 * 3_600_000);
  },
});

oneSeedIsOneHistory('archipelago', 4);
