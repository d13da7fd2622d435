/**
 * `npm run sim:soak -- [--seeds 500] [--from 1] [--profiles village,hostile] [--processes 2] [--out file]`: many seeds of each profile in
 * their shortest forms, all profiles with one seed before the next, a line of JSON for each run in a file, a summary at the end. A seed that fails is noted in
 * test/seeds.json; then it ends with 1.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Figures } from './figures.ts';
import { PROCESSES_MAX, runAll } from './pool.ts';
import { isProfileName, PROFILES, type ProfileName } from './profiles.ts';
import type { Run } from './run.ts';
import { noteSeed } from './seeds.ts';
import { SHORTEST } from './short.ts';
import { summaryOf } from './summary.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '500' },
    from: { type: 'string', default: '1' },
    profiles: { type: 'string', default: Object.keys(PROFILES).join(',') },
    processes: { type: 'string', default: String(PROCESSES_MAX) },
    out: { type: 'string', default: 'node_modules/.cache/kith/soak.jsonl' },
  },
});

const profiles = values.profiles.split(',').filter((name): name is ProfileName => isProfileName(name));
const runs: readonly Run[] = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.from) + i).flatMap((seed) =>
  profiles.map((profile) => ({ profile, seed, ...SHORTEST[profile] })),
);
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, '');
const all: Figures[] = [];
await runAll(runs, Number(values.processes), (figures, run) => {
  all.push(figures);
  appendFileSync(values.out, `${JSON.stringify(figures)}\n`);
  if (figures.failed === undefined) return;
  console.error(`Profile ${run.profile}, seed ${run.seed}: ${figures.failed}.`);
  noteSeed(run, figures.failed);
});
console.table(profiles.map((profile) => ({ profile, ...summaryOf(all.filter((one) => one.profile === profile)) })));
console.log(`A line for each run: ${values.out}`);
process.exitCode = all.some((one) => one.failed !== undefined) ? 1 : 0;
