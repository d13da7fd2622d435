/** Homes and visits, without a relay: what is said finds its way by people who meet. */
import { expect } from 'vitest';
import { describeRuns, oneSeedIsOneHistory } from './profile-runs.ts';

const claim = ({ delivered, sendsPerMessage }: { readonly delivered: number; readonly sendsPerMessage: number }): void => {
  expect(delivered).toBeGreaterThan(0.95);
  // Eight copies, the reader, and a decoy now and then; an epidemic would need all of them.
  expect(sendsPerMessage).toBeLessThan(14);
};

describeRuns('a village', 'village', { seeds: [1, 2, 3], claim });

describeRuns('a village in which phones die, disks fill and clocks jump', 'village', {
  seeds: [4, 5],
  changes: {
    crashBeforeCommit: 0.001,
    crashAfterCommit: 0.001,
    fullDisk: 0.001,
    restartMs: 60_000,
    clockJumpEveryMs: 12 * 3_600_000,
    clockJumpMs: 3_600_000,
    partEveryMs: 12 * 3_600_000,
    partForMs: 2 * 3_600_000,
  },
  claim: ({ delivered }) => expect(delivered).toBeGreaterThan(0.7),
});

describeRuns('a village in which stores are set back', 'village', {
  seeds: [6],
  changes: { setBackEveryMs: 8 * 3_600_000 },
  claim: ({ delivered }) => expect(delivered).toBeGreaterThan(0.7),
});

oneSeedIsOneHistory('village', 7);
