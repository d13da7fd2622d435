import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type NodeParts, startNode } from './node.ts';
import type { FromWorker } from './worker-messages.ts';

/** A worker that says what the test tells it to. */
class FakeWorker extends EventTarget {
  static last: FakeWorker;
  isTerminated = false;

  constructor() {
    super();
    FakeWorker.last = this;
  }

  postMessage(): void {}

  terminate(): void {
    this.isTerminated = true;
  }

  says(data: FromWorker): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }
}

function partsWith(more: Partial<NodeParts> = {}): {
  readonly parts: NodeParts;
  readonly ending: AbortController;
  readonly told: unknown[];
} {
  const ending = new AbortController();
  const told: unknown[] = [];
  const link = { start: () => {}, perform: () => {}, send: () => 'gone' as const, stop: async () => void told.push('link stopped') };
  const parts: NodeParts = {
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
  FakeWorker.last.says({ kind: 'ready' });
  expect(await starting).toEqual({ kind: 'ended' });
  expect(await startNode(parts)).toEqual({ kind: 'ended' });
});

test('whose lock is taken while it runs is ended in the same breath, and closing it then waits for nobody', async () => {
  const { parts, ending, told } = partsWith();
  const starting = startNode(parts);
  FakeWorker.last.says({ kind: 'ready' });
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
  FakeWorker.last.says({ kind: 'ready' });
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
  FakeWorker.last.says({ kind: 'ready' });
  await starting;
  FakeWorker.last.says({ kind: 'store-gone', why: 'taken' });
  expect(told).toContain('taken');
});

test('a link that cannot be loaded is told, and there once a later attempt succeeds', async () => {
  const load = vi.fn<NonNullable<NodeParts['loadLink']>>().mockRejectedValueOnce(new TypeError('Failed to fetch'));
  const { parts, told } = partsWith();
  load.mockImplementation(parts.loadLink as NonNullable<NodeParts['loadLink']>);
  const starting = startNode({ ...parts, loadLink: load });
  FakeWorker.last.says({ kind: 'ready' });
  const node = await starting;
  if (node.kind !== 'running') throw new Error(node.kind);
  await vi.waitFor(() => expect(told).toEqual(['no link']));
  node.retryLink();
  node.retryLink();
  await vi.waitFor(() => expect(told).toEqual(['no link', 'link']));
  node.retryLink();
  expect(load).toHaveBeenCalledTimes(2);
});
