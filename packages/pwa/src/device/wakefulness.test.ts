import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wakefulness } from './wakefulness.ts';

class FakePage extends EventTarget {
  visibilityState: 'visible' | 'hidden' = 'visible';
}

let page: FakePage;
let connection: EventTarget;
let frame: EventTarget;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 20, 10, 13) });
  page = new FakePage();
  connection = new EventTarget();
  frame = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', frame);
  vi.stubGlobal('navigator', { connection });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function show(state: 'visible' | 'hidden'): void {
  page.visibilityState = state;
  page.dispatchEvent(new Event('visibilitychange'));
}

function counted(): { readonly calls: () => number } {
  const heard = vi.fn();
  wakefulness().onAwake(heard);
  return { calls: () => heard.mock.calls.length };
}

const persisted = (isKept: boolean): Event => Object.assign(new Event('pageshow'), { persisted: isKept });

test.each([
  ['the app comes to the front', (): void => ['hidden' as const, 'visible' as const].forEach(show)],
  ['the page is taken out of the drawer', (): void => void frame.dispatchEvent(persisted(true))],
  ['there is a network again', (): void => void frame.dispatchEvent(new Event('online'))],
  ['the network is another one', (): void => void connection.dispatchEvent(new Event('change'))],
])('wakes when %s', (_, happen) => {
  const { calls } = counted();
  happen();
  expect(calls()).toBe(1);
});

test('going to the back, and a page that is merely loaded, wake nobody', () => {
  const { calls } = counted();
  show('hidden');
  frame.dispatchEvent(persisted(false));
  expect(calls()).toBe(0);
});

test('signs that come together are one call at once and one when they are over', () => {
  const { calls } = counted();
  for (let i = 0; i < 5; i += 1) frame.dispatchEvent(new Event('online'));
  expect(calls()).toBe(1);
  vi.advanceTimersByTime(749);
  expect(calls()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(calls()).toBe(2);
  vi.advanceTimersByTime(10_000);
  expect(calls()).toBe(2);
});

test('a network that comes and goes all the time is never called out more than every 750 ms', () => {
  const { calls } = counted();
  for (let i = 0; i < 150; i += 1) {
    connection.dispatchEvent(new Event('change'));
    vi.advanceTimersByTime(50);
  }
  expect(calls()).toBe(1 + (150 * 50) / 750);
});

test('a device that slept is noticed at the next look, at most 5 s later', () => {
  const { calls } = counted();
  vi.advanceTimersByTime(60_000);
  expect(calls()).toBe(0);
  vi.setSystemTime(Date.now() + 30 * 60_000);
  vi.advanceTimersByTime(5000);
  expect(calls()).toBe(1);
});

test('a clock that is set back is noticed, too; one that is put right by seconds is not', () => {
  const { calls } = counted();
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(5000);
  expect(calls()).toBe(1);
  vi.setSystemTime(Date.now() + 8000);
  vi.advanceTimersByTime(60_000);
  expect(calls()).toBe(1);
});

test('hidden, a late look means nothing: browsers themselves are slow there', () => {
  const { calls } = counted();
  show('hidden');
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersByTime(5000);
  expect(calls()).toBe(0);
});

test('the time moves once or twice a minute, seen or not', () => {
  const { nowMs } = wakefulness();
  const times: number[] = [];
  nowMs.subscribe((now) => void times.push(now));
  vi.advanceTimersByTime(60_000);
  show('hidden');
  vi.advanceTimersByTime(60_000);
  expect(times.length).toBe(5);
});
