/** Homes and visits, without a relay: what is said finds its way by people who meet. */
import { expect } from 'vitest';
import type { Figures } from '../simulator/figures.ts';
import { HOUR_MS } from '../simulator/schedules/schedule.ts';
import { describeRuns, oneSeedIsOneHistory } from './profile-runs.ts';

const claim = ({ delivered, delayP50Ms, delayP95Ms, sendsPerMessage, storePerPhoneMean }: Figures): void => {
  expect(delivered).toBeGreaterThan(0.99);
  expect(delayP50Ms).toBeLessThan(4 * HOUR_MS);
  expect(delayP95Ms).toBeLessThan(24 * HOUR_MS);
  // Sixteen copies may go out, most of them to nobody before the reader has it; an epidemic would need all 17 others.
  expect(sendsPerMessage).toBeLessThan(8);
  expect(storePerPhoneMean).toBeLessThan(12);
};

/** Whatever breaks costs hours, and hardly ever a message. */
const troubled = ({ delivered, delayP50Ms, delayP95Ms, sendsPerMessage }: Figures): void => {
  expect(delivered).toBeGreaterThan(0.97);
  expect(delayP50Ms).toBeLessThan(5 * HOUR_MS);
  expect(delayP95Ms).toBeLessThan(24 * HOUR_MS);
  expect(sendsPerMessage).toBeLessThan(8);
};

describeRuns('a village', 'village', { seeds: [1, 2, 3], claim });

describeRuns('a village in which phones die, disks fill and clocks jump', 'village', {
  seeds: [4, 5],
  changes: {
    crashBeforeCommit: 0.001,
    crashAfterCommit: 0.001,
    fullDisk: 0.001,
    restartMs: 60_000,
    clockJumpEveryMs: 12 * HOUR_MS,
    clockJumpMs: HOUR_MS,
    partEveryMs: 12 * HOUR_MS,
    partForMs: 2 * HOUR_MS,
  },
  claim: troubled,
});

describeRuns('a village in which stores are set back', 'village', {
  seeds: [6],
  changes: { setBackEveryMs: 8 * HOUR_MS },
  claim: troubled,
});

oneSeedIsOneHistory('village', 7);
