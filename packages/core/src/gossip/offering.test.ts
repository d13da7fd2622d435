import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { makePurgeToken } from '../envelope/envelope.ts';
import { toHex } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, plainHello, type Shape, START_MS, whoIs } from '../testing/gossip-holder.ts';
import type { Frame } from './frames.ts';
import { ASKED_MAX, PERSON_LIMITS } from './limits.ts';
import { RESULTS } from './refusals.ts';
import type { Tier, Who } from './tier.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const make = (shape: Shape = {}): Made => makeOne(suite, shape);
const bundle = (count: number, shape: Shape = {}): readonly Made[] => Array.from({ length: count }, () => make(shape));
const ids = (mail: readonly Made[]): readonly string[] => mail.map((it) => toHex(it.envelope.id));
const person = (name = 'ann', seed = 1): Holder => new Holder(suite, name, { seed });

const gives = (frames: readonly Frame[]): readonly number[] =>
  frames.flatMap((frame) => (frame.kind === 'give' || frame.kind === 'push' ? [frame.copies] : []));
let askedMs = START_MS;

/** What it gives to whoever wants one a second later, and the copies that go along. */
function isAskedFor(holder: Holder, neighbour: number, it: Made): readonly number[] {
  askedMs += 1000;
  holder.hears(neighbour, { kind: 'want', ids: [it.envelope.id] }, askedMs);
  return gives(holder.says(askedMs));
}

/** Carries one with all its copies that nobody has been shown yet. */
function carrying(copies = 8, shape: Shape = {}): { readonly holder: Holder; readonly it: Made } {
  const [holder, it] = [person(), make(shape)];
  holder.gossip.publish(it.envelope, START_MS, copies);
  holder.says();
  return { holder, it };
}

describe('copies', () => {
  test.each([
    ['contact', 8, 4],
    ['contact', 5, 2],
    ['contact', 2, 1],
    ['contact', 1, 0],
    ['stranger', 8, 1],
    ['stranger', 2, 1],
    ['stranger', 1, 0],
    ['own', 8, 4],
  ] as const)('a %s is handed of %i copies %i', (tier, copies, handed) => {
    const { holder, it } = carrying(copies);
    holder.greeted(1, 'person', { tier });
    expect(isAskedFor(holder, 1, it)).toEqual([handed]);
  });

  test('what is shown in a list is what is handed over', () => {
    for (const tier of ['contact', 'stranger'] as const) {
      const { holder, it } = carrying();
      holder.gossip.up(1, whoIs(1, tier), START_MS);
      holder.hears(1, plainHello());
      const [shown] = holder.says().flatMap((frame) => (frame.kind === 'have' ? frame.entries : []));
      expect(shown?.copies).toBe(tier === 'contact' ? 4 : 1);
      expect(isAskedFor(holder, 1, it)).toEqual([shown?.copies]);
    }
  });

  test('one after the other they are halved, and the last is kept', () => {
    const { holder, it } = carrying();
    const handed = Array.from({ length: 5 }, (_, i) => isAskedFor(holder.greeted(i, 'person', { tier: 'contact' }), i, it));
    expect(handed.flat()).toEqual([4, 2, 1, 0, 0]);
  });

  test('many strangers together get no more than there were', () => {
    const { holder, it } = carrying();
    const handed = Array.from({ length: 20 }, (_, i) => isAskedFor(holder.greeted(i), i, it)).flat();
    expect(handed.reduce((a, b) => a + b)).toBe(7);
    expect(Math.max(...handed)).toBe(1);
  });

  test('a relay is handed all, and they are not fewer for it', () => {
    const { holder, it } = carrying();
    expect(isAskedFor(holder.greeted(1, 'relay'), 1, it)).toEqual([PERSON_LIMITS.copies[1]]);
    expect(isAskedFor(holder.greeted(2, 'person', { tier: 'contact' }), 2, it)).toEqual([4]);
  });

  test('a relay hands persons none: for reading', () => {
    const relay = new Holder(suite, 'relay', { role: 'relay' }).greeted(1).greeted(2);
    const it = make();
    relay.isGiven(1, it);
    relay.says();
    expect(isAskedFor(relay, 2, it)).toEqual([0]);
  });

  test('who became a contact while connected is handed a contact’s', () => {
    const { holder, it } = carrying();
    holder.greeted(1);
    holder.gossip.setTier(1, 'contact');
    expect(isAskedFor(holder, 1, it)).toEqual([4]);
  });
});

describe('a neighbour that asks for the same again', () => {
  const left = (holder: Holder, it: Made): readonly number[] => isAskedFor(holder.greeted(2, 'person', { tier: 'contact' }), 2, it);

  test.each(['stranger', 'contact'] as const)('costs no second copy: a %s', (tier) => {
    const { holder, it } = carrying();
    holder.greeted(1, 'person', { tier });
    for (let i = 0; i < 7; i++) isAskedFor(holder, 1, it);
    expect(left(holder, it)).toEqual([tier === 'contact' ? 2 : 3]);
  });

  test('is handed no second copy when it has said that it took the first', () => {
    const { holder, it } = carrying();
    holder.greeted(1);
    expect(isAskedFor(holder, 1, it)).toEqual([1]);
    holder.hears(1, { kind: 'results', results: [{ id: it.envelope.id, result: 'accepted' }] });
    expect(Array.from({ length: 5 }, () => isAskedFor(holder, 1, it)).flat()).toEqual([0, 0, 0, 0, 0]);
    expect(left(holder, it)).toEqual([3]);
  });

  test('costs no second copy by coming anew under the same key', () => {
    const { holder, it } = carrying();
    for (let i = 0; i < 7; i++) {
      isAskedFor(holder.greeted(1), 1, it);
      holder.gossip.down(1);
    }
    expect(left(holder, it)[0]).toBeGreaterThanOrEqual(3);
  });
});

describe('an answer', () => {
  test.each(RESULTS.filter((result) => result !== 'accepted'))('of %s gives the copies back, once', (result) => {
    const { holder, it } = carrying();
    holder.greeted(1, 'person', { tier: 'contact' });
    isAskedFor(holder, 1, it);
    for (let i = 0; i < 3; i++) holder.hears(1, { kind: 'results', results: [{ id: it.envelope.id, result }] });
    expect(isAskedFor(holder.greeted(2, 'person', { tier: 'contact' }), 2, it)).toEqual([4]);
  });

  test('that it was taken gives nothing back, nor does a refusal after it', () => {
    const { holder, it } = carrying();
    holder.greeted(1, 'person', { tier: 'contact' });
    isAskedFor(holder, 1, it);
    for (const result of ['accepted', 'full'] as const) holder.hears(1, { kind: 'results', results: [{ id: it.envelope.id, result }] });
    expect(isAskedFor(holder.greeted(2, 'person', { tier: 'contact' }), 2, it)).toEqual([2]);
  });

  test('for what was never handed over, or from somebody else, gives nothing back', () => {
    const { holder, it } = carrying();
    holder.greeted(1, 'person', { tier: 'contact' }).greeted(2, 'person', { tier: 'contact' });
    isAskedFor(holder, 1, it);
    holder.hears(2, { kind: 'results', results: [{ id: it.envelope.id, result: 'full' }] });
    holder.hears(2, { kind: 'results', results: [{ id: make().envelope.id, result: 'full' }] });
    expect(isAskedFor(holder, 2, it)).toEqual([2]);
  });

  test('a refusal that comes when the envelope is gone brings nothing back', () => {
    const { holder, it } = carrying();
    holder.greeted(1, 'person', { tier: 'contact' });
    isAskedFor(holder, 1, it);
    holder.gossip.withdraw(it.envelope.id);
    holder.hears(1, { kind: 'results', results: [{ id: it.envelope.id, result: 'full' }] });
    holder.says();
    expect(holder.has(it)).toBe(false);
    expect(holder.rows.size).toBe(0);
  });
});

describe('bulk', () => {
  test('is neither listed nor given to persons, whoever they are', () => {
    for (const tier of ['contact', 'stranger', 'own'] as const) {
      const { holder, it } = carrying(8, { class: 3, bodyBytes: 32_768 });
      holder.gossip.publish(make().envelope, START_MS);
      holder.says();
      const shown = shownTo(holder, 'person', tier);
      expect(shown).toHaveLength(1);
      expect(shown).not.toContain(toHex(it.envelope.id));
      expect(isAskedFor(holder, 1, it)).toEqual([]);
    }
  });

  test('goes to relays, and from them to whoever asks by its tag', () => {
    const { holder, it } = carrying(1, { class: 3, bodyBytes: 32_768 });
    expect(shownTo(holder, 'relay', 'own')).toEqual(ids([it]));
    expect(isAskedFor(holder, 1, it)).toEqual([1]);
    const relay = new Holder(suite, 'relay', { role: 'relay' }).greeted(1).greeted(2, 'person', { pull: 'mailbox' });
    relay.isGiven(1, it);
    relay.says();
    relay.hears(2, { kind: 'tags', replace: true, tags: [it.envelope.header.tag] });
    expect(gives(relay.says())).toEqual([0]);
  });
});

/** What a neighbour that comes up is listed. */
function shownTo(holder: Holder, role: 'person' | 'relay', tier: Tier): readonly string[] {
  const other = new Holder(suite, 'other', { role });
  const pair = [holder, other];
  holder.gossip.up(1, { key: 'aa'.repeat(32), tier, isKnownRelay: role === 'relay' }, START_MS);
  other.gossip.up(0, { key: 'bb'.repeat(32), tier, isKnownRelay: false }, START_MS);
  const shown: string[] = [];
  for (let turn = 0; turn < 4; turn++)
    for (const [from, one] of pair.entries())
      for (const { to, frame } of one.saysTo()) {
        if (from === 0 && frame.kind === 'have') shown.push(...frame.entries.map(({ id }) => toHex(id)));
        if (frame.kind !== 'give' && frame.kind !== 'push' && frame.kind !== 'want') pair[to]?.hears(from, frame);
      }
  return shown;
}

test('no more is kept of what a neighbour asks for than a bounded number', () => {
  const relay = new Holder(suite, 'relay', { role: 'relay' }).greeted(1).greeted(2);
  const mail = bundle(ASKED_MAX + 200);
  for (const it of mail) relay.isGiven(1, it);
  relay.says();
  let given = 0;
  for (let at = 0; at < mail.length; at += 1000)
    relay.hears(2, { kind: 'want', ids: mail.slice(at, at + 1000).map((it) => it.envelope.id) });
  for (let turn = 0; turn < 30; turn++) given += gives(relay.says(START_MS + 20 * turn)).length;
  expect(given).toBeLessThanOrEqual(mail.length);
  expect(given).toBeGreaterThanOrEqual(ASKED_MAX);
});

test('what was let go leaves room for more of the same neighbour', () => {
  const holder = person().greeted(1).greeted(2, 'person', { tier: 'contact' });
  const [before, after] = [bundle(PERSON_LIMITS.quotas.stranger.envelopes), bundle(PERSON_LIMITS.quotas.stranger.envelopes)];
  for (const it of before) holder.isGiven(1, it, 1);
  holder.hears(2, { kind: 'forget', tokens: before.map(({ envelope, purgeKey }) => makePurgeToken(suite, envelope, purgeKey)) });
  for (const it of after) holder.isGiven(1, it, 1);
  holder.says();
  expect([before, after].map((mail) => mail.filter((it) => holder.has(it)).length)).toEqual([0, after.length]);
});

test('where one stranger comes by it leaves all it may, where many do one each; nothing is asked for that would be refused', () => {
  const taken = (others: number): readonly [asked: number, kept: number] => {
    const holder = person();
    for (let neighbour = 1; neighbour <= 1 + others; neighbour++) holder.greeted(neighbour);
    const mail = bundle(20);
    const entries = mail.map(({ envelope }) => ({ id: envelope.id, tag: envelope.header.tag, class: 1, size: 0, copies: 1 }));
    holder.hears(1, { kind: 'have', entries });
    const asked = holder.says().flatMap((frame) => (frame.kind === 'want' ? frame.ids : []));
    for (const it of mail) holder.isGiven(1, it, 1);
    holder.says();
    return [asked.length, mail.filter((it) => holder.has(it)).length];
  };
  const { fairShareFirst: first, quotas } = PERSON_LIMITS;
  const quota = quotas.stranger.envelopes;
  expect([0, 3, 2 * first].map(taken)).toEqual([
    [quota, quota],
    [first / 4, first / 4],
    [1, 1],
  ]);
});

describe('a file that was chosen to carry from', () => {
  const FILE = -1;
  const WHO: Who = { key: 'ff'.repeat(32), tier: 'own', isKnownRelay: false };
  const imported = (holder: Holder, mail: readonly Made[]): void => {
    for (const it of mail) {
      holder.gossip.up(FILE, WHO, START_MS);
      holder.isGiven(FILE, it, 8);
      holder.gossip.down(FILE);
    }
    holder.says();
  };

  test('leaves more than a stranger may, is offered to others, and is none of our own', () => {
    const holder = person();
    const mail = bundle(3 * PERSON_LIMITS.quotas.stranger.envelopes);
    imported(holder, mail);
    expect(mail.every((it) => holder.has(it))).toBe(true);
    expect(shownTo(holder, 'person', 'contact')).toHaveLength(mail.length);
    holder.hears(1, { kind: 'want', ids: mail.map((it) => it.envelope.id) });
    expect(holder.custody).toEqual([]);
  });

  test('gives way to what we write, and what we write never to a file', () => {
    const holder = new Holder(suite, 'ann', { limits: { carriedMax: 10 } });
    imported(holder, bundle(20));
    expect(holder.gossip.carriedCount).toBe(10);
    const own = bundle(10);
    for (const it of own) holder.gossip.publish(it.envelope, START_MS);
    holder.says();
    imported(holder, bundle(3));
    expect([holder.gossip.carriedCount, own.every((it) => holder.has(it))]).toEqual([10, true]);
  });

  test('is known for a file after a restart', () => {
    const before = new Holder(suite, 'ann', { limits: { carriedMax: 10 } });
    imported(before, bundle(10));
    const after = new Holder(suite, 'ann', { limits: { carriedMax: 10 } });
    after.gossip.restore(before.rows.values(), before.seen.values());
    const it = make();
    after.gossip.publish(it.envelope, START_MS);
    after.says();
    expect(after.gossip.carriedCount).toBeLessThanOrEqual(10);
    expect(after.has(it)).toBe(true);
  });
});
