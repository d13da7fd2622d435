import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { makePurgeToken } from '../envelope/envelope.ts';
import { type Bytes, toHex } from '../kernel/bytes.ts';
import {
  Holder,
  type HolderOptions,
  type Made,
  makeOne,
  meet,
  part,
  type Shape,
  START_MS,
  settle,
  whoIs,
} from '../testing/gossip-holder.ts';
import { HELLO_AGAIN_MS, PERSON_LIMITS, PUBLISH_LATEST_MS } from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const HOUR_MS = 3_600_000;
const WITHIN_MS = PERSON_LIMITS.publishWithinMs;

const make = (shape: Shape = {}): Made => makeOne(suite, shape);
const bundle = (count: number, shape: Shape = {}): readonly Made[] => Array.from({ length: count }, () => make(shape));
const person = (name: string, options: HolderOptions = {}): Holder => new Holder(suite, name, options);
const relay = (name = 'relay'): Holder => new Holder(suite, name, { role: 'relay' });
const tokenOf = (it: Made): Bytes => makePurgeToken(suite, it.envelope, it.purgeKey);

type Told = { readonly to: number; readonly token: string };

/** Lets time pass as a host does, waking it when it wants to be; answers whom it told which tokens. */
function pass(holder: Holder, fromMs: number, untilMs: number): readonly Told[] {
  const told: Told[] = [];
  let now = fromMs;
  for (let turns = 0; turns < 1000; turns++) {
    for (const { to, frame } of holder.saysTo(now))
      if (frame.kind === 'forget') for (const token of frame.tokens) told.push({ to, token: toHex(token) });
    now = Math.max(now, holder.gossip.wakeAtMs(now));
    if (now > untilMs) return told;
    holder.gossip.wake(now);
  }
  return expect.unreachable('it never sleeps');
}

/** Whoever lists it: is it told the token? */
function answersList(holder: Holder, neighbour: number, it: Made, nowMs: number): boolean {
  const { id, header } = it.envelope;
  holder.hears(neighbour, { kind: 'have', entries: [{ id, tag: header.tag, class: 1, size: 0, copies: 0 }] }, nowMs);
  return holder.says(nowMs).some((frame) => frame.kind === 'forget');
}

/** Has read one that neighbour 1 delivered; others may be near. */
function read(holder: Holder, it: Made, options: { readonly author?: number } = {}): Holder {
  holder.awaits(it);
  holder.isGiven(1, it);
  holder.gossip.consumed(it.envelope, it.purgeKey, 1, options.author, START_MS);
  return holder;
}

describe('the token of what was read', () => {
  test('is said at once to relays and to the author it came straight from, and to nobody else', () => {
    const it = make();
    const ann = person('ann').greeted(1).greeted(2).greeted(3, 'relay');
    expect(pass(read(ann, it, { author: 1 }), START_MS, START_MS + 20)).toEqual([1, 3].map((to) => ({ to, token: toHex(tokenOf(it)) })));
    const bo = person('bo').greeted(1).greeted(2);
    expect(pass(read(bo, it), START_MS, START_MS + 20)).toEqual([]);
  });

  test('is told to others near within ten minutes, at a time that is chance, and not to whoever delivered', () => {
    const times = Array.from({ length: 6 }, (_, seed) => {
      const it = make();
      const ann = read(person('ann', { seed }).greeted(1).greeted(2).greeted(3), it);
      let [at, told] = [START_MS, [] as readonly Told[]];
      for (; told.length === 0; at += 1000) {
        if (at > START_MS + WITHIN_MS) expect.unreachable('it was told to nobody');
        told = pass(ann, at, at + 1000);
      }
      expect(told.map(({ to }) => to)).toEqual([2, 3]);
      expect(pass(ann, at, START_MS + WITHIN_MS)).toEqual([]);
      return at;
    });
    expect(new Set(times).size).toBeGreaterThan(3);
  });

  test('answers nobody but a relay who lists the envelope, while it is held back', () => {
    const it = make();
    const ann = read(person('ann').greeted(1).greeted(2).greeted(3, 'relay'), it);
    pass(ann, START_MS, START_MS + 20);
    expect([1, 2, 3].map((from) => answersList(ann, from, it, START_MS + 20))).toEqual([false, false, true]);
    pass(ann, START_MS, START_MS + WITHIN_MS);
    expect([1, 2, 3].map((from) => answersList(ann, from, it, START_MS + WITHIN_MS))).toEqual([true, true, true]);
  });

  test('waits for another neighbour when only the one that delivered is near', () => {
    const it = make();
    const ann = read(person('ann').greeted(1), it);
    expect(pass(ann, START_MS, START_MS + 3 * WITHIN_MS)).toEqual([]);
    expect(answersList(ann, 1, it, START_MS + 3 * WITHIN_MS)).toBe(false);
    ann.greeted(2, 'person', { nowMs: START_MS + 3 * WITHIN_MS });
    expect(answersList(ann, 1, it, START_MS + 3 * WITHIN_MS)).toBe(true);
  });

  test('waits for another neighbour no longer than a day', () => {
    const it = make();
    const ann = read(person('ann').greeted(1), it);
    const late = START_MS + WITHIN_MS + PUBLISH_LATEST_MS + 1;
    pass(ann, START_MS, START_MS + PUBLISH_LATEST_MS);
    expect(answersList(ann, 1, it, START_MS + PUBLISH_LATEST_MS)).toBe(false);
    pass(ann, START_MS + PUBLISH_LATEST_MS, late);
    expect(answersList(ann, 1, it, late)).toBe(true);
  });

  test('under another number the same neighbour is still the one that delivered', () => {
    const it = make();
    const ann = read(person('ann').greeted(1), it);
    ann.gossip.down(1);
    ann.gossip.up(8, whoIs(1), START_MS);
    ann.hears(8, { ...helloOf(ann), role: 'person' });
    expect(pass(ann, START_MS, START_MS + 3 * WITHIN_MS)).toEqual([]);
    expect(answersList(ann, 8, it, START_MS + 3 * WITHIN_MS)).toBe(false);
  });

  test('that somebody else says is no secret any more', () => {
    const it = make();
    const ann = read(person('ann').greeted(1).greeted(2), it);
    pass(ann, START_MS, START_MS + 20);
    ann.hears(1, { kind: 'forget', tokens: [tokenOf(it)] });
    expect(pass(ann, START_MS + 20, START_MS + 60)).toEqual([{ to: 2, token: toHex(tokenOf(it)) }]);
    expect(pass(ann, START_MS + 60, START_MS + 2 * WITHIN_MS)).toEqual([]);
  });

  test('is still held back after a restart, for a while that is chance, and told in the end', () => {
    const times = Array.from({ length: 6 }, (_, seed) => {
      const it = make();
      const before = read(person('ann').greeted(1), it);
      pass(before, START_MS, START_MS + 20);
      const after = person('ann', { seed });
      after.gossip.restore(before.rows.values(), before.seen.values());
      pass(after, START_MS + 20, START_MS + 20);
      after.greeted(1, 'person', { nowMs: START_MS + 20 }).greeted(2, 'person', { nowMs: START_MS + 20 });
      expect(answersList(after, 1, it, START_MS + 20)).toBe(false);
      let at = START_MS + 40;
      while (pass(after, at, at + 1000).length === 0 && at < START_MS + 2 * WITHIN_MS) at += 1000;
      expect(at).toBeLessThan(START_MS + 2 * WITHIN_MS);
      return at;
    });
    expect(new Set(times).size).toBeGreaterThan(3);
  });

  test('that was public before a restart is so after it', () => {
    const it = make();
    const before = read(person('ann').greeted(1).greeted(2), it);
    pass(before, START_MS, START_MS + WITHIN_MS);
    const after = person('ann');
    after.gossip.restore(before.rows.values(), before.seen.values());
    after.greeted(1);
    expect(answersList(after, 1, it, START_MS + WITHIN_MS)).toBe(true);
  });
});

function helloOf(holder: Holder) {
  holder.gossip.up(99, whoIs(99), START_MS);
  for (const { to, frame } of holder.saysTo()) if (to === 99 && frame.kind === 'hello') return frame;
  return expect.unreachable('it greets');
}

describe('a token that is heard', () => {
  test('lets the envelope go and goes on to everybody near but whoever said it', () => {
    const it = make();
    const ann = person('ann').greeted(1).greeted(2).greeted(3, 'relay');
    ann.isGiven(1, it);
    ann.says();
    ann.hears(2, { kind: 'forget', tokens: [tokenOf(it)] });
    expect(
      pass(ann, START_MS, START_MS + 20)
        .map(({ to }) => to)
        .sort(),
    ).toEqual([1, 3]);
    expect([ann.has(it), ann.gossip.carriedCount]).toEqual([false, 0]);
    ann.hears(1, { kind: 'forget', tokens: [tokenOf(it)] });
    expect(pass(ann, START_MS + 20, START_MS + 60)).toEqual([]);
    ann.isGiven(1, it);
    expect(ann.has(it)).toBe(false);
  });

  test('by a relay goes on to the giver and to other relays, not to every phone', () => {
    const it = make();
    const one = relay().greeted(1).greeted(2).greeted(3, 'relay').greeted(4);
    one.isGiven(1, it);
    one.says();
    one.hears(4, { kind: 'forget', tokens: [tokenOf(it)] });
    expect(
      pass(one, START_MS, START_MS + 20)
        .map(({ to }) => to)
        .sort(),
    ).toEqual([1, 3]);
  });

  test('of our own letter says once that it was read', () => {
    const it = make();
    const ann = person('ann').greeted(1).greeted(2);
    ann.gossip.publish(it.envelope, START_MS);
    for (const from of [1, 2, 1]) ann.hears(from, { kind: 'forget', tokens: [tokenOf(it)] });
    ann.says();
    expect(ann.read).toEqual([toHex(it.envelope.id)]);
  });

  test('of what had expired or was rejected here is kept and spread all the same', () => {
    const it = make();
    const ann = person('ann').awaits(it).greeted(1).greeted(2);
    ann.isGiven(1, it);
    ann.gossip.rejected(it.envelope);
    ann.says();
    ann.hears(1, { kind: 'forget', tokens: [tokenOf(it)] });
    expect(pass(ann, START_MS, START_MS + 20)).toEqual([{ to: 2, token: toHex(tokenOf(it)) }]);
  });

  test('while a relay is away is told to it when it is near again, though it lists only what is new', () => {
    const holders = [person('ann'), relay(), person('bo')];
    const [ann, house] = holders as [Holder, Holder, Holder];
    const it = make();
    ann.gossip.publish(it.envelope, START_MS);
    meet(holders, 0, 1);
    expect(house.has(it)).toBe(true);
    part(holders, 0, 1);
    meet(holders, 0, 2, 'contact');
    ann.hears(2, { kind: 'forget', tokens: [tokenOf(it)] });
    settle(holders);
    expect(ann.has(it)).toBe(false);
    meet(holders, 0, 1);
    expect(house.has(it)).toBe(false);
  });
});

test('of what was left at a relay of others it is told the token, too, once it is public', () => {
  const holders = [person('ann'), relay()];
  const [ann, house] = holders as [Holder, Holder];
  const near = (nowMs: number): void => {
    ann.gossip.up(1, whoIs(1), nowMs);
    house.gossip.up(0, whoIs(0), nowMs);
    settle(holders, nowMs);
    part(holders, 0, 1);
  };
  const [heard, own] = bundle(2) as [Made, Made];
  ann.greeted(8);
  ann.isGiven(8, heard);
  read(ann.greeted(1), own);
  ann.gossip.down(1);
  near(START_MS);
  expect(house.has(heard)).toBe(true);
  house.greeted(7).isGiven(7, own);
  near(START_MS + HELLO_AGAIN_MS);
  expect(house.has(own)).toBe(true);
  ann.hears(8, { kind: 'forget', tokens: [tokenOf(heard)] });
  pass(ann, START_MS + HELLO_AGAIN_MS, START_MS + WITHIN_MS + HELLO_AGAIN_MS);
  near(START_MS + 2 * WITHIN_MS);
  expect([house.has(heard), house.has(own)]).toEqual([false, false]);
});

test('tokens are not compared with a relay that is not ours: it would never answer', () => {
  const holders = [person('ann'), relay()];
  const [ann, house] = holders as [Holder, Holder];
  ann.greeted(9, 'person', { tier: 'contact' }).hears(9, { kind: 'forget', tokens: bundle(3).map(tokenOf) });
  ann.gossip.down(9);
  ann.gossip.up(1, whoIs(1), START_MS);
  house.gossip.up(0, whoIs(0), START_MS);
  expect(settle(holders)).toBeLessThan(500);
});

describe('tokens of what never was here', () => {
  const kept = (holder: Holder, from: number, mail: readonly Made[], nowMs = START_MS): number => {
    const before = holder.seen.size;
    for (let at = 0; at < mail.length; at += 500)
      holder.hears(from, { kind: 'forget', tokens: mail.slice(at, at + 500).map(tokenOf) }, nowMs);
    holder.says(nowMs);
    return holder.seen.size - before;
  };

  test('are taken from one stranger only so many a day, however often it comes, and from others as many', () => {
    const most = PERSON_LIMITS.foreignTokensADay.stranger;
    const mail = bundle(most + 20);
    const ann = person('ann').greeted(1).greeted(2);
    expect(kept(ann, 1, mail)).toBe(most);
    ann.gossip.down(1);
    ann.greeted(1);
    expect(kept(ann, 1, bundle(5))).toBe(0);
    expect(kept(ann, 2, bundle(5))).toBe(5);
    expect(kept(ann, 1, bundle(5), START_MS + 24 * HOUR_MS)).toBe(5);
  });

  test('do not count when the envelope is carried here', () => {
    const most = PERSON_LIMITS.foreignTokensADay.stranger;
    const ann = person('ann').greeted(1);
    kept(ann, 1, bundle(most));
    const it = make();
    ann.isGiven(1, it);
    ann.says();
    expect(kept(ann, 1, [it])).toBe(1);
    expect(ann.has(it)).toBe(false);
  });

  test('are not taken of envelopes that have expired or cannot be yet', () => {
    const ann = person('ann').greeted(1, 'person', { tier: 'contact' });
    const [old, ahead] = [make({ nowMs: START_MS - 400 * HOUR_MS }), make({ nowMs: START_MS + 60 * HOUR_MS })];
    expect(kept(ann, 1, [old, ahead])).toBe(0);
    expect(kept(ann, 1, [make({ nowMs: START_MS + 26 * HOUR_MS })])).toBe(1);
  });

  test('are taken by a relay from relays alone', () => {
    const one = relay().greeted(1).greeted(2, 'relay');
    expect([kept(one, 1, bundle(3)), kept(one, 2, bundle(3))]).toEqual([0, 3]);
  });

  test('that a stranger says go on at once only if the envelope has come by here; of others whoever is met is told', () => {
    const [passed, elsewhere] = bundle(2) as [Made, Made];
    const holders = [person('ann'), person('bo')];
    const [ann, bo] = holders as [Holder, Holder];
    ann.greeted(8).greeted(9).isPushed(8, passed);
    ann.says();
    ann.hears(8, { kind: 'forget', tokens: [passed, elsewhere].map(tokenOf) });
    expect(pass(ann, START_MS, START_MS + 20)).toEqual([{ to: 9, token: toHex(tokenOf(passed)) }]);
    for (const neighbour of [8, 9]) ann.gossip.down(neighbour);
    meet(holders, 0, 1);
    expect([passed, elsewhere].map((it) => bo.seen.has(toHex(it.envelope.id)))).toEqual([true, true]);
  });

  test('that a contact says, or one relay to another, go on at once', () => {
    const it = make();
    const told = [person('ann').greeted(1, 'person', { tier: 'contact' }).greeted(2), relay().greeted(1, 'relay').greeted(2, 'relay')].map(
      (one) => {
        one.hears(1, { kind: 'forget', tokens: [tokenOf(it)] });
        return pass(one, START_MS, START_MS + 20);
      },
    );
    expect(told).toEqual([[{ to: 2, token: toHex(tokenOf(it)) }], [{ to: 2, token: toHex(tokenOf(it)) }]]);
  });

  test('have room for so many: the oldest give way, and nothing that was read here does', () => {
    const it = make();
    const ann = person('ann', { limits: { foreignTokensMax: 10 } }).greeted(1);
    read(ann, it);
    ann.says();
    const mail = bundle(25);
    expect(kept(ann, 1, mail)).toBe(10);
    expect(ann.seen.has(toHex(it.envelope.id))).toBe(true);
    expect(mail.map((one) => ann.seen.has(toHex(one.envelope.id)))).toEqual(mail.map((_, i) => i >= 15));
  });

  test('that are forged are not counted and not kept', () => {
    const ann = person('ann').greeted(1);
    const forged = bundle(50).map((it) => tokenOf(it).fill(0, 76));
    ann.hears(1, { kind: 'forget', tokens: forged });
    expect(ann.seen.size).toBe(0);
    expect(kept(ann, 1, bundle(3))).toBe(3);
  });
});

test('what is withdrawn is let go here without a word, and offered to nobody', () => {
  const it = make();
  const ann = person('ann').greeted(1);
  ann.gossip.publish(it.envelope, START_MS, 8);
  ann.says();
  ann.gossip.withdraw(it.envelope.id);
  ann.gossip.withdraw(it.envelope.id);
  expect(ann.says()).toEqual([]);
  expect([ann.has(it), ann.read, ann.expired]).toEqual([false, [], []]);
  ann.gossip.down(1);
  ann.gossip.up(1, whoIs(1), START_MS + HELLO_AGAIN_MS);
  expect(ann.says().map((frame) => frame.kind)).toEqual(['hello']);
});

test('one that read what a carrier holds lets the whole chain of carriers forget', () => {
  const holders = [person('ann'), person('bo'), person('cy'), person('dee')];
  const it = make();
  const [ann, , , dee] = holders as [Holder, Holder, Holder, Holder];
  dee.awaits(it);
  ann.gossip.publish(it.envelope, START_MS);
  for (const [a, b] of [
    [0, 1],
    [1, 2],
    [2, 3],
  ] as const) {
    meet(holders, a, b, 'contact');
    part(holders, a, b);
  }
  expect(dee.arrived).toEqual([it.envelope]);
  dee.gossip.consumed(it.envelope, it.purgeKey, 2, undefined, START_MS);
  dee.gossip.wake(START_MS + WITHIN_MS);
  for (let round = 0; round < 3; round++)
    for (let i = 0; i < 3; i++) {
      meet(holders, i, i + 1, 'contact', START_MS + 26 * HOUR_MS);
      part(holders, i, i + 1);
    }
  expect(holders.map((one) => one.has(it))).toEqual([false, false, false, false]);
  expect(ann.read).toEqual([toHex(it.envelope.id)]);
});
