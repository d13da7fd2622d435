/**
 * `npm run bench -- session`: sessions between two devices beside libsignal (native) and libolm (WebAssembly), in one process, in turns.
 * A message is 1 KiB, sealed at one side and opened at the other, both sides' work together. What is counted:
 *
 *   ours       the tag, seal, the table of tags followed and the session's row encoded at the writer; the tag looked up, open, the table
 *              followed and the row encoded at the reader. Sessions are values in memory, as in a node: no row is read. Without the
 *              envelope (padding, hashes), gossip and, unless `with-commit`, the store
 *   libsignal  signalEncrypt, serialize, deserialize, signalDecrypt. Its session record is read from bytes and written to bytes at every
 *              message, as its stores ask for; identity and prekey stores are maps. No tags and no encrypted headers
 *   olm        encrypt and decrypt, with base64, which is its surface. No post-quantum part, no encrypted headers, nothing kept
 *
 * A handshake is, at the initiator: the other's bundle checked, the session made, the first message sealed; at the responder: the first
 * message read and opened, prekeys from their kept form. `with-commit` adds a LevelDB store for each side with one relaxed commit for each
 * message it writes or reads (session row, and body or plaintext), waited for. What each figure means: docs/benchmarks.md.
 */
import { median, runPairs } from './pairs.ts';
import type { Bench, Report } from './report.ts';
import { kith } from './session.part.kith.ts';
import { libsignal } from './session.part.libsignal.ts';
import { olm } from './session.part.olm.ts';
import type { Protocol, Talk } from './session.part.protocol.ts';

const PAIRS = Number(process.env['KITH_BENCH_RUNS'] ?? 25);
const MESSAGES = 200;
const HANDSHAKES = 20;
/** Slices of each side before the first pair: until then a just-in-time compiler is what is measured. */
const WARM_SLICES = 8;
const OVERHEAD_MESSAGES = 2_000;

/** `KITH_BENCH_CLOCK=cpu` counts this process's processor time instead, all threads: for a machine on which others are at work. */
function nowMs(): number {
  if (process.env['KITH_BENCH_CLOCK'] !== 'cpu') return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

type Measure = (protocol: Protocol, talk: Talk) => Promise<number>;

/** Every slice begins with a round trip that is not counted, so that no chain goes on for the whole run. */
const oneWay: Measure = async (_, talk) => {
  for (const from of [0, 1] as const) await talk.carry(from);
  const startedMs = nowMs();
  for (let i = 0; i < MESSAGES; i++) await talk.carry(0);
  return (MESSAGES / (nowMs() - startedMs)) * 1000;
};

const pingPong: Measure = async (_, talk) => {
  const startedMs = nowMs();
  for (let i = 0; i < MESSAGES; i++) await talk.carry(i % 2 === 0 ? 1 : 0);
  return (MESSAGES / (nowMs() - startedMs)) * 1000;
};

const initiator: Measure = async (protocol) => {
  const startedMs = nowMs();
  for (let i = 0; i < HANDSHAKES; i++) await protocol.initiate();
  return (HANDSHAKES / (nowMs() - startedMs)) * 1000;
};

const responder: Measure = async (protocol) => {
  const answers: (() => unknown)[] = [];
  for (let i = 0; i < HANDSHAKES; i++) answers.push(await protocol.initiate());
  const startedMs = nowMs();
  for (const answer of answers) await answer();
  return (HANDSHAKES / (nowMs() - startedMs)) * 1000;
};

const MEASURES: readonly (readonly [string, Measure])[] = [
  ['one-way', oneWay],
  ['ping-pong', pingPong],
  ['handshake-initiator', initiator],
  ['handshake-responder', responder],
];

/** Bytes a message is longer than its plaintext: the usual in one direction, and the mean of a conversation with all keys it carries. */
async function overhead(talk: Talk): Promise<{ readonly usual: number; readonly mean: number }> {
  const oneWay: number[] = [];
  let sum = 0;
  for (let i = 0; i < OVERHEAD_MESSAGES; i++) sum += await talk.carry(i % 2 === 0 ? 1 : 0);
  for (let i = 0; i < MESSAGES; i++) oneWay.push(await talk.carry(0));
  return { usual: median(oneWay), mean: sum / OVERHEAD_MESSAGES };
}

async function compare(report: Report, ours: Protocol, peers: readonly Protocol[]): Promise<void> {
  const mine = await ours.talk();
  const talks = await Promise.all(peers.map((peer) => peer.talk()));
  for (const [name, measure] of MEASURES) {
    for (const [at, peer] of peers.entries()) {
      const talk = talks[at] as Talk;
      for (let i = 0; i < 2 * WARM_SLICES; i++) await measure(i % 2 === 0 ? ours : peer, i % 2 === 0 ? mine : talk);
      const {
        ours: value,
        theirs,
        ratio,
        ratioRange,
      } = await runPairs(
        PAIRS,
        () => measure(ours, mine),
        () => measure(peer, talk),
      );
      const [low, high] = ratioRange.map((one) => one.toFixed(2));
      report.progress(`${name}: ours ${value.toFixed(0)}/s, ${peer.name} ${peer.version} ${theirs.toFixed(0)}/s, ratios ${low} to ${high}`);
      report.figure(at === 0 ? `${name}-per-second` : `${name}-beside-${peer.name}-per-second`, value, '1/s', { peer: peer.name, ratio });
    }
    if (peers.length === 0) report.figure(`${name}-per-second`, await alone(() => measure(ours, mine)), '1/s');
  }
  const [bytes, theirs] = [await overhead(mine), talks[0] === undefined ? undefined : await overhead(talks[0])];
  const beside = (own: number, other: number | undefined) =>
    other === undefined ? undefined : { peer: (peers[0] as Protocol).name, ratio: own / other };
  report.figure('overhead-bytes', bytes.usual, 'B', beside(bytes.usual, theirs?.usual));
  report.figure('mean-overhead-ping-pong-bytes', bytes.mean, 'B', beside(bytes.mean, theirs?.mean));
  for (const talk of [mine, ...talks]) await talk.close();
}

/** The median of as many runs as there are pairs, after one to warm up. */
async function alone(run: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i <= PAIRS; i++) values.push(await run());
  return median(values.slice(1));
}

export const bench: Bench = async (report) => {
  const found = [await libsignal('bytes'), await libsignal('objects'), await olm()];
  const peers = found.filter((one) => one !== undefined);
  if (peers.length < found.length)
    report.progress(
      'Not all of @signalapp/libsignal-client and @matrix-org/olm are installed: what is missing has no ratio. To install them: npm run bench:peers',
    );
  await compare(report, await kith(), peers);

  const committed = await kith(true);
  const talk = await committed.talk();
  try {
    report.figure('one-way-with-commit-per-second', await alone(() => oneWay(committed, talk)), '1/s');
    report.figure('ping-pong-with-commit-per-second', await alone(() => pingPong(committed, talk)), '1/s');
  } finally {
    await talk.close();
  }
};
