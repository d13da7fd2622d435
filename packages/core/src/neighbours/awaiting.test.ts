import { expect, test } from 'vitest';
import { Awaiting } from './awaiting.ts';
import { ANSWER_PATIENCE_MAX_MS, ANSWER_PATIENCE_MS, ASKED_AGAIN_MS } from './limits.ts';

const ONE = 1;

test('who was handed something and says nothing is asked once, after its patience', () => {
  const it = new Awaiting();
  it.handed(ONE, 1000);
  it.handed(ONE, 1200);
  expect(it.wakeAtMs()).toBe(1000 + ANSWER_PATIENCE_MS);
  expect(it.due(999 + ANSWER_PATIENCE_MS)).toEqual([]);
  expect(it.due(1000 + ANSWER_PATIENCE_MS)).toEqual([ONE]);
  expect(it.due(1000 + 2 * ANSWER_PATIENCE_MS)).toEqual([]);
  expect(it.wakeAtMs()).toBeUndefined();
});

test('who was handed nothing, or has said something since, is not asked', () => {
  const it = new Awaiting();
  expect(it.wakeAtMs()).toBeUndefined();
  it.heard(ONE, 0);
  it.handed(ONE, 10);
  it.heard(ONE, 30);
  expect(it.wakeAtMs()).toBeUndefined();
  expect(it.due(1e9)).toEqual([]);
});

test('who lives and never answers is asked again only after a while, when there is something new to wait for', () => {
  const it = new Awaiting();
  it.handed(ONE, 0);
  const askedAtMs = ANSWER_PATIENCE_MS;
  expect(it.due(askedAtMs)).toEqual([ONE]);
  it.handed(ONE, askedAtMs + ASKED_AGAIN_MS - 1);
  expect(it.wakeAtMs()).toBeUndefined();
  it.handed(ONE, askedAtMs + ASKED_AGAIN_MS);
  expect(it.wakeAtMs()).toBe(askedAtMs + ASKED_AGAIN_MS + ANSWER_PATIENCE_MS);
});

test('who always takes long is waited for longer, within a bound', () => {
  const patienceMs = (tookMs: number): number => {
    const it = new Awaiting();
    for (let times = 0; times < 5; times++) {
      it.handed(ONE, times * 100_000);
      it.heard(ONE, times * 100_000 + tookMs);
    }
    it.handed(ONE, 1e6);
    return (it.wakeAtMs() as number) - 1e6;
  };
  expect(patienceMs(20)).toBe(ANSWER_PATIENCE_MS);
  expect(patienceMs(1_200)).toBeGreaterThan(1_200);
  expect(patienceMs(1_200)).toBeLessThan(ANSWER_PATIENCE_MAX_MS);
  expect(patienceMs(60_000)).toBe(ANSWER_PATIENCE_MAX_MS);
});

test('who is gone is not waited for, and not remembered', () => {
  const it = new Awaiting();
  it.handed(ONE, 0);
  it.gone(ONE);
  expect(it.wakeAtMs()).toBeUndefined();
  it.handed(2, 100);
  expect(it.due(1e6)).toEqual([2]);
});
