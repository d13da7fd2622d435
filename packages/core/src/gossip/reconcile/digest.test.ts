import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import { label, type Suite } from '../../crypto/suite.ts';
import { type Bytes, bytesOf, concat, fromHex, toHex } from '../../kernel/bytes.ts';
import { SetDigest } from './digest.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const id = (number: number): Bytes => bytesOf([number, ...new Uint8Array(31)]);
const ids = (numbers: Iterable<number>): readonly Bytes[] => [...numbers].map(id);
const members = fc.uniqueArray(fc.nat(30), { maxLength: 12 });

function digestOf(items: readonly Bytes[], by: Suite = suite): SetDigest {
  const digest = new SetDigest(by);
  for (const item of items) digest.add(item);
  return digest;
}

test('two sets have the same digest exactly if they are the same, in whatever order they came about', () => {
  fc.assert(
    fc.property(members, members, (a, b) => {
      const isSame = a.length === b.length && a.every((one) => b.includes(one));
      expect(toHex(digestOf(ids(a)).value()) === toHex(digestOf(ids(b)).value())).toBe(isSame);
      expect(digestOf(ids([...a].reverse())).value()).toEqual(digestOf(ids(a)).value());
    }),
    { seed: 5, numRuns: 200 },
  );
});

test('it follows a set item by item, and can say what it would be', () => {
  fc.assert(
    fc.property(members, members, (before, after) => {
      const added = ids(after.filter((one) => !before.includes(one)));
      const removed = ids(before.filter((one) => !after.includes(one)));
      const digest = digestOf(ids(before));
      const [held, foretold] = [digest.value(), digest.with(added, removed)];
      expect(digest.value()).toEqual(held);
      for (const item of removed) digest.remove(item);
      for (const item of added) digest.add(item);
      expect(digest.value()).toEqual(foretold);
      expect(digest.value()).toEqual(digestOf(ids(after)).value());
      expect(digest.size).toBe(after.length);
    }),
    { seed: 6, numRuns: 200 },
  );
});

test('what it would be without an item that is not in it is a value of no set, and nothing fails', () => {
  const empty = new SetDigest(suite);
  expect(empty.with([], [id(1)])).not.toEqual(empty.value());
  expect(empty.with([id(1)], [id(1)])).toEqual(empty.value());
});

/** docs/protocol/reconciliation.md §1 in large numbers. */
function expected(items: readonly Bytes[], by: Suite): Bytes {
  let sum = 0n;
  for (const item of items) {
    const blocks = [0, 1, 2, 3].map((block) => by.mac(bytesOf([block, ...new Uint8Array(31)]), label('gossip/digest-item'), item, 64));
    sum = (sum + BigInt(`0x${toHex(concat(...blocks))}`)) % 2n ** 2048n;
  }
  const count = bytesOf([0, 0, items.length >> 8, items.length & 255]);
  return by.hash(label('gossip/digest'), count, fromHex(sum.toString(16).padStart(512, '0')) as Bytes);
}

test('it is the hash of count and sum', () => {
  fc.assert(
    fc.property(members, (numbers) => {
      expect(digestOf(ids(numbers)).value()).toEqual(expected(ids(numbers), suite));
    }),
    { seed: 7, numRuns: 50 },
  );
});

test('the sum carries through all its words, and comes back to nothing', () => {
  const ones = Object.assign(Object.create(suite) as Suite, { mac: () => new Uint8Array(64).fill(0xff) });
  const digest = digestOf(ids([1, 2, 3]), ones);
  expect(digest.value()).toEqual(expected(ids([1, 2, 3]), ones));
  for (const number of [1, 2, 3]) digest.remove(id(number));
  expect(digest.value()).toEqual(new SetDigest(ones).value());
});

test('the count is part of it', () => {
  const zeros = Object.assign(Object.create(suite) as Suite, { mac: () => new Uint8Array(64) });
  expect(digestOf(ids([1]), zeros).value()).not.toEqual(digestOf([], zeros).value());
});
