/** Mail that a person takes along from one of its own relays to the others. Rule: docs/protocol/gossip.md §3. */
import { beforeAll, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { toHex } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, START_MS, whoIs } from '../testing/gossip-holder.ts';
import { type Frame, UNTOLD_SET } from './frames.ts';
import { FERRIED_MAX, PERSON_LIMITS } from './limits.ts';

const HOUR_MS = 3_600_000;

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const make = (): Made => makeOne(suite);
const bundle = (count: number): readonly Made[] => Array.from({ length: count }, make);
const wants = (frames: readonly Frame[]): readonly string[] =>
  frames.flatMap((frame) => (frame.kind === 'want' ? frame.ids.map(toHex) : [])).sort();
const idsOf = (mail: readonly Made[]): readonly string[] => mail.map((it) => toHex(it.envelope.id)).sort();

/** Beside its relay, which is neighbour 1. */
function ferry(limits: Partial<typeof PERSON_LIMITS> = {}): Holder {
  const holder = new Holder(suite, 'cy', { limits });
  holder.gossip.setPull('ferry', () => [], START_MS);
  return holder.greeted(1, 'relay');
}

function isListed(holder: Holder, mail: readonly Made[], nowMs = START_MS): readonly string[] {
  const entries = mail.map(({ envelope }) => ({ id: envelope.id, tag: envelope.header.tag, class: 1, size: 0, copies: 0 }));
  for (let at = 0; at < entries.length; at += 1000) holder.hears(1, { kind: 'have', entries: entries.slice(at, at + 1000) }, nowMs);
  return wants(holder.says(nowMs));
}

function isHanded(holder: Holder, mail: readonly Made[]): readonly Frame[] {
  for (const it of mail) holder.isGiven(1, it, 0);
  return holder.says();
}

test('is wanted, kept without a word, shown to nobody at once, and given to the next relay', () => {
  const [holder, mail] = [ferry().greeted(2), bundle(3)];
  expect(isListed(holder, mail)).toEqual(idsOf(mail));
  expect(isHanded(holder, mail)).toEqual([]);
  expect(mail.every((it) => holder.has(it))).toBe(true);
  holder.greeted(3, 'relay');
  holder.hears(3, { kind: 'want', ids: mail.map((it) => it.envelope.id) });
  expect(holder.saysTo().filter(({ to, frame }) => to === 3 && frame.kind === 'give')).toHaveLength(3);
});

test('the relay is told of no set that is kept', () => {
  const holder = ferry();
  isHanded(holder, bundle(4));
  holder.gossip.down(1);
  holder.gossip.up(1, whoIs(1, 'own', true), START_MS);
  const hellos = holder.says().filter((frame) => frame.kind === 'hello');
  expect(hellos).toMatchObject([{ pull: 'cover', held: UNTOLD_SET, tokens: UNTOLD_SET }]);
});

test('what is ours is read, and goes on until its token is public, like anybody’s', () => {
  const [holder, it] = [ferry(), make()];
  holder.awaits(it);
  isHanded(holder, [it]);
  expect(holder.arrived.map(({ id }) => toHex(id))).toEqual(idsOf([it]));
  expect(holder.has(it)).toBe(true);
});

test('what a relay that is not ours hands over to be read is not kept', () => {
  const [holder, it] = [ferry().greeted(2, 'relay', { tier: 'stranger' }).greeted(4), make()];
  holder.isGiven(4, it, 0);
  holder.says();
  expect(holder.has(it)).toBe(false);
});

test('when as much is there as may be, everything is asked for as by cover, read past, and found when its tag comes to mean something', () => {
  const [holder, first, rest] = [ferry(), bundle(FERRIED_MAX), bundle(3)];
  isHanded(holder, first);
  expect(first.every((it) => holder.has(it))).toBe(true);
  expect(isListed(holder, rest)).toEqual(idsOf(rest));
  isHanded(holder, rest);
  expect(rest.some((it) => holder.has(it))).toBe(false);
  // Nothing is fetched twice to be read past again.
  expect(isListed(holder, rest)).toEqual([]);
  const [late] = rest as [Made];
  holder.awaits(late);
  holder.gossip.recognise([late.envelope.header.tag]);
  expect(wants(holder.says())).toEqual(idsOf([late]));
});

test('what had to give way is listed again, so that it is found when its tag comes to mean something', () => {
  const [holder, mail] = [ferry({ carriedMax: 4 }), bundle(4)];
  isHanded(holder, mail);
  const since = (frames: readonly Frame[]): readonly number[] =>
    frames.flatMap((frame) => (frame.kind === 'hello' ? [frame.since.number] : []));
  holder.hears(1, { kind: 'upto', cursor: { incarnation: new Uint8Array(8).fill(1), number: 4 } });
  holder.gossip.publish(make().envelope, START_MS);
  holder.says();
  expect(mail.filter((it) => holder.has(it)).length).toBeLessThan(4);
  const laterMs = START_MS + HOUR_MS;
  expect(since(holder.says(laterMs))).toEqual([0]);
  const gone = mail.filter((it) => !holder.has(it));
  expect(isListed(holder, mail, laterMs)).toEqual(idsOf(gone));
});

test('what came while the disk was full is asked for again', () => {
  const [holder, mail] = [ferry(), bundle(3)];
  holder.gossip.refuseUntil(START_MS + 60_000);
  isHanded(holder, mail);
  expect(mail.some((it) => holder.has(it))).toBe(false);
  const laterMs = START_MS + HOUR_MS;
  expect(holder.says(laterMs).flatMap((frame) => (frame.kind === 'hello' ? [frame.since.number] : []))).toEqual([0]);
  expect(isListed(holder, mail, laterMs)).toEqual(idsOf(mail));
});

test('whoever ferries no longer keeps nothing new, and what it has until its time', () => {
  const [holder, before, after] = [ferry(), bundle(2), bundle(2)];
  isHanded(holder, before);
  holder.gossip.setPull('cover', () => [], START_MS);
  holder.says();
  isHanded(holder, after);
  expect(idsOf([...before, ...after].filter((it) => holder.has(it)))).toEqual(idsOf(before));
});

test('a relay asks nobody for more than it would keep', () => {
  const stranger = { envelopes: 2, bytes: 2 ** 20, sharePercent: 100 };
  const relay = new Holder(suite, 'relay', { role: 'relay', limits: { quotas: { ...PERSON_LIMITS.quotas, stranger } } }).greeted(1);
  expect(isListed(relay, bundle(5))).toHaveLength(2);
});
