/** What every profile is asked: runs that failed once come first, then so many seeds; nothing that must hold may fail; one seed is one history. */
import { describe, expect, test } from 'vitest';
import type { Figures } from '../simulator/figures.ts';
import type { Profile, ProfileName } from '../simulator/profiles.ts';
import { type Run, simulate } from '../simulator/run.ts';
import { knownRuns } from '../simulator/seeds.ts';
import { SHORT } from '../simulator/short.ts';

export interface Asked {
  readonly seeds: readonly number[];
  /** Beside the short form of the profile. */
  readonly changes?: Partial<Profile>;
  /** What this profile promises beyond what must hold everywhere. */
  readonly claim: (figures: Figures) => void;
}

export function describeRuns(title: string, profile: ProfileName, { seeds, changes, claim }: Asked): void {
  const short = SHORT[profile];
  const runs: readonly Run[] = seeds.map((seed) => ({ profile, seed, ...short, changes: { ...short.changes, ...changes } }));
  describe(title, () => {
    const known = knownRuns(profile);
    test.runIf(known.length > 0).each(known)('seed $seed, which failed once', { timeout: 120_000 }, async (run) => {
      expect((await simulate(run)).failed).toBeUndefined();
    });

    test.each(runs)('seed $seed', { timeout: 120_000 }, async (run) => {
      const figures = await simulate(run);
      expect(figures.failed).toBeUndefined();
      expect(figures.said).toBeGreaterThan(0);
      claim(figures);
    });
  });
}

/** The same seed twice: what travelled, when and between whom, is the same to the byte's place. */
export function oneSeedIsOneHistory(profile: ProfileName, seed: number): void {
  test(`${profile}: seed ${seed} is one history`, { timeout: 120_000 }, async () => {
    const run = { profile, seed, ...SHORT[profile] };
    const [first, second] = [await simulate(run), await simulate(run)];
    expect(second.traceHash).toBe(first.traceHash);
    expect(second.delayP50Ms).toBe(first.delayP50Ms);
    expect((await simulate({ ...run, seed: seed + 1 })).traceHash).not.toBe(first.traceHash);
  });
}
