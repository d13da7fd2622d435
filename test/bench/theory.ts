/**
 * `npm run bench -- theory`: the crowd that the other figures come from beside what theory says of schemes for which there is one. Each
 * figure stands beside its theory: the ratio is measured ÷ theory. What each figure means: docs/benchmarks.md.
 */
import { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import { spread } from '../simulator/crowd/broadcast.ts';
import { STEPS } from '../simulator/crowd/crowd.ts';
import { carried, type Handing } from '../simulator/crowd/meetings.ts';
import { regularOverlay } from '../simulator/crowd/overlay.ts';
import { FLOOD, plumtree } from '../simulator/crowd/push-station.ts';
import { blindPush, rounds } from '../simulator/crowd/rumour.ts';
import { blindPushShare, DIRECT, epidemic, flood, meanRounds, spray, twoHop } from '../simulator/crowd/theory.ts';
import type { Bench, Report } from './report.ts';

/** Seeds, by how many nodes there are: what a seed costs grows with them and what it varies by shrinks. */
const SEEDS: Readonly<Record<number, number>> = { 100: 2000, 1000: 200, 10000: 20 };
const MEETING_SEEDS: Readonly<Record<number, number>> = { 100: 40_000, 1000: 20_000 };

class Comparison {
  readonly #report: Report;
  #worst = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  say(name: string, unit: string, measured: number, theory: number, peer = 'theory'): void {
    const ratio = measured / theory;
    this.#worst = Math.max(this.#worst, Math.abs(ratio - 1));
    this.#report.progress(
      `${name.padEnd(40)} ${measured.toPrecision(4).padStart(8)}  ${peer} ${theory.toPrecision(4).padStart(8)}  ${((ratio - 1) * 100).toFixed(2).padStart(6)} %`,
    );
    this.#report.figure(name, measured, unit, { peer, ratio });
  }

  end(): void {
    this.#report.figure('deviation-max-percent', 100 * this.#worst, '%');
  }
}

function mean(count: number, of: (random: SeededRandom) => number, label: string): number {
  let sum = 0;
  for (let seed = 0; seed < count; seed++) sum += of(new SeededRandom(`${label}/${seed}`));
  return sum / count;
}

function rumours(compare: Comparison, nodes: number): void {
  const seeds = SEEDS[nodes] as number;
  compare.say(
    `blind-push-3-reached-n${nodes}`,
    'share',
    mean(seeds, (random) => blindPush(nodes, 3, random), 'blind'),
    blindPushShare(3),
  );
  for (const pulls of [false, true]) {
    const name = pulls ? 'push-pull' : 'push';
    const measured = mean(seeds, (random) => rounds(nodes, pulls, random), name);
    // The chain of 10,000 nodes takes minutes; another simulator's figure stands in its place.
    if (nodes <= 1000) compare.say(`${name}-rounds-n${nodes}`, 'rounds', measured, meanRounds(nodes, pulls));
    else compare.say(`${name}-rounds-n${nodes}`, 'rounds', measured, pulls ? 11.7 : 23.7, 'a simulator written apart');
  }
}

function floods(compare: Comparison, nodes: number): void {
  for (const degree of [6, 8, 12]) {
    const overlays = nodes === 100 ? 60 : nodes === 1000 ? 10 : 2;
    const sum = { copies: 0, meanHops: 0, lastHop: 0 };
    for (let seed = 0; seed < overlays; seed++) {
      const random = new SeededRandom(`flood/${nodes}/${degree}/${seed}`);
      const overlay = regularOverlay(nodes, degree, random);
      const one = spread(FLOOD, { overlay, air: STEPS, warm: 0, messages: 10, everyMs: 1000 }, random);
      sum.copies += one.copies / overlays;
      sum.meanHops += one.meanHops / overlays;
      sum.lastHop += one.lastHop / overlays;
    }
    const theory = flood(nodes, degree);
    compare.say(`flood-${degree}-copies-n${nodes}`, 'copies', sum.copies, theory.copies);
    compare.say(`flood-${degree}-mean-hop-n${nodes}`, 'hops', sum.meanHops, theory.meanHops);
    compare.say(`flood-${degree}-last-hop-n${nodes}`, 'hops', sum.lastHop, theory.lastHop);
  }
}

/** In the steady state the tree has n - 1 lines: a copy each, and every other line an announcement each way. Its depth is not theory's. */
function trees(compare: Comparison, nodes: number): void {
  const random = new SeededRandom(`plumtree/${nodes}`);
  const overlay = regularOverlay(nodes, 6, random);
  const one = spread(plumtree(60), { overlay, air: STEPS, warm: 20, messages: 20, everyMs: 1000 }, random);
  compare.say(`plumtree-copies-n${nodes}`, 'copies', one.copies, (nodes - 1) / nodes);
  compare.say(`plumtree-announced-n${nodes}`, 'ids', one.announced, 4 + 2 / nodes);
}

function carriers(compare: Comparison, nodes: number): void {
  const seeds = MEETING_SEEDS[nodes] as number;
  const schemes: readonly (readonly [string, Handing, { readonly delay: number; readonly transmissions: number }])[] = [
    ['direct', 'direct', DIRECT],
    ['two-hop', 'two-hop', twoHop(nodes)],
    ['spray-8', { copies: 8 }, spray(nodes, 8)],
    ['spray-16', { copies: 16 }, spray(nodes, 16)],
    ['spray-32', { copies: 32 }, spray(nodes, 32)],
    ['epidemic', 'epidemic', epidemic(nodes)],
  ];
  for (const [name, handing, theory] of schemes) {
    const count = name === 'epidemic' ? seeds / 10 : seeds;
    let delay = 0;
    let transmissions = 0;
    for (let seed = 0; seed < count; seed++) {
      const one = carried(nodes, handing, new SeededRandom(`${name}/${nodes}/${seed}`));
      delay += one.delay / count;
      transmissions += one.transmissions / count;
    }
    compare.say(`${name}-delay-n${nodes}`, 'meetings of a pair', delay, theory.delay);
    compare.say(`${name}-transmissions-n${nodes}`, 'transmissions', transmissions, theory.transmissions);
  }
}

export const bench: Bench = async (report) => {
  const compare = new Comparison(report);
  for (const nodes of [100, 1000, 10_000]) {
    rumours(compare, nodes);
    floods(compare, nodes);
    trees(compare, nodes);
  }
  for (const nodes of [100, 1000]) carriers(compare, nodes);
  compare.end();
};
