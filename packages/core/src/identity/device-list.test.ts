import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { type KeyPair, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, concat, EMPTY } from '../kernel/bytes.ts';
import { Reader } from '../kernel/codec.ts';
import { accountIdOf, commitmentTo, rootPair } from './account.ts';
import {
  type Ancestor,
  type Device,
  listHash,
  nextSequence,
  readDeviceList,
  signDeviceList,
  succession,
  type UnsignedDeviceList,
} from './device-list.ts';
import { DEVICE_LIST_BYTES_MAX, DEVICES_MAX, ROOTS_MAX } from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const SEED: Bytes = new Uint8Array(32).fill(7);
const fill = (value: number): Bytes => new Uint8Array(32).fill(value);
const root = (index: number, seed = SEED): KeyPair => rootPair(suite, seed, index);
const devices = (count: number): readonly Device[] =>
  Array.from({ length: count }, (_, at) => ({ signingKey: fill(100 + at), agreementKey: fill(200 + at) }));

function listUnder(index: number, changed: Partial<UnsignedDeviceList> = {}): UnsignedDeviceList {
  return {
    rootIndex: index,
    sequence: 0x0102_0304,
    previousHash: fill(9),
    minimumSuite: 1,
    devices: devices(1),
    lineage: succession(suite, SEED, index),
    rootKey: root(index).publicKey,
    nextRootCommitment: commitmentTo(suite, root(index + 1).publicKey),
    ...changed,
  };
}

const recordUnder = (index: number, changed: Partial<UnsignedDeviceList> = {}): Bytes =>
  signDeviceList(suite, listUnder(index, changed), root(index).secretKey);
const read = (record: Uint8Array) => readDeviceList(suite, new Reader(record));
const refusal = (record: Uint8Array) => {
  const result = read(record);
  return result.ok ? 'accepted' : result.refusal;
};

function flip(bytes: Bytes, at: number): Bytes {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
}

describe('a list of a later root', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('%i reads back as it was signed and belongs to the account it began as', (index) => {
    const account = accountIdOf(suite, root(0).publicKey, commitmentTo(suite, root(1).publicKey));
    expect(read(recordUnder(index))).toEqual({ ok: true, value: { ...listUnder(index), account } });
  });

  test('carries the roots before it directly before its own key', () => {
    const list = listUnder(3);
    const names = label('identity/succession');
    const signed = (at: number): Bytes => suite.sign(root(at).secretKey, names, commitmentTo(suite, root(at + 1).publicKey));
    const body = concat(
      bytesOf([1, 3, 1, 2, 3, 4]),
      list.previousHash,
      bytesOf([1]),
      ...[root(0).publicKey, root(1).publicKey, signed(1), root(2).publicKey, signed(2)],
      ...[list.rootKey, list.nextRootCommitment, bytesOf([1]), fill(100), fill(200)],
    );
    expect(recordUnder(3)).toEqual(concat(body, suite.sign(root(3).secretKey, label('identity/device-list'), body)));
  });

  test('is refused with any byte changed', () => {
    const record = recordUnder(3);
    for (let at = 0; at < record.length; at++) expect(read(flip(record, at)).ok, `byte ${at}`).toBe(false);
  });

  test('is refused as malformed when it ends early, wherever that is', () => {
    const record = recordUnder(3);
    for (let length = 0; length < record.length; length++)
      expect(refusal(record.slice(0, length)), `${length} bytes`).toEqual({ kind: 'malformed' });
  });

  test('with other bytes in it is refused, never thrown at', () => {
    const record = recordUnder(5);
    fc.assert(
      fc.property(fc.nat(record.length - 1), fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.boolean(), (at, any, isInserted) => {
        const changed = concat(record.subarray(0, at), any, record.subarray(isInserted ? at : Math.min(record.length, at + any.length)));
        const result = read(changed);
        if (result.ok) expect(changed.slice(0, record.length)).toEqual(record);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('of the eighth root is the last one believed, and the longest list has the bytes its limit says', () => {
    expect(recordUnder(ROOTS_MAX - 1, { devices: devices(DEVICES_MAX) })).toHaveLength(DEVICE_LIST_BYTES_MAX);
    expect(read(recordUnder(ROOTS_MAX - 1, { devices: devices(DEVICES_MAX) })).ok).toBe(true);
    expect(refusal(recordUnder(ROOTS_MAX))).toEqual({ kind: 'later-root', rootIndex: ROOTS_MAX });
  });

  test('signed by the root before it, or by the one after, is refused', () => {
    for (const signer of [1, 3]) {
      expect(refusal(signDeviceList(suite, listUnder(2), root(signer).secretKey))).toEqual({ kind: 'signature' });
    }
  });

  test('must name as many roots as its number says: anything else is our own mistake', () => {
    expect(() => recordUnder(2, { lineage: succession(suite, SEED, 1) })).toThrow('every root before its own');
    const { lineage: _, ...bare } = listUnder(1);
    expect(() => signDeviceList(suite, bare, root(1).secretKey)).toThrow('every root before its own');
  });
});

describe('a lineage', () => {
  const changedAt = (index: number, at: number, changed: Partial<Ancestor>): Bytes =>
    recordUnder(index, {
      lineage: succession(suite, SEED, index).map((one, place) => (place === at ? { ...one, ...changed } : one)),
    });

  test('grows by one root at a time, and only its first one signs nothing', () => {
    expect(succession(suite, SEED, 0)).toEqual([]);
    const whole = succession(suite, SEED, ROOTS_MAX - 1);
    expect(whole.map((one) => one.signature.length)).toEqual([0, 64, 64, 64, 64, 64, 64]);
    for (let index = 0; index < ROOTS_MAX; index++) expect(succession(suite, SEED, index)).toEqual(whole.slice(0, index));
    expect(whole[0]).toEqual({ rootKey: root(0).publicKey, signature: EMPTY });
  });

  test.each([1, 2, 3])('in which root %i vouches for a root that is not the one after it is refused', (at) => {
    const other = suite.sign(root(at).secretKey, label('identity/succession'), commitmentTo(suite, root(at + 2).publicKey));
    expect(refusal(changedAt(4, at, { signature: other }))).toEqual({ kind: 'lineage' });
  });

  test.each([1, 2, 3])('in which another signs for root %i is refused', (at) => {
    const next = commitmentTo(suite, root(at + 1).publicKey);
    const other = suite.sign(root(at + 1).secretKey, label('identity/succession'), next);
    expect(refusal(changedAt(4, at, { signature: other }))).toEqual({ kind: 'lineage' });
    const unlabelled = suite.sign(root(at).secretKey, label('identity/device-list'), next);
    expect(refusal(changedAt(4, at, { signature: unlabelled }))).toEqual({ kind: 'lineage' });
  });

  test.each([1, 2, 3])('with a stranger in place of root %i is refused', (at) => {
    expect(refusal(changedAt(4, at, { rootKey: root(at, fill(8)).publicKey }))).toEqual({ kind: 'lineage' });
  });

  test('whose first root or second is another one belongs to another account', () => {
    const account = accountIdOf(suite, root(0).publicKey, commitmentTo(suite, root(1).publicKey));
    const [first, second] = [root(0, fill(8)).publicKey, root(1, fill(8))];
    const moved = read(changedAt(2, 0, { rootKey: first }));
    expect(moved.ok && moved.value.account).toEqual(accountIdOf(suite, first, commitmentTo(suite, root(1).publicKey)));
    const taken = read(signDeviceList(suite, listUnder(1, { rootKey: second.publicKey }), second.secretKey));
    expect(taken.ok && taken.value.account).toEqual(accountIdOf(suite, root(0).publicKey, commitmentTo(suite, second.publicKey)));
    expect(taken.ok && taken.value.account).not.toEqual(account);
  });
});

describe('a device list', () => {
  test('that wants a suite this program lacks says which; what nobody signed says nothing', () => {
    expect(refusal(recordUnder(0, { minimumSuite: 2 }))).toEqual({ kind: 'suite', needed: 2 });
    expect(refusal(recordUnder(2, { minimumSuite: 255 }))).toEqual({ kind: 'suite', needed: 255 });
    expect(read(recordUnder(0, { minimumSuite: 0 })).ok).toBe(true);
    const unsigned = recordUnder(0);
    unsigned[38] = 2;
    expect(refusal(unsigned)).toEqual({ kind: 'signature' });
  });

  test('names no signing key twice; agreement keys it may', () => {
    const [a, b, c] = devices(3) as [Device, Device, Device];
    expect(refusal(recordUnder(0, { devices: [a, b, { ...c, signingKey: b.signingKey }] }))).toEqual({ kind: 'malformed' });
    expect(refusal(recordUnder(0, { devices: [a, b, a] }))).toEqual({ kind: 'malformed' });
    expect(read(recordUnder(0, { devices: [a, { ...b, agreementKey: a.agreementKey }, c] })).ok).toBe(true);
  });

  test('without a lineage is the same record as with an empty one', () => {
    const { lineage: _, ...bare } = listUnder(0);
    expect(signDeviceList(suite, bare, root(0).secretKey)).toEqual(recordUnder(0));
  });

  test('is named by the one after it through a hash of its whole record', () => {
    const record = recordUnder(1);
    expect(listHash(suite, record)).toEqual(suite.hash(label('identity/list-hash'), record));
  });

  test('comes after the one before, and not before its hour', () => {
    expect([nextSequence(5, 100), nextSequence(99, 100), nextSequence(100, 100), nextSequence(200, 100)]).toEqual([100, 100, 101, 201]);
  });
});
