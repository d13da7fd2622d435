import { describe, expect, test } from 'vitest';
import { toHex } from '../kernel/bytes.ts';
import type { Random } from '../kernel/random.ts';
import {
  ANSWER_PATIENCE_MS,
  BRIEF_MS,
  DIAL_PATIENCE_MS,
  DIALS_OF_ONE_AGAIN_MAX,
  DIALS_OF_ONE_MAX,
  DIALS_UNDER_WAY_MAX,
  FOUND_AGAIN_MS,
  OTHER_ADDRESS_PATIENCE_MS,
  RELAY_EAGER_ATTEMPTS,
  RELAY_PATIENCE_MAX_MS,
  STALE_DIAL_MS,
} from './limits.ts';
import { type Connected, type NeighbourCommand, Neighbours } from './neighbours.ts';

const keyOf = (value: number): string => toHex(new Uint8Array(32).fill(value));
const [ME, RELAY, PERSON, STRANGER] = [keyOf(50), keyOf(1), keyOf(99), keyOf(60)];
/** Chance that makes every wait half of the longest it may be. */
const LEAST: Random = { bytes: (length) => new Uint8Array(length) };

const kinds = (it: Neighbours): string[] => it.take().map((one) => ('neighbour' in one ? `${one.kind} ${one.neighbour}` : one.kind));
const dials = (commands: readonly NeighbourCommand[]) => commands.flatMap((one) => (one.kind === 'dial' ? [one] : []));
const relayUp = (neighbour: number, dial?: number): Connected => ({
  neighbour,
  key: RELAY,
  path: 'relay',
  dialled: true,
  ...(dial === undefined ? {} : { dial }),
});

/** The one dial that begins now. */
function dial(it: Neighbours): { readonly id: number; readonly address: string } {
  const [first, ...more] = dials(it.take());
  if (first === undefined || more.length > 0) throw new Error('not one dial');
  return first;
}

/** The longest that each wait could be, in seconds, after so many dials that fail at once. */
function waits(it: Neighbours, count: number, fromMs: number): readonly number[] {
  let nowMs = fromMs;
  return Array.from({ length: count }, () => {
    it.dialFailed(dial(it).id, nowMs);
    const dueMs = it.wakeAtMs() as number;
    const waitMs = dueMs - nowMs;
    nowMs = dueMs;
    it.wake(nowMs);
    return (2 * waitMs) / 1000;
  });
}

describe('a relay that nobody answers at', () => {
  test("is dialled every second for a while if it is one's own, and then ever more seldom", () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/a'], 0);
    const seconds = waits(it, RELAY_EAGER_ATTEMPTS + 5, 0);
    expect(new Set(seconds.slice(0, RELAY_EAGER_ATTEMPTS))).toEqual(new Set([1]));
    expect(seconds.slice(RELAY_EAGER_ATTEMPTS)).toEqual([2, 4, 8, 8, 8]);
  });

  test('and that others named is dialled ever more seldom from the first time on, within minutes', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/a', '/b'], 0, false);
    expect(waits(it, 12, 0)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  test('and that others named is dialled at once when the device woke, and from then on as from the beginning', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/a'], 0, false);
    waits(it, 12, 0);
    it.dialFailed(dial(it).id, 10_000_000);
    it.knowRelay(RELAY, ['/a'], 10_000_001, false);
    expect(dials(it.take())).toEqual([]);
    it.awake(10_000_002);
    expect(waits(it, 3, 10_000_002)).toEqual([1, 2, 4]);
  });
});

test('a relay that others named and this side chooses now is dialled at once', () => {
  const it = new Neighbours(LEAST, ME);
  it.knowRelay(RELAY, ['/a'], 0, false);
  waits(it, 12, 0);
  it.dialFailed(dial(it).id, 10_000_000);
  it.knowRelay(RELAY, ['/a'], 10_000_001);
  expect(waits(it, 3, 10_000_001)).toEqual([1, 1, 1]);
});

describe('a relay that is not where it was', () => {
  /** Reached at `/a` after so long, and lost at `LOST_MS`. */
  const LOST_MS = 100_000;
  function lost(tookMs = 0): Neighbours {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/a', '/b'], 0);
    it.up(relayUp(1, dial(it).id), tookMs);
    it.take();
    it.down(1, LOST_MS);
    return it;
  }

  test('is dialled elsewhere beside a dial that nobody answers', () => {
    const it = lost();
    expect(dial(it).address).toBe('/a');
    // As long as the wait would be it has said nothing by now.
    it.wake(LOST_MS + OTHER_ADDRESS_PATIENCE_MS + 1);
    expect(dial(it).address).toBe('/b');
  });

  test('is waited for longer where reaching it took long, within a bound and once', () => {
    for (const [tookMs, patienceMs] of [
      [100, OTHER_ADDRESS_PATIENCE_MS],
      [1_200, 2_400],
      [30_000, RELAY_PATIENCE_MAX_MS],
    ] as const) {
      const it = lost(tookMs);
      const hanging = [dial(it)];
      expect(hanging[0]?.address).toBe('/a');
      expect(it.wakeAtMs()).toBe(LOST_MS + patienceMs + 1);
      let nowMs = LOST_MS + patienceMs + 1;
      for (const address of ['/b', '/a', '/b']) {
        if (hanging.length === DIALS_OF_ONE_MAX) it.dialFailed(hanging.shift()?.id ?? 0, nowMs - 1);
        it.wake(nowMs);
        hanging.push(dial(it));
        expect(hanging.at(-1)?.address).toBe(address);
        expect(it.wakeAtMs()).toBe(nowMs + OTHER_ADDRESS_PATIENCE_MS + 1);
        nowMs += OTHER_ADDRESS_PATIENCE_MS + 1;
      }
    }
  });

  test('and was never reached is dialled at its next address beside one that hangs; with a single address there is nothing to try beside it', () => {
    const [several, one] = [new Neighbours(LEAST, ME), new Neighbours(LEAST, ME)];
    several.knowRelay(RELAY, ['/a', '/b'], 0);
    one.knowRelay(RELAY, ['/a'], 0);
    for (const it of [several, one]) dial(it);
    expect([several.wakeAtMs(), one.wakeAtMs()]).toEqual([RELAY_PATIENCE_MAX_MS + 1, DIAL_PATIENCE_MS + 1]);
    several.wake(RELAY_PATIENCE_MAX_MS + 1);
    expect(dial(several).address).toBe('/b');
  });

  test('is waited for from the beginning when it was reached meanwhile, also if that was closed soon', () => {
    const it = lost();
    waits(it, RELAY_EAGER_ATTEMPTS + 4, LOST_MS);
    it.up(relayUp(2, dial(it).id), 2 * LOST_MS);
    it.take();
    it.down(2, 2 * LOST_MS + 1);
    expect((it.wakeAtMs() as number) - (2 * LOST_MS + 1)).toBeLessThanOrEqual(1000);
    it.wake(it.wakeAtMs() as number);
    expect(waits(it, 3, 3 * LOST_MS)).toEqual([1, 1, 1]);
  });

  test('is first tried the next time where a dial led that was not waited for', () => {
    const it = lost();
    const first = dial(it);
    const elsewhereMs = LOST_MS + OTHER_ADDRESS_PATIENCE_MS + 1;
    it.wake(elsewhereMs);
    const late = dial(it);
    it.dialFailed(first.id, elsewhereMs);
    it.wake(elsewhereMs + OTHER_ADDRESS_PATIENCE_MS + 1);
    expect(dial(it).address).toBe('/a');
    it.up(relayUp(2, late.id), elsewhereMs + 1500);
    it.take();
    it.down(2, elsewhereMs + 1500 + BRIEF_MS);
    expect(dial(it).address).toBe('/b');
  });

  test('is dialled at an address that is heard of, before all others and not after what hangs', () => {
    for (const sinceMs of [STALE_DIAL_MS + 1, STALE_DIAL_MS]) {
      const it = lost(5000);
      const hangs = dial(it);
      it.knowRelay(RELAY, ['/a', '/b', '/new'], LOST_MS + sinceMs);
      if (sinceMs > STALE_DIAL_MS) expect(dial(it).address).toBe('/new');
      else {
        expect(it.take()).toEqual([]);
        it.dialFailed(hangs.id, LOST_MS + sinceMs);
        it.wake(it.wakeAtMs() as number);
        expect(dial(it).address).toBe('/new');
      }
    }
  });

  test('is asked whether it is there when another address of it is heard of, and dialled there first if it goes for that', () => {
    for (const [afterMs, first] of [
      [BRIEF_MS, '/new'],
      [BRIEF_MS + 1, '/a'],
    ] as const) {
      const it = lost();
      it.up(relayUp(2, dial(it).id), LOST_MS);
      it.take();
      it.knowRelay(RELAY, ['/a', '/b', '/new'], LOST_MS + 1);
      expect(kinds(it)).toEqual(['probe 2']);
      it.knowRelay(RELAY, ['/a', '/b'], LOST_MS + 2);
      expect(kinds(it)).toEqual([]);
      it.knowRelay(RELAY, ['/a', '/b', '/new'], LOST_MS + 20_000);
      it.take();
      it.down(2, LOST_MS + 20_000 + afterMs);
      expect(dial(it).address).toBe(first);
    }
  });

  test('is asked whether it is there when it is found nearby elsewhere, but not as often as anybody announces it', () => {
    const it = lost();
    it.up(relayUp(2, dial(it).id), LOST_MS);
    it.take();
    const found = (last: number, nowMs: number): string[] => {
      it.found(RELAY, [`/ip4/192.168.1.${last}/tcp/4001`], nowMs);
      return kinds(it);
    };
    expect(found(5, LOST_MS + 1)).toEqual(['probe 2']);
    expect(found(5, LOST_MS + 2 * FOUND_AGAIN_MS)).toEqual([]);
    expect(found(6, LOST_MS + 4 * FOUND_AGAIN_MS)).toEqual(['probe 2']);
    expect(found(7, LOST_MS + 5 * FOUND_AGAIN_MS - 1)).toEqual([]);
  });
});

describe('dials that were set aside', () => {
  const LOST_MS = 100_000;
  /** How many the link has under way at the most in a minute, and of one key, when nobody answers and it ends each after 10 s. */
  function most(it: Neighbours, also: (nowMs: number) => void = () => undefined) {
    const under = new Map<number, { readonly key: string; readonly sinceMs: number }>();
    let [all, ofOne, begun] = [0, 0, 0];
    for (let nowMs = LOST_MS; nowMs <= LOST_MS + 60_000; nowMs += 100) {
      for (const [id, { sinceMs }] of under) {
        if (nowMs - sinceMs < 10_000) continue;
        under.delete(id);
        it.dialFailed(id, nowMs);
      }
      it.wake(nowMs);
      also(nowMs);
      for (const { id, expectedKey } of dials(it.take())) {
        under.set(id, { key: expectedKey, sinceMs: nowMs });
        begun++;
      }
      const keys = [...under.values()].map(({ key }) => key);
      all = Math.max(all, keys.length);
      ofOne = Math.max(ofOne, ...keys.map((key) => keys.filter((one) => one === key).length));
    }
    return { all, ofOne, begun };
  }

  /** So many relays of one's own, each reached before and lost. */
  function allLost(count: number): Neighbours {
    const it = new Neighbours(LEAST, ME);
    for (let one = 1; one <= count; one++) {
      it.knowRelay(keyOf(one), ['/a', '/b', '/c'], 0);
      it.up({ ...relayUp(one, dial(it).id), key: keyOf(one) }, 0);
      it.take();
    }
    for (let one = 1; one <= count; one++) it.down(one, LOST_MS);
    return it;
  }

  test('are bounded for each relay and for all, and what ends is followed by the next', () => {
    const one = most(allLost(1));
    expect(one).toMatchObject({ all: DIALS_OF_ONE_MAX, ofOne: DIALS_OF_ONE_MAX });
    expect(one.begun).toBeGreaterThanOrEqual(4 * DIALS_OF_ONE_MAX);
    const eight = most(allLost(8));
    expect(eight.all).toBe(DIALS_UNDER_WAY_MAX);
    expect(eight.ofOne).toBeLessThanOrEqual(DIALS_OF_ONE_MAX);
  });

  test('are not many more when the device wakes again and again', () => {
    for (const [relays, people, bound] of [
      [1, 0, DIALS_OF_ONE_AGAIN_MAX],
      [8, 20, DIALS_UNDER_WAY_MAX],
    ] as const) {
      const it = allLost(relays);
      for (let i = 0; i < people; i++) it.knowPerson(keyOf(100 + i), ['/p'], [], LOST_MS);
      const { all, ofOne } = most(it, (nowMs) => nowMs % 1500 === 0 && it.awake(nowMs));
      expect(all).toBe(bound);
      expect(ofOne).toBeLessThanOrEqual(DIALS_OF_ONE_AGAIN_MAX);
    }
  });

  test('do not keep a relay from being dialled when the device woke, or at an address that is heard of', () => {
    for (const news of ['woke', 'moved'] as const) {
      const it = allLost(1);
      dial(it);
      for (const nowMs of [2_000, 4_000, 5_000, 6_000]) it.wake(LOST_MS + nowMs);
      expect(dials(it.take())).toHaveLength(DIALS_OF_ONE_MAX - 1);
      if (news === 'woke') it.awake(LOST_MS + 6_001);
      else it.knowRelay(RELAY, ['/a', '/b', '/c', '/new'], LOST_MS + 6_001);
      expect(dial(it).address).toBe(news === 'woke' ? '/a' : '/new');
    }
  });

  test('count for a while where the link never says that they ended, and the node wakes for it', () => {
    const it = allLost(1);
    dial(it);
    for (const nowMs of [2_000, 4_000, 6_000]) it.wake(LOST_MS + nowMs);
    expect(dials(it.take())).toHaveLength(DIALS_OF_ONE_MAX - 1);
    expect(it.wakeAtMs()).toBe(LOST_MS + DIAL_PATIENCE_MS + 1);
    it.wake(LOST_MS + DIAL_PATIENCE_MS + 1);
    expect(dials(it.take())).toHaveLength(1);
  });
});

describe('a relay that others name at ever another address', () => {
  const named = (it: Neighbours, turn: number, nowMs: number): readonly NeighbourCommand[] => {
    it.knowRelay(RELAY, [`/${turn % 2}`], nowMs, false);
    return it.take();
  };

  test('is dialled at once for it, but not as often as somebody writes cards', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/0'], 0, false);
    waits(it, 12, 0);
    it.dialFailed(dial(it).id, 1_000_000);
    expect(dials(named(it, 1, 1_000_001))).toMatchObject([{ address: '/1' }]);
    it.dialFailed(14, 1_000_002);
    for (let turn = 2; turn < 20; turn++) expect(named(it, turn, 1_000_002 + turn)).toEqual([]);
    expect(dials(named(it, 20, 1_000_001 + FOUND_AGAIN_MS))).toMatchObject([{ address: '/0' }]);
  });

  test('is not asked whether it is there as often either, nor is a dial set aside', () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/0'], 0, false);
    const reachedMs = 2 * STALE_DIAL_MS;
    it.up(relayUp(1, dial(it).id), reachedMs);
    it.take();
    const againMs = reachedMs + FOUND_AGAIN_MS;
    expect(named(it, 1, reachedMs)).toEqual([{ kind: 'probe', neighbour: 1 }]);
    for (let turn = 2; turn < 20; turn++) expect(named(it, turn, reachedMs + turn)).toEqual([]);
    expect(named(it, 20, againMs)).toEqual([{ kind: 'probe', neighbour: 1 }]);
    it.down(1, againMs);
    dial(it);
    expect(named(it, 21, againMs + STALE_DIAL_MS + 1)).toEqual([]);
  });

  test("is dialled at once at each if it is one's own: its addresses are the person's word", () => {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/0'], 0);
    for (const nowMs of [1, 2, 3]) {
      it.dialFailed(dial(it).id, nowMs);
      it.knowRelay(RELAY, [`/${nowMs}`], nowMs);
    }
    expect(dial(it).address).toBe('/3');
  });
});

describe('somebody who was handed something', () => {
  function withAll(): Neighbours {
    const it = new Neighbours(LEAST, ME);
    it.knowRelay(RELAY, ['/a'], 0);
    it.knowPerson(PERSON, ['/p'], [], 0);
    it.up(relayUp(1), 0);
    for (const [neighbour, key] of [PERSON, STRANGER].entries())
      it.up({ neighbour: neighbour + 2, key, path: 'direct', dialled: false }, 0);
    it.take();
    return it;
  }

  test('and says nothing is asked for a sign of life, unless it is a stranger', () => {
    const it = withAll();
    expect(it.wakeAtMs()).toBeUndefined();
    for (const neighbour of [1, 2, 3, 4]) it.handed(neighbour, 100);
    expect(it.wakeAtMs()).toBe(100 + ANSWER_PATIENCE_MS);
    it.wake(99 + ANSWER_PATIENCE_MS);
    expect(kinds(it)).toEqual([]);
    it.wake(100 + ANSWER_PATIENCE_MS);
    expect(kinds(it)).toEqual(['probe 1', 'probe 2']);
    expect(it.wakeAtMs()).toBeUndefined();
  });

  test('and says something, or is gone, is not asked', () => {
    const it = withAll();
    for (const neighbour of [1, 2]) it.handed(neighbour, 100);
    it.heard(1, 120);
    it.down(2, 130);
    it.take();
    it.wake(100 + ANSWER_PATIENCE_MS);
    expect(kinds(it).filter((kind) => kind.startsWith('probe'))).toEqual([]);
  });
});
