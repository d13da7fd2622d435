import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { toHex } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, meet, part, type Shape, START_MS, settle } from '../testing/gossip-holder.ts';
import type { Frame } from './frames.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const make = (shape: Shape = {}): Made => makeOne(suite, shape);
const bundle = (count: number, shape: Shape = {}): readonly Made[] => Array.from({ length: count }, () => make(shape));
const person = (name = 'ann', seed = 1): Holder => new Holder(suite, name, { seed });

describe('a person that asks by tags', () => {
  const tagsOf = (frames: readonly { readonly to: number; readonly frame: Frame }[]) =>
    frames.flatMap(({ to, frame }) => (frame.kind === 'tags' ? [{ to, replace: frame.replace, tags: frame.tags.map(toHex) }] : []));

  test('names them all to its relays when they come up, to nobody else, and says so in its hello', () => {
    const mine = bundle(3).map((it) => it.envelope.header.tag);
    const ann = person();
    ann.gossip.setPull('mailbox', () => mine, START_MS);
    for (const [neighbour, isKnownRelay] of [
      [1, true],
      [2, false],
    ] as const)
      ann.gossip.up(neighbour, { key: `0${neighbour}`.repeat(32), tier: 'contact', isKnownRelay }, START_MS);
    const said = ann.saysTo();
    expect(said.flatMap(({ to, frame }) => (frame.kind === 'hello' ? [[to, frame.pull]] : []))).toEqual([
      [1, 'mailbox'],
      [2, 'cover'],
    ]);
    expect(tagsOf(said)).toEqual([{ to: 1, replace: true, tags: mine.map(toHex) }]);
  });

  test('names what is new as it comes to mean something, beside the others', () => {
    const ann = person();
    ann.gossip.setPull('mailbox', () => [], START_MS);
    ann.greeted(1, 'relay').greeted(2);
    const { tag } = make().envelope.header;
    ann.gossip.recognise([tag]);
    expect(tagsOf(ann.saysTo())).toEqual([{ to: 1, replace: false, tags: [toHex(tag)] }]);
  });

  test('of more tags than a frame holds empties the mailbox once', () => {
    const tags = Array.from({ length: 2500 }, (_, i) => new Uint8Array(16).fill(i & 255));
    const ann = person();
    ann.gossip.setPull('mailbox', () => tags, START_MS);
    ann.gossip.up(1, { key: '01'.repeat(32), tier: 'own', isKnownRelay: true }, START_MS);
    const said = tagsOf(ann.saysTo());
    expect(said.map(({ replace, tags: named }) => [replace, named.length])).toEqual([
      [true, 1000],
      [false, 1000],
      [false, 500],
    ]);
  });

  test('that changes its mind tells the relays that are near, and again if a queue ran over', () => {
    const tag = make().envelope.header.tag;
    const ann = person().greeted(1, 'relay').greeted(2);
    ann.gossip.setPull('mailbox', () => [tag], START_MS);
    expect(tagsOf(ann.saysTo())).toEqual([{ to: 1, replace: true, tags: [toHex(tag)] }]);
    ann.gossip.setPull('mailbox', () => [tag], START_MS);
    expect(ann.saysTo()).toEqual([]);
    ann.gossip.full(1);
    ann.gossip.drained(1, START_MS);
    expect(tagsOf(ann.saysTo())).toEqual([{ to: 1, replace: true, tags: [toHex(tag)] }]);
    ann.gossip.setPull('cover', () => [], START_MS);
    expect(ann.saysTo().flatMap(({ frame }) => (frame.kind === 'hello' ? [frame.pull] : []))).toEqual(['cover']);
  });

  test('gets what bears them and nothing else, what lies there and what comes', () => {
    const holders = [person('ann'), new Holder(suite, 'relay', { role: 'relay' }), person('bo')];
    const [ann, relay, bo] = holders as [Holder, Holder, Holder];
    const [there, comes, other] = [make(), make(), make()];
    for (const it of [there, comes]) ann.awaits(it);
    ann.gossip.setPull('mailbox', () => [there, comes].map((it) => it.envelope.header.tag), START_MS);
    for (const it of [there, other]) bo.gossip.publish(it.envelope, START_MS);
    meet(holders, 1, 2);
    meet(holders, 0, 1);
    expect(ann.arrived).toEqual([there.envelope]);
    bo.gossip.publish(comes.envelope, START_MS);
    settle(holders);
    expect(ann.arrived).toEqual([there.envelope, comes.envelope]);
    expect(relay.has(other)).toBe(true);
    part(holders, 0, 1);
    expect(relay.gossip.carriedCount).toBe(3);
  });
});

test('whose queue ran over is given again what may be lost, and goes on from there', () => {
  const relay = new Holder(suite, 'relay', { role: 'relay' }).greeted(1).greeted(2, 'person', { pull: 'mailbox' });
  const tag = new Uint8Array(16).fill(9);
  const mail = Array.from({ length: 100 }, () => makeOne(suite, { tag, bodyBytes: 32_768 }));
  for (const it of mail) relay.isGiven(1, it);
  relay.says();
  relay.hears(2, { kind: 'tags', replace: true, tags: [tag] });
  const came = new Set<string>();
  // A queue takes some twenty before it runs over: more than is given again. What leaves in the same turn is lost.
  let room = 20;
  for (let turn = 0; turn < 200 && came.size < mail.length; turn++) {
    const nowMs = START_MS + 20 * turn;
    for (const frame of relay.says(nowMs)) {
      if (frame.kind !== 'give') continue;
      if (room-- > 0) came.add(toHex(frame.envelope));
    }
    if (room >= 0) continue;
    relay.gossip.full(2);
    relay.gossip.drained(2, nowMs);
    room = 20;
  }
  expect(came.size).toBe(mail.length);
});
