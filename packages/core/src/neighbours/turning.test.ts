/** What becomes of dials and connections when this side takes another transport key, and when the device wakes. */
import { describe, expect, test } from 'vitest';
import { toHex } from '../kernel/bytes.ts';
import type { Random } from '../kernel/random.ts';
import { DIAL_PATIENCE_MS, DRAIN_MS, STALE_DIAL_MS } from './limits.ts';
import { type Connected, type NeighbourCommand, Neighbours } from './neighbours.ts';

const keyOf = (value: number): string => toHex(new Uint8Array(32).fill(value));
const [TODAY, TOMORROW, RELAY, PERSON, OTHER, STRANGER] = [keyOf(50), keyOf(51), keyOf(1), keyOf(99), keyOf(98), keyOf(70)];
const LEAST: Random = { bytes: (length) => new Uint8Array(length) };

const dialled = (commands: readonly NeighbourCommand[]) => commands.flatMap((one) => (one.kind === 'dial' ? [one.expectedKey] : []));
const closed = (commands: readonly NeighbourCommand[]) => commands.flatMap((one) => (one.kind === 'close' ? [one.neighbour] : []));

function at(neighbour: number, key: string, options: Partial<Connected> = {}): Connected {
  return { neighbour, key, path: 'direct', dialled: true, ...options };
}

/** Connected to a relay (1), to somebody known (2) and to a stranger that came in (3). */
function connected(): Neighbours {
  const it = new Neighbours(LEAST, '');
  it.turn(TODAY, 0);
  it.knowRelay(RELAY, ['/r'], 0);
  it.knowPerson(PERSON, ['/p'], [], 0);
  it.up(at(1, RELAY, { path: 'relay' }), 0);
  it.up(at(2, PERSON), 0);
  it.up(at(3, STRANGER, { dialled: false }), 0);
  it.take();
  return it;
}

describe('another key', () => {
  test('the first one changes nothing that there is', () => {
    const it = new Neighbours(LEAST, '');
    it.knowPerson(PERSON, ['/p'], [], 0);
    it.up(at(2, PERSON), 0);
    it.take();
    it.turn(TODAY, 0);
    expect(it.take()).toEqual([]);
    expect(it.isConnected(PERSON)).toBe(true);
  });

  test('everybody who is known is dialled anew at once, while the connections there are go on', () => {
    const it = connected();
    it.turn(TOMORROW, 1000);
    const commands = it.take();
    expect(dialled(commands)).toEqual([RELAY, PERSON]);
    expect(closed(commands)).toEqual([]);
    expect([...it.connected()].map(({ neighbour }) => neighbour)).toEqual([1, 2, 3]);
    expect([it.isConnected(PERSON), it.isConnected(RELAY)]).toEqual([false, false]);
  });

  test('the connection from before closes as soon as one under the new key stands, and only by the same path', () => {
    const it = connected();
    it.turn(TOMORROW, 1000);
    it.take();
    it.up(at(4, PERSON, { path: 'circuit' }), 1100);
    expect(closed(it.take())).toEqual([]);
    it.up(at(5, PERSON), 1200);
    expect(closed(it.take())).toEqual([2]);
    expect(it.isConnected(PERSON)).toBe(true);
    it.down(2, 1300);
    expect(dialled(it.take())).toEqual([]);
  });

  test('the new one stays whoever dialled it: which of two stays is for two of one key', () => {
    for (const dialledHere of [true, false]) {
      const it = connected();
      it.turn(TOMORROW, 1000);
      it.take();
      expect(it.up(at(4, PERSON, { dialled: dialledHere }), 1100)).toBe(true);
      expect(closed(it.take())).toEqual([2]);
    }
  });

  test(`what nobody has taken the place of closes after ${DRAIN_MS / 60_000} minutes, and the node wakes for it`, () => {
    const it = connected();
    it.turn(TOMORROW, 1000);
    it.take();
    it.up(at(4, PERSON), 1100);
    it.up(at(5, RELAY, { path: 'relay' }), 1100);
    it.down(2, 1200);
    it.down(1, 1200);
    it.take();
    expect(it.wakeAtMs()).toBe(1000 + DRAIN_MS);
    it.wake(1000 + DRAIN_MS - 1);
    expect(it.take()).toEqual([]);
    it.wake(1000 + DRAIN_MS);
    expect(it.take()).toEqual([{ kind: 'close', neighbour: 3 }]);
    expect(it.wakeAtMs()).toBeUndefined();
  });

  test('what was made by hand stays: it cannot be dialled again', () => {
    const it = new Neighbours(LEAST, TODAY);
    it.up(at(1, OTHER, { hand: 7 }), 0);
    it.up(at(2, STRANGER, { dialled: false }), 0);
    it.turn(TOMORROW, 1000);
    it.wake(1000 + DRAIN_MS);
    expect(closed(it.take())).toEqual([2]);
    expect(it.get(1)).toBeDefined();
  });

  test('but gives way to a connection under the new key like any other', () => {
    const it = new Neighbours(LEAST, TODAY);
    it.knowPerson(OTHER, ['/o'], [], 0);
    it.up(at(1, OTHER, { hand: 7 }), 0);
    it.turn(TOMORROW, 1000);
    it.take();
    it.up(at(2, OTHER), 1100);
    expect(closed(it.take())).toEqual([1]);
  });

  test('after two turns in a row everything from before is let go', () => {
    const it = connected();
    it.turn(TOMORROW, 1000);
    it.up(at(4, PERSON), 1100);
    it.down(2, 1200);
    it.take();
    it.turn(keyOf(52), 2000);
    expect(dialled(it.take())).toEqual([RELAY, PERSON]);
    it.wake(2000 + DRAIN_MS);
    expect(closed(it.take())).toEqual([1, 3, 4]);
  });

  test('a dial that began under the key before is not waited for, and what comes of it is closed', () => {
    const it = new Neighbours(LEAST, TODAY);
    it.knowPerson(PERSON, ['/p'], [], 0);
    const [before] = it.take();
    it.turn(TOMORROW, 10);
    const [now] = it.take();
    if (before?.kind !== 'dial' || now?.kind !== 'dial') throw new Error('not dialled twice');
    expect(it.up(at(1, PERSON, { dial: before.id }), 20)).toBe(false);
    expect(closed(it.take())).toEqual([1]);
    it.down(1, 30);
    expect(it.take()).toEqual([]);
    expect(it.up(at(2, PERSON, { dial: now.id }), 40)).toBe(true);
    expect(it.take()).toEqual([]);
  });
});

describe('a device that woke', () => {
  test('asks all for a sign of life first, and dials at once who was waited for', () => {
    const it = connected();
    it.knowPerson(OTHER, ['/o'], [], 0);
    const [dial] = it.take();
    if (dial?.kind !== 'dial') throw new Error('not dialled');
    it.dialFailed(dial.id, 0);
    expect(it.take()).toEqual([]);
    it.awake(1);
    const commands = it.take();
    expect(commands[0]).toEqual({ kind: 'probe' });
    expect(dialled(commands)).toEqual([OTHER]);
    expect(closed(commands)).toEqual([]);
  });

  test('gives up a dial that began on another network, and not one of just now', () => {
    for (const [waitedMs, again] of [
      [STALE_DIAL_MS, []],
      [STALE_DIAL_MS + 1, [PERSON]],
    ] as const) {
      const it = new Neighbours(LEAST, TODAY);
      it.knowPerson(PERSON, ['/p'], [], 0);
      expect(dialled(it.take())).toEqual([PERSON]);
      it.awake(waitedMs);
      expect(dialled(it.take())).toEqual(again);
    }
  });

  test('what comes of a dial that was given up still counts, and counts once', () => {
    const it = new Neighbours(LEAST, TODAY);
    it.knowPerson(PERSON, ['/p'], [], 0);
    const [first] = it.take();
    it.awake(STALE_DIAL_MS + 1);
    const [, second] = it.take();
    if (first?.kind !== 'dial' || second?.kind !== 'dial') throw new Error('not dialled twice');
    it.dialFailed(first.id, 1000);
    expect(it.take()).toEqual([]);
    expect(it.wakeAtMs()).toBe(STALE_DIAL_MS + 1 + DIAL_PATIENCE_MS + 1);
    expect(it.up(at(1, PERSON), 1000)).toBe(true);
    expect(it.isConnected(PERSON)).toBe(true);
  });
});
