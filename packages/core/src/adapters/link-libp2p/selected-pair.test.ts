import { expect, test, vi } from 'vitest';
import { isRelayed, isRelayedForGood, type StatsSource } from './selected-pair.ts';

type Report = Readonly<Record<string, unknown>>;
const asMap = (reports: readonly Report[]): Map<string, Report> => new Map(reports.map((report) => [String(report['id']), report]));
const saying = (reports: readonly Report[]): StatsSource => ({ getStats: async () => asMap(reports) });
const CANDIDATES: readonly Report[] = [
  { id: 'host', type: 'local-candidate', candidateType: 'host' },
  { id: 'turn', type: 'local-candidate', candidateType: 'relay' },
  { id: 'far', type: 'remote-candidate', candidateType: 'srflx' },
  { id: 'far-turn', type: 'remote-candidate', candidateType: 'relay' },
];
const pair = (id: string, local: string, remote: string, more: Report = {}): Report => ({
  id,
  type: 'candidate-pair',
  localCandidateId: local,
  remoteCandidateId: remote,
  ...more,
});
const DIRECT = [...CANDIDATES, pair('p', 'host', 'far'), { id: 't', type: 'transport', selectedCandidatePairId: 'p' }];
const RELAYED = [...CANDIDATES, pair('p', 'turn', 'far'), { id: 't', type: 'transport', selectedCandidatePairId: 'p' }];

test('a TURN server on either side of the pair in use is a relayed way', async () => {
  expect(await isRelayed(saying(RELAYED))).toBe(true);
  expect(await isRelayed(saying([...CANDIDATES, pair('p', 'host', 'far-turn', { selected: true })]))).toBe(true);
  expect(await isRelayed(saying(DIRECT))).toBe(false);
});

test('a pair that is not in use says nothing', async () => {
  expect(await isRelayed(saying([...DIRECT, pair('q', 'turn', 'far-turn', { nominated: true, state: 'succeeded' })]))).toBe(false);
  expect(await isRelayed(saying([...CANDIDATES, pair('q', 'turn', 'far', { nominated: true, state: 'failed' })]))).toBeUndefined();
});

test.each([
  ['throws', { getStats: () => Promise.reject(new Error('closed')) }],
  [
    'throws at once',
    {
      getStats: () => {
        throw new Error('closed');
      },
    },
  ],
  ['has no reports', saying([])],
  ['names a pair that is not there', saying([{ id: 't', type: 'transport', selectedCandidatePairId: 'x' }])],
  ['names candidates that are not there', saying([pair('p', 'x', 'y', { selected: true })])],
])('a browser that %s does not say which way it is', async (_, source) => {
  expect(await isRelayed(source)).toBeUndefined();
  expect(await isRelayedForGood(source)).toBe(false);
});

test('a way that becomes direct within two seconds is direct, one that stays relayed is relayed', async () => {
  vi.useFakeTimers();
  let looks = 0;
  const turning: StatsSource = { getStats: async () => asMap(looks++ < 3 ? RELAYED : DIRECT) };
  const answers = Promise.all([isRelayedForGood(turning), isRelayedForGood(saying(RELAYED)), isRelayedForGood(saying(DIRECT))]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await answers).toEqual([false, true, false]);
  vi.useRealTimers();
});
