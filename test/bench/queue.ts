/**
 * `npm run bench -- queue`: mail for somebody who is away. 10,000 messages of 100 bytes are left for one absent person and acknowledged, by
 * us after the sync to disk; then the person comes and gets them. Beside Prosody with its own offline storage, which syncs nothing.
 * And a relay that keeps 100,000 envelopes is started again, one that let nothing go and one that was used for long. What each figure means: docs/benchmarks.md.
 */
import { cpus, loadavg } from 'node:os';
import { RELAY_LIMITS } from '../../packages/core/src/gossip/limits.ts';
import { median, runPairs } from './pairs.ts';
import { startKithMailbox } from './queue.part.kith.ts';
import type { Mailbox } from './queue.part.mailbox.ts';
import { startProsodyMailbox } from './queue.part.prosody.ts';
import { restarts } from './queue.part.restart.ts';
import { prosodyVersion } from './relay.part.prosody.ts';
import type { Bench, Report } from './report.ts';

const MESSAGES = 10_000;
const RUNS = Number(process.env['KITH_BENCH_RUNS'] ?? 5);
const CARRIED = 100_000;

interface Seen {
  readonly queue: number[];
  readonly deliver: number[];
  readonly resident: number[];
}

async function round(mailbox: Mailbox, seen: Seen, report: Report): Promise<number> {
  const queued = await mailbox.queue(MESSAGES);
  const deliverMs = await queued.deliver();
  const [queuePerS, deliverPerS] = [(MESSAGES / queued.queueMs) * 1000, (MESSAGES / deliverMs) * 1000];
  seen.queue.push(queuePerS);
  seen.deliver.push(deliverPerS);
  seen.resident.push(queued.residentMib);
  report.progress(
    `${mailbox.name}: ${queuePerS.toFixed(0)} queued a second, ${deliverPerS.toFixed(0)} delivered a second, ${queued.residentMib.toFixed(0)} MiB`,
  );
  return queuePerS;
}

/** The first pair warms up and is not counted. */
function tell(
  report: Report,
  name: string,
  unit: string,
  ours: readonly number[],
  theirs: readonly number[],
  peer: string | undefined,
): void {
  const [mine, other] = [ours.slice(1), theirs.slice(1)];
  if (peer === undefined) return report.figure(name, median(mine), unit);
  const ratios = mine.map((value, at) => value / (other[at] ?? Number.NaN));
  report.progress(
    `${name}: ${peer} ${median(other).toPrecision(4)}; ratios ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
  );
  report.figure(name, median(mine), unit, { peer, ratio: median(ratios) });
}

export const bench: Bench = async (report) => {
  const peer = prosodyVersion();
  if (peer === undefined) report.progress('Prosody is not installed (apt-get install prosody): figures without a ratio.');
  if ((loadavg()[0] as number) > 0.7)
    report.progress(`This machine is busy (load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores): figures are only indicative.`);
  const [ours, theirs]: readonly [Seen, Seen] = [
    { queue: [], deliver: [], resident: [] },
    { queue: [], deliver: [], resident: [] },
  ];
  const kith = await startKithMailbox();
  let prosody: Mailbox | undefined;
  try {
    prosody = peer === undefined ? undefined : await startProsodyMailbox();
    await runPairs(
      RUNS,
      () => round(kith, ours, report),
      () => (prosody === undefined ? Number.NaN : round(prosody, theirs, report)),
    );
  } finally {
    await kith.stop();
    await prosody?.stop();
  }
  tell(report, 'queue-per-s', '1/s', ours.queue, theirs.queue, peer);
  tell(report, 'deliver-per-s', '1/s', ours.deliver, theirs.deliver, peer);
  tell(report, 'rss-10k-queued-mib', 'MiB', ours.resident, theirs.resident, peer);

  const restarted = await restarts(
    { empty: { carried: 0, seen: 0 }, unused: { carried: CARRIED, seen: 0 }, used: { carried: CARRIED, seen: RELAY_LIMITS.seenMax } },
    RUNS,
    report.progress,
  );
  report.figure('restart-ms-100k', median(restarted.unused.readyMs), 'ms');
  report.figure('restart-ms-100k-seen-200k', median(restarted.used.readyMs), 'ms');
  report.figure('restart-cpu-ms-100k', median(restarted.unused.cpuMs), 'ms');
  report.figure('restart-cpu-ms-100k-seen-200k', median(restarted.used.cpuMs), 'ms');
  report.figure('restart-ms-empty', median(restarted.empty.readyMs), 'ms');
  report.figure('rss-100k-carried-mib', median(restarted.unused.residentMib), 'MiB');
  report.figure('rss-100k-carried-200k-seen-mib', median(restarted.used.residentMib), 'MiB');
};
