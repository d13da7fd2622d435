import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type NodeParts, startNode } from './node.ts';
import type { Lock } from './view-models/ports.ts';
import { fakeDevice } from './view-models/testing/fake-device.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** A worker that says what the test tells it to. */
class FakeWorker extends EventTarget {
  static last: FakeWorker;
  isTerminated = false;

  constructor() {
    super();
    FakeWorker.last = this;
  }

  readonly heard: ToWorker[] = [];

  postMessage(message: ToWorker): void {
    this.heard.push(message);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  says(data: FromWorker): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
}

const READY: FromWorker = { kind: 'ready', methods: { passphrase: false, finger: false, words: false }, openedBy: 'device' };

function partsWith(more: Partial<NodeParts> = {}): {
  readonly parts: NodeParts;
  readonly ending: AbortController;
  readonly told: unknown[];
} {
  const ending = new AbortController();
  const told: unknown[] = [];
  const link = { start: () => {}, perform: () => {}, send: () => 'gone' as const, stop: async () => void told.push('link stopped') };
  const { drawer } = fakeDevice({ nowMs: 0 });
  const parts: NodeParts = {
    drawer,
    finger: { isOffered: async () => false, isSet: () => false, set: async () => 'absent', ask: async () => 'absent', forget: () => {} },
    eraser: { eraseData: async () => {}, eraseAll: async () => {} },
    onLocked: (lock) => told.push(lock.state.value),
    hide: () => told.push('hidden'),
    restart: () => told.push('restarted'),
    ending: ending.signal,
    onBroken: (why) => told.push(why),
    onLink: (isThere) => told.push(isThere ? 'link' : 'no link'),
    loadLink: async () => link,
    ...more,
  };
  return { parts, ending, told };
}

beforeEach(() => {
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('whose lock is taken while it starts has no worker any more, and never runs', async () => {
  const { parts, ending } = partsWith();
  const starting = startNode(parts);
  ending.abort();
  expect(FakeWorker.last.isTerminated).toBe(true);
  FakeWorker.last.says(READY);
  expect(await starting).toEqual({ kind: 'ended' });
  expect(await startNode(parts)).toEqual({ kind: 'ended' });
});

test('whose lock is taken while it runs is ended in the same breath, and closing it then waits for nobody', async () => {
  const { parts, ending, told } = partsWith();
  const starting = startNode(parts);
  FakeWorker.last.says(READY);
  const node = await starting;
  if (node.kind !== 'running') throw new Error(node.kind);
  ending.abort();
  expect(FakeWorker.last.isTerminated).toBe(true);
  await node.stop();
  expect(told).toContain('link stopped');
});

test('a node that does not answer when it is asked to close is ended all the same', async () => {
  const { parts } = partsWith();
  const starting = startNode(parts);
  FakeWorker.last.says(READY);
  const node = await starting;
  if (node.kind !== 'running') throw new Error(node.kind);
  vi.useFakeTimers();
  const stopping = node.stop();
  await vi.advanceTimersByTimeAsync(3000);
  await stopping;
  expect(FakeWorker.last.isTerminated).toBe(true);
});

test('a store that another tab has opened is told as taken', async () => {
  const { parts, told } = partsWith();
  const starting = startNode(parts);
  FakeWorker.last.says(READY);
  await starting;
  FakeWorker.last.says({ kind: 'store-gone', why: 'taken' });
  expect(told).toContain('taken');
});

test('a link that cannot be loaded is told, and there once a later attempt succeeds', async () => {
  const load = vi.fn<NonNullable<NodeParts['loadLink']>>().mockRejectedValueOnce(new TypeError('Failed to fetch'));
  const { parts, told } = partsWith();
  load.mockImplementation(parts.loadLink as NonNullable<NodeParts['loadLink']>);
  const starting = startNode({ ...parts, loadLink: load });
  FakeWorker.last.says(READY);
  const node = await starting;
  if (node.kind !== 'running') throw new Error(node.kind);
  await vi.waitFor(() => expect(told).toEqual(['no link']));
  node.retryLink();
  node.retryLink();
  await vi.waitFor(() => expect(told).toEqual(['no link', 'link']));
  node.retryLink();
  expect(load).toHaveBeenCalledTimes(2);
});

test('a locked profile waits for the person: the lock is told, what is typed is asked of the worker, and then it runs', async () => {
  const { parts, told } = partsWith();
  const locks: Lock[] = [];
  const starting = startNode({ ...parts, onLocked: (lock) => locks.push(lock) });
  FakeWorker.last.says({ kind: 'locked', why: 'asks' });
  const [lock] = locks;
  if (lock === undefined) throw new Error('no lock was told');
  const unlocking = lock.unlock({ kind: 'passphrase', text: 'correct horse' });
  const ask = await vi.waitFor(() => {
    const last = FakeWorker.last.heard.at(-1);
    if (last?.kind !== 'ask') throw new Error('nothing was asked');
    return last;
  });
  expect(ask.asked).toMatchObject({ kind: 'open', by: 'passphrase' });
  FakeWorker.last.says(READY);
  FakeWorker.last.says({ kind: 'answer', id: ask.id, answer: { kind: 'done' } });
  expect(await unlocking).toBeUndefined();
  expect((await starting).kind).toBe('running');
  expect(told).not.toContain('hidden');
});

test('erasing a profile whose worker does not answer deletes it all the same', async () => {
  vi.useFakeTimers();
  const deleted: string[] = [];
  const { parts, told } = partsWith({ eraser: { eraseData: async () => {}, eraseAll: async () => void deleted.push('all') } });
  const starting = startNode(parts);
  FakeWorker.last.says(READY);
  const node = await starting;
  if (node.kind !== 'running') throw new Error(node.kind);
  const erasing = node.lock.wipe();
  await vi.advanceTimersByTimeAsync(5000);
  await erasing;
  expect(deleted).toEqual(['all']);
  expect(FakeWorker.last.isTerminated).toBe(true);
  expect(told.slice(-1)).toEqual(['restarted']);
});
