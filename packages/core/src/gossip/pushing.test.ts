import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { toHex } from '../kernel/bytes.ts';
import { Holder, joinAll, type Made, makeOne, meet, part, plainHello, START_MS, settle, whoIs } from '../testing/gossip-holder.ts';
import {
  ASK_WAIT_MS,
  LATE_MAX,
  PUSH_EAGER_CLASSES,
  PUSHED_AGAIN_AFTER,
  PUSHES_AT_ONCE,
  RECENT_AGAIN_MAX,
  RECENT_AGAIN_MS,
  RECENT_BYTES_MAX,
  RECENT_MS,
} from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const make = (): Made => makeOne(suite);
const people = (count: number): readonly Holder[] => Array.from({ length: count }, (_, i) => new Holder(suite, `p${i}`, { seed: i }));

describe('a crowd that is connected', () => {
  test('hears what one of them says, however many hops away, and stores no more than the copies', () => {
    const line = people(20);
    for (let i = 0; i < 19; i++) meet(line, i, i + 1);
    const it = make();
    line[19]?.awaits(it);
    line[0]?.gossip.publish(it.envelope, START_MS);
    settle(line);
    expect(line[19]?.arrived).toEqual([it.envelope]);
    expect(line.filter((one) => one.has(it)).length).toBeLessThanOrEqual(3);
  });

  test('sends a payload to each once, as soon as its links have learned', () => {
    const crowd = people(8);
    joinAll(crowd);
    const pushesOf = (it: Made): number => {
      let pushes = 0;
      crowd[0]?.gossip.publish(it.envelope, START_MS);
      for (let turn = 0; turn < 10; turn++)
        for (const [from, one] of crowd.entries())
          for (const { to, frame } of one.take()) {
            if (frame[0] === 8) pushes++;
            crowd[to]?.gossip.frame(from, frame, START_MS);
          }
      return pushes;
    };
    expect(pushesOf(make())).toBeGreaterThan(20);
    // The author sets out from two places by chance; both are learned.
    for (let i = 0; i < 6; i++) pushesOf(make());
    expect(pushesOf(make())).toBe(7);
  });
});

describe('a link that brings what is known already', () => {
  test('is pruned for what has come so far, and then announced to; what came less far is pushed', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    const it = make();
    holder.isPushed(1, it, { hops: 1 });
    holder.isPushed(2, it, { hops: 1 });
    expect(holder.saysTo().filter(({ frame }) => frame.kind === 'prune')).toEqual([{ to: 2, frame: { kind: 'prune', hops: 1 } }]);
    holder.hears(2, { kind: 'prune', hops: 3 });
    const said = (hops: number, it: Made) => {
      holder.isPushed(1, it, { hops });
      return holder
        .saysTo()
        .filter(({ to }) => to === 2)
        .map(({ frame }) => frame);
    };
    const [far, near] = [make(), make()];
    expect(said(2, far)).toEqual([{ kind: 'announce', ids: [far.envelope.id] }]);
    expect(said(1, near)).toMatchObject([{ kind: 'push', hops: 2 }]);
  });

  test('is pushed to again when it has asked often enough', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    const kinds = Array.from({ length: PUSHED_AGAIN_AFTER + 1 }, () => {
      const it = make();
      holder.isPushed(1, it, { hops: PUSH_EAGER_CLASSES });
      const [said] = holder.says();
      if (said?.kind === 'announce') holder.hears(2, { kind: 'graft', ids: [it.envelope.id] });
      holder.says();
      return said?.kind;
    });
    expect(kinds).toEqual([...Array<string>(PUSHED_AGAIN_AFTER).fill('announce'), 'push']);
  });

  test('is remembered for what it is when it comes up again', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    holder.hears(2, { kind: 'prune', hops: 2 });
    holder.gossip.down(2);
    holder.greeted(2);
    holder.isPushed(1, make(), { hops: 1 });
    expect(holder.says().map((frame) => frame.kind)).toEqual(['announce']);
  });
});

describe('what was announced', () => {
  test('is asked for at once of the first who did, and of the next if it does not come', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    const it = make();
    const asked = (nowMs: number) => holder.saysTo(nowMs).flatMap(({ frame, to }) => (frame.kind === 'graft' ? [to] : []));
    for (const from of [1, 2]) holder.hears(from, { kind: 'announce', ids: [it.envelope.id] });
    expect(asked(START_MS)).toEqual([1]);
    expect(asked(START_MS + ASK_WAIT_MS)).toEqual([2]);
    expect(asked(START_MS + 9 * ASK_WAIT_MS)).toEqual([]);
  });

  test('is not asked for again when it came meanwhile, nor when it was known', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    const it = make();
    for (const from of [1, 2]) holder.hears(from, { kind: 'announce', ids: [it.envelope.id] });
    holder.isPushed(1, it);
    holder.says();
    holder.hears(2, { kind: 'announce', ids: [it.envelope.id] });
    expect(holder.says(START_MS + ASK_WAIT_MS)).toEqual([]);
  });

  test('is given by whoever passed it on, from memory or from the store, and by nobody else', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    const [passed, kept, unknown] = [make(), make(), make()];
    holder.isPushed(1, passed);
    holder.gossip.publish(kept.envelope, START_MS);
    holder.says();
    holder.hears(2, { kind: 'graft', ids: [passed, kept, unknown].map(({ envelope }) => envelope.id) });
    const given = holder.says().flatMap((frame) => (frame.kind === 'push' ? [toHex(frame.envelope)] : []));
    expect(given).toEqual([passed, kept].map(({ envelope }) => toHex(envelope.bytes)));
  });

  test('is given from memory for two minutes, and not pushed on again after that', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    const passed = [0, RECENT_MS / 2].map((afterMs) => {
      const it = make();
      holder.isPushed(1, it, { nowMs: START_MS + afterMs });
      return it;
    });
    const givenAt = (nowMs: number): readonly number[] => {
      holder.says(nowMs);
      holder.hears(2, { kind: 'graft', ids: passed.map(({ envelope }) => envelope.id) }, nowMs);
      const given = holder.says(nowMs).flatMap((frame) => (frame.kind === 'push' ? [toHex(frame.envelope)] : []));
      return passed.flatMap(({ envelope }, at) => (given.includes(toHex(envelope.bytes)) ? [at] : []));
    };
    expect(givenAt(START_MS + RECENT_MS - 1000)).toEqual([0, 1]);
    expect(givenAt(START_MS + RECENT_MS + 1000)).toEqual([1]);
    expect(givenAt(START_MS + 2 * RECENT_MS)).toEqual([]);
    holder.isPushed(3, passed[0] as Made, { nowMs: START_MS + 2 * RECENT_MS });
    expect(holder.says(START_MS + 2 * RECENT_MS)).toEqual([]);
  });
});

describe('whoever comes up', () => {
  const announcedTo = (holder: Holder, neighbour: number, nowMs: number) => {
    holder.gossip.up(neighbour, whoIs(neighbour), nowMs);
    holder.hears(neighbour, plainHello(), nowMs);
    return holder.saysTo(nowMs).flatMap(({ to, frame }) => (to === neighbour && frame.kind === 'announce' ? frame.ids.map(toHex) : []));
  };

  test('is announced what passed here a moment ago and is not kept', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    const [old, young, kept, bulk] = [make(), make(), make(), makeOne(suite, { class: 3 })];
    holder.isPushed(1, old);
    for (const it of [young, bulk]) holder.isPushed(1, it, { nowMs: START_MS + 5000 });
    holder.gossip.publish(kept.envelope, START_MS + 5000);
    holder.gossip.down(2);
    expect(announcedTo(holder, 2, START_MS + RECENT_AGAIN_MS + 1)).toEqual([toHex(young.envelope.id)]);
  });

  test('is announced no more than a frame of them, the latest', () => {
    const holder = new Holder(suite, 'ann').greeted(1);
    const all = Array.from({ length: RECENT_AGAIN_MAX + 3 }, make);
    for (const it of all) holder.isPushed(1, it);
    expect(announcedTo(holder, 2, START_MS)).toEqual(all.slice(3).map(({ envelope }) => toHex(envelope.id)));
  });

  test('by its second hello is announced nothing', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    holder.isPushed(1, make());
    holder.says();
    holder.hears(2, plainHello());
    expect(holder.says().filter((frame) => frame.kind === 'announce')).toEqual([]);
  });

  test('has after a loss what was lost, though nobody near keeps it', () => {
    const line = people(3);
    meet(line, 0, 1);
    meet(line, 1, 2);
    const it = make();
    line[2]?.awaits(it);
    line[1]?.isPushed(0, it);
    // What the second says to the third is lost with its line.
    line[1]?.take();
    part(line, 1, 2);
    meet(line, 1, 2);
    expect(line[1]?.has(it)).toBe(false);
    expect(line[2]?.arrived).toEqual([it.envelope]);
  });
});

describe('what is pushed a moment late', () => {
  const pushed = (holder: Holder) => holder.take().flatMap(({ frame }) => (frame[0] === 8 ? [toHex(frame.subarray(5))] : []));
  const late = (holder: Holder, atMs: number): string => {
    const it = make();
    holder.gossip.publish(it.envelope, START_MS, 2, atMs);
    return toHex(it.envelope.bytes);
  };

  test('is kept at once and leaves when its time has come', () => {
    const holder = new Holder(suite, 'ann').greeted(1);
    const it = late(holder, START_MS + 500);
    expect([holder.gossip.carriedCount, pushed(holder)]).toEqual([1, []]);
    expect(holder.gossip.wakeAtMs(START_MS)).toBe(START_MS + 500);
    holder.gossip.wake(START_MS + 499);
    expect(pushed(holder)).toEqual([]);
    holder.gossip.wake(START_MS + 500);
    expect(pushed(holder)).toEqual([it]);
    holder.gossip.wake(START_MS + 5000);
    expect(pushed(holder)).toEqual([]);
  });

  test('never overtakes one that was sealed before', () => {
    const holder = new Holder(suite, 'ann').greeted(1);
    const all = [late(holder, START_MS + 900), late(holder, START_MS + 300)];
    holder.gossip.wake(START_MS + 300);
    expect(pushed(holder)).toEqual([]);
    holder.gossip.wake(START_MS + 900);
    expect(pushed(holder)).toEqual(all);
  });

  test('goes along with whatever of our own leaves before', () => {
    const holder = new Holder(suite, 'ann').greeted(1);
    const waiting = late(holder, START_MS + 900);
    const now = make();
    holder.gossip.publish(now.envelope, START_MS + 1);
    expect(pushed(holder)).toEqual([waiting, toHex(now.envelope.bytes)]);
  });

  test('is not pushed any more when it was let go of', () => {
    const holder = new Holder(suite, 'ann').greeted(1);
    const it = make();
    holder.gossip.publish(it.envelope, START_MS, 2, START_MS + 500);
    holder.gossip.withdraw(it.envelope.id);
    holder.gossip.wake(START_MS + 500);
    expect(pushed(holder)).toEqual([]);
  });

  test('is no more than memory has room for: the first leaves before its time', () => {
    const holder = new Holder(suite, 'ann').greeted(1);
    const all = Array.from({ length: LATE_MAX + 1 }, () => late(holder, START_MS + 500));
    expect(pushed(holder)).toEqual(all.slice(0, 1));
  });

  test('is shown to whoever comes meanwhile', () => {
    const [ann, bo] = people(2) as [Holder, Holder];
    const it = make();
    bo.awaits(it);
    ann.gossip.publish(it.envelope, START_MS, 2, START_MS + 3_600_000);
    meet([ann, bo], 0, 1);
    settle([ann, bo]);
    expect(bo.arrived).toEqual([it.envelope]);
  });
});

describe('what a crowd cannot do', () => {
  test('make a phone keep more than its memory for what it passes on', () => {
    const holder = new Holder(suite, 'ann', { limits: {} }).greeted(1).greeted(2);
    const first = makeOne(suite, { bodyBytes: 32_768 });
    holder.isPushed(1, first);
    for (let bytes = 0; bytes < RECENT_BYTES_MAX; bytes += 32_768) holder.isPushed(1, makeOne(suite, { bodyBytes: 32_768 }));
    holder.says();
    holder.hears(2, { kind: 'graft', ids: [first.envelope.id] });
    expect(holder.says()).toEqual([]);
    expect(holder.bodies.size).toBe(0);
  });

  test('talk through one link faster than a person listens', () => {
    const holder = new Holder(suite, 'ann').greeted(1).greeted(2);
    let passed = 0;
    for (let i = 0; i < PUSHES_AT_ONCE + 200; i++) {
      holder.isPushed(1, make());
      passed += holder.take().length;
    }
    expect(passed).toBe(PUSHES_AT_ONCE);
    holder.isPushed(1, make(), { nowMs: START_MS + 1000 });
    expect(holder.take()).toHaveLength(1);
  });

  test('go round in circles: what was passed on once is not passed on again', () => {
    const ring = people(5);
    for (let i = 0; i < 5; i++) meet(ring, i, (i + 1) % 5);
    const it = make();
    ring[0]?.gossip.publish(it.envelope, START_MS);
    settle(ring);
    for (const [i, one] of ring.entries()) {
      one.isPushed((i + 1) % 5, it);
      expect(one.says().filter((frame) => frame.kind === 'push')).toEqual([]);
    }
  });
});

test('what is heard with no hops is passed on with none or one, by chance: a first hop does not learn who wrote it', () => {
  const hops = Array.from({ length: 40 }, (_, seed) => {
    const holder = new Holder(suite, 'ann', { seed }).greeted(1).greeted(2);
    holder.isPushed(1, make(), { hops: 0 });
    return holder.says().flatMap((frame) => (frame.kind === 'push' ? [frame.hops] : []));
  });
  expect(new Set(hops.flat())).toEqual(new Set([0, 1]));
});

test('contacts are handed copies before strangers use them up', () => {
  const holder = new Holder(suite, 'ann');
  for (let neighbour = 1; neighbour <= 10; neighbour++)
    holder.greeted(neighbour, 'person', { tier: neighbour === 10 ? 'contact' : 'stranger' });
  holder.gossip.publish(make().envelope, START_MS);
  const copies = new Map(holder.saysTo().map(({ to, frame }) => [to, frame.kind === 'push' ? frame.copies : 0]));
  expect(copies.get(10)).toBe(8);
  expect([...copies.values()].filter((one) => one === 1)).toHaveLength(7);
});
