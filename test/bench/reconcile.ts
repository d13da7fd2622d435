/**
 * `npm run bench -- reconcile`: two sets that differ by a hundred items, half of them on each side, reconciled by our cells and by negentropy, in
 * one process, in turns. What is counted:
 *
 *   bytes        both ways, until one side knows what is missing on both: for us the cells in pieces as they are paced, a head of three bytes for
 *                each, and the stop; for negentropy its messages without any head. Which ids are then asked for is `bytes-…-asked`, for us 8 bytes an id
 *   bytes-equal  for us the count and digest in one hello, which comes anyway; for negentropy a round trip
 *   cpu-ms       processor time, all threads, of the side that streams (answers), whose cells (sorted list) were kept up to date before
 *   cpu-ms-first of the side that learns the difference and has prepared nothing: its sketch (its sorted list) is made in it
 *   digest-ms    the digest of a set from nothing, ours only: it is kept item by item otherwise
 *   …-50ms, …-200ms  two gossip machines over a simulated line of that round trip and a megabit a second: with what is streamed in vain
 *                while the stop travels
 *
 * Scattered: the differing items lie anywhere in 30 days; recent: in the last hour. Only negentropy sorts by time. What each figure means:
 * docs/benchmarks.md.
 */
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { median } from './pairs.ts';
import { digestMs, EQUAL_BYTES, kith } from './reconcile.part.kith.ts';
import { type Meeting, Pair } from './reconcile.part.line.ts';
import { negentropy } from './reconcile.part.negentropy.ts';
import { type Cost, type Method, makeSets, type Place } from './reconcile.part.sets.ts';
import type { Bench, Report } from './report.ts';

/** A megabit a second. */
const LINE_BYTES_PER_SECOND = 125_000;
const ROUND_TRIPS_MS = [0, 50, 200] as const;

const SETS = Number(process.env['KITH_BENCH_RUNS'] ?? 7);

/** The figures of both, set by set, each set run by one and then by the other; the first set warms up. */
async function runSets(ours: Method, peer: Method | undefined, size: number, place: Place, isFirst: boolean) {
  const pairs: { readonly mine: Cost; readonly theirs: Cost | undefined }[] = [];
  for (let set = 0; set <= SETS; set++) {
    const sets = makeSets(size, place, set);
    const inTurn = set % 2 === 0;
    const before = inTurn ? undefined : await peer?.run(sets, isFirst);
    const mine = await ours.run(sets, isFirst);
    const theirs = inTurn ? await peer?.run(sets, isFirst) : before;
    if (set > 0) pairs.push({ mine, theirs });
  }
  return (of: (cost: Cost) => number) => ({
    value: median(pairs.map(({ mine }) => of(mine))),
    theirs: median(pairs.flatMap(({ theirs }) => (theirs === undefined ? [] : [of(theirs)]))),
    ratio: median(pairs.flatMap(({ mine, theirs }) => (theirs === undefined ? [] : [of(mine) / of(theirs)]))),
  });
}

async function compare(report: Report, ours: Method, peer: Method | undefined): Promise<void> {
  const tell = (name: string, unit: string, it: { readonly value: number; readonly theirs: number; readonly ratio: number }): void => {
    if (peer !== undefined) report.progress(`${name}: ours ${it.value.toFixed(1)}, ${peer.name} ${peer.version} ${it.theirs.toFixed(1)}`);
    report.figure(name, it.value, unit, peer === undefined ? undefined : { peer: peer.name, ratio: it.ratio });
  };
  for (const [size, short] of [
    [10_000, '10k'],
    [100_000, '100k'],
  ] as const) {
    const recent = await runSets(ours, peer, size, 'recent', false);
    tell(
      `bytes-${short}-recent`,
      'B',
      recent((cost) => cost.bytes),
    );
    const scattered = await runSets(ours, peer, size, 'scattered', false);
    tell(
      `bytes-${short}-scattered`,
      'B',
      scattered((cost) => cost.bytes),
    );
    report.figure(`bytes-${short}-scattered-asked`, scattered((cost) => cost.bytes + cost.asking).value, 'B');
    tell(
      `cpu-ms-${short}`,
      'ms',
      scattered((cost) => cost.askedMs),
    );
    if (size === 100_000)
      tell(
        'round-trips',
        '',
        scattered((cost) => cost.roundTrips),
      );
    const first = await runSets(ours, peer, size, 'scattered', true);
    tell(
      `cpu-ms-${short}-first`,
      'ms',
      first((cost) => cost.knowingMs),
    );
  }
}

/** Over a line, ours alone: negentropy sends nothing in vain, and takes two round trips. */
function meetOverLines(report: Report, suite: Suite): void {
  const meetings: Meeting[][] = ROUND_TRIPS_MS.map(() => []);
  for (let set = 1; set <= SETS; set++) {
    const pair = new Pair(suite, makeSets(100_000, 'scattered', set));
    for (const [at, roundTripMs] of ROUND_TRIPS_MS.entries())
      meetings[at]?.push(pair.meet({ roundTripMs, bytesPerSecond: LINE_BYTES_PER_SECOND }));
  }
  for (const [at, roundTripMs] of ROUND_TRIPS_MS.entries()) {
    const of = (what: (meeting: Meeting) => number): number => median((meetings[at] ?? []).map(what));
    report.figure(
      `bytes-100k-scattered-${roundTripMs}ms`,
      of(({ bytes }) => bytes),
      'B',
    );
    report.figure(
      `bytes-100k-scattered-${roundTripMs}ms-vain`,
      of(({ vainBytes }) => vainBytes),
      'B',
    );
    report.figure(
      `known-ms-100k-scattered-${roundTripMs}ms`,
      of(({ knownMs }) => knownMs),
      'ms',
    );
  }
}

export const bench: Bench = async (report) => {
  const peer = await negentropy();
  if (peer === undefined)
    report.progress('@nostr-dev-kit/sync is not installed, so nothing has a ratio. To install it: npm run bench:peers');
  const suite = await loadSodiumSuite();
  meetOverLines(report, suite);
  await compare(report, kith(suite), peer);

  const { ours } = makeSets(10_000, 'scattered', 0);
  const equal = (await peer?.run({ theirs: ours, ours }, false))?.bytes;
  report.figure(
    'bytes-equal',
    EQUAL_BYTES,
    'B',
    equal === undefined || peer === undefined ? undefined : { peer: peer.name, ratio: EQUAL_BYTES / equal },
  );
  const digests: number[] = [];
  for (let set = 0; set <= SETS; set++) digests.push(digestMs(suite, makeSets(100_000, 'scattered', set)));
  report.figure('digest-ms-100k', median(digests.slice(1)), 'ms');
};
