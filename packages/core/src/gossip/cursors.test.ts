import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { type Bytes, toHex } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, type Shape, START_MS } from '../testing/gossip-holder.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const make = (shape: Shape = {}): Made => makeOne(suite, shape);
const bundle = (count: number, shape: Shape = {}): readonly Made[] => Array.from({ length: count }, () => make(shape));
const ids = (mail: readonly Made[]): readonly string[] => mail.map((it) => toHex(it.envelope.id));
const person = (name = 'ann', seed = 1): Holder => new Holder(suite, name, { seed });

describe('what lies at a relay', () => {
  const relayAndAnn = (): readonly [Holder, Holder] => [new Holder(suite, 'relay', { role: 'relay' }), person()];
  const listedBy = (relay: Holder, ann: Holder, nowMs: number): readonly string[] => {
    const shown: string[] = [];
    relay.gossip.up(1, { key: 'bb'.repeat(32), tier: 'stranger', isKnownRelay: false }, nowMs);
    ann.gossip.up(0, { key: 'cc'.repeat(32), tier: 'own', isKnownRelay: true }, nowMs);
    for (let turn = 0; turn < 40; turn++) {
      for (const { to, frame } of ann.take()) if (to === 0) relay.gossip.frame(1, frame, nowMs + 20 * turn);
      for (const { to, frame } of relay.saysTo(nowMs + 20 * turn)) {
        if (to !== 1) continue;
        if (frame.kind === 'have') shown.push(...frame.entries.map(({ id }) => toHex(id)));
        if (frame.kind === 'give') ann.isGiven(0, { envelope: readOf(frame.envelope), purgeKey: frame.envelope }, frame.copies);
        else if (frame.kind !== 'push') ann.hears(0, frame);
      }
    }
    relay.gossip.down(1);
    ann.gossip.down(0);
    return shown;
  };
  const known: Map<string, Made> = new Map();
  const readOf = (bytes: Bytes) => (known.get(toHex(bytes)) as Made).envelope;
  const leave = (relay: Holder, count: number): readonly Made[] => {
    const mail = bundle(count);
    for (const it of mail) known.set(toHex(it.envelope.bytes), it);
    relay.greeted(9);
    for (const it of mail) relay.isGiven(9, it);
    relay.says();
    relay.gossip.down(9);
    return mail;
  };

  test('is listed to a person that comes again only as far as it is new', () => {
    const [relay, ann] = relayAndAnn();
    const before = leave(relay, 5);
    expect(listedBy(relay, ann, START_MS)).toEqual(ids(before));
    expect(listedBy(relay, ann, START_MS)).toEqual([]);
    const later = leave(relay, 2);
    expect(listedBy(relay, ann, START_MS)).toEqual(ids(later));
  });

  test('is listed whole by a relay that has begun again, whatever it is told', () => {
    const [relay, ann] = relayAndAnn();
    const before = leave(relay, 5);
    listedBy(relay, ann, START_MS);
    const anew = new Holder(suite, 'relay', { role: 'relay', seed: 2 });
    anew.gossip.restore(relay.rows.values(), relay.seen.values());
    for (const [id, body] of relay.bodies) anew.bodies.set(id, body);
    expect(new Set(listedBy(anew, ann, START_MS))).toEqual(new Set(ids(before)));
  });

  test('is listed again when what was wanted of it did not come', () => {
    const [relay, ann] = relayAndAnn();
    const mail = leave(relay, 3);
    relay.bodies.delete(toHex((mail[1] as Made).envelope.id));
    listedBy(relay, ann, START_MS);
    expect(listedBy(relay, ann, START_MS)).toEqual(ids(mail));
  });

  test('and was read past is fetched when its tag means something, though the relay was away when it came to', () => {
    const [relay, ann] = relayAndAnn();
    const [it] = leave(relay, 3) as [Made];
    listedBy(relay, ann, START_MS);
    ann.awaits(it).gossip.recognise([it.envelope.header.tag]);
    listedBy(relay, ann, START_MS);
    expect(ann.arrived.map(({ id }) => toHex(id))).toEqual(ids([it]));
  });

  test('and was read past so long ago that it is forgotten is found again all the same', () => {
    const [relay, ann] = relayAndAnn();
    const [it] = leave(relay, 1) as [Made];
    listedBy(relay, ann, START_MS);
    ann.greeted(7, 'relay');
    const one = make();
    for (let i = 0; i < 20_000; i++) {
      // Another tag and body each, made by hand: twenty thousand hashes would be most of this test.
      one.envelope.bytes.set([i & 255, i >> 8], 10);
      ann.gossip.frame(7, giveOf(one), START_MS);
    }
    ann.take();
    ann.gossip.down(7);
    expect(listedBy(relay, ann, START_MS)).toEqual(ids([it]));
  });

  test('and was not named by a tag is listed once everything is asked for again', () => {
    const [relay, ann] = relayAndAnn();
    const mail = leave(relay, 3);
    ann.gossip.setPull('mailbox', () => [], START_MS);
    expect(listedBy(relay, ann, START_MS)).toEqual([]);
    ann.gossip.setPull('cover', () => [], START_MS);
    expect(listedBy(relay, ann, START_MS)).toEqual(ids(mail));
  });
});

function giveOf({ envelope }: Made): Bytes {
  const frame = new Uint8Array(4 + envelope.bytes.length);
  frame.set([4, 0, 0, 0]);
  frame.set(envelope.bytes, 4);
  return frame;
}
