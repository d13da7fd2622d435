import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PathWatch, type WatchedPath } from './path-watch.ts';
import type { StatsSource } from './selected-pair.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Way = WatchedPath | 'unsaid';
const SETTLED_MS = 5_000;

/** A connection as browsers show it, whose way the test chooses. */
class FakePeer extends EventTarget implements StatsSource {
  way: Way = 'direct';
  looks = 0;
  readonly ice: EventTarget = new EventTarget();
  readonly sctp = { transport: { iceTransport: this.ice } };

  async getStats(): Promise<Map<string, unknown>> {
    this.looks++;
    if (this.way === 'unsaid') return new Map();
    return new Map<string, unknown>([
      ['l', { type: 'local-candidate', candidateType: 'host' }],
      ['r', { type: 'remote-candidate', candidateType: this.way === 'circuit' ? 'relay' : 'srflx' }],
      ['p', { type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r' }],
      ['t', { type: 'transport', selectedCandidatePairId: 'p' }],
    ]);
  }

  becomes(way: Way): void {
    this.way = way;
    this.ice.dispatchEvent(new Event('selectedcandidatepairchange'));
  }
}

function watched(path: WatchedPath = 'direct'): { peer: FakePeer; watch: PathWatch; told: WatchedPath[] } {
  const peer = new FakePeer();
  peer.way = path;
  const told: WatchedPath[] = [];
  return { peer, told, watch: new PathWatch(peer, path, (now) => told.push(now)) };
}
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(SETTLED_MS);

test('a pair that changes to a server’s is told when it has stayed, and back at once', async () => {
  const { peer, told } = watched();
  peer.becomes('circuit');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([]);
  await settle();
  expect(told).toEqual(['circuit']);
  peer.becomes('direct');
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['circuit', 'direct']);
});

test('what is as it was told is not told again, whatever the browser says of changes', async () => {
  const { peer, told } = watched();
  for (const way of ['direct', 'unsaid', 'direct', 'circuit'] as const) {
    peer.becomes(way);
    await vi.advanceTimersByTimeAsync(way === 'circuit' ? 1_000 : 0);
  }
  peer.becomes('direct');
  await settle();
  expect(told).toEqual([]);
});

test('a connection that fails and comes back is looked at, where no pair is told of', async () => {
  const { peer, told } = watched();
  peer.way = 'circuit';
  peer.dispatchEvent(new Event('iceconnectionstatechange'));
  await settle();
  expect(told).toEqual(['circuit']);
});

test('where nothing is told of, it is looked at every 15 s', async () => {
  const { peer, told, watch } = watched('circuit');
  for (const [nowMs, looks] of [
    [1_000_000, 1],
    [1_005_000, 1],
    [1_014_999, 1],
    [1_015_000, 2],
    [500_000, 3],
  ] as const) {
    watch.tick(nowMs);
    await settle();
    expect([nowMs, peer.looks]).toEqual([nowMs, looks]);
  }
  peer.way = 'direct';
  watch.tick(600_000);
  await settle();
  expect(told).toEqual(['direct']);
});

test('a storm of changes costs two looks', async () => {
  const { peer } = watched();
  for (let change = 0; change < 1_000; change++) peer.becomes('direct');
  await settle();
  expect(peer.looks).toBe(2);
});

test.each([
  [100, 100],
  [500, 500],
  [1_900, 100],
])('a way that goes through a server for %i ms and back for %i ms, again and again, is never told', async (throughMs, directMs) => {
  const { peer, told } = watched();
  for (let round = 0; round < 20; round++) {
    peer.becomes('circuit');
    await vi.advanceTimersByTimeAsync(throughMs);
    peer.becomes('direct');
    await vi.advanceTimersByTimeAsync(directMs);
  }
  await settle();
  expect(told).toEqual([]);
});

test('a way that stays for longer than two seconds each time is told each time, once', async () => {
  const { peer, told } = watched();
  for (let round = 0; round < 4; round++) {
    peer.becomes('circuit');
    await vi.advanceTimersByTimeAsync(2_300);
    peer.becomes('direct');
    await vi.advanceTimersByTimeAsync(200);
  }
  expect(told).toEqual(Array.from({ length: 4 }, () => ['circuit', 'direct']).flat());
});

test('nothing is told after it was stopped, not of a look that was under way either', async () => {
  const { peer, told, watch } = watched();
  peer.becomes('circuit');
  await vi.advanceTimersByTimeAsync(1_000);
  watch.stop();
  const { looks } = peer;
  await settle();
  peer.becomes('circuit');
  peer.dispatchEvent(new Event('iceconnectionstatechange'));
  await settle();
  expect(told).toEqual([]);
  expect(peer.looks).toBeLessThanOrEqual(looks + 1);
});

test.each([
  ['has no such transport', { sctp: null }],
  ['says so only later', { sctp: { transport: {} } }],
  [
    'throws when it is asked',
    {
      get sctp(): never {
        throw new Error('not here');
      },
    },
  ],
])('a platform that %s is looked at all the same', async (_, shape) => {
  const told: WatchedPath[] = [];
  const peer = new FakePeer();
  peer.way = 'circuit';
  const source = Object.defineProperties({ getStats: () => peer.getStats() }, Object.getOwnPropertyDescriptors(shape));
  const watch = new PathWatch(source as StatsSource, 'direct', (path) => told.push(path));
  watch.tick(0);
  await settle();
  expect(told).toEqual(['circuit']);
});
