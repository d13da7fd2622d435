/**
 * `npm run bench -- scale`: worlds of 100, 1,000 and, with KITH_BENCH_NODES=10000, 10,000 persons' nodes (the simulator's, toy suite) with as many contacts, meetings and
 * messages for each: what an event costs, and what a node weighs. What each figure means: docs/benchmarks.md.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { median } from './pairs.ts';
import type { Bench } from './report.ts';
import type { ScaleResult } from './scale.part.world.ts';

/** Nodes, and how many seeds: the small worlds are over before a processor has found its speed. */
const WORLDS: readonly (readonly [number, number])[] = [
  [100, 5],
  [1000, 3],
  [10_000, 1],
];
const HEAP_MIB_MAX = 8192;
/** A large young generation: what an event leaves behind is garbage before it is looked at. One thread collects: on two cores more of them wait for each other. */
const YOUNG_MIB = 64;
const MIB = 2 ** 20;

function one(nodes: number, seed: number): Promise<ScaleResult> {
  const program = join(import.meta.dirname, 'scale.part.world.ts');
  const args = [
    '--expose-gc',
    '--single-threaded-gc',
    `--max-old-space-size=${HEAP_MIB_MAX}`,
    `--max-semi-space-size=${YOUNG_MIB}`,
    '--import',
    'tsx',
    program,
    String(nodes),
    String(seed),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (piece) => {
      out += piece;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(out) as ScaleResult) : reject(new Error(`a world ended with ${code}`))));
  });
}

export const bench: Bench = async (report) => {
  const costs: number[] = [];
  for (const [nodes, seeds] of WORLDS) {
    if (nodes > Number(process.env['KITH_BENCH_NODES'] ?? 1000)) continue;
    const runs: ScaleResult[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const run = await one(nodes, seed);
      report.progress(
        `${nodes} nodes, seed ${seed}: ${run.events} events in ${(run.cpuMs / 1000).toFixed(1)} s of processor time, ${run.frames} frames, ${run.arrivedPercent.toFixed(0)} % arrived, ${(run.bytesPerNode / 1024).toFixed(0)} KiB a node, ${(run.residentPeakBytes / MIB).toFixed(0)} MiB at most, ${(run.meetingCpuMs / 1000).toFixed(1)} s for meeting`,
      );
      runs.push(run);
    }
    const of = (value: (run: ScaleResult) => number): number => median(runs.map(value));
    const cost = of((run) => (1000 * run.cpuMs) / run.events);
    costs.push(cost);
    report.figure(`cpu-us-per-event-n${nodes}`, cost, 'µs');
    report.figure(`events-per-second-n${nodes}`, 1_000_000 / cost, '1/s');
    report.figure(`kib-per-node-n${nodes}`, of((run) => run.bytesPerNode) / 1024, 'KiB');
    report.figure(`rss-peak-mib-n${nodes}`, of((run) => run.residentPeakBytes) / MIB, 'MiB');
  }
  if (costs.length > 1) report.figure('cost-largest-to-smallest', (costs.at(-1) as number) / (costs[0] as number), 'times');
};
