import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, bytesOf, toKey } from '../kernel/bytes.ts';
import { type Carried, carriedBytes, depositorOf, NOBODY } from './carried.ts';
import { type GossipLimits, NEWCOMER_HOURS, NEWCOMERS_PERCENT, PERSON_LIMITS, RELAY_LIMITS, STRANGERS_HEARD_HOURS } from './limits.ts';
import { type Admission, Room } from './room.ts';
import { TIERS, type Tier } from './tier.ts';

/** No fair share: whoever is first may leave all that the quota allows. */
const ANY = Number.POSITIVE_INFINITY;

const HOUR = 500_000;
/** Size 0: 256 bytes of body and the header. */
const SMALL_BYTES = 300;

const who = (number: number): string => depositorOf((number + 1).toString(16).padStart(16, '0'));

let made = 0;

function one(tier: Tier, depositor: string, options: { readonly size?: number; readonly hour?: number } = {}): Carried {
  const id: Bytes = new Uint8Array(32);
  id.set(bytesOf([++made & 255, (made >> 8) & 255, made >> 16]));
  const { size = 0, hour = HOUR } = options;
  const own = tier === 'own' && depositor === NOBODY;
  return {
    id,
    tag: id.slice(0, 16),
    class: 1,
    size,
    expiryHour: HOUR + 336,
    own,
    copies: 1,
    ageHours: 0,
    arrivedHour: hour,
    depositor,
    tier,
  };
}

/** A room for so many small envelopes, in which no quota ever counts unless told. */
function roomOf(count: number, options: Partial<GossipLimits> = {}, isFair = false): Room {
  const much = { envelopes: 10_000, bytes: 2 ** 40 };
  const quotas = {
    own: { ...much, sharePercent: 100 },
    contact: { ...much, sharePercent: 50 },
    stranger: { ...much, sharePercent: 20 },
  };
  return new Room({
    ...PERSON_LIMITS,
    carriedBytesMax: count * SMALL_BYTES,
    carriedMax: count,
    quotas,
    fairShareFirst: isFair ? PERSON_LIMITS.fairShareFirst : ANY,
    ...options,
  });
}

/** Lets one in as gossip does; answers what became of it. */
function enter(room: Room, it: Carried, hour: number = HOUR): Admission {
  const admission = room.admit(it.tier, it.depositor, carriedBytes(it), hour);
  if (admission.result !== 'accepted') return admission;
  for (const gone of admission.evicted) room.release(gone);
  room.note(it);
  return admission;
}

function fill(room: Room, tier: Tier, depositor: string, count: number, hour: number = HOUR): readonly Carried[] {
  const all = Array.from({ length: count }, () => one(tier, depositor, { hour }));
  for (const it of all) expect(enter(room, it, hour).result).toBe('accepted');
  return all;
}

const evicted = (admission: Admission): readonly Carried[] => (admission.result === 'accepted' ? admission.evicted : []);

test('a stranger leaves eight envelopes, or 256 KiB, and then no more until some of them are gone', () => {
  const room = new Room({ ...PERSON_LIMITS, fairShareFirst: ANY });
  const eight = fill(room, 'stranger', who(1), PERSON_LIMITS.quotas.stranger.envelopes);
  expect(enter(room, one('stranger', who(1))).result).toBe('quota');
  room.release(eight[0] as Carried);
  expect(enter(room, one('stranger', who(1))).result).toBe('accepted');
  for (let i = 0; i < 7; i++) expect(enter(room, one('stranger', who(2), { size: 7 })).result).toBe('accepted');
  expect(enter(room, one('stranger', who(2), { size: 7 })).result).toBe('quota');
});

test('the quota is by neighbour and by what it was to us: another key, or a contact, has its own', () => {
  const room = new Room({ ...PERSON_LIMITS, fairShareFirst: ANY });
  fill(room, 'stranger', who(1), PERSON_LIMITS.quotas.stranger.envelopes);
  expect(room.hasQuota('stranger', who(1), SMALL_BYTES)).toBe(false);
  expect(room.hasQuota('stranger', who(2), SMALL_BYTES)).toBe(true);
  expect(room.hasQuota('contact', who(1), SMALL_BYTES)).toBe(true);
  expect(room.of('stranger', who(1))).toEqual({ bytes: 8 * SMALL_BYTES, count: 8 });
  expect(room.of('contact', who(1))).toEqual({ bytes: 0, count: 0 });
});

test("no stranger has more than the others have on average; the first places are anybody's", () => {
  const limits = { quotas: { ...PERSON_LIMITS.quotas, stranger: { envelopes: 1000, bytes: 2 ** 40, sharePercent: 100 } } };
  const room = new Room({ ...PERSON_LIMITS, ...limits });
  const leaves = (number: number): number => {
    let left = 0;
    while (left < 50 && enter(room, one('stranger', who(number))).result === 'accepted') left++;
    return left;
  };
  expect(leaves(99)).toBe(PERSON_LIMITS.fairShareFirst);
  // However many come, none raises the average for the next.
  for (let i = 0; i < 30; i++) expect(leaves(i)).toBeLessThanOrEqual(PERSON_LIMITS.fairShareFirst);
  expect(leaves(99)).toBe(0);
});

describe('the first places', () => {
  const limits = { quotas: { ...PERSON_LIMITS.quotas, stranger: { envelopes: 1000, bytes: 2 ** 40, sharePercent: 100 } } };
  const first = PERSON_LIMITS.fairShareFirst;
  const empty = (): Room => new Room({ ...PERSON_LIMITS, ...limits });
  const leaves = (room: Room, number: number): number => {
    let left = 0;
    while (left < 50 && enter(room, one('stranger', who(number))).result === 'accepted') left++;
    return left;
  };

  test('are all for the only stranger who came', () => {
    const room = empty();
    room.heard('stranger', who(1), HOUR);
    room.heard('contact', who(2), HOUR);
    room.heard('stranger', who(1), HOUR + 1);
    expect(leaves(room, 1)).toBe(first);
  });

  test('are shared by all strangers who said hello within a day: where many come, whoever floods leaves one', () => {
    for (const [others, places] of [
      [1, Math.floor(first / 2)],
      [2, Math.floor(first / 3)],
      [first, 1],
      [1000, 1],
    ] as const) {
      const room = empty();
      for (let i = 0; i <= others; i++) room.heard('stranger', who(i), HOUR);
      expect(leaves(room, 0)).toBe(places);
    }
  });

  test('are there again when the others have not come for a day, or turned out to be contacts', () => {
    const room = empty();
    for (let i = 1; i < 10; i++) room.heard('stranger', who(i), HOUR);
    room.heard('stranger', who(0), HOUR + STRANGERS_HEARD_HOURS - 1);
    expect(room.left('stranger', who(0)).count).toBe(1);
    room.heard('stranger', who(0), HOUR + STRANGERS_HEARD_HOURS);
    expect(room.left('stranger', who(0)).count).toBe(first);
    room.heard('stranger', who(1), HOUR + STRANGERS_HEARD_HOURS);
    expect(room.left('stranger', who(0)).count).toBe(Math.floor(first / 2));
    room.heard('contact', who(1), HOUR + STRANGERS_HEARD_HOURS);
    expect(room.left('stranger', who(0)).count).toBe(first);
  });

  test('of what others left already nobody has a second part', () => {
    const room = empty();
    for (const i of [0, 1]) room.heard('stranger', who(i), HOUR);
    expect(leaves(room, 0)).toBe(first / 2);
    for (let i = 0; i < first / 2; i++) fill(room, 'stranger', who(2 + i), 1);
    expect(leaves(room, 1)).toBe(1);
  });
});

test('strangers take up their share and no more, whatever is free beside it', () => {
  const room = roomOf(100);
  for (let i = 0; i < 40; i++) enter(room, one('stranger', who(i)));
  const held = Array.from({ length: 40 }, (_, i) => room.of('stranger', who(i)).count).reduce((a, b) => a + b);
  expect(held).toBeLessThanOrEqual(20);
  expect(held).toBeGreaterThan(17);
});

test('when a share is full the oldest of whoever has most gives way', () => {
  const room = roomOf(100);
  const [few, many] = [fill(room, 'stranger', who(1), 4), fill(room, 'stranger', who(2), 16)];
  const gone = evicted(enter(room, one('stranger', who(3))));
  // One more than is short: not every deposit has to look for room.
  expect(gone).toEqual(many.slice(0, 2));
  expect(room.of('stranger', who(1)).count).toBe(few.length);
});

test('whoever has most itself makes nobody give way: it is refused, and all stay', () => {
  const room = roomOf(100);
  fill(room, 'stranger', who(1), 4);
  fill(room, 'stranger', who(2), 16);
  expect(enter(room, one('stranger', who(2))).result).toBe('full');
  expect([room.of('stranger', who(1)).count, room.of('stranger', who(2)).count]).toEqual([4, 16]);
});

test('newcomers give way to each other once they have their part, however little each of them has', () => {
  const room = roomOf(100);
  const settled = who(1);
  const part = 20 * (NEWCOMERS_PERCENT / 100);
  fill(room, 'stranger', settled, 20 - part, HOUR - NEWCOMER_HOURS);
  for (let i = 0; i < 200; i++) enter(room, one('stranger', who(10 + i)));
  // What is freed beyond what is short may be the settled one's.
  expect(room.of('stranger', settled).count).toBeGreaterThanOrEqual(20 - part - 2);
});

test('until then, and after their first day, they are judged like everybody', () => {
  const room = roomOf(100);
  const settled = who(1);
  fill(room, 'stranger', settled, 16, HOUR - NEWCOMER_HOURS);
  fill(room, 'stranger', who(2), 4);
  expect(evicted(enter(room, one('stranger', who(3)))).every((it) => it.depositor === settled)).toBe(true);
  const later = HOUR + NEWCOMER_HOURS;
  for (let i = 0; i < 30; i++) enter(room, one('stranger', who(10 + i), { hour: later }), later);
  expect(room.of('stranger', who(2)).count).toBe(4);
});

test('when all is full the largest of strangers and of files somebody chose gives way, and for a contact contacts too', () => {
  for (const [tier, file, movable] of [
    ['contact', 60, ['own']],
    ['stranger', 60, ['own']],
    ['contact', 20, ['contact']],
  ] as const) {
    const room = roomOf(100);
    for (let i = 0; i < 60 - file; i++) room.note(one('own', NOBODY));
    fill(room, 'own', who(50), file);
    fill(room, 'contact', who(1), 25);
    fill(room, 'stranger', who(2), 15);
    const gone = evicted(enter(room, one(tier, who(3))));
    expect(gone.length).toBeGreaterThan(0);
    expect(gone.map((it) => it.tier)).toEqual(gone.map(() => movable[0]));
  }
});

test('for our own everybody gives way, contacts last of all not more than others, and no more than is needed', () => {
  const room = roomOf(100);
  fill(room, 'contact', who(1), 40);
  fill(room, 'stranger', who(2), 20);
  fill(room, 'own', who(50), 40);
  expect(room.makeWay(SMALL_BYTES, HOUR).length).toBeLessThanOrEqual(2);
  const gone = room.makeWay(100 * SMALL_BYTES, HOUR);
  expect(gone).toHaveLength(100);
  for (const it of gone) room.release(it);
  for (let i = 0; i < 100; i++) room.note(one('own', NOBODY));
  expect(room.makeWay(SMALL_BYTES, HOUR)).toEqual([]);
});

test('what strangers left before neighbours were counted gives way like theirs', () => {
  const room = roomOf(10);
  for (let i = 0; i < 10; i++) room.note(one('stranger', NOBODY));
  expect(room.makeWay(SMALL_BYTES, HOUR).length).toBeGreaterThan(0);
  expect(enter(room, one('contact', who(1))).result).toBe('accepted');
});

test('a stranger moves neither contacts nor what is our own', () => {
  const room = roomOf(100);
  for (let i = 0; i < 85; i++) room.note(one('own', NOBODY));
  fill(room, 'contact', who(1), 15);
  expect(enter(room, one('stranger', who(2))).result).toBe('full');
});

test('what is our own is never asked to go, not even for a contact or a file of our own', () => {
  const room = roomOf(10);
  for (let i = 0; i < 10; i++) room.note(one('own', NOBODY));
  for (const tier of TIERS) expect(enter(room, one(tier, who(1))).result).toBe('full');
});

test('a refusal drops nobody, even if some could have gone', () => {
  const room = roomOf(100, { carriedBytesMax: 20 * SMALL_BYTES, carriedMax: 1000 });
  for (let i = 0; i < 15; i++) room.note(one('own', NOBODY));
  fill(room, 'stranger', who(1), 2);
  const admission = room.admit('contact', who(2), 6000, HOUR);
  expect(admission.result).toBe('full');
  expect(room.of('stranger', who(1)).count).toBe(2);
});

test('a disk without room takes nothing, and takes again what was let go', () => {
  const room = new Room(RELAY_LIMITS);
  room.diskBytes = 2 * SMALL_BYTES + 10;
  const [first] = fill(room, 'stranger', who(1), 2);
  expect(enter(room, one('stranger', who(1))).result).toBe('full');
  room.release(first as Carried);
  expect(enter(room, one('stranger', who(1))).result).toBe('accepted');
  room.diskBytes = 0;
  expect(enter(room, one('contact', who(2))).result).toBe('full');
});

test('what is let go twice, or was never here, changes no account', () => {
  const room = roomOf(100);
  const [it] = fill(room, 'contact', who(1), 2);
  room.release(it as Carried);
  room.release(it as Carried);
  room.release(one('contact', who(1)));
  room.release(one('contact', who(7)));
  expect(room.of('contact', who(1))).toEqual({ bytes: SMALL_BYTES, count: 1 });
});

test('whatever is deposited by whomever, no quota, share or room is ever passed, and accounts are what is there', () => {
  const act = fc.record({
    tier: fc.constantFrom<Tier>('contact', 'stranger', 'own'),
    by: fc.nat(5),
    size: fc.nat(3),
    later: fc.nat(10),
    isGone: fc.integer({ min: 0, max: 4 }),
  });
  const limits: GossipLimits = {
    ...PERSON_LIMITS,
    carriedBytesMax: 24_000,
    carriedMax: 30,
    quotas: {
      own: { envelopes: 30, bytes: 24_000, sharePercent: 100 },
      contact: { envelopes: 8, bytes: 9000, sharePercent: 50 },
      stranger: { envelopes: 5, bytes: 4000, sharePercent: 20 },
    },
  };
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80 }), fc.boolean(), (acts, isFair) => {
      const room = new Room({ ...limits, fairShareFirst: isFair ? PERSON_LIMITS.fairShareFirst : ANY });
      const there = new Map<string, Carried>();
      let hour = HOUR;
      for (const { tier, by, size, later, isGone } of acts) {
        hour += later;
        const it = one(tier, who(by), { size, hour });
        const admission = room.admit(tier, it.depositor, carriedBytes(it), hour);
        if (admission.result === 'accepted') {
          for (const gone of admission.evicted) {
            expect(there.delete(toKey(gone.id))).toBe(true);
            room.release(gone);
          }
          room.note(it);
          there.set(toKey(it.id), it);
        }
        const [oldest] = there.values();
        if (isGone === 0 && oldest !== undefined) {
          there.delete(toKey(oldest.id));
          room.release(oldest);
        }
        check(room, limits, [...there.values()]);
      }
    }),
    { seed: 20, numRuns: 150 },
  );
});

function check(room: Room, limits: GossipLimits, there: readonly Carried[]): void {
  const sum = (some: readonly Carried[]) => some.reduce((bytes, it) => bytes + carriedBytes(it), 0);
  expect(there.length).toBeLessThanOrEqual(limits.carriedMax);
  expect(sum(there)).toBeLessThanOrEqual(limits.carriedBytesMax);
  for (const tier of TIERS) {
    const quota = limits.quotas[tier];
    const inTier = there.filter((it) => it.tier === tier);
    expect(inTier.length).toBeLessThanOrEqual((limits.carriedMax * quota.sharePercent) / 100);
    expect(sum(inTier)).toBeLessThanOrEqual((limits.carriedBytesMax * quota.sharePercent) / 100);
    for (let by = 0; by <= 5; by++) {
      const its = inTier.filter((it) => it.depositor === who(by));
      expect(room.of(tier, who(by))).toEqual({ bytes: sum(its), count: its.length });
      expect(its.length).toBeLessThanOrEqual(quota.envelopes);
      expect(sum(its)).toBeLessThanOrEqual(quota.bytes);
    }
  }
}
