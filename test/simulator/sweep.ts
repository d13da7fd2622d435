/**
 * `npm run sim:sweep -- --profile village --vary copies.1=4,8,16 [--seeds 50] [--nodes 60] [--days 14] [--set key=value ...] [--json]`:
 * a table over the values of one setting, each over the same seeds.
 */
import { parseArgs } from 'node:util';
import type { Figures } from './figures.ts';
import { PROCESSES_MAX, runAll } from './pool.ts';
import { isProfileName } from './profiles.ts';
import type { Run } from './run.ts';
import { settingsFrom } from './settings.ts';
import { summaryOf } from './summary.ts';

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: 'village' },
    vary: { type: 'string' },
    seeds: { type: 'string', default: '50' },
    from: { type: 'string', default: '1' },
    nodes: { type: 'string' },
    days: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    processes: { type: 'string', default: String(PROCESSES_MAX) },
    json: { type: 'boolean', default: false },
  },
});

const { profile, vary, nodes, days } = values;
if (!isProfileName(profile) || vary === undefined) {
  console.error('A sweep wants --profile and --vary key=value,value,...');
  process.exit(2);
}
const [key = '', list = ''] = vary.split('=', 2);
const assignments = list.split(',').map((value) => `${key}=${value}`);
const asked = new Map<Run, string>();
for (const assignment of assignments) {
  for (let i = 0; i < Number(values.seeds); i++) {
    const run: Run = {
      profile,
      seed: Number(values.from) + i,
      ...settingsFrom(profile, [...values.set, assignment]),
      ...(nodes === undefined ? {} : { nodes: Number(nodes) }),
      ...(days === undefined ? {} : { days: Number(days) }),
    };
    asked.set(run, assignment);
  }
}
const found = new Map<string, Figures[]>();
await runAll([...asked.keys()], Number(values.processes), (figures, run) => {
  const assignment = asked.get(run) ?? '';
  found.set(assignment, [...(found.get(assignment) ?? []), figures]);
  if (figures.failed !== undefined) console.error(`${assignment}, seed ${run.seed}: ${figures.failed}.`);
});
const rows = assignments.map((assignment) => ({ setting: assignment, ...summaryOf(found.get(assignment) ?? []) }));
if (values.json) console.log(JSON.stringify(rows));
else console.table(rows);
process.exitCode = rows.some((row) => row.failed > 0) ? 1 : 0;
