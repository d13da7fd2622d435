import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, toHex } from '../kernel/bytes.ts';
import type { Random } from '../kernel/random.ts';
import { peerIdOf } from './addresses.ts';
import {
  ADDRESS_LENGTH_MAX,
  ADDRESSES_MAX,
  BACK_OFF_PERSON_MAX_MS,
  BACK_OFF_RELAY_MAX_MS,
  BRIEF_MS,
  COURTESY_MS,
  DIAL_PATIENCE_MS,
  DIALS_MAX,
  OTHER_ADDRESS_PATIENCE_MS,
  RELAY_EAGER_ATTEMPTS,
} from './limits.ts';
import { type Connected, type NeighbourCommand, Neighbours } from './neighbours.ts';

const keyOf = (value: number): string => toHex(new Uint8Array(32).fill(value));
const [ME, RELAY, PERSON] = [keyOf(50), keyOf(1), keyOf(99)];
const LEAST: Random = { bytes: (length) => new Uint8Array(length) };

function dialled(commands: readonly NeighbourCommand[]) {
  return commands.filter((one) => one.kind === 'dial');
}

function at(neighbour: number, key: string, options: Partial<Connected> = {}): Connected {
  return { neighbour, key, path: 'direct', dialled: true, ...options };
}

describe('a relay that is known', () => {
  test('is dialled at once, with the key it must prove, and reserved at when it is there', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/dns4/r/tcp/1/ws'], 0);
    expect(it.take()).toEqual([{ kind: 'dial', id: 1, address: '/dns4/r/tcp/1/ws', expectedKey: RELAY }]);
    it.up(at(7, RELAY, { path: 'relay' }), 10);
    expect(it.take()).toEqual([{ kind: 'reserve', address: `/dns4/r/tcp/1/ws/p2p/${peerIdOf(RELAY)}`, helps: true }]);
    expect([...it.connected()]).toHaveLength(1);
    expect(it.wakeAtMs()).toBeUndefined();
    it.down(7, 10 + BRIEF_MS);
    expect(dialled(it.take())).toHaveLength(1);
  });

  test('helps with its servers only when this side chose it, and from the moment it does', () => {
    const it = new Neighbours(LEAST, ME);
    const reserved = (): unknown => it.take().filter(({ kind }) => kind === 'reserve');
    const address = `/r/p2p/${peerIdOf(RELAY)}`;
    it.knowRelay(RELAY, ['/r'], 0, false);
    it.up(at(7, RELAY, { path: 'relay' }), 10);
    expect(reserved()).toEqual([{ kind: 'reserve', address, helps: false }]);
    it.knowRelay(RELAY, ['/r'], 20, false);
    expect(reserved()).toEqual([]);
    it.knowRelay(RELAY, ['/r'], 30);
    expect(reserved()).toEqual([{ kind: 'reserve', address, helps: true }]);
    it.knowRelay(RELAY, ['/r'], 40, false);
    expect(reserved()).toEqual([{ kind: 'reserve', address, helps: false }]);
  });

  test('is dialled again after a wait when what came up was closed soon, so that nobody without room is dialled in a ring', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/a'], 0);
    let nowMs = 0;
    const waits: number[] = [];
    for (let round = 1; round < 6; round++) {
      expect(dialled(it.take())).toHaveLength(1);
      it.up(at(round, RELAY), nowMs);
      it.down(round, nowMs);
      const dueMs = it.wakeAtMs() as number;
      waits.push(dueMs - nowMs);
      nowMs = dueMs;
      it.take();
      it.wake(nowMs);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 4000]);
  });

  test('is tried at its addresses in turn, after waits that grow to 8 seconds and not further', () => {
    const it = new Neighbours({ bytes: () => bytesOf([0x12, 0x34, 0x56, 0x78]) }, ME);
    const most = new Neighbours(LEAST, ME);
    for (const neighbours of [it, most]) {
      let nowMs = 0;
      const [waits, addresses]: [number[], string[]] = [[], []];
      neighbours.knowRelay(RELAY, ['/a', '/b'], nowMs);
      for (let attempt = 0; attempt < RELAY_EAGER_ATTEMPTS + 8; attempt++) {
        const [dial] = dialled(neighbours.take());
        expect(dial, `attempt ${attempt}`).toBeDefined();
        if (dial?.kind !== 'dial') return;
        addresses.push(dial.address);
        neighbours.dialFailed(dial.id, nowMs);
        const dueMs = neighbours.wakeAtMs() as number;
        waits.push(dueMs - nowMs);
        neighbours.wake(dueMs - 1);
        expect(dialled(neighbours.take())).toEqual([]);
        nowMs = dueMs;
        neighbours.wake(nowMs);
      }
      expect(addresses.slice(0, 4)).toEqual(['/a', '/b', '/a', '/b']);
      expect(Math.max(...waits)).toBeLessThanOrEqual(BACK_OFF_RELAY_MAX_MS);
      expect(waits[0]).toBeGreaterThanOrEqual(500);
      for (let i = 1; i < waits.length; i++) expect(waits[i]).toBeGreaterThanOrEqual((waits[i - 1] as number) / 2);
      expect(waits.at(-1)).toBeGreaterThanOrEqual(BACK_OFF_RELAY_MAX_MS / 2);
    }
  });
});

describe('a relay that was reached before', () => {
  /** Reached at `/a`, the first of two, and lost after a while. */
  function lost(): Neighbours {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/a', '/b'], 0);
    it.take();
    it.up(at(1, RELAY, { path: 'relay' }), 0);
    it.take();
    it.down(1, BRIEF_MS);
    return it;
  }
  const addressed = (it: Neighbours): readonly string[] => dialled(it.take()).flatMap((one) => (one.kind === 'dial' ? [one.address] : []));

  test('is tried there first, and every other time', () => {
    const it = lost();
    const addresses: string[] = [];
    let nowMs = BRIEF_MS;
    for (let attempt = 0; attempt < 4; attempt++) {
      const [dial] = dialled(it.take());
      if (dial?.kind !== 'dial') throw new Error('not dialled');
      addresses.push(dial.address);
      it.dialFailed(dial.id, nowMs);
      nowMs = it.wakeAtMs() as number;
      it.wake(nowMs);
    }
    expect(addresses).toEqual(['/a', '/b', '/a', '/b']);
  });

  test('is tried there first when the device woke', () => {
    const it = lost();
    const [first] = dialled(it.take());
    if (first?.kind !== 'dial') throw new Error('not dialled');
    it.dialFailed(first.id, BRIEF_MS);
    it.awake(BRIEF_MS + 1);
    expect(addressed(it)).toEqual(['/a']);
    it.dialFailed(first.id + 1, BRIEF_MS + 2);
    const otherMs = it.wakeAtMs() as number;
    it.wake(otherMs);
    expect(addressed(it)).toEqual(['/b']);
    it.awake(otherMs + 1);
    expect(addressed(it)).toEqual(['/a']);
  });

  test('is tried there again beside a dial elsewhere that nobody answers, and what comes of that dial still counts', () => {
    const it = lost();
    const [first] = dialled(it.take());
    if (first?.kind !== 'dial') throw new Error('not dialled');
    it.dialFailed(first.id, BRIEF_MS);
    const secondMs = it.wakeAtMs() as number;
    it.wake(secondMs);
    expect(addressed(it)).toEqual(['/b']);
    expect(it.wakeAtMs()).toBe(secondMs + OTHER_ADDRESS_PATIENCE_MS + 1);
    it.wake(it.wakeAtMs() as number);
    expect(addressed(it)).toEqual(['/a']);
    expect(it.up(at(2, RELAY, { path: 'relay' }), secondMs + 1500)).toBe(true);
  });
});

describe('a person that is known', () => {
  const address = (relay = RELAY) => `/r/p2p/${peerIdOf(relay)}/p2p-circuit/webrtc/p2p/${peerIdOf(PERSON)}`;

  function withRelay(me = ME, relays: readonly string[] = [RELAY]): Neighbours {
    const it = new Neighbours(LEAST, me);
    it.knowRelay(RELAY, ['/r'], 0);
    it.knowPerson(PERSON, [], relays, 0);
    it.take();
    it.up(at(1, RELAY, { path: 'relay' }), 0);
    return it;
  }

  test('is dialled through a relay both know, once it is connected', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowPerson(PERSON, [], [RELAY], 0);
    expect(it.take()).toEqual([]);
    expect(it.wakeAtMs()).toBeUndefined();
    expect(dialled(withRelay().take())).toEqual([{ kind: 'dial', id: 2, address: address(), expectedKey: PERSON }]);
    expect(dialled(withRelay(ME, [keyOf(2)]).take())).toEqual([]);
    expect(dialled(withRelay(ME, []).take())).toHaveLength(1);
  });

  test('is given the first word by the one with the larger key', () => {
    const it = withRelay(keyOf(255));
    expect(dialled(it.take())).toEqual([]);
    expect(it.wakeAtMs()).toBe(COURTESY_MS);
    it.wake(COURTESY_MS);
    expect(dialled(it.take())).toHaveLength(1);
  });

  test('is waited for a minute at the longest', () => {
    const it = withRelay();
    let nowMs = 0;
    for (let attempt = 0; attempt < 20; attempt++) {
      const [dial] = dialled(it.take());
      if (dial?.kind !== 'dial') throw new Error('not dialled');
      it.dialFailed(dial.id, nowMs);
      const dueMs = it.wakeAtMs() as number;
      expect(dueMs - nowMs).toBeLessThanOrEqual(BACK_OFF_PERSON_MAX_MS);
      nowMs = dueMs;
      it.wake(nowMs);
    }
  });

  test('is dialled at once when the device woke, or when somebody heard of it', () => {
    for (const key of [undefined, PERSON]) {
      const it = withRelay();
      const [dial] = dialled(it.take());
      if (dial?.kind !== 'dial') throw new Error('not dialled');
      it.dialFailed(dial.id, 0);
      expect(dialled(it.take())).toEqual([]);
      it.retry(1, keyOf(3));
      expect(dialled(it.take())).toEqual([]);
      it.retry(1, key);
      expect(dialled(it.take())).toHaveLength(1);
    }
  });

  test('that is forgotten is not dialled again', () => {
    const it = withRelay();
    it.take();
    it.forget(PERSON);
    it.retry(1);
    expect(it.take()).toEqual([]);
  });
});

describe('dialling', () => {
  test(`has at most ${DIALS_MAX} dials under way, and goes on when one ends`, () => {
    const it = new Neighbours(LEAST, ME);
    for (let i = 0; i < 20; i++) it.knowPerson(keyOf(100 + i), [`/a${i}`], [], 0);
    const first = dialled(it.take());
    expect(first).toHaveLength(DIALS_MAX);
    const [one] = first;
    if (one?.kind !== 'dial') return;
    it.up(at(1, one.expectedKey), 0);
    expect(dialled(it.take())).toHaveLength(1);
  });

  test('while all dials are under way nobody else is a reason to wake', () => {
    const it = new Neighbours(LEAST, ME);
    for (let i = 0; i < 20; i++) it.knowPerson(keyOf(100 + i), [`/a${i}`], [], 0);
    it.take();
    expect(it.wakeAtMs()).toBe(DIAL_PATIENCE_MS + 1);
  });

  test('a dial that says nothing counts as failed', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowPerson(PERSON, ['/a'], [], 0);
    it.take();
    expect(it.wakeAtMs()).toBe(DIAL_PATIENCE_MS + 1);
    it.wake(DIAL_PATIENCE_MS + 1);
    it.wake(it.wakeAtMs() as number);
    expect(dialled(it.take())).toHaveLength(1);
  });

  test('nobody dials themselves, an address of any length, or any number of them', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(ME, ['/a'], 0);
    it.knowRelay(RELAY, ['x'.repeat(ADDRESS_LENGTH_MAX + 1)], 0);
    expect(it.take()).toEqual([]);
    it.knowRelay(
      RELAY,
      Array.from({ length: 20 }, (_, i) => `/${i}`),
      0,
    );
    const tried = new Set<string>();
    for (let nowMs = 0; nowMs < 200_000; nowMs += 10_000) {
      it.wake(nowMs);
      for (const dial of dialled(it.take())) {
        if (dial.kind !== 'dial') continue;
        tried.add(dial.address);
        it.dialFailed(dial.id, nowMs);
      }
    }
    expect(tried.size).toBe(ADDRESSES_MAX);
  });

  test('news of what is unknown changes nothing', () => {
    const it = new Neighbours(LEAST, ME);
    it.down(5, 0);
    it.dialFailed(5, 0);
    it.reroute(5, 'circuit');
    it.wake(0);
    expect(it.take()).toEqual([]);
    expect(it.get(5)).toBeUndefined();
  });
});

describe('two connections between two nodes', () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);

  test('both ends close the same one, in whatever order they learn of them', () => {
    fc.assert(
      fc.property(key, key, fc.boolean(), fc.boolean(), (annKey, boKey, annFirst, boFirst) => {
        fc.pre(annKey !== boKey);
        // Connection 1 was dialled by Ann, 2 by Bo.
        const closedBy = (me: string, other: string, isAnn: boolean, inOrder: boolean) => {
          const it = new Neighbours(LEAST, me);
          for (const id of inOrder ? [1, 2] : [2, 1]) it.up(at(id, other, { dialled: (id === 1) === isAnn }), 0);
          return it.take().flatMap((one) => (one.kind === 'close' ? [one.neighbour] : []));
        };
        const [ann, bo] = [closedBy(annKey, boKey, true, annFirst), closedBy(boKey, annKey, false, boFirst)];
        expect(ann).toHaveLength(1);
        expect(bo).toEqual(ann);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test('by different paths both stay', () => {
    const it = new Neighbours(LEAST, ME);
    expect(it.up(at(1, PERSON, { path: 'circuit' }), 0)).toBe(true);
    expect(it.up(at(2, PERSON, { path: 'direct' }), 0)).toBe(true);
    expect(it.take()).toEqual([]);
    it.down(1, 0);
    expect(it.isConnected(PERSON)).toBe(true);
    it.down(2, 0);
    expect(it.isConnected(PERSON)).toBe(false);
  });

  test('that the same side dialled: it has lost the first, and the newer one stays', () => {
    for (const dialled of [true, false]) {
      const it = new Neighbours(LEAST, ME);
      expect(it.up(at(1, PERSON, { dialled }), 0)).toBe(true);
      expect(it.up(at(2, PERSON, { dialled }), 0)).toBe(true);
      expect(it.take()).toEqual([{ kind: 'close', neighbour: 1 }]);
    }
  });
});

describe('a connection that takes another path', () => {
  /** Connected to somebody by 1 directly and by 2 through a circuit. */
  function twice(): Neighbours {
    const it = new Neighbours(LEAST, ME);
    it.knowPerson(PERSON, ['/p'], [], 0);
    it.up(at(1, PERSON), 0);
    it.up(at(2, PERSON, { path: 'circuit' }), 0);
    it.take();
    return it;
  }

  test('is the same connection by that path, however often it is told', () => {
    const it = new Neighbours(LEAST, ME);
    it.up(at(1, PERSON, { hand: 7 }), 0);
    for (let times = 0; times < 2; times++) it.reroute(1, 'circuit');
    expect([...it.connected()]).toEqual([at(1, PERSON, { hand: 7, path: 'circuit' })]);
    expect(it.isConnected(PERSON)).toBe(true);
    expect(it.take()).toEqual([]);
  });

  test('closes neither itself nor the other that goes that way now: the two ends do not hear of it in the same order', () => {
    const it = twice();
    it.reroute(1, 'circuit');
    it.wake(1);
    expect(it.take()).toEqual([]);
    expect([...it.connected()].map(({ path }) => path)).toEqual(['circuit', 'circuit']);
  });

  test('is weighed by the path it takes now when the next one comes up', () => {
    const it = new Neighbours(LEAST, ME);
    it.up(at(1, PERSON), 0);
    it.reroute(1, 'circuit');
    it.up(at(2, PERSON), 0);
    expect(it.take()).toEqual([]);
    it.up(at(3, PERSON, { path: 'circuit' }), 0);
    expect(it.take()).toEqual([{ kind: 'close', neighbour: 1 }]);
  });

  test('does not come back when it is gone', () => {
    const it = twice();
    it.down(1, 1);
    it.reroute(1, 'direct');
    expect([...it.connected()].map(({ neighbour }) => neighbour)).toEqual([2]);
  });
});
