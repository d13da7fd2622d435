/** The machine as a whole: meeting, mailboxes, falling behind, time, beginning again. Copies and hostile neighbours have their own files. */
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { makePurgeToken } from '../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../envelope/limits.ts';
import { type Bytes, bytesOf, toHex } from '../kernel/bytes.ts';
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
import type { Frame, Role } from './frames.ts';
import { type GossipLimits, HELLO_AGAIN_MS, SEEN_AFTER_EXPIRY_HOURS } from './limits.ts';

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

  test('makes no single outcome of all that expires together, however much a stranger handed over', () => {
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
