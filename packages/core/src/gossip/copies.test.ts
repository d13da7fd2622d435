/** How many of an envelope there come to be: halved with each person, none for bulk, none kept from a relay. */
import { describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { toHex } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, type Shape, START_MS, settle, whoIs } from '../testing/gossip-holder.ts';
import { PERSON_LIMITS } from './limits.ts';

const suite = await loadSodiumSuite();

const make = (shape: Shape = {}): Made => makeOne(suite, shape);
const person = (name = 'ann'): Holder => new Holder(suite, name);

describe('copies', () => {
  test('are halved with each person they are given to, and never grow', () => {
    const people = Array.from({ length: 6 }, (_, i) => person(`p${i}`));
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
    expect(people.filter((one) => one.has(it))).toHaveLength(5); // herself, and 8 + 4 + 2 + 1 copies
  });

  test('that a neighbour claims beyond what a class is born with are not believed', () => {
    const it = make({ class: 2 });
    const holder = person().greeted(1).greeted(2, 'person', { tier: 'contact' });
    holder.isPushed(1, it, { copies: 255 });
    const [pushed] = holder.says().filter((frame) => frame.kind === 'push');
    expect(pushed).toMatchObject({ copies: PERSON_LIMITS.copies[2] / 2 });
  });

  test('of bulk are not sprayed to people, only to relays', () => {
    const it = make({ class: 3, bodyBytes: 32_768 });
    const alone = person().greeted(1);
    alone.gossip.publish(it.envelope, START_MS);
    expect(alone.says()).toEqual([]);
    const withRelay = person('bo').greeted(1, 'relay');
    withRelay.gossip.publish(it.envelope, START_MS);
    expect(withRelay.says().map((frame) => frame.kind)).toEqual(['push']);
  });

  test('from a relay are for reading: who does not know the tag keeps nothing, and asks again when it means something', () => {
    const it = make();
    const holder = person().greeted(1, 'relay');
    holder.isGiven(1, it, 0);
    expect(holder.has(it)).toBe(false);
    expect(holder.says()).toEqual([]);
    holder.mine.add(toHex(it.envelope.header.tag));
    expect(holder.gossip.recognise([it.envelope.header.tag])).toEqual([]);
    expect(holder.says()).toEqual([{ kind: 'want', ids: [it.envelope.id] }]);
  });

  test('held before their tag meant anything are found when it does', () => {
    const it = make();
    const holder = person().greeted(1);
    holder.isGiven(1, it);
    expect(holder.gossip.recognise([it.envelope.header.tag])).toEqual([it.envelope.id]);
    expect(holder.gossip.recognise([new Uint8Array(16)])).toEqual([]);
  });
});
