import fc from 'fast-check';
import { expect, test } from 'vitest';
import { en } from '../locales/en.ts';
import { Times } from './times.ts';

const times = new Times(en, { timeZone: 'Europe/Berlin' });
const NOW_MS = Date.UTC(2026, 10, 20, 9, 13);

test('a row says the time today, then the day, then the date', () => {
  expect(times.rowTime(Date.UTC(2026, 10, 20, 7, 6), NOW_MS)).toBe('08:06');
  expect(times.rowTime(Date.UTC(2026, 10, 19, 20, 0), NOW_MS)).toBe('Yesterday');
  expect(times.rowTime(Date.UTC(2026, 10, 17, 20, 0), NOW_MS)).toBe('Tue');
  expect(times.rowTime(Date.UTC(2026, 9, 4, 20, 0), NOW_MS)).toBe('4 Oct');
  expect(times.rowTime(Date.UTC(2025, 9, 4, 20, 0), NOW_MS)).toBe('4 Oct 2025');
});

test('midnight is where the person is, not in Greenwich', () => {
  expect(times.dividerDay(Date.UTC(2026, 10, 19, 23, 30), NOW_MS)).toBe('Today');
  expect(times.dividerDay(Date.UTC(2026, 10, 19, 22, 30), NOW_MS)).toBe('Yesterday');
  expect(times.dividerDay(Date.UTC(2026, 10, 15, 9, 0), NOW_MS)).toBe('Sunday 15 November');
});

test('a message from a clock that runs ahead is given its date', () => {
  expect(times.rowTime(NOW_MS + 3 * 86_400_000, NOW_MS)).toBe('23 Nov');
});

test('a time that no calendar has is shown as the nearest one, and never an error', () => {
  const places = ['dayKey', 'time', 'shortDay', 'fullDay', 'stamp', 'dividerDay', 'rowTime', 'when'] as const;
  const odd = [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, Infinity, -Infinity, Number.NaN, 8.64e15, -8.64e15];
  for (const place of places) {
    for (const ms of odd) expect(times[place](ms, NOW_MS)).toEqual(expect.any(String));
    fc.assert(fc.property(fc.double(), fc.double(), (ms, nowMs) => void times[place](ms, nowMs)));
  }
  expect(times.when(2 ** 53 - 1, NOW_MS)).toBe(times.when(8.64e15, NOW_MS));
});
