/** Many runs in one line: the middle one of each figure, and the worst where the worst is what counts. */
import type { Figures } from './figures.ts';

export interface Summary {
  readonly runs: number;
  readonly failed: number;
  readonly delivered: number;
  readonly deliveredLeast: number;
  readonly p50h: number;
  readonly p95h: number;
  readonly sendsPerMessage: number;
  readonly sendsPerEnvelope: number;
  readonly storeMean: number;
  readonly storePeak: number;
  readonly wallS: number;
}

export function summaryOf(all: readonly Figures[]): Summary {
  const middle = (of: (figures: Figures) => number): number => {
    const sorted = all.map(of).sort((a, b) => a - b);
    return Math.round(100 * (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 100;
  };
  return {
    runs: all.length,
    failed: all.filter((one) => one.failed !== undefined).length,
    delivered: middle((one) => one.delivered),
    deliveredLeast: Math.min(...all.map((one) => one.delivered)),
    p50h: middle((one) => one.delayP50Ms / 3_600_000),
    p95h: middle((one) => one.delayP95Ms / 3_600_000),
    sendsPerMessage: middle((one) => one.sendsPerMessage),
    sendsPerEnvelope: middle((one) => one.sendsPerEnvelope),
    storeMean: middle((one) => one.storePerPhoneMean),
    storePeak: Math.max(...all.map((one) => one.storePerPhonePeak)),
    wallS: middle((one) => one.wallMs / 1000),
  };
}
