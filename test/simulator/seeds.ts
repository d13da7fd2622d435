/** Runs that failed once, each with its cure: `test/seeds.json`. They come first wherever their profile is tested, so that they never fail again unseen. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { ProfileName } from './profiles.ts';
import type { Run } from './run.ts';

export interface KnownSeed extends Run {
  /** What failed. */
  readonly failed: string;
  /** What mended it; empty as long as nothing did. */
  readonly cure: string;
}

const FILE = new URL('../seeds.json', import.meta.url);

export function knownSeeds(): readonly KnownSeed[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as readonly KnownSeed[];
}

export function knownRuns(profile: ProfileName): readonly Run[] {
  return knownSeeds()
    .filter((one) => one.profile === profile)
    .map(({ failed: _, cure: __, ...run }) => run);
}

/** Adds a run that failed, unless it stands there. */
export function noteSeed(run: Run, failed: string): void {
  const known = knownSeeds();
  const isSame = ({ failed: _, cure: __, ...one }: KnownSeed): boolean => JSON.stringify(one) === JSON.stringify(run);
  if (known.some(isSame)) return;
  writeFileSync(FILE, `${JSON.stringify([...known, { ...run, failed, cure: '' }], undefined, 2)}\n`);
}
