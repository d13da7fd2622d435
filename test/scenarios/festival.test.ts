/** One crowd without a relay: whoever is connected to it has what is said within seconds. */
import { expect } from 'vitest';
import { SHORT } from '../simulator/short.ts';
import { describeRuns, oneSeedIsOneHistory } from './profile-runs.ts';

const PEOPLE: number = SHORT.festival.nodes ?? 0;

describeRuns('a festival', 'festival', {
  seeds: [1, 2, 3],
  claim: ({ delivered, connected, within5sConnected, delayP95Ms, sendsPerMessage }) => {
    expect(connected).toBeGreaterThan(0.95);
    expect(within5sConnected).toBeGreaterThanOrEqual(0.99);
    expect(delivered).toBeGreaterThan(0.99);
    expect(delayP95Ms).toBeLessThan(1000);
    // Everybody gets it, a good half of them once, and a few copies lie about afterwards.
    expect(sendsPerMessage).toBeLessThan(1.75 * PEOPLE);
  },
});

oneSeedIsOneHistory('festival', 4);
