/** What is carried by somebody whose clock is not to be believed ends by its age. Rule: docs/protocol/gossip.md §8. */
import { beforeAll, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { LIFETIME_HOURS } from '../envelope/limits.ts';
import { concat, toHex } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, plainHello, START_MS, whoIs } from '../testing/gossip-holder.ts';
import { giveHead } from './frames.ts';
import { CLOCKS_LEAST } from './limits.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS: number = 365 * 24 * HOUR_MS;
const LIFE = LIFETIME_HOURS[1];

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

/** Everybody near says that it is a year after the start. */
function doubt(holder: Holder, nowMs: number): void {
  for (let neighbour = 1; neighbour <= CLOCKS_LEAST; neighbour++)
    holder.hears(neighbour, plainHello('person', 'cover', START_MS + YEAR_MS), nowMs);
  holder.says(nowMs);
}

/** Whose clock all five neighbours disagree with. */
function doubted(): Holder {
  const holder = new Holder(suite, 'bo');
  for (let neighbour = 1; neighbour <= CLOCKS_LEAST; neighbour++) holder.gossip.up(neighbour, whoIs(neighbour, 'contact'), START_MS);
  doubt(holder, START_MS);
  expect(holder.gossip.clockBehindHours).toBe(YEAR_MS / HOUR_MS);
  return holder;
}

function isGiven(holder: Holder, it: Made, ageHours: number): void {
  holder.gossip.frame(1, concat(giveHead(8, ageHours), it.envelope.bytes), START_MS);
}

/** The same one with what it kept, started again. */
function restarted(before: Holder): Holder {
  const after = new Holder(suite, 'bo');
  after.gossip.restore(before.rows.values(), before.seen.values());
  for (const [id, row] of before.rows) after.rows.set(id, row);
  for (const [id, body] of before.bodies) after.bodies.set(id, body);
  return after;
}

/** What a relay is told that wants it. */
function ageGiven(holder: Holder, it: Made, nowMs: number): readonly number[] {
  holder.greeted(9, 'relay', { nowMs });
  holder.hears(9, { kind: 'want', ids: [it.envelope.id] }, nowMs);
  return holder.says(nowMs).flatMap((frame) => (frame.kind === 'give' ? [frame.ageHours] : []));
}

/** Some hours go by, looked at one after the other. */
function live(holder: Holder, fromHour: number, hours: number): void {
  for (let hour = fromHour + 1; hour <= fromHour + hours; hour++) holder.says(START_MS + hour * HOUR_MS);
}

test('it is dropped when it has travelled for as long as its class lives, and may come again', () => {
  const [holder, it] = [doubted(), makeOne(suite)];
  isGiven(holder, it, LIFE - 30);
  live(holder, 0, 29);
  expect(holder.has(it)).toBe(true);
  live(holder, 29, 1);
  expect(holder.has(it)).toBe(false);
  expect(holder.seen.has(toHex(it.envelope.id))).toBe(false);
  isGiven(holder, it, LIFE - 1);
  holder.says();
  expect(holder.has(it)).toBe(true);
});

test('what comes with the age at which it is over is refused', () => {
  const [holder, it] = [doubted(), makeOne(suite)];
  isGiven(holder, it, LIFE);
  expect(holder.says()).toContainEqual({ kind: 'results', results: [{ id: it.envelope.id, result: 'expired' }] });
  expect(holder.has(it)).toBe(false);
});

test('a clock that is set on by years makes nothing old', () => {
  const [holder, it] = [doubted(), makeOne(suite)];
  isGiven(holder, it, LIFE - 2);
  const setOn = START_MS + 20 * YEAR_MS;
  holder.says(setOn);
  doubt(holder, setOn);
  holder.says(setOn + HOUR_MS);
  expect(holder.has(it)).toBe(true);
  holder.says(setOn + 2 * HOUR_MS);
  expect(holder.has(it)).toBe(false);
});

test('a claimed age ends nothing where the clock is believed, nor after a start, and goes no further', () => {
  const [holder, it] = [new Holder(suite, 'bo').greeted(1, 'person', { tier: 'contact' }), makeOne(suite)];
  isGiven(holder, it, 0xffff);
  live(holder, 0, 20);
  expect(holder.has(it)).toBe(true);
  const after = restarted(holder);
  after.says(START_MS + 21 * HOUR_MS);
  expect(after.has(it)).toBe(true);
  // As old as its date allows, whoever said what.
  expect(ageGiven(after, it, START_MS + 21 * HOUR_MS)).toEqual([22]);
});

test('what is for us is read, however old it is said to be', () => {
  const [holder, it] = [doubted(), makeOne(suite)];
  holder.awaits(it);
  isGiven(holder, it, 0xffff);
  holder.says();
  expect(holder.arrived).toHaveLength(1);
});

test('the writer is told when one of its own is over in this way', () => {
  const [holder, it] = [doubted(), makeOne(suite)];
  holder.gossip.publish(it.envelope, START_MS);
  live(holder, 0, LIFE - 1);
  expect(holder.expired).toEqual([]);
  live(holder, LIFE - 1, 1);
  expect(holder.expired).toEqual([toHex(it.envelope.id)]);
});

test('it goes on growing older over a restart, and says its age to whoever is next', () => {
  const [before, it] = [doubted(), makeOne(suite)];
  isGiven(before, it, 10);
  before.says();
  expect(ageGiven(restarted(before), it, START_MS + 7 * HOUR_MS)).toEqual([17]);
});
