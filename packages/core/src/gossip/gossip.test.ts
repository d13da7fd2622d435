/** Long because it is one machine's whole behaviour: meeting, copies, mailboxes, falling behind, hostile neighbours, time, beginning again. */

import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { makePurgeToken } from '../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../envelope/limits.ts';
import { type Bytes, bytesOf, concat, toHex } from '../kernel/bytes.ts';
import {
  Holder as AnyHolder,
  joinAll,
  type Made,
  makeOne,
  plainHello,
  type Shape,
  START_MS,
  settle,
  whoIs,
} from '../testing/gossip-holder.ts';
import { type Frame, giveHead, type Role } from './frames.ts';
import {
  GIVEN_BYTES_MAX,
  type GossipLimits,
  HELLO_AGAIN_MS,
  LIST_MAX,
  LIST_PAGE_MS,
  PERSON_LIMITS,
  SEEN_AFTER_EXPIRY_HOURS,
  WANTS_MAX,
} from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const HOUR_MS = 3_600_000;

const make = (shape: Shape = {}): Made => makeOne(suite, shape);
const bundle = (count: number, shape: Shape = {}): readonly Made[] => Array.from({ length: count }, () => make(shape));

class Holder extends AnyHolder {
  constructor(name: string, role: Role = 'person', limits: Partial<GossipLimits> = {}) {
    super(suite, name, { role, limits });
  }
}

/** Time goes on hour by hour, as it does for whoever is awake. */
function pass(holder: Holder, fromMs: number, toMs: number): void {
  for (let atMs = fromMs; atMs <= toMs; atMs += HOUR_MS) holder.gossip.wake(atMs);
  holder.take();
}

/** Everybody is a contact of everybody. */
function join(...holders: readonly Holder[]): readonly Holder[] {
  joinAll(holders, 'contact');
  return holders;
}

describe('two that meet', () => {
  test('have afterwards what either had, and know who keeps what', () => {
    const [ann, bo] = [new Holder('ann'), new Holder('bo')];
    const [anns, bos] = [bundle(5), bundle(3)];
    for (const it of anns) ann.gossip.publish(it.envelope, START_MS);
    for (const it of bos) bo.gossip.publish(it.envelope, START_MS);
    join(ann, bo);
    for (const it of [...anns, ...bos]) expect(ann.has(it) && bo.has(it)).toBe(true);
    expect(new Set(ann.custody)).toEqual(new Set(anns.map((it) => toHex(it.envelope.id))));
    expect(bo.gossip.carriedCount).toBe(8);
  });

  test('that meet again say no more than what they have', () => {
    const holders = [new Holder('ann'), new Holder('bo')] as const;
    for (const it of bundle(20)) holders[0].gossip.publish(it.envelope, START_MS);
    join(...holders);
    for (const holder of holders) holder.gossip.down(1 - holders.indexOf(holder));
    for (const [i, holder] of holders.entries()) holder.gossip.up(1 - i, whoIs(1 - i, 'contact'), START_MS);
    expect(settle(holders)).toBeLessThan(20 * 51 * 2 + 400);
  });

  test('push what is new at once', () => {
    const [ann, bo] = join(new Holder('ann'), new Holder('bo')) as [Holder, Holder];
    const it = make();
    ann.gossip.publish(it.envelope, START_MS);
    expect(ann.says().map((frame) => frame.kind)).toEqual(['push']);
    expect(bo.has(it)).toBe(false);
  });

  test('the receiver of a letter takes it, and when it has read it all forget it', () => {
    const [ann, relay, bo] = join(new Holder('ann'), new Holder('relay', 'relay'), new Holder('bo')) as [Holder, Holder, Holder];
    const it = make();
    bo.mine.add(toHex(it.envelope.header.tag));
    ann.gossip.down(2);
    bo.gossip.down(0);
    ann.gossip.publish(it.envelope, START_MS);
    settle([ann, relay, bo]);
    expect(bo.arrived).toEqual([it.envelope]);
    expect(bo.has(it)).toBe(false);
    expect(ann.has(it) && relay.has(it)).toBe(true);
    bo.gossip.consumed(it.envelope, it.purgeKey, undefined, undefined, START_MS);
    settle([ann, relay, bo]);
    expect(ann.has(it) || relay.has(it)).toBe(false);
    bo.isGiven(0, it);
    expect(bo.arrived).toHaveLength(1);
  });

  test('a third that comes later is given what is there, and told what to forget', () => {
    const [ann, relay, cy] = [new Holder('ann'), new Holder('relay', 'relay'), new Holder('cy')];
    const [kept, gone] = [make(), make()];
    const holders = [ann, relay, cy];
    ann.gossip.up(1, whoIs(1, 'own', true), START_MS);
    relay.gossip.up(0, whoIs(0, 'contact'), START_MS);
    for (const it of [kept, gone]) ann.gossip.publish(it.envelope, START_MS);
    cy.gossip.publish(gone.envelope, START_MS);
    settle(holders);
    relay.hears(0, { kind: 'forget', tokens: [makePurgeToken(suite, gone.envelope, gone.purgeKey)] });
    cy.gossip.up(1, whoIs(1, 'own', true), START_MS);
    relay.gossip.up(2, whoIs(2, 'contact'), START_MS);
    settle(holders);
    expect(relay.has(kept)).toBe(true);
    expect(cy.has(gone) || relay.has(gone)).toBe(false);
  });
});

describe('copies', () => {
  test('are halved with each person they are given to, and never grow', () => {
    const people = Array.from({ length: 6 }, (_, i) => new Holder(`p${i}`));
    const it = make();
    const [ann] = people as [Holder];
    ann.gossip.publish(it.envelope, START_MS);
    // Ann meets them one after the other; they never meet each other.
    for (const [i, other] of people.entries()) {
      if (i === 0) continue;
      ann.gossip.up(i, whoIs(i, 'contact'), START_MS);
      other.gossip.up(0, whoIs(0, 'contact'), START_MS);
      settle(people);
    }
    expect(people.filter((one) => one.has(it))).toHaveLength(4); // herself, and 4 + 2 + 1 copies
  });

  test('that a neighbour claims beyond what a class is born with are not believed', () => {
    const it = make({ class: 2 });
    const holder = new Holder('ann').greeted(1).greeted(2, 'person', { tier: 'contact' });
    holder.isPushed(1, it, { copies: 255 });
    const [pushed] = holder.says().filter((frame) => frame.kind === 'push');
    expect(pushed).toMatchObject({ copies: PERSON_LIMITS.copies[2] / 2 });
  });

  test('of bulk are not sprayed to people, only to relays', () => {
    const it = make({ class: 3, bodyBytes: 32_768 });
    const person = new Holder('ann').greeted(1);
    person.gossip.publish(it.envelope, START_MS);
    expect(person.says()).toEqual([]);
    const withRelay = new Holder('bo').greeted(1, 'relay');
    withRelay.gossip.publish(it.envelope, START_MS);
    expect(withRelay.says().map((frame) => frame.kind)).toEqual(['push']);
  });

  test('from a relay are for reading: who does not know the tag keeps nothing, and asks again when it means something', () => {
    const it = make();
    const holder = new Holder('ann').greeted(1, 'relay');
    holder.isGiven(1, it, 0);
    expect(holder.has(it)).toBe(false);
    expect(holder.says()).toEqual([]);
    holder.mine.add(toHex(it.envelope.header.tag));
    expect(holder.gossip.recognise([it.envelope.header.tag])).toEqual([]);
    expect(holder.says()).toEqual([{ kind: 'want', ids: [it.envelope.id] }]);
  });

  test('held before their tag meant anything are found when it does', () => {
    const it = make();
    const holder = new Holder('ann').greeted(1);
    holder.isGiven(1, it);
    expect(holder.gossip.recognise([it.envelope.header.tag])).toEqual([it.envelope.id]);
    expect(holder.gossip.recognise([new Uint8Array(16)])).toEqual([]);
  });
});

describe('a mailbox at a relay', () => {
  test('is given what bears its tags, what is there and what comes, and nothing else', () => {
    const relay = new Holder('relay', 'relay').greeted(1);
    const [there, other] = [make(), make()];
    for (const it of [there, other]) relay.isGiven(1, it);
    relay.greeted(2, 'person', { pull: 'mailbox' });
    expect(relay.says()).toEqual([]);
    const later = make();
    relay.hears(2, { kind: 'tags', replace: true, tags: [there.envelope.header.tag, later.envelope.header.tag] });
    const ids = (frames: readonly Frame[]) =>
      frames.flatMap((frame) => (frame.kind === 'give' || frame.kind === 'push' ? [toHex(frame.envelope)] : []));
    expect(ids(relay.says())).toEqual([toHex(there.envelope.bytes)]);
    relay.isGiven(1, later);
    relay.isGiven(1, make());
    expect(ids(relay.says())).toEqual([toHex(later.envelope.bytes)]);
    relay.hears(2, { kind: 'want', ids: [other.envelope.id] });
    expect(ids(relay.says())).toEqual([]);
    relay.hears(2, { kind: 'tags', replace: true, tags: [] });
    relay.isGiven(1, make({ tag: later.envelope.header.tag }));
    expect(ids(relay.says())).toEqual([]);
  });

  test('has at most so many tags, and a person keeps none for others', () => {
    const relay = new Holder('relay', 'relay', { tagsPerNeighbourMax: 3 }).greeted(1, 'person', { pull: 'mailbox' }).greeted(2);
    const mail = bundle(5);
    relay.hears(1, { kind: 'tags', replace: false, tags: mail.map((it) => it.envelope.header.tag) });
    for (const it of mail) relay.isGiven(2, it);
    expect(relay.says().filter((frame) => frame.kind === 'push')).toHaveLength(3);
    const person = new Holder('ann').greeted(1, 'person', { pull: 'mailbox' });
    person.hears(1, { kind: 'tags', replace: true, tags: [mail[0]?.envelope.header.tag as Bytes] });
    person.gossip.publish((mail[0] as Made).envelope, START_MS);
    expect(person.says().map((frame) => frame.kind)).toEqual(['push']);
  });
});

describe('a neighbour that fell behind', () => {
  test('is listed everything again, and gets what it had asked for and not been given', () => {
    const [ann, bo] = [new Holder('ann'), new Holder('bo')];
    const mail = bundle(4);
    for (const it of mail) ann.gossip.publish(it.envelope, START_MS);
    ann.gossip.up(1, whoIs(1, 'contact'), START_MS);
    bo.gossip.up(0, whoIs(0, 'contact'), START_MS);
    // The lists arrive; what Bo asks for is lost, because Ann's queue for it is full.
    for (const { frame } of bo.take()) ann.gossip.frame(1, frame, START_MS);
    for (const { frame } of ann.take()) bo.gossip.frame(0, frame, START_MS);
    ann.gossip.full(1);
    for (const { frame } of bo.take()) ann.gossip.frame(1, frame, START_MS);
    ann.take();
    const late = make();
    ann.gossip.publish(late.envelope, START_MS);
    expect(ann.take()).toEqual([]);
    ann.gossip.drained(1, START_MS);
    settle([ann, bo]);
    for (const it of [...mail, late]) expect(bo.has(it)).toBe(true);
  });

  test('to which we had sent what we want is asked again', () => {
    const [ann, bo] = [new Holder('ann'), new Holder('bo')];
    const mail = bundle(3);
    for (const it of mail) bo.gossip.publish(it.envelope, START_MS);
    ann.gossip.up(1, whoIs(1, 'contact'), START_MS);
    bo.gossip.up(0, whoIs(0, 'contact'), START_MS);
    for (const { frame } of ann.take()) bo.gossip.frame(0, frame, START_MS);
    for (const { frame } of bo.take()) ann.gossip.frame(1, frame, START_MS);
    ann.gossip.full(1);
    ann.take(); // its wants, lost
    ann.gossip.drained(1, START_MS);
    settle([ann, bo]);
    for (const it of mail) expect(ann.has(it)).toBe(true);
  });

  test('one that did not is not listed again', () => {
    const holder = new Holder('ann').greeted(1);
    holder.gossip.publish(make().envelope, START_MS);
    holder.says();
    holder.gossip.drained(1, START_MS);
    expect(holder.says()).toEqual([]);
  });

  test('a node that begins anew on a connection that stayed learns again who is there', () => {
    const [ann, relay] = join(new Holder('ann'), new Holder('relay', 'relay')) as [Holder, Holder];
    const anew = new Holder('relay', 'relay');
    anew.gossip.up(0, whoIs(0, 'contact'), START_MS);
    settle([ann, anew], START_MS + HELLO_AGAIN_MS);
    const it = make();
    ann.mine.add(toHex(it.envelope.header.tag));
    anew.greeted(5);
    anew.isGiven(5, it);
    for (const { to, frame } of anew.take()) if (to === 0) ann.gossip.frame(1, frame, START_MS);
    ann.take();
    expect(ann.arrived).toHaveLength(1);
    expect(relay.gossip.carriedCount).toBe(0);
  });
});

describe('a hostile neighbour', () => {
  test('that floods fills no more than the limits, and never moves what is our own', () => {
    const limits = { carriedMax: 20, carriedBytesMax: 20 * 700 };
    const holder = new Holder('ann', 'person', limits).greeted(1);
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
    const holder = new Holder('ann', 'person', { carriedBytesMax: 2000 }).greeted(1);
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
    const holder = new Holder('ann').greeted(1).greeted(2);
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
    const holder = new Holder('relay', 'relay').greeted(1);
    const tokens = bundle(50).map((it) => makePurgeToken(suite, it.envelope, it.purgeKey));
    holder.hears(1, { kind: 'forget', tokens });
    holder.take();
    expect(holder.seen.size).toBe(0);
  });

  test('that repeats what it has costs one want and no more', () => {
    const holder = new Holder('ann').greeted(1);
    const entries = bundle(30).map(({ envelope }) => ({ id: envelope.id, tag: envelope.header.tag, class: 1, size: 0, copies: 1 }));
    for (let i = 0; i < 5; i++) holder.hears(1, { kind: 'have', entries });
    expect(holder.says().filter((frame) => frame.kind === 'want')).toHaveLength(1);
  });

  test('that says hello over and over is listed to once, and once again later', () => {
    const holder = new Holder('relay', 'relay').greeted(9);
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
    const holder = new Holder('ann').greeted(1);
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
    const holder = new Holder('ann').greeted(1);
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
    const holder = new Holder('ann').greeted(1);
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
    const holder = new Holder('ann').greeted(1);
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
    const holder = new Holder('ann', 'person', { seenMax: 10 }).greeted(1);
    for (const it of bundle(40)) {
      holder.mine.add(toHex(it.envelope.header.tag));
      holder.isGiven(1, it);
      holder.gossip.rejected(it.envelope);
      holder.take();
    }
    expect(holder.seen.size).toBe(10);
  });
});

describe('time', () => {
  test('an envelope that is too old or from too far ahead is not taken', () => {
    const holder = new Holder('ann').greeted(1);
    holder.isGiven(1, make({ nowMs: START_MS - (LIFETIME_HOURS[1] + 1) * HOUR_MS }));
    holder.isGiven(1, make({ nowMs: START_MS + 27 * HOUR_MS }));
    holder.isGiven(1, make({ nowMs: START_MS + 26 * HOUR_MS }));
    const results = holder.says().flatMap((frame) => (frame.kind === 'results' ? frame.results : []));
    expect(results.map((one) => one.result)).toEqual(['expired', 'malformed', 'accepted']);
  });

  test('what has expired is dropped, the writer is told, and the id is forgotten in the end', () => {
    const holder = new Holder('ann').greeted(1);
    const [own, other] = bundle(2) as [Made, Made];
    holder.gossip.publish(own.envelope, START_MS);
    holder.isGiven(1, other);
    holder.take();
    const end = START_MS + (LIFETIME_HOURS[1] + 1) * HOUR_MS;
    pass(holder, START_MS, end - HOUR_MS);
    expect(holder.bodies.size).toBe(2);
    holder.gossip.wake(end);
    holder.take();
    expect([holder.bodies.size, holder.expired, holder.seen.size]).toEqual([0, [toHex(own.envelope.id)], 2]);
    pass(holder, end, end + (SEEN_AFTER_EXPIRY_HOURS + 1) * HOUR_MS);
    expect(holder.seen.size).toBe(0);
  });
});

describe('a gossip that begins again from its rows', () => {
  test('carries what it carried, and takes nothing a second time', () => {
    const before = new Holder('ann').greeted(1);
    const [own, other, read] = bundle(3) as [Made, Made, Made];
    before.gossip.publish(own.envelope, START_MS);
    before.isGiven(1, other);
    before.mine.add(toHex(read.envelope.header.tag));
    before.isGiven(1, read, 0);
    before.gossip.consumed(read.envelope, read.purgeKey, undefined, undefined, START_MS);
    before.take();
    const after = new Holder('ann');
    after.gossip.restore(before.rows.values(), before.seen.values());
    for (const [id, body] of before.bodies) after.bodies.set(id, body);
    expect([after.gossip.carriedCount, after.gossip.carriedBytes]).toEqual([2, before.gossip.carriedBytes]);
    after.gossip.up(2, whoIs(2, 'own', true), START_MS);
    after.hears(2, plainHello('relay', 'cover'));
    after.isGiven(2, read);
    const said = after.says();
    expect(said.flatMap((frame) => (frame.kind === 'forget' ? frame.tokens : []))).toHaveLength(1);
    const listed = said.flatMap((frame) => (frame.kind === 'have' ? frame.entries.map((one) => toHex(one.id)) : []));
    expect(new Set(listed)).toEqual(new Set([own, other].map((it) => toHex(it.envelope.id))));
  });

  test('passes over rows that do not read', () => {
    const holder = new Holder('ann');
    holder.gossip.restore([{ key: new Uint8Array(32), value: bytesOf([1, 2]) }], [{ key: new Uint8Array(32), value: bytesOf([1]) }]);
    expect(holder.gossip.carriedCount).toBe(0);
  });
});

describe('what a stranger cannot do', () => {
  test('have its mail given once for each time it names a tag', () => {
    const relay = new Holder('relay', 'relay').greeted(1).greeted(2, 'person', { pull: 'mailbox' });
    const tag = make().envelope.header.tag;
    for (const it of bundle(200, { tag })) relay.isGiven(1, it);
    relay.says();
    relay.hears(2, { kind: 'tags', replace: false, tags: Array<Bytes>(1000).fill(tag) });
    expect(relay.says().filter((frame) => frame.kind === 'give')).toHaveLength(200);
    relay.hears(2, { kind: 'tags', replace: false, tags: [tag] });
    expect(relay.says()).toEqual([]);
  });

  test('buy more than the budget of a turn with one frame, nor the same envelope twice in it', () => {
    const relay = new Holder('relay', 'relay').greeted(1).greeted(2);
    const large = bundle(100, { bodyBytes: 32_768 });
    for (const it of large) relay.isGiven(1, it);
    relay.says();
    const ids = large.map((it) => it.envelope.id);
    relay.hears(2, { kind: 'want', ids: [...ids, ...ids] });
    const first = relay.take();
    expect(first.length * 32_768).toBeLessThanOrEqual(GIVEN_BYTES_MAX + 32_768);
    const later = [...first];
    for (let turn = 0; turn < 40; turn++) {
      relay.gossip.wakeAtMs(START_MS + turn * 100);
      relay.gossip.wake(START_MS + turn * 100 + 50);
      later.push(...relay.take());
    }
    expect(later.filter(({ to }) => to === 2)).toHaveLength(100);
  });

  test('make one outcome of all that expires together', () => {
    const relay = new Holder('relay', 'relay').greeted(1);
    for (const it of bundle(2500)) relay.isGiven(1, it);
    relay.take();
    const later = START_MS + (LIFETIME_HOURS[1] + 1) * HOUR_MS;
    pass(relay, START_MS, later - HOUR_MS);
    relay.gossip.wake(later);
    expect(relay.gossip.take().length).toBeLessThanOrEqual(3000);
    for (let turn = 0; turn < 4; turn++) relay.gossip.wake(later);
    expect(relay.gossip.carriedCount).toBe(0);
  });

  test('learn by handing an envelope over, or by listing it, whether it was for this person', () => {
    const asked = (isForUs: boolean): readonly Frame[] => {
      const holder = new Holder('ann').greeted(1);
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
    const holder = new Holder('ann');
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

test('what was read past is not fetched again at the next meeting, and is fetched once its tag means something', () => {
  const holder = new Holder('ann').greeted(1, 'relay');
  const it = make();
  const { id, header } = it.envelope;
  const entries = [{ id, tag: header.tag, class: 1, size: 0, copies: 0 }];
  const wanted = () => holder.says().flatMap((frame) => (frame.kind === 'want' ? frame.ids : []));
  holder.hears(1, { kind: 'have', entries });
  expect(wanted()).toEqual([id]);
  holder.isGiven(1, it, 0);
  holder.gossip.down(1);
  holder.greeted(2, 'relay').hears(2, { kind: 'have', entries });
  expect(wanted()).toEqual([]);
  holder.mine.add(toHex(header.tag));
  holder.gossip.recognise([header.tag]);
  expect(wanted()).toEqual([id]);
  holder.isGiven(2, it, 0);
  expect(holder.arrived).toHaveLength(0);
  holder.take();
  expect(holder.arrived).toHaveLength(1);
});

test('a token for an envelope of our own says that it was read, though no receipt ever comes', () => {
  const ann = new Holder('ann').greeted(1, 'relay');
  const [it, other] = [make(), make()];
  ann.gossip.publish(it.envelope, START_MS);
  ann.take();
  ann.hears(1, { kind: 'forget', tokens: [makePurgeToken(suite, other.envelope, other.purgeKey)] });
  expect(ann.gossip.take().filter((effect) => effect.kind === 'read')).toEqual([]);
  ann.hears(1, { kind: 'forget', tokens: [makePurgeToken(suite, it.envelope, it.purgeKey)] });
  expect(ann.gossip.take().filter((effect) => effect.kind === 'read')).toEqual([{ kind: 'read', id: it.envelope.id }]);
});
