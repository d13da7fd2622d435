/**
 * `npm run sim -- --profile village --seed 7 [--nodes 60] [--days 14 | --minutes 30] [--set key=value ...] [--json]`: one world, its figures.
 * Ends with 1 when something that must hold did not; the seed is named.
 */
import { parseArgs } from 'node:util';
import { isProfileName, PROFILES } from './profiles.ts';
import { type Run, simulate } from './run.ts';
import { settingsFrom } from './settings.ts';

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: 'household' },
    seed: { type: 'string', default: '1' },
    days: { type: 'string' },
    minutes: { type: 'string' },
    nodes: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});

function runFrom(): Run {
  const { profile, seed, days, minutes, nodes, set } = values;
  if (!isProfileName(profile)) throw new Error(`There is no profile "${profile}". There are: ${Object.keys(PROFILES).join(', ')}.`);
  const numberOf = (name: string, text: string | undefined): number | undefined => {
    if (text !== undefined && !(Number(text) > 0)) throw new Error(`--${name} is a number above 0.`);
    return text === undefined ? undefined : Number(text);
  };
  const forDays = numberOf('days', days) ?? (minutes === undefined ? undefined : (numberOf('minutes', minutes) ?? 0) / 1440);
  const count = numberOf('nodes', nodes);
  return {
    profile,
    seed: Number(seed),
    ...settingsFrom(profile, set),
    ...(forDays === undefined ? {} : { days: forDays }),
    ...(count === undefined ? {} : { nodes: count }),
  };
}

let run: Run;
try {
  run = runFrom();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
const figures = await simulate(run);
if (values.json) console.log(JSON.stringify(figures));
else {
  const { curve, ...rest } = figures;
  console.table(rest);
  for (const { hours, delivered } of curve)
    console.log(`within ${String(hours).padStart(6)} h  ${(100 * delivered).toFixed(1).padStart(5)} %`);
}
if (figures.failed !== undefined) {
  console.error(`Profile ${run.profile}, seed ${run.seed}: ${figures.failed}.`);
  process.exitCode = 1;
}
