import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { type Bytes, compareBytes, sameBytes } from '../kernel/bytes.ts';
import { Holder, type HolderOptions, type Made, makeOne, plainHello, START_MS, whoIs } from '../testing/gossip-holder.ts';
import { decodeFrame, type Frame, type Work } from './frames.ts';
import {
  type GossipLimits,
  PERSON_LIMITS,
  WORK_BITS_MAX,
  WORK_IDS_MAX,
  WORK_STAMPED_MAX,
  WORK_TRIES_A_TURN,
  WORK_TRIES_MAX,
  WORK_TURNS_AN_HOUR,
} from './limits.ts';
import { batchDigest, bitsOfBatch, isStamp } from './stamps.ts';
import type { Tier } from './tier.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const make = (): Made => makeOne(suite);
const idOf = (it: Made): Bytes => it.envelope.id;

/** Strangers may leave a hundred envelopes here. */
const ROOM: Partial<GossipLimits> = {
  carriedMax: 100,
  quotas: { ...PERSON_LIMITS.quotas, stranger: { envelopes: 100, bytes: 2 ** 20, sharePercent: 100 } },
  fairShareFirst: 100,
};

/** Somebody whose room for strangers is taken by so many envelopes, all from one. */
function crowded(taken: number, options: HolderOptions = {}): Holder {
  const holder = new Holder(suite, 'crowded', { ...options, limits: ROOM }).greeted(999);
  for (let left = taken; left > 0; left--) holder.isGiven(999, make());
  holder.says();
  holder.gossip.down(999);
  return holder;
}

/** The neighbour comes up; answers what it is asked for. */
function askedOf(holder: Holder, neighbour: number, tier: Tier = 'stranger'): Work {
  holder.gossip.up(neighbour, whoIs(neighbour, tier), START_MS);
  const hello = holder.says().find((frame) => frame.kind === 'hello');
  holder.hears(neighbour, plainHello());
  holder.says();
  return (hello as Extract<Frame, { kind: 'hello' }>).work;
}

type Stamp = Extract<Frame, { kind: 'stamp' }>;

function stampFor(work: Work, made: readonly Made[], { from = 0, bits = work.bits } = {}): Stamp {
  const ids = made.map(idOf).sort(compareBytes);
  const digest = batchDigest(suite, ids);
  let nonce = from;
  while (!isStamp(suite, work.challenge, digest, nonce, bitsOfBatch(bits, ids.length))) nonce++;
  return { kind: 'stamp', nonce, ids };
}

function resultOf(holder: Holder, it: Made): string | undefined {
  const results = holder.says().flatMap((frame) => (frame.kind === 'results' ? frame.results : []));
  return results.find(({ id }) => sameBytes(id, idOf(it)))?.result;
}

/** Two strangers are connected; a relay is one of the other's own. */
function connect([bo, holder]: readonly [Holder, Holder]): void {
  const isRelay = holder.role === 'relay';
  bo.gossip.up(1, whoIs(1, isRelay ? 'own' : 'stranger', isRelay), START_MS);
  holder.gossip.up(0, whoIs(0), START_MS);
}

/** Long enough for all that is searched; answers what the first of them said. */
function settleWork(holders: readonly Holder[]): readonly Frame[] {
  const said: Frame[] = [];
  for (let at = START_MS; at < START_MS + 10_000; at += 20) {
    for (const [from, holder] of holders.entries()) {
      holder.gossip.wakeAtMs(at);
      holder.gossip.wake(at);
      for (const { to, frame } of holder.take()) {
        holders[to]?.gossip.frame(from, frame, at);
        if (from === 0) said.push(decodeFrame(frame) as Frame);
      }
    }
  }
  return said;
}

describe('what is asked', () => {
  test.each([
    [74, 0],
    [75, 12],
    [84, 12],
    [85, 14],
    [94, 14],
    [95, 16],
  ])('of strangers, when %i in a hundred of their room is taken: %i bits', (taken, bits) => {
    for (const role of ['person', 'relay'] as const) {
      const work = askedOf(crowded(taken, { role }), 1);
      expect(work.bits).toBe(bits);
      expect(work.challenge.every((byte) => byte === 0)).toBe(bits === 0);
    }
  });

  test('of contacts and own devices never anything', () => {
    const holder = crowded(99);
    expect([askedOf(holder, 1, 'contact').bits, askedOf(holder, 2, 'own').bits]).toEqual([0, 0]);
    for (const neighbour of [1, 2]) {
      const it = make();
      holder.isGiven(neighbour, it);
      expect(resultOf(holder, it)).toBe('accepted');
    }
  });

  test('who turns out to be a contact pays no longer', () => {
    const holder = crowded(80);
    askedOf(holder, 1);
    holder.gossip.setTier(1, 'contact');
    const it = make();
    holder.isGiven(1, it);
    expect(resultOf(holder, it)).toBe('accepted');
  });

  test('of each by a challenge of its own, and anew by each connection', () => {
    const holder = crowded(80);
    const first = askedOf(holder, 1);
    const other = askedOf(holder, 2);
    holder.gossip.down(1);
    const again = askedOf(holder, 1);
    expect(new Set([first, other, again].map(({ challenge }) => challenge.join())).size).toBe(3);
  });
});

describe('a stranger that is asked', () => {
  test('and does not pay is answered so, and nothing of its is kept', () => {
    const [holder, given, pushed] = [crowded(80), make(), make()];
    askedOf(holder, 1);
    holder.isGiven(1, given);
    expect(resultOf(holder, given)).toBe('work');
    holder.isPushed(1, pushed, { copies: 4 });
    expect(resultOf(holder, pushed)).toBe('work');
    expect([holder.has(given), holder.has(pushed)]).toEqual([false, false]);
  });

  test('is read all the same', () => {
    const it = make();
    const holder = crowded(80).awaits(it);
    askedOf(holder, 1);
    holder.isGiven(1, it);
    expect(resultOf(holder, it)).toBe('work');
    expect(holder.arrived.map(({ id }) => id)).toEqual([idOf(it)]);
  });

  test('is passed on all the same while it is live', () => {
    const [holder, it] = [crowded(80), make()];
    askedOf(holder, 1);
    askedOf(holder, 2);
    holder.isPushed(1, it, { copies: 4 });
    expect(holder.saysTo().filter(({ to, frame }) => to === 2 && frame.kind === 'push')).toHaveLength(1);
  });

  test('is found again when its tag comes to mean something', () => {
    const [holder, it] = [crowded(80), make()];
    askedOf(holder, 1);
    holder.isGiven(1, it);
    holder.says();
    holder.gossip.recognise([it.envelope.header.tag]);
    expect(holder.says()).toContainEqual({ kind: 'want', ids: [idOf(it)] });
  });

  test('by a relay pays for whatever it leaves, with copies or without', () => {
    const [holder, it] = [crowded(80, { role: 'relay' }), make()];
    const work = askedOf(holder, 1);
    holder.isPushed(1, it, { copies: 0 });
    expect(resultOf(holder, it)).toBe('work');
    holder.hears(1, stampFor(work, [it]));
    holder.isGiven(1, it, 0);
    expect(resultOf(holder, it)).toBe('accepted');
  });

  test('and pays leaves what it paid for', () => {
    const [holder, them] = [crowded(80), [make(), make(), make()]];
    holder.hears(1, plainHello());
    holder.hears(1, stampFor(askedOf(holder, 1), them));
    for (const it of them) {
      holder.isGiven(1, it);
      expect(resultOf(holder, it)).toBe('accepted');
    }
  });
});

describe('a stamp', () => {
  test('pays for no other envelope', () => {
    const [holder, paid, other] = [crowded(80), make(), make()];
    holder.hears(1, stampFor(askedOf(holder, 1), [paid]));
    holder.isGiven(1, other);
    expect(resultOf(holder, other)).toBe('work');
  });

  test('of too few bits for so many is none', () => {
    const [holder, them] = [crowded(80), [make(), make(), make()]];
    const work = askedOf(holder, 1);
    // Two bits are missing, and it is not by chance a better one.
    let stamp = stampFor(work, them, { bits: work.bits - 2 });
    while (isStamp(suite, work.challenge, batchDigest(suite, stamp.ids), stamp.nonce, bitsOfBatch(work.bits, 3)))
      stamp = stampFor(work, them, { bits: work.bits - 2, from: stamp.nonce + 1 });
    holder.hears(1, stamp);
    for (const it of them) {
      holder.isGiven(1, it);
      expect(resultOf(holder, it)).toBe('work');
    }
  });

  test('is good for the connection it was made for, and for no other', () => {
    const [holder, it] = [crowded(80), make()];
    const stamp = stampFor(askedOf(holder, 1), [it]);
    askedOf(holder, 2);
    holder.hears(2, stamp);
    holder.isGiven(2, it);
    expect(resultOf(holder, it)).toBe('work');
    holder.gossip.down(1);
    askedOf(holder, 1);
    holder.hears(1, stamp);
    holder.isGiven(1, it);
    expect(resultOf(holder, it)).toBe('work');
  });

  test('counts once', () => {
    const [holder, it] = [crowded(80), make()];
    const stamp = stampFor(askedOf(holder, 1), [it]);
    for (const [diskBytes, result] of [
      [0, 'full'],
      [2 ** 20, 'work'],
    ] as const) {
      holder.gossip.setDiskRoom(diskBytes);
      holder.hears(1, stamp);
      holder.isGiven(1, it);
      expect(resultOf(holder, it)).toBe(result);
    }
  });

  test('is harder for more envelopes, so that each costs as much alone as with others', () => {
    expect([1, 2, 3, 4, 5, 15, 16].map((count) => bitsOfBatch(12, count))).toEqual([12, 13, 14, 14, 15, 16, 16]);
  });

  test('names its ids in order, one at least, and none twice', () => {
    const work: Work = { bits: 12, challenge: new Uint8Array(16) };
    const [a, b] = [make(), make()].sort((x, y) => compareBytes(idOf(x), idOf(y))) as [Made, Made];
    for (const ids of [[idOf(b), idOf(a)], [idOf(a), idOf(a)], []]) {
      const holder = crowded(80);
      const asked = askedOf(holder, 1);
      const digest = batchDigest(suite, ids);
      let nonce = 0;
      while (!isStamp(suite, asked.challenge, digest, nonce, work.bits + 1)) nonce++;
      holder.hears(1, { kind: 'stamp', nonce, ids });
      holder.isGiven(1, a);
      expect(resultOf(holder, a)).toBe('work');
    }
  });

  test('pays for so many at the most that are not given yet; the oldest are forgotten', () => {
    const holder = crowded(80);
    const work = askedOf(holder, 1);
    const them = Array.from({ length: WORK_STAMPED_MAX + WORK_IDS_MAX }, make);
    for (let at = 0, from = 0; at < them.length; at += WORK_IDS_MAX) {
      const stamp = stampFor(work, them.slice(at, at + WORK_IDS_MAX), { from });
      from = stamp.nonce + 1;
      holder.hears(1, stamp);
    }
    const [first, last] = [them[0] as Made, them.at(-1) as Made];
    holder.isGiven(1, first);
    expect(resultOf(holder, first)).toBe('work');
    holder.isGiven(1, last);
    expect(resultOf(holder, last)).toBe('accepted');
  });
});

describe('who leaves something with a stranger', () => {
  const bo = (): Holder => new Holder(suite, 'bo');

  test('does no work where there is room', () => {
    const [holder, it] = [bo().greeted(0), make()];
    holder.gossip.publish(it.envelope, START_MS);
    holder.hears(0, { kind: 'want', ids: [idOf(it)] });
    expect(holder.says().some(({ kind }) => kind === 'stamp')).toBe(false);
  });

  test.each([
    ['at a meeting', true],
    ['while they are connected', false],
  ])('pays %s, and it is kept', (_, isBefore) => {
    for (const role of ['person', 'relay'] as const) {
      const [holders, it] = [[bo(), crowded(80, { role })] as const, make()];
      if (isBefore) holders[0].gossip.publish(it.envelope, START_MS);
      connect(holders);
      if (!isBefore) settleWork(holders);
      if (!isBefore) holders[0].gossip.publish(it.envelope, START_MS);
      settleWork(holders);
      expect([role, holders[1].has(it)]).toEqual([role, true]);
    }
  });

  test.each([
    ['that waited', true],
    ['that are new', false],
  ])('pays for many %s, in batches, and each is kept', (_, isBefore) => {
    const [holders, them] = [[bo(), crowded(75, { role: 'relay' })] as const, Array.from({ length: WORK_IDS_MAX + 4 }, make)];
    const write = (): void => {
      for (const it of them) holders[0].gossip.publish(it.envelope, START_MS);
    };
    if (isBefore) write();
    connect(holders);
    if (!isBefore) settleWork(holders);
    if (!isBefore) write();
    const stamps = settleWork(holders).filter((frame) => frame.kind === 'stamp');
    expect(them.filter((it) => !holders[1].has(it))).toEqual([]);
    expect(stamps.map(({ ids }) => ids.length)).toEqual([WORK_IDS_MAX, 4]);
  });

  test('pays when it is answered that work is asked', () => {
    const [holder, it] = [bo().greeted(1, 'relay'), make()];
    holder.gossip.publish(it.envelope, START_MS);
    holder.says();
    holder.hears(1, { ...plainHello('relay'), work: { bits: 1, challenge: new Uint8Array(16) } });
    holder.says();
    holder.hears(1, { kind: 'results', results: [{ id: idOf(it), result: 'work' }] });
    expect(holder.says().map(({ kind }) => kind)).toEqual(['stamp', 'give']);
  });

  test('does no work for what is only to be read', () => {
    const [holder, it] = [bo(), make()];
    holder.gossip.publish(it.envelope, START_MS, 1);
    holder.gossip.up(0, whoIs(0), START_MS);
    holder.hears(0, { ...plainHello(), work: { bits: 1, challenge: new Uint8Array(16) } });
    holder.says();
    holder.hears(0, { kind: 'want', ids: [idOf(it)] });
    expect(holder.says(START_MS + 20)).toEqual([expect.objectContaining({ kind: 'give', copies: 0 })]);
  });

  test('has its copies again when it was answered so', () => {
    const [holder, it] = [bo().greeted(0), make()];
    holder.gossip.publish(it.envelope, START_MS);
    holder.says();
    holder.hears(0, { kind: 'results', results: [{ id: idOf(it), result: 'work' }] });
    holder.greeted(1, 'person', { tier: 'contact' });
    holder.hears(1, { kind: 'want', ids: [idOf(it)] });
    expect(holder.says()).toContainEqual(expect.objectContaining({ kind: 'give', copies: PERSON_LIMITS.copies[1] / 2 }));
  });
});

describe('the search', () => {
  /** Counts hashes for stamps; unless told otherwise none of them is good enough. */
  function counting(isGood: () => boolean = () => false): { readonly suite: Suite; tries: number } {
    const it = {
      tries: 0,
      suite: new Proxy(suite, {
        get(target, name: keyof Suite) {
          const value = target[name];
          if (typeof value !== 'function') return value;
          if (name !== 'hash') return value.bind(target);
          return (label: never, ...parts: readonly Uint8Array[]): Bytes => {
            if (parts.length !== 3) return target.hash(label, ...parts);
            it.tries++;
            return new Uint8Array(32).fill(isGood() ? 0 : 0xff);
          };
        },
      }),
    };
    return it;
  }

  /** Bo, asked for so many bits by a neighbour that wants these. */
  function wantedOf(counted: { readonly suite: Suite }, bits: number, them: readonly Made[], role: 'person' | 'relay' = 'person'): Holder {
    const holder = new Holder(counted.suite, 'bo');
    for (const it of them) holder.gossip.publish(it.envelope, START_MS);
    holder.gossip.up(0, whoIs(0, role === 'relay' ? 'own' : 'stranger', role === 'relay'), START_MS);
    holder.hears(0, { ...plainHello(role), work: { bits, challenge: new Uint8Array(16) } });
    holder.hears(0, { kind: 'want', ids: them.map(idOf) });
    holder.take();
    return holder;
  }

  /** What leaves in the turns until nothing waits any more, and how many hashes each took. */
  function turns(holder: Holder, counted: { tries: number }): { readonly said: readonly Frame[]; readonly tries: readonly number[] } {
    const [said, tries]: [Frame[], number[]] = [[], []];
    for (let at = START_MS; holder.gossip.wakeAtMs(at) < at + 1000; at += 20) {
      const before = counted.tries;
      holder.gossip.wake(at);
      tries.push(counted.tries - before);
      said.push(...holder.take().map(({ frame }) => decodeFrame(frame) as Frame));
    }
    return { said, tries };
  }

  test('takes so many hashes in a turn and no more, and ends after so many', () => {
    const [counted, it] = [counting(), make()];
    const { said, tries } = turns(wantedOf(counted, 12, [it]), counted);
    expect(Math.max(...tries)).toBe(WORK_TRIES_A_TURN);
    expect(counted.tries).toBeGreaterThanOrEqual(WORK_TRIES_MAX);
    expect(counted.tries).toBeLessThan(WORK_TRIES_MAX + WORK_TRIES_A_TURN);
    expect(said.some(({ kind }) => kind === 'stamp')).toBe(false);
  });

  test('that ended gives people to read what it did not pay for, and relays nothing', () => {
    for (const [role, given] of [
      ['person', [{ kind: 'give', copies: 0 }]],
      ['relay', []],
    ] as const) {
      const counted = counting();
      const { said } = turns(wantedOf(counted, 12, [make()], role), counted);
      expect(said).toEqual(given.map((frame) => expect.objectContaining(frame)));
    }
  });

  test('is not begun for more bits than anybody may ask', () => {
    const counted = counting();
    const { said } = turns(wantedOf(counted, WORK_BITS_MAX + 1, [make()]), counted);
    expect(counted.tries).toBe(0);
    expect(said).toEqual([expect.objectContaining({ kind: 'give', copies: 0 })]);
  });

  test('gives neighbours turns, one after the other', () => {
    let left = Number.POSITIVE_INFINITY;
    const counted = counting(() => left-- <= 0);
    const [a, b] = [make(), make()];
    const holder = wantedOf(counted, 12, [a, b]);
    holder.gossip.up(1, whoIs(1), START_MS);
    holder.hears(1, { ...plainHello(), work: { bits: 12, challenge: new Uint8Array(16).fill(1) } });
    holder.hears(1, { kind: 'want', ids: [idOf(b)] });
    left = 2 * WORK_TRIES_A_TURN;
    const stamps = holder.gossip.take().length;
    expect(stamps).toBeGreaterThan(0);
    const to: number[] = [];
    for (let at = START_MS; to.length < 2 && at < START_MS + 10_000; at += 20) {
      holder.gossip.wakeAtMs(at);
      holder.gossip.wake(at);
      to.push(...holder.take().flatMap(({ to: neighbour, frame }) => (decodeFrame(frame)?.kind === 'stamp' ? [neighbour] : [])));
    }
    expect(to).toEqual([0, 1]);
  });

  test('takes no more turns in an hour for strangers than so many, whatever they answer, and goes on in the next', () => {
    const [counted, it] = [counting(() => true), make()];
    const holder = wantedOf(counted, WORK_BITS_MAX, [it]);
    const turn = (atMs: number): void => {
      holder.gossip.wakeAtMs(atMs);
      holder.gossip.wake(atMs + 10);
      holder.take();
      holder.hears(0, { kind: 'results', results: [{ id: idOf(it), result: 'work' }] }, atMs);
    };
    for (let turns = 0; turns < WORK_TURNS_AN_HOUR.stranger + 100; turns++) turn(START_MS + 20 * turns);
    expect(counted.tries).toBe(WORK_TURNS_AN_HOUR.stranger);
    turn(START_MS + 3_600_000);
    expect(counted.tries).toBe(WORK_TURNS_AN_HOUR.stranger + 1);
  });

  test('is begun anew when the neighbour asks for something else, and not at all when it asks for nothing any more', () => {
    const [counted, it] = [counting(), make()];
    const holder = wantedOf(counted, 12, [it]);
    holder.says();
    holder.hears(0, plainHello());
    const before = counted.tries;
    expect(holder.says().filter(({ kind }) => kind === 'give' || kind === 'stamp')).toEqual([
      expect.objectContaining({ kind: 'give', copies: 1 }),
    ]);
    expect(counted.tries).toBe(before);
  });

  test('is not begun for what is here no longer', () => {
    const [counted, it] = [counting(), make()];
    const holder = wantedOf(counted, 12, [it]);
    holder.gossip.withdraw(idOf(it));
    turns(holder, counted);
    expect(counted.tries).toBe(0);
  });

  test('ends when the queue of the neighbour runs over, which is then shown everything anew', () => {
    const [counted, it] = [counting(), make()];
    const holder = wantedOf(counted, 12, [it]);
    holder.gossip.full(0);
    turns(holder, counted);
    expect(counted.tries).toBe(0);
  });

  test('ends with the connection', () => {
    const counted = counting();
    const holder = wantedOf(counted, 12, [make()]);
    holder.gossip.down(0);
    turns(holder, counted);
    expect(counted.tries).toBe(0);
  });
});
