/**
 * `npm run bench -- announce`: one connected crowd of real libp2p hosts on loopback, six connections each, one envelope of 300 bytes at a
 * time from another host, in turns over three ways:
 *
 *   push      our frames over the connections, as the gossip machine pushes and announces them
 *   ids       gossipsub spreads the envelope's id; whoever lacks the envelope asks the neighbour that the id came from, on our stream
 *   whole     gossipsub spreads the envelope itself
 *
 * Says how long until all have it, and what all sockets wrote for it beyond what they write in silence. What each means: docs/benchmarks.md.
 */
import { hourOf } from '../../packages/core/src/envelope/envelope.ts';
import { type Bytes, toKey } from '../../packages/core/src/kernel/bytes.ts';
import { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import { makeToySuite } from '../../packages/core/src/testing/toy-suite.ts';
import { GossipStation, type Place } from '../simulator/crowd/gossip-station.ts';
import { regularOverlay } from '../simulator/crowd/overlay.ts';
import { type Host, Hosts, pause, until } from './announce.part.hosts.ts';
import { median } from './pairs.ts';
import type { Bench } from './report.ts';

const HOSTS = Number(process.env['KITH_BENCH_NODES'] ?? 32);
const DEGREE = 6;
const WARM = 40;
const ROUNDS = 40;
const ENVELOPE_BYTES = 300;
/** Between envelopes; long enough that what belongs to one has left the sockets. */
const GAP_MS = 150;
const SILENCE_MS = 5000;

/** One way of spreading; `say` begins, and whoever has it is told by `has`. */
interface Way {
  readonly name: string;
  readonly hosts: Hosts;
  say(author: number, id: number): void;
}

type Has = (way: string, node: number, id: number) => void;

function pushWay(hosts: Hosts, has: Has): Way {
  const suite = makeToySuite();
  const random = new SeededRandom('announce/push');
  const stations = hosts.all.map((host, node) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const place: Place = {
      add: () => node,
      send: (_, to, frame) => void host.streams.get(to)?.send(frame.bytes),
      wakeAt: (_, atMs) => {
        clearTimeout(timer);
        timer = setTimeout(() => station.wake(Date.now()), Math.min(Math.max(1, atMs - Date.now()), 60_000));
        timer.unref();
      },
    };
    const ear = {
      copy: (_: number, id: number, __: number, isFirst: boolean) => (isFirst ? has('push', node, id) : undefined),
      frame: () => {},
    };
    const station: GossipStation = new GossipStation(place, suite, ear, random, (a, b) => ((a + b) % 3 === 0 ? 'contact' : 'stranger'));
    host.hear = (from, bytes) => station.hear(from, { bytes, hops: 0 }, Date.now());
    return station;
  });
  for (const [node, host] of hosts.all.entries()) for (const to of host.streams.keys()) stations[node]?.up(to, Date.now());
  return { name: 'push', hosts, say: (author, id) => stations[author]?.say(id, Date.now()) };
}

/** Of what the pulled way says on our stream: a byte of kind, and an id or an envelope. */
const [ASK, GIVE] = [1, 2];

/** An envelope: its number, the way it goes, the hour, and nothing. The first 32 bytes are its id. */
function envelopeOf(id: number, way: number): Bytes {
  const bytes = new Uint8Array(ENVELOPE_BYTES);
  new DataView(bytes.buffer).setUint32(0, id);
  new DataView(bytes.buffer).setUint32(4, hourOf(Date.now()));
  bytes[8] = way;
  return bytes;
}

function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function framed(kind: number, bytes: Uint8Array): Bytes {
  const frame = new Uint8Array(1 + bytes.length);
  frame[0] = kind;
  frame.set(bytes, 1);
  return frame;
}

/** Ids by gossipsub, envelopes by asking whom the id came from; who does not have it yet answers when it comes. */
function idsHost(hosts: Hosts, host: Host, node: number, has: Has): (envelope: Bytes) => void {
  const held = new Map<string, Bytes>();
  const waiting = new Map<string, number[]>();
  const take = (envelope: Bytes): void => {
    const key = toKey(envelope.subarray(0, 32));
    if (held.has(key)) return;
    held.set(key, envelope);
    has('ids', node, numberIn(envelope));
    for (const to of waiting.get(key) ?? []) host.streams.get(to)?.send(framed(GIVE, envelope));
    waiting.delete(key);
  };
  host.hear = (from, frame) => {
    const bytes = frame.slice(1);
    if (frame[0] === GIVE) return take(bytes);
    const envelope = held.get(toKey(bytes));
    if (envelope !== undefined) host.streams.get(from)?.send(framed(GIVE, envelope));
    else waiting.set(toKey(bytes), [...(waiting.get(toKey(bytes)) ?? []), from]);
  };
  host.pubsub?.addEventListener('gossipsub:message', ({ detail: { propagationSource, msg } }) => {
    if (msg.topic === 'whole') return has('whole', node, numberIn(msg.data));
    const from = hosts.numberOf.get(propagationSource.toString());
    if (from !== undefined && !held.has(toKey(msg.data))) host.streams.get(from)?.send(framed(ASK, msg.data));
  });
  return (envelope) => {
    take(envelope);
    void host.pubsub?.publish('ids', envelope.slice(0, 32));
  };
}

async function gossipsubWays(hosts: Hosts, has: Has): Promise<readonly Way[]> {
  const says = hosts.all.map((host, node) => idsHost(hosts, host, node, has));
  for (const { pubsub } of hosts.all) for (const topic of ['ids', 'whole']) pubsub?.subscribe(topic);
  const isMeshed = (topic: string): boolean => hosts.all.every(({ pubsub }) => (pubsub?.getMeshPeers(topic).length ?? 0) >= DEGREE - 2);
  await until(() => isMeshed('ids') && isMeshed('whole'), 'gossipsub has a mesh');
  const whole = (author: number, id: number): void => {
    has('whole', author, id);
    void hosts.all[author]?.pubsub?.publish('whole', envelopeOf(id, 2));
  };
  return [
    { name: 'ids', hosts, say: (author, id) => says[author]?.(envelopeOf(id, 1)) },
    { name: 'whole', hosts, say: whole },
  ];
}

/** Bytes a host and second while nobody says anything. */
async function silence(hosts: Hosts): Promise<number> {
  const before = hosts.bytesWritten;
  await pause(SILENCE_MS);
  return (hosts.bytesWritten - before) / hosts.all.length / (SILENCE_MS / 1000);
}

interface Round {
  readonly allMs: number;
  readonly meanMs: number;
  readonly bytes: number;
}

export const bench: Bench = async (report) => {
  const overlay = regularOverlay(HOSTS, DEGREE, new SeededRandom('announce'));
  const arrivals = new Map<string, number[]>();
  const has: Has = (way, node, id) => void (arrivals.get(`${way}/${id}`) as number[] | undefined)?.splice(node, 1, performance.now());
  const ours = (await Hosts.start(overlay, false)) as Hosts;
  const theirs = await Hosts.start(overlay, true);
  if (theirs === undefined)
    report.progress('@libp2p/gossipsub is not installed: nothing stands beside ours. To install it: npm run bench:peers');
  const ways = [pushWay(ours, has), ...(theirs === undefined ? [] : await gossipsubWays(theirs, has))];
  try {
    await pause(2000);
    const silent = new Map<Hosts, number>();
    for (const hosts of new Set(ways.map((way) => way.hosts))) silent.set(hosts, await silence(hosts));
    const rounds = new Map<string, Round[]>(ways.map((way) => [way.name, []]));
    for (let id = 0; id < WARM + ROUNDS; id++)
      for (const way of id % 2 === 0 ? ways : [...ways].reverse()) {
        const round = await one(way, id, silent.get(way.hosts) as number, arrivals);
        if (id >= WARM) rounds.get(way.name)?.push(round);
      }
    const of = (name: string, value: (round: Round) => number): number => median((rounds.get(name) as Round[]).map(value));
    for (const { name, hosts } of ways) {
      const say = (figure: string, unit: string, value: (round: Round) => number) =>
        report.figure(
          `${name}-${figure}`,
          of(name, value),
          unit,
          name === 'push' ? undefined : { peer: 'push', ratio: of(name, value) / of('push', value) },
        );
      say('all-ms', 'ms', (round) => round.allMs);
      say('mean-ms', 'ms', (round) => round.meanMs);
      say('bytes-per-host', 'B', (round) => round.bytes);
      if (name !== 'whole') report.figure(`${name}-silent-bytes-per-host-second`, silent.get(hosts) as number, 'B/s');
    }
  } finally {
    await Promise.all([ours.stop(), theirs?.stop()]);
  }
};

async function one(way: Way, id: number, silentBytes: number, arrivals: Map<string, number[]>): Promise<Round> {
  const author = (id * 7) % way.hosts.all.length;
  const at = new Array<number>(way.hosts.all.length).fill(Number.NaN);
  arrivals.set(`${way.name}/${id}`, at);
  const [before, saidMs] = [way.hosts.bytesWritten, performance.now()];
  at[author] = saidMs;
  way.say(author, id);
  await until(() => at.every((one) => !Number.isNaN(one)), `all have ${way.name} ${id}`);
  await pause(GAP_MS);
  const seconds = (performance.now() - saidMs) / 1000;
  const delays = at.map((one) => one - saidMs);
  return {
    allMs: Math.max(...delays),
    meanMs: delays.reduce((sum, one) => sum + one, 0) / (delays.length - 1),
    bytes: (way.hosts.bytesWritten - before) / way.hosts.all.length - silentBytes * seconds,
  };
}
