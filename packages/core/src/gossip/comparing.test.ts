import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { makePurgeToken } from '../envelope/envelope.ts';
import type { Bytes } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, meet, part, plainHello, START_MS, settle, whoIs } from '../testing/gossip-holder.ts';
import { NO_DIGEST } from './frames.ts';
import { COMPARE_HELD_MIN, COMPARE_PATIENCE_MS, RELAY_LIMITS } from './limits.ts';
import { CELLS_MAX } from './reconcile/limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const bundle = (count: number): readonly Made[] => Array.from({ length: count }, () => makeOne(suite));
const relays = (): readonly [Holder, Holder] => [new Holder(suite, 'one', { role: 'relay' }), new Holder(suite, 'two', { role: 'relay' })];
const tokenOf = (it: Made): Bytes => makePurgeToken(suite, it.envelope, it.purgeKey);

function keep(holder: Holder, mail: readonly Made[]): void {
  for (const it of mail) holder.gossip.publish(it.envelope, START_MS);
  holder.says();
}

describe('two relays with much in common', () => {
  test('hand over what either lacks, and list nothing else', () => {
    const [one, two] = relays();
    const [common, ones, twos] = [bundle(COMPARE_HELD_MIN), bundle(20), bundle(13)];
    keep(one, [...common, ...ones]);
    keep(two, [...common, ...twos]);
    const bytes = meetAndCount(one, two);
    for (const it of [...common, ...ones, ...twos]) expect(one.has(it) && two.has(it)).toBe(true);
    // A list of what they have in common alone would be 13 KB on either side; the 33 envelopes are 10 KB.
    expect(bytes).toBeLessThan(33 * 400 + 4000);
  });

  test('say nothing of their envelopes when they have the same', () => {
    const [one, two] = relays();
    const common = bundle(COMPARE_HELD_MIN);
    keep(one, common);
    keep(two, common);
    expect(meetAndCount(one, two)).toBeLessThan(300);
  });

  test('that have nothing in common end in the plain list', () => {
    const [one, two] = relays();
    const [ones, twos] = [bundle(CELLS_MAX), bundle(COMPARE_HELD_MIN)];
    keep(one, ones);
    keep(two, twos);
    meet([one, two], 0, 1);
    settle([one, two], START_MS + 10_000);
    for (const it of [...ones, ...twos]) expect(one.has(it) && two.has(it)).toBe(true);
  });

  test('compare again after ten minutes, and mend what was lost meanwhile', () => {
    const [one, two] = relays();
    const common = bundle(COMPARE_HELD_MIN);
    keep(one, common);
    keep(two, common);
    meet([one, two], 0, 1);
    const lost = makeOne(suite);
    one.gossip.publish(lost.envelope, START_MS);
    one.take();
    settle([one, two], START_MS + 60_000);
    expect(two.has(lost)).toBe(false);
    settle([one, two], START_MS + RELAY_LIMITS.compareAgainMs * 1.25);
    expect(two.has(lost)).toBe(true);
  });
});

function meetAndCount(one: Holder, two: Holder): number {
  one.gossip.up(1, whoIs(1), START_MS);
  two.gossip.up(0, whoIs(0), START_MS);
  return settle([one, two]);
}

describe('purge tokens', () => {
  test('are compared before anything is listed: nothing dead is handed over', () => {
    const [ann, bo] = [new Holder(suite, 'ann'), new Holder(suite, 'bo')];
    const [dead, alive] = [makeOne(suite), makeOne(suite)];
    keep(ann, [dead, alive]);
    bo.greeted(9, 'person', { tier: 'contact' }).hears(9, { kind: 'forget', tokens: [tokenOf(dead)] });
    bo.gossip.down(9);
    meet([ann, bo], 0, 1);
    expect([ann.has(dead), bo.has(dead), bo.has(alive)]).toEqual([false, false, true]);
    expect(ann.read).toHaveLength(1);
  });

  test('spread among people who never had the envelope, and cost no more than what differs', () => {
    const people = [new Holder(suite, 'ann'), new Holder(suite, 'bo'), new Holder(suite, 'cy')];
    const [ann, bo, cy] = people as [Holder, Holder, Holder];
    const tokens = bundle(300).map(tokenOf);
    ann.greeted(9, 'person', { tier: 'contact' }).hears(9, { kind: 'forget', tokens });
    ann.gossip.down(9);
    meet(people, 0, 1, 'contact');
    part(people, 0, 1);
    meet(people, 1, 2, 'contact');
    part(people, 1, 2);
    expect([ann, bo, cy].map((one) => one.seen.size)).toEqual([300, 300, 300]);
    const more = makeOne(suite);
    cy.greeted(9, 'person', { tier: 'contact' }).hears(9, { kind: 'forget', tokens: [tokenOf(more)] });
    cy.gossip.down(9);
    for (const [i, other] of [
      [0, 2],
      [2, 0],
    ] as const)
      people[i]?.gossip.up(other, whoIs(other, 'contact'), START_MS);
    expect(settle(people)).toBeLessThan(1500);
    expect(ann.seen.size).toBe(301);
  });
});

describe('a neighbour that lies about its sets', () => {
  test('and never streams is listed to all the same', () => {
    const holder = new Holder(suite, 'ann');
    keep(holder, bundle(3));
    holder.gossip.up(1, whoIs(1), START_MS);
    holder.hears(1, { ...plainHello(), tokens: { count: 5000, digest: new Uint8Array(32).fill(7) } });
    const lists = (nowMs: number): number => holder.says(nowMs).filter((frame) => frame.kind === 'have').length;
    expect(lists(START_MS)).toBe(0);
    expect(lists(START_MS + COMPARE_PATIENCE_MS)).toBe(1);
  });

  test('and streams nonsense is told that it was not decoded, and listed to', () => {
    const holder = new Holder(suite, 'one', { role: 'relay' });
    keep(holder, bundle(COMPARE_HELD_MIN));
    holder.gossip.up(1, whoIs(1), START_MS);
    holder.hears(1, { ...plainHello('relay'), held: { count: 9999, digest: new Uint8Array(32).fill(7) } });
    holder.says();
    holder.hears(1, { kind: 'sketch', set: 'held', size: 9999, digest: NO_DIGEST, salt: new Uint8Array(16), exceptions: [] });
    holder.hears(1, { kind: 'symbols', set: 'held', cells: new Uint8Array(4000).fill(0xa5) });
    const said = holder.says();
    expect(said.filter((frame) => frame.kind === 'stop')).toEqual([{ kind: 'stop', set: 'held', isDecoded: false }]);
    expect(said.filter((frame) => frame.kind === 'have')).toHaveLength(1);
  });

  test('and never says stop is streamed to no further than the last cell, and then listed to', () => {
    const holder = new Holder(suite, 'one', { role: 'relay' });
    keep(holder, bundle(COMPARE_HELD_MIN + 1));
    holder.gossip.up(1, whoIs(1), START_MS);
    holder.hears(1, { ...plainHello('relay'), held: { count: COMPARE_HELD_MIN, digest: new Uint8Array(32).fill(7) } });
    let [bytes, lists] = [0, 0];
    for (let at = 0; at < 600; at++) {
      for (const frame of holder.says(START_MS + at * 20)) {
        if (frame.kind === 'symbols') bytes += frame.cells.length;
        if (frame.kind === 'have') lists++;
      }
    }
    expect(bytes).toBeGreaterThan(CELLS_MAX * 12);
    expect(bytes).toBeLessThan(CELLS_MAX * 16);
    expect(lists).toBe(1);
  });

  test('whose ids do not add up to its digest is asked for the plain list', () => {
    const [one, two] = relays();
    const common = bundle(COMPARE_HELD_MIN);
    const [ones, hidden] = [bundle(2), makeOne(suite)];
    keep(one, [...common, ...ones, hidden]);
    keep(two, common);
    one.gossip.up(1, whoIs(1), START_MS);
    two.gossip.up(0, whoIs(0), START_MS);
    // Everything the first says passes, but its digest is another one: as if what its cells show were not all it has.
    for (let turn = 0; turn < 40; turn++) {
      for (const { to, frame } of two.saysTo(START_MS + turn * 20))
        if (to === 0 && frame.kind !== 'give' && frame.kind !== 'push') one.hears(1, frame);
      for (const { frame } of one.saysTo(START_MS + turn * 20)) {
        if (frame.kind === 'sketch') two.hears(0, { ...frame, digest: new Uint8Array(32).fill(1) });
        else if (frame.kind !== 'give' && frame.kind !== 'push') two.hears(0, frame);
        if (frame.kind === 'have' && frame.entries.length === COMPARE_HELD_MIN + 3) return;
      }
    }
    expect.unreachable('the whole list was never asked for');
  });

  test('and sends symbols, stops and wants of sets nobody compares is not answered', () => {
    const holder = new Holder(suite, 'ann').greeted(1);
    holder.hears(1, { kind: 'symbols', set: 'held', cells: new Uint8Array(100) });
    holder.hears(1, { kind: 'stop', set: 'tokens', isDecoded: true });
    holder.hears(1, { kind: 'lacks', set: 'held', shorts: [new Uint8Array(8)] });
    holder.hears(1, { kind: 'sketch', set: 'tokens', size: 1, digest: NO_DIGEST, salt: new Uint8Array(16), exceptions: [] });
    expect(holder.says()).toEqual([]);
  });
});
