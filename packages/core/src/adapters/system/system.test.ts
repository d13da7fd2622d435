import { afterEach, expect, test, vi } from 'vitest';
import { consoleLog, systemClock, systemEntropy } from './index.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

test('a call asked for in a year comes once, then and not before', () => {
  vi.useFakeTimers({ now: 1_000_000 });
  const called = vi.fn();
  systemClock().at(1_000_000 + YEAR_MS, called);
  vi.advanceTimersByTime(YEAR_MS - 1);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(called).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(YEAR_MS);
  expect(called).toHaveBeenCalledTimes(1);
});

test('a call for a time that has passed comes soon, but never inside `at`', () => {
  vi.useFakeTimers({ now: 5_000 });
  const called = vi.fn();
  systemClock().at(1, called);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(called).toHaveBeenCalledTimes(1);
});

test('a cancelled call never comes, also after it was put off', () => {
  vi.useFakeTimers({ now: 0 });
  const called = vi.fn();
  const cancel = systemClock().at(YEAR_MS, called);
  vi.advanceTimersByTime(YEAR_MS / 2);
  cancel();
  vi.advanceTimersByTime(YEAR_MS);
  expect(called).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('when the device clock is set back, the call still comes after its span', () => {
  vi.useFakeTimers({ now: 10_000_000 });
  const called = vi.fn();
  systemClock().at(10_060_000, called);
  vi.advanceTimersByTime(20_000);
  vi.setSystemTime(9_000_000);
  vi.advanceTimersByTime(39_999);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(called).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(2_000_000);
  expect(called).toHaveBeenCalledTimes(1);
});

test('also one that was put off more than once', () => {
  vi.useFakeTimers({ now: YEAR_MS });
  const called = vi.fn();
  systemClock().at(YEAR_MS + 5 * HOUR_MS, called);
  vi.advanceTimersByTime(2.5 * HOUR_MS);
  vi.setSystemTime(0);
  vi.advanceTimersByTime(2.5 * HOUR_MS - 1);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(called).toHaveBeenCalledTimes(1);
});

test('when the device clock is set forward, or the device slept, the call comes within an hour of its time', () => {
  vi.useFakeTimers({ now: 0 });
  const called = vi.fn();
  systemClock().at(YEAR_MS, called);
  vi.setSystemTime(YEAR_MS);
  vi.advanceTimersByTime(HOUR_MS);
  expect(called).toHaveBeenCalledTimes(1);
});

test('entropy fills every byte, past the limit of one call too', () => {
  const length = 3 * 65_536 + 5;
  const bytes = systemEntropy().bytes(length);
  expect(bytes.length).toBe(length);
  for (const at of [0, 65_530, 131_070, length - 64]) expect(new Set(bytes.subarray(at, at + 64)).size).toBeGreaterThan(8);
  expect(systemEntropy().bytes(0).length).toBe(0);
  expect([...systemEntropy().bytes(32)]).not.toEqual([...systemEntropy().bytes(32)]);
});

test('a log line is the event and its counts', () => {
  const lines = vi.spyOn(console, 'info').mockImplementation(() => {});
  consoleLog().note('link-up', { neighbour: 3, limited: false });
  consoleLog().note('stopped');
  expect(lines.mock.calls).toEqual([['link-up neighbour=3 limited=false'], ['stopped']]);
});
