import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Bytes, bytesOf, toHex } from '../../kernel/bytes.ts';
import { tagOf } from '../../session/chain.ts';
import { FIRST_MESSAGES_MAX, JUMP_MAX, TAG_STRIDE, TAG_WINDOW } from '../../session/limits.ts';
import type { Session } from '../../session/session.ts';
import { NEWS_AHEAD } from './limits.ts';
import { TagTable } from './tag-table.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const keyOf = (chain: number) => bytesOf(new Uint8Array(32).fill(chain + 1));
const ID = bytesOf(new Uint8Array(16));

/** A session that reads number `next` of chain `chain`, as far as a table of tags looks at it. */
function at(chain: number, next: number): Session {
  const receiving = { headerKey: keyOf(chain), chainKey: keyOf(chain), next, epoch: 0 };
  return {
    id: ID,
    ratchet: { receiving, sending: undefined, nextReceivingHeaderKey: keyOf(chain + 1) },
    heard: [],
    past: [],
  } as unknown as Session;
}

const isExpected = (from: number, number: number) =>
  number >= from && (number < from + TAG_WINDOW || (number % TAG_STRIDE === 0 && number <= from + JUMP_MAX));

function expectsAll(table: TagTable, chain: number, from: number, place: 'current' | 'next'): void {
  for (let number = from; number <= from + JUMP_MAX + 64; number += number < from + 2 * TAG_WINDOW ? 1 : 16) {
    const meaning = table.get(tagOf(suite, keyOf(chain), number));
    if (isExpected(from, number)) expect(meaning).toEqual({ kind: 'session', session: '00'.repeat(16), chain: place, number });
    else expect(meaning).toBeUndefined();
  }
}

// Asked about after every step, after some, or only at the end: the answers are those of the rule.
test.each([1, 3, 100])('every tag of the rule means its message, whichever were asked for before (looked at after %i steps)', (every) => {
  const table = new TagTable(suite);
  // biome-ignore format: a table
  const steps: readonly (readonly [number, number])[] = [
    [0, 0], [0, 1], [0, 2], [1, 1], [2, 1], [2, 40], [2, 41], [3, 200], [3, 201], [3, 1300], [4, 1],
  ];
  steps.forEach(([chain, next], step) => {
    table.follow(at(chain, next));
    if ((step + 1) % every !== 0 && step < steps.length - 1) return;
    expectsAll(table, chain, next, 'current');
    expectsAll(table, chain + 1, 0, 'next');
    if (chain > 0) expect(table.get(tagOf(suite, keyOf(chain - 1), 50))).toBeUndefined();
  });
});

test('tags under which something may have been written before are answered when they become expected', () => {
  const table = new TagTable(suite);
  expect(table.follow(at(0, 1))).toContainEqual(tagOf(suite, keyOf(0), TAG_WINDOW));
  expect(table.follow(at(0, 2))).toEqual([tagOf(suite, keyOf(0), TAG_WINDOW + 1)]);
  const turned = table.follow(at(1, 41));
  for (let number = TAG_WINDOW; number < TAG_WINDOW + 41; number++) expect(turned).toContainEqual(tagOf(suite, keyOf(1), number));
});

test('what was forgotten means nothing, also what had been left for later', () => {
  const table = new TagTable(suite);
  table.follow(at(0, 1));
  table.forget('00'.repeat(16));
  for (const chain of [0, 1]) for (const number of [0, 1, 64, 3200]) expect(table.get(tagOf(suite, keyOf(chain), number))).toBeUndefined();
});

test('numbers that were read are known again, of this chain and of those before, until they are forgotten', () => {
  const table = new TagTable(suite);
  const mark = bytesOf([1, 2, 3, 4]);
  const first = { ...at(0, 3), heard: [1, 2].map((number) => ({ number, mark })) };
  table.follow(first);
  expect(table.get(tagOf(suite, keyOf(0), 2))).toEqual({ kind: 'spent', session: '00'.repeat(16), number: 2 });
  expect(table.get(tagOf(suite, keyOf(0), 0))).toBeUndefined();
  const turned = { ...at(1, 1), heard: [{ number: 0, mark }], past: [{ headerKey: keyOf(0), heard: [{ number: 2, mark }] }] };
  table.follow(turned);
  expect(table.get(tagOf(suite, keyOf(0), 2))).toMatchObject({ kind: 'spent', number: 2 });
  expect(table.get(tagOf(suite, keyOf(0), 1))).toBeUndefined();
  expect(table.get(tagOf(suite, keyOf(1), 0))).toMatchObject({ kind: 'spent', number: 0 });
  table.follow({ ...at(2, 1), heard: [], past: [] });
  expect(table.get(tagOf(suite, keyOf(0), 2))).toBeUndefined();
  // A table that is built from what was stored knows the same.
  const again = new TagTable(suite);
  again.follow(turned);
  expect(again.get(tagOf(suite, keyOf(0), 2))).toMatchObject({ kind: 'spent', number: 2 });
});

test('a deposit is known by device, period and slot, and a first message by its bundle and number, until they are let go of', () => {
  const table = new TagTable(suite);
  const tags = Array.from({ length: 40 }, (_, i) => keyOf(100 + i).slice(0, 16));
  const meanings = tags.map((_, i) => ({ kind: 'deposit', device: i % 3 === 0 ? 'aa' : 'bb', period: 2900 + i, slot: i % 16 }) as const);
  tags.forEach((tag, i) => {
    table.set(tag, meanings[i] as (typeof meanings)[number]);
  });
  const source = { occasion: 'prekeys', id: 'cc', by: 'dd' } as const;
  const first = table.expectFirst(source, keyOf(9), 8);
  expect(table.expectFirst(source, keyOf(9), 8)).toEqual(first);
  expect(tags.map((tag) => table.get(tag))).toEqual(meanings);
  expect(first.map((tag) => table.get(tag))).toEqual(first.map((_, number) => ({ kind: 'first', ...source, number })));
  expect([...table.all()]).toHaveLength(48);
  table.delete(tags[7] as Bytes);
  table.forgetFirst(keyOf(9), 8);
  expect(tags.map((tag) => table.get(tag)?.kind)).toEqual(tags.map((_, i) => (i === 7 ? undefined : 'deposit')));
  expect(first.map((tag) => table.get(tag))).toEqual(first.map(() => undefined));
});

describe('all tags', () => {
  test('are those that mean something, each once, also what had been left for later', () => {
    const table = new TagTable(suite);
    table.follow({ ...at(0, 3), heard: [{ number: 2, mark: bytesOf([1, 2, 3, 4]) }] });
    table.follow(at(1, 40));
    table.expectFirst({ occasion: 'prekeys', id: 'aa' }, keyOf(9));
    const tags = [...table.all()];
    expect(new Set(tags.map(toHex)).size).toBe(tags.length);
    for (const tag of tags) expect(table.get(tag)).toBeDefined();
    const expected = (chain: number, from: number) =>
      Array.from({ length: from + JUMP_MAX + 1 }, (_, number) => number)
        .filter((number) => isExpected(from, number))
        .map((number) => toHex(tagOf(suite, keyOf(chain), number)));
    expect(tags.map(toHex)).toEqual(expect.arrayContaining([...expected(1, 40), ...expected(2, 0)]));
    expect(tags).toHaveLength(expected(1, 40).length + expected(2, 0).length + FIRST_MESSAGES_MAX);
  });

  test('begin with the next of every chain and end with what was read', () => {
    const table = new TagTable(suite);
    table.follow({ ...at(0, 5), heard: [{ number: 4, mark: bytesOf([1, 2, 3, 4]) }] });
    table.set(keyOf(7).slice(0, 16), { kind: 'skipped', session: '00'.repeat(16), isFirst: false });
    const numbers = [...table.all()]
      .map((tag) => table.get(tag))
      .map((meaning) => (meaning?.kind === 'session' ? meaning.number : meaning?.kind));
    expect(numbers.slice(0, 4).sort()).toEqual([0, 1, 5, 6]);
    expect(numbers.indexOf('skipped')).toBe(2 * TAG_WINDOW);
    expect(numbers.at(-1)).toBe('spent');
  });
});

describe('the tags to name, since they were asked for last,', () => {
  const news = (table: TagTable) => table.news().map(toHex);
  const range = (chain: number, from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => toHex(tagOf(suite, keyOf(chain), from + i)));
  const wanted = () => {
    const table = new TagTable(suite);
    table.wantNews(true);
    return table;
  };

  test('are the next of every chain, each named once, and more when half of them have come', () => {
    const table = wanted();
    table.follow(at(0, 3));
    expect(news(table)).toEqual([...range(0, 3, 3 + NEWS_AHEAD), ...range(1, 0, NEWS_AHEAD)]);
    expect(news(table)).toEqual([]);
    table.follow(at(0, 4));
    expect(news(table)).toEqual([]);
    table.follow(at(0, 3 + NEWS_AHEAD / 2));
    expect(news(table)).toEqual(range(0, 3 + NEWS_AHEAD, 3 + NEWS_AHEAD / 2 + NEWS_AHEAD));
  });

  test('are of the chain that came to be next, when the session turns', () => {
    const table = wanted();
    table.follow(at(0, 1));
    news(table);
    table.follow(at(1, 1));
    expect(news(table)).toEqual(range(2, 0, NEWS_AHEAD));
  });

  test('are those outside chains too, unless they mean nothing any more', () => {
    const table = wanted();
    const [kept, gone] = [keyOf(3).slice(0, 16), keyOf(4).slice(0, 16)];
    for (const tag of [kept, gone]) table.set(tag, { kind: 'link-bundle' });
    table.delete(gone);
    expect(news(table)).toEqual([toHex(kept)]);
    expect(news(table)).toEqual([]);
  });

  test('are none of a chain that is forgotten, and none as long as nobody wants them', () => {
    const table = wanted();
    table.follow(at(0, 1));
    table.forget('00'.repeat(16));
    expect(news(table)).toEqual([]);
    table.follow(at(0, 1));
    table.wantNews(false);
    table.follow(at(0, 2));
    table.set(keyOf(3).slice(0, 16), { kind: 'link-bundle' });
    expect(news(table)).toEqual([]);
  });
});
