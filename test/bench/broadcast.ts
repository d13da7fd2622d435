/**
 * `npm run bench -- broadcast`: what one message costs a crowd of 1,000, six lines each, another author each time, once lines have learned:
 * our gossip machines (toy suite, in place of nodes) beside the flood, gossipsub's shape, and Plumtree. In steps of one unit, with latencies,
 * with frames lost and with people coming and going. No network, no clock. What each figure means: docs/benchmarks.md.
 */
import { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import { makeToySuite } from '../../packages/core/src/testing/toy-suite.ts';
import { type Between, type Spread, spread, spreadOurs, type Talk } from '../simulator/crowd/broadcast.ts';
import { type Air, STEPS } from '../simulator/crowd/crowd.ts';
import { quickBelow, regularOverlay } from '../simulator/crowd/overlay.ts';
import { FLOOD, plumtree } from '../simulator/crowd/push-station.ts';
import type { Bench, Report } from './report.ts';

const NODES = Number(process.env['KITH_BENCH_NODES'] ?? 1000);
const DEGREE = 6;
const LOSS = 0.1;
const RECONNECT_MS = 20;
/** The share of nodes that leave and come back elsewhere before each message. */
const CHURN = 0.01;

/** Every line has a latency of its own, between the two, and every frame up to a fifth more or less. */
function latencies(leastMs: number, mostMs: number, random: SeededRandom): Air {
  const lines = new Map<number, number>();
  const delayMs = (a: number, b: number): number => {
    const line = Math.min(a, b) * NODES + Math.max(a, b);
    const known = lines.get(line) ?? leastMs + random.unit() * (mostMs - leastMs);
    lines.set(line, known);
    return known * (0.8 + 0.4 * random.unit());
  };
  return { delayMs, loss: 0, againMs: RECONNECT_MS };
}

function comeAndGo(crowd: Between, random: SeededRandom): void {
  for (let count = 0; count < CHURN * crowd.nodes; count++) {
    const node = quickBelow(random, crowd.nodes);
    for (const other of crowd.neighboursOf(node)) crowd.disconnect(node, other);
    for (let tries = 0; tries < 100 && crowd.neighboursOf(node).length < DEGREE; tries++) {
      const other = quickBelow(random, crowd.nodes);
      if (crowd.neighboursOf(other).length < DEGREE + 2) crowd.connect(node, other);
    }
  }
}

interface Weather {
  readonly name: string;
  readonly talk: (random: SeededRandom) => Omit<Talk, 'overlay'>;
  /** Longer than a message takes through Plumtree's tree, in milliseconds. */
  readonly graftMs: number;
}

const COUNTED = { warm: 150, messages: 40, everyMs: 2000 };
const WEATHERS: readonly Weather[] = [
  { name: 'steps', graftMs: 60, talk: () => ({ ...COUNTED, air: STEPS }) },
  { name: 'lan', graftMs: 200, talk: (random) => ({ ...COUNTED, air: latencies(1, 20, random) }) },
  { name: 'far', graftMs: 2000, talk: (random) => ({ ...COUNTED, everyMs: 10_000, air: latencies(20, 200, random) }) },
  { name: 'lossy', graftMs: 60, talk: () => ({ ...COUNTED, everyMs: 5000, air: { ...STEPS, loss: LOSS, againMs: RECONNECT_MS } }) },
  { name: 'churn', graftMs: 60, talk: () => ({ ...COUNTED, air: STEPS, between: comeAndGo }) },
];

function say(report: Report, weather: string, who: string, it: Spread, flood: Spread | undefined): void {
  report.progress(
    `${weather} ${who}: copies ${it.copies.toFixed(3)}, hops ${it.meanHops.toFixed(2)} (last ${it.lastHop.toFixed(1)}), ms ${it.meanMs.toFixed(1)} (last ${it.lastMs.toFixed(0)}), reached ${(100 * it.reached).toFixed(3)} %, announced ${it.announced.toFixed(2)}, asked ${it.asked.toFixed(3)}, pruned ${it.pruned.toFixed(3)}, bytes ${it.bytes.toFixed(0)}, lines lost ${it.lost.toFixed(0)}`,
  );
  const beside = (ours: number, theirs: number | undefined) =>
    theirs === undefined ? undefined : { peer: 'flood over the same lines', ratio: ours / theirs };
  const figure = (name: string, value: number, unit: string, theirs?: number) =>
    report.figure(`${weather}-${who}-${name}`, value, unit, beside(value, theirs));
  figure('copies', it.copies, 'copies', flood?.copies);
  figure('mean-hops', it.meanHops, 'hops', flood?.meanHops);
  figure('mean-ms', it.meanMs, 'ms', flood?.meanMs);
  figure('last-ms', it.lastMs, 'ms', flood?.lastMs);
  figure('reached-percent', 100 * it.reached, '%');
  figure('announced', it.announced, 'ids');
  figure('bytes', it.bytes, 'B', flood?.bytes);
}

export const bench: Bench = async (report) => {
  const only = process.env['KITH_BENCH_WEATHER'];
  for (const weather of WEATHERS) {
    if (only !== undefined && weather.name !== only) continue;
    const random = new SeededRandom(`broadcast/${weather.name}`);
    const overlay = regularOverlay(NODES, DEGREE, random.fork('overlay'));
    // The same lines and the same chance for each: only what is pushed differs.
    const talk = (): Talk => ({ overlay, ...weather.talk(random.fork('latencies')) });
    const flood = spread(FLOOD, talk(), random.fork('talk'));
    say(report, weather.name, 'flood', flood, undefined);
    say(report, weather.name, 'plumtree', spread(plumtree(weather.graftMs), talk(), random.fork('talk')), flood);
    say(report, weather.name, 'ours', spreadOurs(makeToySuite(), talk(), random.fork('talk')), flood);
  }
};
