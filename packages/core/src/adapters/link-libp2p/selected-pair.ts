/**
 * Which way the bytes of a WebRTC connection take: from device to device, or through a TURN server. Reads what the browser says of the pair of
 * candidates in use, and believes nothing else; changes nothing.
 */
import type { Connection } from '@libp2p/interface';

/** As far as RTCPeerConnection is needed here. */
export interface StatsSource {
  getStats(): Promise<Iterable<readonly [string, unknown]>>;
}

type Report = Readonly<Record<string, unknown>>;

/** A relayed pair is often the first to answer, and the direct one a moment later. Waiting this long for it is better than a wrong word. */
const SETTLE_MS = 2_000;
const LOOK_EVERY_MS = 200;
/** A browser that says nothing for so long will not. */
const STATS_WITHIN_MS = 1_000;

/** The RTCPeerConnection of a `/webrtc` connection. Private in libp2p's types; held to its shape by the story of phones behind routers. */
export function peerConnectionOf(connection: Connection): StatsSource | undefined {
  const under: unknown = Reflect.get(connection, 'maConn');
  const found: unknown = isObject(under) ? under['peerConnection'] : undefined;
  return isObject(found) && typeof found['getStats'] === 'function' ? (found as unknown as StatsSource) : undefined;
}

/** Answers at once when the way is not a relayed one, else when it has stayed so for a while, or `signal` is over. Never throws. */
export async function isRelayedForGood(source: StatsSource, signal?: AbortSignal): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    if ((await isRelayed(source)) !== true) return false;
    if (waitedMs >= SETTLE_MS || signal?.aborted === true) return true;
    await after(LOOK_EVERY_MS);
  }
}

/** Whether a candidate of the pair in use is a TURN server's. `undefined` where the browser does not say. Never throws. */
export async function isRelayed(source: StatsSource): Promise<boolean | undefined> {
  const reports = await Promise.race([statsOf(source).catch(() => undefined), after(STATS_WITHIN_MS)]);
  if (reports === undefined) return undefined;
  const byId = new Map<unknown, Report>();
  for (const [id, report] of reports) if (isObject(report)) byId.set(id, report);
  const pair = selectedPair(byId);
  const types = [pair?.['localCandidateId'], pair?.['remoteCandidateId']].map((id) => byId.get(id)?.['candidateType']);
  if (types.includes('relay')) return true;
  return types.includes(undefined) ? undefined : false;
}

/** A browser may throw at once, too. */
async function statsOf(source: StatsSource): Promise<Iterable<readonly [string, unknown]>> {
  return source.getStats();
}

/** By the transport's own word; Firefox has no such report and marks the pair instead. */
function selectedPair(byId: ReadonlyMap<unknown, Report>): Report | undefined {
  const reports = [...byId.values()];
  const named = reports.find((report) => report['type'] === 'transport' && report['selectedCandidatePairId'] !== undefined);
  if (named !== undefined) return byId.get(named['selectedCandidatePairId']);
  const pairs = reports.filter((report) => report['type'] === 'candidate-pair');
  return (
    pairs.find((pair) => pair['selected'] === true) ?? pairs.find((pair) => pair['nominated'] === true && pair['state'] === 'succeeded')
  );
}

function isObject(value: unknown): value is Report {
  return typeof value === 'object' && value !== null;
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
