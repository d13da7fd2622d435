import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Probe, type Probed } from './probe.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TIMES = { probeMs: 2_000, probeRelayMs: 1_000, probeAgainMs: 400 };

interface Fake extends Probed {
  readonly name: string;
  questions: number;
}

/** `answersQuestion`: which of the questions it answers; 0 for none. */
function neighbour(name: string, path: Probed['path'], answersQuestion: number): Fake {
  const heard = { atMs: 0 };
  const it: Fake = {
    name,
    path,
    connectedInMs: 0,
    questions: 0,
    frames: {
      backlogMs: 0,
      get heardAtMs() {
        return heard.atMs;
      },
      ask: () => {
        it.questions++;
        if (it.questions === answersQuestion) heard.atMs = Date.now();
      },
    },
  };
  return it;
}

test('who gives no sign goes: a relay after a second, anybody else after two', async () => {
  const lost: string[] = [];
  const asked = [
    neighbour('relay', 'relay', 0),
    neighbour('phone', 'direct', 0),
    neighbour('well', 'direct', 1),
    neighbour('bad way', 'relay', 2),
  ];
  new Probe<Fake>(TIMES, ({ name }) => lost.push(name)).ask(asked);
  await vi.advanceTimersByTimeAsync(999);
  expect([lost, asked.map(({ questions }) => questions)]).toEqual([[], [2, 2, 1, 2]]);
  await vi.advanceTimersByTimeAsync(1);
  expect(lost).toEqual(['relay']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(new Set(lost)).toEqual(new Set(['relay', 'phone']));
});

test('who took longer to be connected, or was sent much before, has longer', async () => {
  const lost: string[] = [];
  const slow = { ...neighbour('slow road', 'relay', 0), connectedInMs: 3_000 };
  const full = neighbour('full road', 'relay', 0);
  new Probe<Fake>(TIMES, ({ name }) => lost.push(name)).ask([slow, { ...full, frames: { ...full.frames, backlogMs: 500 } }]);
  await vi.advanceTimersByTimeAsync(1_499);
  expect(lost).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(lost).toEqual(['full road']);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(lost).toEqual(['full road', 'slow road']);
});

test('where this side itself was busy, what came meanwhile is read before anybody goes', async () => {
  const lost: string[] = [];
  let heardAtMs = 0;
  const asked = {
    ...neighbour('relay', 'relay', 0),
    frames: {
      backlogMs: 0,
      get heardAtMs() {
        return heardAtMs;
      },
      ask: () => {},
    },
  };
  new Probe<Fake>(TIMES, ({ name }) => lost.push(name)).ask([asked]);
  // The clock goes on while no timer runs.
  vi.setSystemTime(Date.now() + 5_000);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(lost).toEqual([]);
  heardAtMs = Date.now();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lost).toEqual([]);
});

test('after it was stopped nobody is asked and nobody goes, and no timer is left', async () => {
  const lost: string[] = [];
  const asked = neighbour('phone', 'relay', 0);
  const probe = new Probe<Fake>(TIMES, ({ name }) => lost.push(name));
  probe.ask([asked]);
  probe.ask([asked]);
  probe.stop();
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([lost, asked.questions]).toEqual([[], 2]);
});
