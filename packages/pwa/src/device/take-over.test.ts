import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeOver } from './take-over.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the newer version is let in only when the node has stopped', async () => {
  const story: unknown[] = [];
  const stop = async (): Promise<void> => void story.push('stopped');
  await takeOver(stop, { postMessage: (message: unknown) => void story.push(message) }, () => story.push('reload'));
  expect(story).toEqual(['stopped', 'take-over']);
});

test('a version that never takes over does not leave a stopped app: the page opens again', async () => {
  const reload = vi.fn();
  await takeOver(async () => {}, { postMessage: () => {} }, reload);
  expect(reload).not.toHaveBeenCalled();
  await vi.runAllTimersAsync();
  expect(reload).toHaveBeenCalledTimes(1);
});

test('a node that cannot be stopped is no reason to stay either', async () => {
  const reload = vi.fn();
  const post = vi.fn();
  await takeOver(async () => Promise.reject(new Error('no')), { postMessage: post }, reload).catch(() => {});
  await vi.runAllTimersAsync();
  expect([reload.mock.calls.length, post.mock.calls.length]).toEqual([1, 0]);
});
