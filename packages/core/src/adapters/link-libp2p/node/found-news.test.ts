import { expect, test } from 'vitest';
import { FoundNews } from './found-news.ts';

const HERE = ['/ip4/10.0.0.1/tcp/4001'];
const THERE = ['/ip4/10.0.0.2/tcp/4001'];

test('an announcement is news the first time, from elsewhere, and again after half a minute', () => {
  const news = new FoundNews();
  expect([0, 1, 29_999].map((nowMs) => news.isNews('ann', HERE, nowMs))).toEqual([true, false, false]);
  expect(news.isNews('bo', HERE, 1)).toBe(true);
  expect(news.isNews('ann', THERE, 2)).toBe(true);
  expect([30_001, 30_002, 30_003].map((nowMs) => news.isNews('ann', THERE, nowMs))).toEqual([false, true, false]);
});

test('whoever announces very many makes few events, and the rest is news in the next second', () => {
  const news = new FoundNews();
  const toldAt = (nowMs: number): number =>
    Array.from({ length: 1000 }, (_, i) => news.isNews(`k${i}`, HERE, nowMs)).filter(Boolean).length;
  expect(toldAt(0)).toBe(32);
  expect(toldAt(1000)).toBe(32);
});
