/** What a neighbour may try, and what it gains by it: nothing that lasts, and no more than its share. */
import { describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { makePurgeToken } from '../envelope/envelope.ts';
import { type Bytes, bytesOf, concat, toHex } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, plainHello, type Shape, START_MS, whoIs } from '../testing/gossip-holder.ts';
import { type Frame, giveHead } from './frames.ts';
import { GIVEN_BYTES_MAX, type GossipLimits, HELLO_AGAIN_MS, LIST_MAX, LIST_PAGE_MS, WANTS_MAX } from './limits.ts';

const suite = await loadSodiumSuite();

const make = (shape: Shape = {}): Made => makeOne(suite, shape);
const bundle = (count: number, shape: Shape = {}): readonly Made[] => Array.from({ length: count }, () => make(shape));
const person = (limits: Partial<GossipLimits> = {}): Holder => new Holder(suite, 'ann', { limits });
const relay = (): Holder => new Holder(suite, 'relay', { role: 'relay' });

describe('a hostile neighbour', () => {
  test('that floods fills no more than the limits, and never moves what is our own', () => {
    const limits = { carriedMax: 20, carriedBytesMax: 20 * 700 };
    const holder = person(limits).greeted(1);
    const own = bundle(5);
    for (const it of own) holder.gossip.publish(it.envelope, START_MS);
    for (let i = 0; i < 300; i++) {
      holder.isGiven(1, make({ bodyBytes: i % 3 === 0 ? 1024 : 256 }));
      expect(holder.gossip.carriedCount).toBeLessThanOrEqual(limits.carriedMax);
      expect(holder.gossip.carriedBytes).toBeLessThanOrEqual(limits.carriedBytesMax);
      holder.take();
      expect(holder.bodies.size).toBe(holder.gossip.carriedCount);
    }
    for (const it of own) expect(holder.has(it)).toBe(true);
    expect(holder.gossip.carriedCount).toBeGreaterThan(5);
  });

  test('whose envelope would not fit even if all others went is refused, and the others stay', () => {
    const holder = person({ carriedBytesMax: 2000 }).greeted(1);
    const [own, other] = [make({ bodyBytes: 1024 }), make()];
    holder.gossip.publish(own.envelope, START_MS);
    holder.isGiven(1, other);
    const big = make({ bodyBytes: 1024 });
    holder.isGiven(1, big);
    const results = holder.says().flatMap((frame) => (frame.kind === 'results' ? frame.results : []));
    expect(results.map((one) => one.result)).toEqual(['accepted', 'full']);
    expect([holder.has(own), holder.has(other), holder.has(big)]).toEqual([true, true, false]);
  });

  test('that sends a forged token makes nobody forget', () => {
    const holder = person().greeted(1).greeted(2);
    const [one, two] = bundle(2) as [Made, Made];
    holder.gossip.publish(one.envelope, START_MS);
    holder.isGiven(1, two);
    holder.take();
    const tokens = [
      makePurgeToken(suite, one.envelope, two.purgeKey),
      makePurgeToken(suite, one.envelope, new Uint8Array(32)),
      new Uint8Array(108),
      concat(two.envelope.bytes.subarray(0, 44), new Uint8Array(32), two.purgeKey),
    ];
    holder.hears(2, { kind: 'forget', tokens });
    holder.says();
    expect(holder.has(one) && holder.has(two)).toBe(true);
    expect([one, two].filter((it) => holder.seen.has(toHex(it.envelope.id)))).toEqual([]);
  });

  test('that sends tokens of envelopes nobody knows is not remembered for it', () => {
    const holder = relay().greeted(1);
    const tokens = bundle(50).map((it) => makePurgeToken(suite, it.envelope, it.purgeKey));
    holder.hears(1, { kind: 'forget', tokens });
    holder.take();
    expect(holder.seen.size).toBe(0);
  });

  test('that repeats what it has costs one want and no more', () => {
    const holder = person().greeted(1);
    const entries = bundle(30).map(({ envelope }) => ({ id: envelope.id, tag: envelope.header.tag, class: 1, size: 0, copies: 1 }));
    for (let i = 0; i < 5; i++) holder.hears(1, { kind: 'have', entries });
    expect(holder.says().filter((frame) => frame.kind === 'want')).toHaveLength(1);
  });

  test('that says hello over and over is listed to once, and once again later', () => {
    const holder = relay().greeted(9);
    for (const it of bundle(3)) holder.isGiven(9, it);
    holder.says();
    holder.gossip.up(1, whoIs(1, 'contact'), START_MS);
    const lists = (nowMs: number): number => {
      for (let i = 0; i < 100; i++) holder.hears(1, plainHello('person', 'cover'), nowMs);
      return holder.says(nowMs).filter((frame) => frame.kind === 'have').length;
    };
    expect(lists(START_MS)).toBe(1);
    // The second list waits for its page.
    expect(holder.says(START_MS + LIST_PAGE_MS).filter((frame) => frame.kind === 'have')).toHaveLength(1);
    expect(lists(START_MS + HELLO_AGAIN_MS - 1)).toBe(0);
    expect(lists(START_MS + HELLO_AGAIN_MS)).toBe(1);
  });

  test('that lists without end is asked for a bounded number, in frames of a bounded size', () => {
    const holder = person().greeted(1);
    let asked = 0;
    for (let frame = 0; frame < 6; frame++) {
      const entries = Array.from({ length: LIST_MAX }, (_, i) => {
        const id = new Uint8Array(32);
        id.set([frame, i >> 8, i & 255]);
        return { id, tag: new Uint8Array(16), class: 1, size: 0, copies: 1 };
      });
      holder.hears(1, { kind: 'have', entries });
      for (const said of holder.says()) {
        if (said.kind !== 'want') continue;
        expect(said.ids.length).toBeLessThanOrEqual(WANTS_MAX);
        asked += said.ids.length;
      }
    }
    expect(asked).toBeLessThanOrEqual(6 * LIST_MAX);
    holder.gossip.full(1);
    holder.gossip.drained(1, START_MS);
    const again = holder.says().flatMap((frame) => (frame.kind === 'want' ? frame.ids : []));
    expect(again.length).toBeLessThanOrEqual(WANTS_MAX * 4);
  });

  test('that names a size nobody has, or an id we have, is not asked', () => {
    const holder = person().greeted(1);
    const own = make();
    holder.gossip.publish(own.envelope, START_MS);
    holder.says();
    holder.hears(1, {
      kind: 'have',
      entries: [
        { id: new Uint8Array(32), tag: new Uint8Array(16), class: 1, size: 8, copies: 1 },
        { id: own.envelope.id, tag: own.envelope.header.tag, class: 1, size: 0, copies: 1 },
      ],
    });
    expect(holder.says()).toEqual([]);
    expect(holder.custody).toEqual([toHex(own.envelope.id)]);
  });

  test('that cannot keep to the form is not answered at all', () => {
    const holder = person().greeted(1);
    const it = make();
    for (let cut = 0; cut < it.envelope.bytes.length; cut += 13)
      holder.gossip.frame(1, concat(giveHead(8, 0), it.envelope.bytes.subarray(0, cut)), START_MS);
    for (const bytes of [[], [4], [9, 9], [2, 255, 255]]) holder.gossip.frame(1, bytesOf(bytes), START_MS);
    holder.gossip.frame(77, concat(giveHead(8, 0), it.envelope.bytes), START_MS);
    holder.gossip.down(77);
    holder.gossip.full(77);
    holder.gossip.drained(77, START_MS);
    expect(holder.says()).toEqual([]);
    expect(holder.gossip.carriedCount).toBe(0);
  });

  test('that sends one forged letter again and again is heard once', () => {
    const holder = person().greeted(1);
    const it = make();
    holder.mine.add(toHex(it.envelope.header.tag));
    for (let i = 0; i < 5; i++) {
      holder.isGiven(1, it);
      holder.take();
      for (const envelope of holder.arrived.slice(i === 0 ? 0 : 1)) holder.gossip.rejected(envelope);
    }
    expect(holder.arrived).toHaveLength(1);
    expect(holder.gossip.peek(concat(giveHead(8, 0), it.envelope.bytes))).toBeUndefined();
  });

  test('cannot make it remember more ids than it has room for', () => {
    const holder = person({ seenMax: 10 }).greeted(1);
    for (const it of bundle(40)) {
      holder.mine.add(toHex(it.envelope.header.tag));
      holder.isGiven(1, it);
      holder.gossip.rejected(it.envelope);
      holder.take();
    }
    expect(holder.seen.size).toBe(10);
  });
});

describe('what a stranger cannot do', () => {
  test('have its mail given once for each time it names a tag', () => {
    const holder = relay().greeted(1).greeted(2, 'person', { pull: 'mailbox' });
    const tag = make().envelope.header.tag;
    for (const it of bundle(200, { tag })) holder.isGiven(1, it);
    holder.says();
    holder.hears(2, { kind: 'tags', replace: false, tags: Array<Bytes>(1000).fill(tag) });
    expect(holder.says().filter((frame) => frame.kind === 'give')).toHaveLength(200);
    holder.hears(2, { kind: 'tags', replace: false, tags: [tag] });
    expect(holder.says()).toEqual([]);
  });

  test('buy more than the budget of a turn with one frame, nor the same envelope twice in it', () => {
    const holder = relay().greeted(1).greeted(2);
    const large = bundle(100, { bodyBytes: 32_768 });
    for (const it of large) holder.isGiven(1, it);
    holder.says();
    const ids = large.map((it) => it.envelope.id);
    holder.hears(2, { kind: 'want', ids: [...ids, ...ids] });
    const first = holder.take();
    expect(first.length * 32_768).toBeLessThanOrEqual(GIVEN_BYTES_MAX + 32_768);
    const later = [...first];
    for (let turn = 0; turn < 40; turn++) {
      holder.gossip.wakeAtMs(START_MS + turn * 100);
      holder.gossip.wake(START_MS + turn * 100 + 50);
      later.push(...holder.take());
    }
    expect(later.filter(({ to }) => to === 2)).toHaveLength(100);
  });

  test('learn by handing an envelope over, or by listing it, whether it was for this person', () => {
    const asked = (isForUs: boolean): readonly Frame[] => {
      const holder = person().greeted(1);
      const it = make();
      if (isForUs) holder.mine.add(toHex(it.envelope.header.tag));
      holder.isGiven(1, it, 0);
      if (isForUs) holder.gossip.consumed(it.envelope, it.purgeKey, undefined, undefined, START_MS);
      const { id, header } = it.envelope;
      holder.hears(1, { kind: 'have', entries: [{ id, tag: header.tag, class: 1, size: 0, copies: 0 }] });
      return holder.says();
    };
    expect(asked(true)).toEqual(asked(false));
  });

  test('call itself a relay and hear what a person reads', () => {
    const holder = person();
    holder.gossip.up(1, whoIs(1, 'contact'), START_MS);
    holder.hears(1, plainHello('relay', 'cover'));
    holder.says();
    const it = make();
    holder.mine.add(toHex(it.envelope.header.tag));
    holder.isGiven(1, it);
    holder.gossip.consumed(it.envelope, it.purgeKey, undefined, undefined, START_MS);
    expect(holder.says().filter((frame) => frame.kind === 'forget')).toEqual([]);
  });
});
