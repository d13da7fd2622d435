import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { type Bytes, toHex } from '../kernel/bytes.ts';
import { tagOf } from './chain.ts';
import { type ExpectedTags, expectTags } from './expected-tags.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const KEYS: readonly Bytes[] = [1, 2].map((value) => new Uint8Array(32).fill(value));
const [KEY, OTHER] = KEYS as [Bytes, Bytes];

/** Each of the next 128 and every 32nd up to 4,000 ahead. */
function numbers(from: number): readonly number[] {
  const all = Array.from({ length: 4001 }, (_, ahead) => from + ahead);
  return all.filter((number) => number < from + 128 || number % 32 === 0);
}

const tagsOf = (key: Bytes, from: number): readonly string[] => numbers(from).map((number) => toHex(tagOf(suite, key, number)));
const sorted = (tags: Iterable<string>): readonly string[] => [...tags].sort();

test('a new chain expects each of the next 128 numbers and every 32nd up to 4,000', () => {
  for (const from of [0, 1, 31, 32, 33, 1000]) {
    const { now, added, removed } = expectTags(suite, undefined, KEY, from);
    expect(added.map((one) => one.number)).toEqual(numbers(from));
    expect(added.map((one) => one.tag)).toEqual(tagsOf(KEY, from));
    for (const one of added) expect([toHex(one.bytes), one.isLate]).toEqual([one.tag, false]);
    expect(removed).toEqual([]);
    expect([now?.from, now?.headerKey, now?.isWhole]).toEqual([from, KEY, true]);
    expect([...(now?.tags ?? [])]).toEqual(added.map((one) => [one.number, one.tag]));
  }
});

test('no chain expects nothing, and gives up what was expected', () => {
  expect(expectTags(suite, undefined, undefined, 0)).toEqual({ now: undefined, added: [], removed: [] });
  const before = expectTags(suite, undefined, KEY, 0).now;
  const change = expectTags(suite, before, undefined, 0);
  expect([change.now, change.added, sorted(change.removed)]).toEqual([undefined, [], sorted(tagsOf(KEY, 0))]);
});

test('a chain that stands still changes nothing', () => {
  const before = expectTags(suite, undefined, KEY, 7).now;
  const change = expectTags(suite, before, KEY, 7);
  expect(change).toEqual({ now: before, added: [], removed: [] });
  expect(change.now).toBe(before);
  const near = expectTags(suite, before, KEY, 7, 'near');
  expect(near.now).toBe(before);
  expect(near.now?.isWhole).toBe(true);
});

test('of a new chain only the two nearest are worked out when the whole can wait, and the others are late then', () => {
  const near = expectTags(suite, undefined, KEY, 5, 'near');
  expect(near.added.map((one) => [one.number, one.isLate])).toEqual([
    [5, false],
    [6, false],
  ]);
  expect(near.now?.isWhole).toBe(false);
  const whole = expectTags(suite, near.now, KEY, 5, 'whole');
  expect(whole.added.map((one) => one.number)).toEqual(numbers(5).slice(2));
  expect(whole.added.every((one) => one.isLate)).toBe(true);
  expect(whole.removed).toEqual([]);
  expect(whole.now?.isWhole).toBe(true);
});

test('of a chain that goes on while most of it waits, what was not expected before is new, and the nearest are late', () => {
  const before = expectTags(suite, undefined, KEY, 0, 'near').now;
  const { now, added, removed } = expectTags(suite, before, KEY, 40, 'near');
  // What comes into the window, and what comes into reach behind it.
  const fresh = numbers(40).filter((number) => (number >= 128 && number < 168) || number > 4000);
  expect(added.filter((one) => !one.isLate).map((one) => one.number)).toEqual(fresh);
  expect(added.filter((one) => one.isLate).map((one) => one.number)).toEqual([40, 41]);
  expect(removed).toHaveLength(2);
  expect(now?.isWhole).toBe(false);
  const whole = expectTags(suite, now, KEY, 40);
  expect([...added, ...whole.added].map((one) => one.number).toSorted((a, b) => a - b)).toEqual(numbers(40));
  expect(expectTags(suite, whole.now, KEY, 41, 'near').now?.isWhole).toBe(true);
});

test('however a chain moves, near or whole, forth or back or to another, all changes together leave what is expected at its last place', () => {
  const move = fc.record({
    key: fc.nat(1),
    by: fc.integer({ min: -40, max: 300 }),
    far: fc.boolean(),
    reach: fc.constantFrom('near', 'whole'),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 12 }), (moves) => {
      const expected = new Set<string>();
      let before: ExpectedTags | undefined;
      let from = 0;
      const follow = (key: Bytes, reach: 'near' | 'whole') => {
        const { now, added, removed } = expectTags(suite, before, key, from, reach);
        expect(removed.filter((tag) => !expected.delete(tag))).toEqual([]);
        expect(added.filter(({ tag, bytes }) => expected.has(tag) || toHex(bytes) !== tag)).toEqual([]);
        for (const { tag } of added) expected.add(tag);
        before = now;
        expect(sorted(now?.tags.values() ?? []).join()).toBe(sorted(expected).join());
      };
      for (const { key, by, far, reach } of moves) {
        from = Math.max(0, from + by * (far ? 20 : 1));
        follow(KEYS[key] as Bytes, reach as 'near' | 'whole');
        for (const nearest of [from, from + 1]) expect(before?.tags.has(nearest)).toBe(true);
      }
      follow(OTHER, 'whole');
      expect(sorted(expected).join()).toBe(sorted(tagsOf(OTHER, from)).join());
    }),
    { seed: 1, numRuns: 40 },
  );
});
