/**
 * `npm run bench -- relay`: the relay program beside Prosody with TLS. A message is a body of 100 bytes: for us one padded envelope over
 * wss and Noise, received, kept, handed on, acknowledged both ways and forgotten; for Prosody one chat stanza. Not durable on either side.
 * What each figure means: docs/benchmarks.md.
 */
import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { median, percentile, runPairs } from './pairs.ts';
import { startKith } from './relay.part.kith.ts';
import { prosodyVersion, startProsody } from './relay.part.prosody.ts';
import { cpuMs, type Pairs, residentMib, type Server } from './relay.part.server.ts';
import type { Bench, Report } from './report.ts';

const PAIRS = 25;
const IN_FLIGHT = 8;
const MESSAGES = 20_000;
const RUNS = Number(process.env['KITH_BENCH_RUNS'] ?? 7);
const LATENCY_MESSAGES = 1_000;
const SPACED_MESSAGES = 400;
const SPACED_MS = 5;
const CLIENTS = 200;
const SETTLE_MS = 3_000;

interface Load {
  readonly perSecond: number;
  readonly cpuUs: number;
}

/** Every pair keeps `IN_FLIGHT` messages under way until `MESSAGES` have arrived. */
async function load(server: Server, pairs: Pairs): Promise<Load> {
  const perPair = MESSAGES / PAIRS;
  await pairs.prepare(perPair);
  const sent = new Array<number>(PAIRS).fill(0);
  const cpuBefore = cpuMs(server.pid);
  const startedMs = performance.now();
  await new Promise<void>((resolve) => {
    let arrived = 0;
    const next = (pair: number): void => {
      if ((sent[pair] as number) >= perPair) return;
      sent[pair] = (sent[pair] as number) + 1;
      pairs.send(pair);
    };
    pairs.onArrival = (pair) => {
      next(pair);
      if (++arrived === MESSAGES) resolve();
    };
    for (let pair = 0; pair < PAIRS; pair++) for (let i = 0; i < IN_FLIGHT; i++) next(pair);
  });
  const elapsedMs = performance.now() - startedMs;
  await pairs.settled();
  return { perSecond: (MESSAGES / elapsedMs) * 1000, cpuUs: ((cpuMs(server.pid) - cpuBefore) * 1000) / MESSAGES };
}

/** One message at a time, from `send` to arrival, in milliseconds. */
async function latencies(pairs: Pairs, count: number, spaceMs: number): Promise<number[]> {
  await pairs.prepare(count);
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    const sentMs = performance.now();
    await new Promise<void>((resolve) => {
      pairs.onArrival = () => resolve();
      pairs.send(0);
    });
    taken.push(performance.now() - sentMs);
    if (spaceMs > 0) await pause(spaceMs);
  }
  await pairs.settled();
  return taken;
}

/** Ours and the peer's in turns; several figures of each run. Without a peer, ours alone. */
async function inTurns<Name extends string>(
  runs: number,
  ours: () => Promise<Readonly<Record<Name, number>>>,
  theirs: (() => Promise<Readonly<Record<Name, number>>>) | undefined,
  names: readonly Name[],
): Promise<Readonly<Record<Name, { readonly value: number; readonly theirs?: number; readonly ratio?: number; readonly range?: string }>>> {
  const seen: { readonly ours: Readonly<Record<Name, number>>[]; readonly theirs: Readonly<Record<Name, number>>[] } = {
    ours: [],
    theirs: [],
  };
  const first = names[0] as Name;
  const note = async (list: Readonly<Record<Name, number>>[], run: () => Promise<Readonly<Record<Name, number>>>): Promise<number> => {
    const figures = await run();
    list.push(figures);
    return figures[first];
  };
  await runPairs(
    runs,
    () => note(seen.ours, ours),
    () => (theirs === undefined ? Number.NaN : note(seen.theirs, theirs)),
  );
  const [mine, other] = [seen.ours.slice(1), seen.theirs.slice(1)];
  return Object.fromEntries(
    names.map((name) => {
      const value = median(mine.map((run) => run[name]));
      if (other.length === 0) return [name, { value }];
      const ratios = mine.map((run, at) => run[name] / (other[at] as Readonly<Record<Name, number>>)[name]);
      const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
      return [name, { value, theirs: median(other.map((run) => run[name])), ratio: median(ratios), range }];
    }),
  ) as ReturnType<typeof inTurns<Name>> extends Promise<infer Answer> ? Answer : never;
}

/** Memory with nobody connected, and with `CLIENTS` silent clients. */
async function memory(start: () => Promise<Server>): Promise<{ readonly idle: number; readonly clients: number }> {
  const server = await start();
  try {
    await pause(SETTLE_MS);
    const idle = residentMib(server.pid);
    const open: { close(): void }[] = [];
    for (let at = 0; at < CLIENTS; at++) open.push(await server.idleClient());
    await pause(SETTLE_MS);
    const clients = residentMib(server.pid);
    for (const client of open) client.close();
    return { idle, clients };
  } finally {
    await server.stop();
  }
}

export const bench: Bench = async (report) => {
  const peer = prosodyVersion();
  if (peer === undefined) report.progress('Prosody is not installed (apt-get install prosody): figures without a ratio.');
  if ((loadavg()[0] as number) > 0.7)
    report.progress(`This machine is busy (load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores): figures are only indicative.`);
  await traffic(report, peer);
  await resident(report, peer);
};

async function traffic(report: Report, peer: string | undefined): Promise<void> {
  const ours = await startKith();
  let theirs: Server | undefined;
  let open: readonly (Pairs | undefined)[] = [];
  try {
    theirs = peer === undefined ? undefined : await startProsody(2 * PAIRS);
    const [a, b] = [await ours.pairs(PAIRS), await theirs?.pairs(PAIRS)];
    open = [a, b];
    const said = (what: string, by: string, text: string): void => report.progress(`${what}: ${by} ${text}`);
    const measure = async (server: Server, pairs: Pairs): Promise<Record<'messages-per-second' | 'cpu-us-per-message', number>> => {
      const { perSecond, cpuUs } = await load(server, pairs);
      said('25 pairs x 8', server.name, `${perSecond.toFixed(0)}/s, ${cpuUs.toFixed(1)} us of its processor time a message`);
      return { 'messages-per-second': perSecond, 'cpu-us-per-message': cpuUs };
    };
    const rate = await inTurns(
      RUNS,
      () => measure(ours, a),
      theirs !== undefined && b !== undefined ? () => measure(theirs as Server, b) : undefined,
      ['messages-per-second', 'cpu-us-per-message'],
    );
    const units = { 'messages-per-second': '1/s', 'cpu-us-per-message': 'us' } as const;
    for (const name of ['messages-per-second', 'cpu-us-per-message'] as const) tell(report, name, units[name], rate[name], peer);

    for (const [label, spaceMs, count] of [
      ['', SPACED_MS, SPACED_MESSAGES],
      ['back-to-back-', 0, LATENCY_MESSAGES],
    ] as const) {
      const look = async (server: Server, pairs: Pairs): Promise<Record<'p50' | 'p99', number>> => {
        const taken = await latencies(pairs, count, spaceMs);
        const [p50, p99] = [percentile(taken, 0.5), percentile(taken, 0.99)];
        said(spaceMs === 0 ? 'back to back' : `${spaceMs} ms apart`, server.name, `p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms`);
        return { p50, p99 };
      };
      const wait = await inTurns(
        RUNS,
        () => look(ours, a),
        theirs !== undefined && b !== undefined ? () => look(theirs as Server, b) : undefined,
        ['p50', 'p99'],
      );
      tell(report, `${label}latency-p50-ms`, 'ms', wait.p50, peer);
      tell(report, `${label}latency-p99-ms`, 'ms', wait.p99, peer);
    }
  } finally {
    // Before the servers stop: a client whose server ends says so, and would hide why.
    for (const pairs of open) pairs?.close();
    await ours.stop();
    await theirs?.stop();
  }
}

async function resident(report: Report, peer: string | undefined): Promise<void> {
  const runs = 3;
  const round = async (start: () => Promise<Server>): Promise<Record<'rss-idle-mib' | 'rss-200-clients-mib', number>> => {
    const { idle, clients } = await memory(start);
    return { 'rss-idle-mib': idle, 'rss-200-clients-mib': clients };
  };
  const figures = await inTurns(runs, () => round(startKith), peer === undefined ? undefined : () => round(() => startProsody(CLIENTS)), [
    'rss-idle-mib',
    'rss-200-clients-mib',
  ]);
  for (const name of ['rss-idle-mib', 'rss-200-clients-mib'] as const) tell(report, name, 'MiB', figures[name], peer);
  const withWebRtc = await startKith({ webrtc: true });
  await pause(SETTLE_MS);
  report.figure('rss-webrtc-mib', residentMib(withWebRtc.pid), 'MiB');
  await withWebRtc.stop();
}

function tell(
  report: Report,
  name: string,
  unit: string,
  figure: { readonly value: number; readonly theirs?: number; readonly ratio?: number; readonly range?: string },
  peer: string | undefined,
): void {
  if (figure.theirs !== undefined) report.progress(`${name}: ${peer} ${figure.theirs.toPrecision(4)}; ratios ${figure.range}`);
  report.figure(name, figure.value, unit, peer === undefined || figure.ratio === undefined ? undefined : { peer, ratio: figure.ratio });
}
