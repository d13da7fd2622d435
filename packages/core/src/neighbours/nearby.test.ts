import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../kernel/bytes.ts';
import type { Random } from '../kernel/random.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import {
  DIALS_MAX,
  FOUND_AGAIN_MS,
  NEAR_ATTEMPTS_MAX,
  NEAR_BELIEVED_MS,
  PERSON_NEIGHBOURS,
  STRANGER_DIALS_MAX,
  STRANGER_STAYS_MS,
} from './limits.ts';
import { type Connected, type NeighbourCommand, Neighbours } from './neighbours.ts';

const keyOf = (value: number): string => toHex(new Uint8Array(32).fill(value >> 8, 0, 16).fill(value, 16));
const placeOf = (value: number): string => `/ip4/10.0.${value >> 8}.${value & 255}/tcp/4001`;
const [ME, RELAY, CONTACT] = [keyOf(0), keyOf(1), keyOf(2)];
const STRANGERS = 100;
const LEAST: Random = { bytes: (length) => new Uint8Array(length) };
const { nearMax, strangersDialledMax, strangersMax, personsMax } = PERSON_NEIGHBOURS;

function dials(commands: readonly NeighbourCommand[]) {
  return commands.flatMap((one) => (one.kind === 'dial' ? [one] : []));
}

function closed(commands: readonly NeighbourCommand[]): readonly number[] {
  return commands.flatMap((one) => (one.kind === 'close' ? [one.neighbour] : []));
}

function cameIn(neighbour: number, key: string = keyOf(neighbour)): Connected {
  return { neighbour, key, path: 'direct', dialled: false };
}

/** Answers every dial until no more are asked for; answers who was dialled, in order. */
function answerAll(it: Neighbours, nowMs: number, firstId = 1000): readonly string[] {
  const keys: string[] = [];
  for (let dialled = dials(it.take()); dialled.length > 0; dialled = dials(it.take())) {
    for (const { expectedKey } of dialled) {
      it.up({ neighbour: firstId + keys.length, key: expectedKey, path: 'direct', dialled: true }, nowMs);
      keys.push(expectedKey);
    }
  }
  return keys;
}

describe('whoever is found on the local network', () => {
  test('is dialled there, at once by the smaller key and a little later by the other', () => {
    const it = new Neighbours(LEAST, ME);
    it.found(keyOf(STRANGERS), [placeOf(5)], 0);
    expect(it.take()).toEqual([{ kind: 'dial', id: 1, address: placeOf(5), expectedKey: keyOf(STRANGERS) }]);
    const other = new Neighbours(LEAST, keyOf(255));
    other.found(keyOf(STRANGERS), [placeOf(5)], 0);
    expect(other.take()).toEqual([]);
    other.wake(other.wakeAtMs() as number);
    expect(dials(other.take())).toHaveLength(1);
  });

  test('is not dialled outside it, not under a key that is none, and not if it is ourselves', () => {
    const it = new Neighbours(LEAST, ME);
    it.found(keyOf(STRANGERS), ['/ip4/192.0.2.1/tcp/4001', '/dns4/r.example/tcp/4001', '/ip4/127.0.0.1/tcp/4001'], 0);
    it.found('somebody', [placeOf(5)], 0);
    it.found(ME, [placeOf(5)], 0);
    expect(it.take()).toEqual([]);
    expect(it.wakeAtMs()).toBeUndefined();
  });

  test('is forgotten after some dials that failed, and dialled when it is found again', () => {
    const it = new Neighbours(LEAST, ME);
    let nowMs = 0;
    it.found(keyOf(STRANGERS), [placeOf(5)], nowMs);
    for (let attempt = 0; attempt < NEAR_ATTEMPTS_MAX; attempt++) {
      const [dial] = dials(it.take());
      expect(dial, `attempt ${attempt}`).toBeDefined();
      it.dialFailed(dial?.id ?? 0, nowMs);
      nowMs = it.wakeAtMs() ?? nowMs;
      it.wake(nowMs);
    }
    expect(it.wakeAtMs()).toBeUndefined();
    expect(it.take()).toEqual([]);
    it.found(keyOf(STRANGERS), [placeOf(5)], nowMs);
    expect(dials(it.take())).toHaveLength(1);
  });

  test('is not dialled more often because it is announced more often, but where it is now when it moved', () => {
    const it = new Neighbours(LEAST, ME);
    it.found(keyOf(STRANGERS), [placeOf(5)], 0);
    const [dial] = dials(it.take());
    it.dialFailed(dial?.id ?? 0, 0);
    for (let i = 0; i < 50; i++) it.found(keyOf(STRANGERS), [placeOf(i)], 1);
    expect(it.take()).toEqual([]);
    it.found(keyOf(STRANGERS), [placeOf(7)], FOUND_AGAIN_MS);
    expect(dials(it.take()).map(({ address }) => address)).toEqual([placeOf(7)]);
  });

  test('is not believed to be there for ever', () => {
    const it = new Neighbours(LEAST, ME);
    for (let i = 0; i < STRANGER_DIALS_MAX; i++) it.found(keyOf(STRANGERS + i), [placeOf(i)], 0);
    const under = dials(it.take());
    it.found(keyOf(STRANGERS + 9), [placeOf(9)], 0);
    for (const { id } of under) it.dialFailed(id, NEAR_BELIEVED_MS + 1);
    expect(it.take()).toEqual([]);
    expect(it.wakeAtMs()).toBeUndefined();
  });
});

describe('somebody who is known and found nearby', () => {
  test('a contact without any address is dialled where it is found, and not for ever', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowPerson(CONTACT, [], [], 0);
    expect(it.take()).toEqual([]);
    it.found(CONTACT, [placeOf(2)], 0);
    const [dial] = dials(it.take());
    expect(dial).toMatchObject({ address: placeOf(2), expectedKey: CONTACT });
    it.dialFailed(dial?.id ?? 0, 0);
    it.wake(NEAR_BELIEVED_MS + 1);
    expect(it.take()).toEqual([]);
    it.found(CONTACT, [placeOf(3)], NEAR_BELIEVED_MS + 1);
    expect(dials(it.take())).toMatchObject([{ address: placeOf(3) }]);
  });

  test('a relay is dialled at its own address first: whoever announces another only adds to it', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/dns4/r/tcp/1/ws'], 0);
    const addresses: string[] = [];
    for (let nowMs = 0; nowMs < 4 * FOUND_AGAIN_MS; nowMs += FOUND_AGAIN_MS / 2) {
      for (const { id, address } of dials(it.take())) {
        addresses.push(address);
        it.dialFailed(id, nowMs);
      }
      it.found(RELAY, [placeOf(9)], nowMs);
      it.wake(nowMs);
    }
    expect(new Set(addresses)).toEqual(new Set(['/dns4/r/tcp/1/ws', placeOf(9)]));
    expect(addresses[0]).toBe('/dns4/r/tcp/1/ws');
  });

  test('whoever announces a contact elsewhere again and again does not keep us from where it is', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowPerson(CONTACT, ['/c'], [], 0);
    const addresses: string[] = [];
    for (let nowMs = 0; nowMs < 10 * FOUND_AGAIN_MS; nowMs += FOUND_AGAIN_MS) {
      it.found(CONTACT, [placeOf(nowMs & 255)], nowMs);
      it.wake(nowMs);
      for (const { id, address } of dials(it.take())) {
        addresses.push(address);
        it.dialFailed(id, nowMs);
      }
    }
    expect(addresses.filter((one) => one === '/c').length).toBeGreaterThanOrEqual(5);
  });

  test('a stranger that becomes a contact stays where it was found, and gives its place to another stranger', () => {
    const it = new Neighbours(LEAST, ME);
    for (let i = 0; i < strangersMax; i++) it.up(cameIn(STRANGERS + i), 0);
    expect(it.up(cameIn(900), 1)).toBe(false);
    it.knowPerson(keyOf(STRANGERS), [], [], 1);
    expect(it.up(cameIn(901), 1)).toBe(true);
    expect(it.isConnected(keyOf(STRANGERS))).toBe(true);
  });
});

describe('among many', () => {
  test('relays are dialled first, then people, and strangers never take all the dials', () => {
    const it = new Neighbours(LEAST, ME);
    for (let i = 0; i < nearMax; i++) it.found(keyOf(STRANGERS + i), [placeOf(i)], 0);
    expect(dials(it.take())).toHaveLength(STRANGER_DIALS_MAX);
    it.knowRelay(RELAY, ['/dns4/r/tcp/1/ws'], 0);
    it.knowPerson(CONTACT, ['/a'], [], 0);
    expect(dials(it.take()).map(({ expectedKey }) => expectedKey)).toEqual([RELAY, CONTACT]);
  });

  test('a dial that ends goes to those who are known, as long as one of them is due', () => {
    const it = new Neighbours(LEAST, ME);
    for (let i = 0; i < 2 * DIALS_MAX; i++) it.knowPerson(keyOf(10 + i), ['/a'], [], 0);
    for (let i = 0; i < nearMax; i++) it.found(keyOf(STRANGERS + i), [placeOf(i)], 0);
    const first = dials(it.take());
    it.knowRelay(RELAY, ['/dns4/r/tcp/1/ws'], 0);
    it.dialFailed(first[0]?.id ?? 0, 0);
    it.dialFailed(first[1]?.id ?? 0, 0);
    expect(dials(it.take()).map(({ expectedKey }) => expectedKey)).toEqual([RELAY, keyOf(10 + DIALS_MAX)]);
  });

  test(`${strangersDialledMax} strangers are dialled, of one's own choice, and more only when one of them leaves`, () => {
    const it = new Neighbours(new SeededRandom(4), ME);
    for (let i = 0; i < 60; i++) it.found(keyOf(STRANGERS + i), [placeOf(i)], 0);
    const dialled = answerAll(it, 0);
    expect(dialled).toHaveLength(strangersDialledMax);
    expect(it.wakeAtMs()).toBeUndefined();
    it.down(1000, 60_000);
    expect(answerAll(it, 60_000, 2000)).toHaveLength(1);
  });

  test('two devices in one crowd do not choose the same strangers', () => {
    const chosenBy = (seed: number): string => {
      const it = new Neighbours(new SeededRandom(seed), ME);
      for (let i = 0; i < 60; i++) it.found(keyOf(STRANGERS + i), [placeOf(i)], 0);
      return [...answerAll(it, 0)].sort().join();
    };
    expect(new Set([1, 2, 3, 4, 5].map(chosenBy)).size).toBe(5);
  });

  test('a crowd in which everybody finds everybody hangs together, and nobody has more than their share', () => {
    const size = 50;
    const crowd = Array.from({ length: size }, (_, i) => new Neighbours(new SeededRandom(i), keyOf(STRANGERS + i)));
    const near = (i: number): Neighbours => crowd[i] as Neighbours;
    const edges = new Map<string, readonly [number, number]>();
    for (const it of crowd) for (let i = 0; i < size; i++) it.found(keyOf(STRANGERS + i), [placeOf(i)], 0);
    let nextId = 1;
    const drop = (id: number, nowMs: number): void => {
      for (const [name, [from, to]] of edges) {
        if (!name.endsWith(`:${id}`)) continue;
        edges.delete(name);
        near(from).down(id, nowMs);
        near(to).down(id, nowMs);
      }
    };
    for (let nowMs = 0; nowMs < 60_000; nowMs += 500) {
      for (const [from, it] of crowd.entries()) {
        it.wake(nowMs);
        for (const command of it.take()) {
          if (command.kind === 'close') drop(command.neighbour, nowMs);
          if (command.kind !== 'dial') continue;
          const to = crowd.findIndex((_, i) => keyOf(STRANGERS + i) === command.expectedKey);
          const neighbour = nextId++;
          edges.set(`${from}-${to}:${neighbour}`, [from, to]);
          it.up({ neighbour, key: command.expectedKey, path: 'direct', dialled: true }, nowMs);
          near(to).up({ neighbour, key: keyOf(STRANGERS + from), path: 'direct', dialled: false }, nowMs);
        }
      }
    }
    const reached = new Set([0]);
    for (const one of reached) {
      for (const [from, to] of edges.values()) {
        if (from === one) reached.add(to);
        if (to === one) reached.add(from);
      }
    }
    expect(reached.size).toBe(size);
    for (const it of crowd) expect([...it.connected()].length).toBeLessThanOrEqual(strangersMax);
  });
});

describe('room', () => {
  test('strangers never push out a relay, a contact, or a stranger that was dialled', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/r'], 0);
    it.knowPerson(CONTACT, ['/c'], [], 0);
    it.found(keyOf(STRANGERS), [placeOf(0)], 0);
    const mine = answerAll(it, 0);
    expect(new Set(mine)).toEqual(new Set([RELAY, CONTACT, keyOf(STRANGERS)]));
    for (let i = 1; i <= 500; i++) it.up(cameIn(i, keyOf(STRANGERS + i)), i * 10_000);
    for (const key of mine) expect(it.isConnected(key)).toBe(true);
    expect([...it.connected()]).toHaveLength(2 + strangersMax);
  });

  test('nor do people push out relays or strangers: some strangers are always kept', () => {
    const it = new Neighbours(LEAST, ME);
    for (let i = 0; i < strangersMax; i++) it.up(cameIn(1 + i, keyOf(1000 + i)), 0);
    for (let i = 0; i < personsMax + 5; i++) {
      it.knowPerson(keyOf(STRANGERS + i), [], [], 0);
      expect(it.up(cameIn(STRANGERS + i), 0)).toBe(i < personsMax);
    }
    expect(closed(it.take())).toHaveLength(5);
    expect([...it.connected()]).toHaveLength(strangersMax + personsMax);
    it.knowPerson(CONTACT, ['/c'], [], 0);
    expect(it.take()).toEqual([]);
    it.knowRelay(RELAY, ['/r'], 0);
    expect(answerAll(it, 0)).toEqual([RELAY]);
  });

  test('a newcomer takes the place of the stranger that has been there longest, once that has had its time', () => {
    const it = new Neighbours(LEAST, ME);
    for (let i = 0; i < strangersMax; i++) it.up(cameIn(STRANGERS + i), i);
    expect(it.up(cameIn(900), STRANGER_STAYS_MS - 1)).toBe(false);
    expect(closed(it.take())).toEqual([900]);
    expect(it.up(cameIn(901), STRANGER_STAYS_MS)).toBe(true);
    expect(it.up(cameIn(902), STRANGER_STAYS_MS)).toBe(false);
    expect(closed(it.take())).toEqual([STRANGERS, 902]);
    it.down(STRANGERS, STRANGER_STAYS_MS);
    expect(it.isConnected(keyOf(STRANGERS))).toBe(false);
  });

  test('whoever is closed for a newcomer is left alone for as long', () => {
    const it = new Neighbours(LEAST, ME);
    for (let i = 0; i < strangersMax; i++) it.up(cameIn(STRANGERS + i), 0);
    it.found(keyOf(STRANGERS), [placeOf(0)], 0);
    it.up(cameIn(901), STRANGER_STAYS_MS);
    it.found(keyOf(STRANGERS), [placeOf(0)], STRANGER_STAYS_MS + 1);
    expect(dials(it.take())).toEqual([]);
    expect(it.wakeAtMs()).toBe(2 * STRANGER_STAYS_MS);
  });
});

test('nothing that is announced or comes in takes more than its bounds, or a place from those who are known', () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('found' as const), who: fc.nat(400), where: fc.nat(400) }),
    fc.record({ kind: fc.constant('in' as const), who: fc.nat(400) }),
    fc.record({ kind: fc.constant('down' as const), who: fc.nat(400) }),
    fc.record({ kind: fc.constant('answer' as const), isUp: fc.boolean() }),
    fc.record({ kind: fc.constant('later' as const), ms: fc.nat(200_000) }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300 }), fc.nat(), (events, seed) => {
      const it = new Neighbours(new SeededRandom(seed), ME);
      it.knowRelay(RELAY, ['/r'], 0);
      it.up({ neighbour: 1, key: RELAY, path: 'relay', dialled: true }, 0);
      it.knowPerson(CONTACT, ['/c'], [], 0);
      it.up({ neighbour: 2, key: CONTACT, path: 'direct', dialled: true }, 0);
      it.take();
      const under = new Map<number, string>();
      let [nowMs, nextId] = [0, 3];
      for (const one of events) {
        if (one.kind === 'found') it.found(keyOf(STRANGERS + one.who), [placeOf(one.where)], nowMs);
        if (one.kind === 'in') it.up(cameIn(nextId++, keyOf(STRANGERS + one.who)), nowMs);
        if (one.kind === 'down' && one.who > 2) it.down(one.who, nowMs);
        if (one.kind === 'later') nowMs += one.ms;
        it.wake(nowMs);
        const [dial] = under;
        if (one.kind === 'answer' && dial !== undefined) {
          under.delete(dial[0]);
          if (one.isUp) it.up({ neighbour: nextId++, key: dial[1], path: 'direct', dialled: true }, nowMs);
          else it.dialFailed(dial[0], nowMs);
        }
        for (const command of it.take()) {
          if (command.kind === 'dial') under.set(command.id, command.expectedKey);
          if (command.kind === 'close') {
            expect(command.neighbour).toBeGreaterThan(2);
            it.down(command.neighbour, nowMs);
          }
        }
        expect([...it.connected()].length).toBeLessThanOrEqual(2 + strangersMax);
        expect(it.isConnected(RELAY) && it.isConnected(CONTACT)).toBe(true);
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});
