import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, bytesOf, concat, toHex } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';
import { ageOf, type Carried, CarriedSet, carriedBytes, decodeCarried, depositorOf, encodeCarried, NOBODY } from './carried.ts';
import { TIERS } from './tier.ts';

const idOf = (number: number): Bytes => concat(bytesOf([number & 255, number >> 8]), new Uint8Array(30));
const tagOf = (number: number): Bytes => concat(bytesOf([number]), new Uint8Array(15));

function one(number: number, rest: Partial<Carried> = {}): Carried {
  const place = { id: idOf(number), tag: tagOf(number & 3), class: 1, size: number & 7, expiryHour: 500_336 };
  return {
    ...place,
    own: false,
    copies: 4,
    ageHours: 2,
    arrivedHour: 500_000,
    depositor: depositorOf('ab'.repeat(32)),
    tier: 'contact',
    ...rest,
  };
}

test('a row says again what is carried, whoever left it', () => {
  for (const tier of TIERS) {
    const it = one(9, { tier, copies: 255, size: 7, class: 3, ageHours: 65_535 });
    expect(decodeCarried(it.id, encodeCarried(it))).toEqual(it);
  }
  const own = one(9, { own: true, tier: 'own', depositor: NOBODY });
  expect(decodeCarried(own.id, encodeCarried(own))).toEqual(own);
});

test('a row of before neighbours were counted is what a stranger left, or our own', () => {
  const old = (own: number): Bytes => {
    const row = new Writer(32).raw(tagOf(1)).u8(1).u8(2).u32(500_336).u8(own).u8(8);
    return row.u16(3).u32(500_000).finish();
  };
  const before = { id: idOf(1), tag: tagOf(1), class: 1, size: 2, expiryHour: 500_336, copies: 8, ageHours: 3, arrivedHour: 500_000 };
  expect(decodeCarried(idOf(1), old(0))).toEqual({ ...before, own: false, tier: 'stranger', depositor: NOBODY });
  expect(decodeCarried(idOf(1), old(1))).toEqual({ ...before, own: true, tier: 'own', depositor: NOBODY });
});

test('what is ours belongs to us, whatever tier its row names', () => {
  const row = encodeCarried(one(9, { own: true, tier: 'stranger' }));
  expect(decodeCarried(idOf(9), row)?.tier).toBe('own');
});

test('no other bytes are a row, and none make it fail', () => {
  const row = encodeCarried(one(9));
  for (let length = 0; length < row.length; length++) {
    const isOld = length === row.length - 9;
    expect(decodeCarried(idOf(9), row.slice(0, length)) !== undefined).toBe(isOld);
  }
  expect(decodeCarried(idOf(9), concat(row, bytesOf([0])))).toBeUndefined();
  const [odd, large] = [row.slice(), row.slice()];
  odd[row.length - 9] = TIERS.length;
  large[17] = 8;
  expect(decodeCarried(idOf(9), odd)).toBeUndefined();
  expect(decodeCarried(idOf(9), large)).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const read = decodeCarried(idOf(9), bytesOf(bytes));
      if (read !== undefined) expect(carriedBytes(read)).toBeGreaterThan(0);
    }),
    { seed: 21, numRuns: 500 },
  );
});

test('a depositor is the beginning of a key, and no key makes it fail', () => {
  expect(depositorOf('0102030405060708ff')).toBe(depositorOf('0102030405060708aa'));
  expect(depositorOf('0102030405060708')).not.toBe(depositorOf('0102030405060709'));
  for (const odd of ['', 'zz', 'no key at all']) expect(depositorOf(odd)).toHaveLength(8);
});

test('an envelope grows older with the clock of its carrier, and never younger', () => {
  const it = one(1, { ageHours: 5, arrivedHour: 100 });
  expect([ageOf(it, 100), ageOf(it, 130), ageOf(it, 7)]).toEqual([5, 35, 5]);
});

test('what was taken in after a number is what is there of it, in its order', () => {
  const set = new CarriedSet();
  for (let i = 1; i <= 5; i++) set.set(one(i));
  expect(set.lastNumber).toBe(5);
  set.delete(idOf(4));
  set.set(one(2, { copies: 1 }));
  const after = (number: number) => [...set.after(number)].map((it) => [it.number, toHex(it.one.id)]);
  expect(after(0)).toEqual([1, 2, 3, 5].map((i) => [i, toHex(idOf(i))]));
  expect(after(2)).toEqual([3, 5].map((i) => [i, toHex(idOf(i))]));
  expect(after(5)).toEqual([]);
  expect(after(99)).toEqual([]);
});

test('what went and comes again is news', () => {
  const set = new CarriedSet();
  for (let i = 1; i <= 3; i++) set.set(one(i));
  set.delete(idOf(1));
  set.set(one(1));
  expect([...set.after(3)].map(({ one: { id } }) => toHex(id))).toEqual([toHex(idOf(1))]);
});

test('what comes and goes while it is being listed changes nothing for the rest', () => {
  const set = new CarriedSet();
  for (let i = 1; i <= 4000; i++) set.set(one(i));
  const listing = set.after(0);
  const listed = [listing.next().value?.number];
  // So many go that the gaps they leave are closed.
  for (let i = 2; i <= 3990; i++) set.delete(idOf(i));
  set.set(one(5000));
  for (const { number } of listing) listed.push(number);
  expect(listed).toEqual([1, ...Array.from({ length: 11 }, (_, i) => 3991 + i)]);
});

test('its count, bytes and tags are those of what is there, whatever came and went', () => {
  const act = fc.record({ number: fc.nat(12), isGone: fc.boolean(), copies: fc.nat(8) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const [set, there] = [new CarriedSet(), new Map<number, Carried>()];
      for (const { number, isGone, copies } of acts) {
        const it = one(number, { copies });
        if (isGone) expect(set.delete(it.id)).toEqual(there.get(number));
        else set.set(it);
        if (isGone) there.delete(number);
        else there.set(number, it);
      }
      const all = [...there.values()];
      expect(set.size).toBe(all.length);
      expect(set.bytes).toBe(all.reduce((bytes, it) => bytes + carriedBytes(it), 0));
      for (let tag = 0; tag < 4; tag++) {
        const under = new Set(set.under(tagOf(tag)));
        expect(under).toEqual(new Set(all.filter((it) => toHex(it.tag) === toHex(tagOf(tag)))));
      }
      for (let number = 0; number <= 12; number++) {
        expect(set.get(idOf(number))).toEqual(there.get(number));
        expect(set.has(idOf(number))).toBe(there.has(number));
      }
    }),
    { seed: 22, numRuns: 200 },
  );
});
