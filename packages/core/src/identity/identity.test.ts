import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { type KeyPair, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, concat, sameBytes } from '../kernel/bytes.ts';
import { Reader } from '../kernel/codec.ts';
import { accountId, accountIdOf, commitmentTo, rootPair, rootSeed } from './account.ts';
import { type PrekeySecrets, prekeysFrom, readBundle, signBundle } from './bundle.ts';
import { type Device, listsDevice, readDeviceList, readListRecord, signDeviceList, type UnsignedDeviceList } from './device-list.ts';
import { DEVICES_MAX } from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const HOUR = 500_000;
const seedOf = (value: number): Bytes => new Uint8Array(32).fill(value);

interface Made {
  readonly root: KeyPair;
  readonly signing: KeyPair;
  readonly device: Device;
  readonly list: UnsignedDeviceList;
  readonly record: Bytes;
  readonly prekeys: PrekeySecrets;
}

function make(account = 1, devices = 1): Made {
  const root = rootPair(suite, seedOf(account), 0);
  const signing = suite.signingPair(seedOf(account + 50));
  const device = { signingKey: signing.publicKey, agreementKey: suite.agreementPair(seedOf(account + 100)).publicKey };
  const others = Array.from({ length: devices - 1 }, (_, i) => ({
    signingKey: suite.signingPair(seedOf(200 + i)).publicKey,
    agreementKey: suite.agreementPair(seedOf(200 + i)).publicKey,
  }));
  const list = {
    rootIndex: 0,
    sequence: HOUR,
    previousHash: new Uint8Array(32),
    minimumSuite: 1,
    devices: [device, ...others],
    rootKey: root.publicKey,
    nextRootCommitment: commitmentTo(suite, rootPair(suite, seedOf(account), 1).publicKey),
  };
  return { root, signing, device, list, record: signDeviceList(suite, list, root.secretKey), prekeys: prekeysFrom(suite, seedOf(account)) };
}

const readList = (record: Bytes) => readDeviceList(suite, new Reader(record));
const bundleOf = (it: Made, expiryHour = HOUR): Bytes =>
  signBundle(suite, it.record, it.device, it.signing.secretKey, it.prekeys, expiryHour);

function flip(bytes: Bytes, at: number): Bytes {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
}

describe('an account', () => {
  test('has roots that only its seed and their number give, and an id that commits to the first two', () => {
    const [first, second] = [rootPair(suite, seedOf(1), 0), rootPair(suite, seedOf(1), 1)];
    expect(sameBytes(first.publicKey, second.publicKey)).toBe(false);
    expect(rootPair(suite, seedOf(1), 1)).toEqual(second);
    const id = accountIdOf(suite, first.publicKey, commitmentTo(suite, second.publicKey));
    expect(id).toHaveLength(32);
    expect(sameBytes(id, accountIdOf(suite, first.publicKey, commitmentTo(suite, first.publicKey)))).toBe(false);
    expect(() => accountId(bytesOf([1]))).toThrow('32 bytes');
  });

  test('makes everything under labels of its own', () => {
    const seed = rootSeed(suite, seedOf(1), 3);
    expect(seed).toEqual(suite.mac(seedOf(1), label('identity/root'), bytesOf([3])));
    expect(rootPair(suite, seedOf(1), 3)).toEqual(suite.signingPair(seed));
    const commitment = commitmentTo(suite, seedOf(2));
    expect(commitment).toEqual(suite.hash(label('identity/next-root'), seedOf(2)));
    expect(accountIdOf(suite, seedOf(1), commitment)).toEqual(suite.hash(label('identity/account'), seedOf(1), commitment));
  });
});

describe('a device list', () => {
  test.each([1, 2, DEVICES_MAX])('with %i devices reads back as it was signed, with the account it belongs to', (devices) => {
    const made = make(1, devices);
    const read = readList(made.record);
    const account = accountIdOf(suite, made.list.rootKey, made.list.nextRootCommitment);
    expect(read).toEqual({ ok: true, value: { ...made.list, lineage: [], account } });
    expect(read.ok && listsDevice(read.value, made.device.signingKey)).toEqual(made.device);
    expect(read.ok && listsDevice(read.value, seedOf(9))).toBe(undefined);
    expect(made.record).toHaveLength(1 + 1 + 4 + 32 + 1 + 32 + 32 + 1 + 64 * devices + 64);
  });

  test('is refused with any byte changed', () => {
    const { record } = make(1, 2);
    for (let at = 0; at < record.length; at++) expect(readList(flip(record, at)).ok, `byte ${at}`).toBe(false);
  });

  test('is refused as malformed when it ends early, wherever that is', () => {
    const { record } = make(1, 2);
    for (let length = 0; length < record.length; length++)
      expect(readList(record.slice(0, length)), `${length} bytes`).toEqual({ ok: false, refusal: { kind: 'malformed' } });
  });

  test('names its version only where enough is there to read, and its count before its devices are', () => {
    const other = concat(bytesOf([2]), make().record.subarray(1));
    expect(readList(other.slice(0, 38))).toEqual({ ok: false, refusal: { kind: 'malformed' } });
    expect(readList(other.slice(0, 39))).toEqual({ ok: false, refusal: { kind: 'unknown-version', found: 2 } });
    const many = concat(make().record.subarray(0, 103), bytesOf([17]));
    expect(readList(many)).toEqual({ ok: false, refusal: { kind: 'device-count', found: 17, max: DEVICES_MAX } });
  });

  test('leaves what stands behind it to the next reader', () => {
    const reader = new Reader(concat(make().record, bytesOf([1, 2, 3])));
    expect(readDeviceList(suite, reader).ok).toBe(true);
    expect(reader.rest()).toEqual(bytesOf([1, 2, 3]));
  });

  test('that stands alone is refused with a byte behind it, or one too few', () => {
    const { record, list } = make();
    expect(readListRecord(suite, record)).toMatchObject({ ok: true, value: { sequence: list.sequence } });
    expect(readListRecord(suite, concat(record, bytesOf([0])))).toEqual({ ok: false, refusal: { kind: 'malformed' } });
    expect(readListRecord(suite, record.slice(0, -1))).toEqual({ ok: false, refusal: { kind: 'malformed' } });
    expect(readListRecord(suite, flip(record, 60))).toEqual({ ok: false, refusal: { kind: 'signature' } });
  });

  test('says why: version, count, signature, a later root', () => {
    const made = make();
    const at = (position: number, value: number): Bytes => {
      const copy = made.record.slice();
      copy[position] = value;
      return copy;
    };
    expect(readList(at(0, 2))).toEqual({ ok: false, refusal: { kind: 'unknown-version', found: 2 } });
    expect(readList(at(103, 0))).toEqual({ ok: false, refusal: { kind: 'device-count', found: 0, max: DEVICES_MAX } });
    expect(readList(at(103, 17))).toEqual({ ok: false, refusal: { kind: 'device-count', found: 17, max: DEVICES_MAX } });
    expect(readList(at(50, 99))).toEqual({ ok: false, refusal: { kind: 'signature' } });
    expect(readList(at(1, 8))).toEqual({ ok: false, refusal: { kind: 'later-root', rootIndex: 8 } });
    expect(readList(at(1, 255))).toEqual({ ok: false, refusal: { kind: 'later-root', rootIndex: 255 } });
    expect(readList(at(1, 7))).toEqual({ ok: false, refusal: { kind: 'malformed' } });
  });

  test('signed by another root is refused', () => {
    const made = make();
    expect(readList(signDeviceList(suite, made.list, rootPair(suite, seedOf(2), 0).secretKey)).ok).toBe(false);
  });

  test('any bytes are refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (any, isClose) => {
        const bytes = bytesOf(any);
        if (isClose && bytes.length > 0) bytes[0] = 1;
        expect(readList(bytes).ok).toBe(false);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('prekeys', () => {
  test('come from one seed, always the same, and no two seeds share one', () => {
    const [a, again, b] = [prekeysFrom(suite, seedOf(1)), prekeysFrom(suite, seedOf(1)), prekeysFrom(suite, seedOf(2))];
    expect(again).toEqual(a);
    for (const name of ['signed', 'oneTime', 'encapsulation'] as const) {
      expect(sameBytes(a[name].publicKey, b[name].publicKey)).toBe(false);
    }
    expect(sameBytes(a.signed.publicKey, a.oneTime.publicKey)).toBe(false);
    expect(sameBytes(a.id, b.id)).toBe(false);
    const bytes = suite.derive(bytesOf([]), seedOf(1), label('identity/prekey-seed'), 128);
    expect(a.signed).toEqual(suite.agreementPair(bytes.slice(0, 32)));
    expect(a.oneTime).toEqual(suite.agreementPair(bytes.slice(32, 64)));
    expect(a.encapsulation).toEqual(suite.encapsulationPair(bytes.slice(64)));
    expect(a.id).toEqual(suite.mac(seedOf(1), label('identity/prekey-id'), bytesOf([]), 16));
  });
});

describe('a bundle', () => {
  test('reads back as it was signed', () => {
    const made = make(1, 3);
    const read = readBundle(suite, bundleOf(made), HOUR);
    expect(read.ok && read.value.device).toEqual(made.device);
    expect(read.ok && read.value.expiryHour).toBe(HOUR);
    expect(read.ok && read.value.prekeys).toEqual({
      id: made.prekeys.id,
      signed: made.prekeys.signed.publicKey,
      oneTime: made.prekeys.oneTime.publicKey,
      encapsulation: made.prekeys.encapsulation.publicKey,
    });
  });

  test('is the list, the prekeys and a signature over the hash of the one and all of the other', () => {
    const made = make();
    const { id, signed, oneTime, encapsulation } = made.prekeys;
    const hour = bytesOf([0x00, 0x07, 0xa1, 0x20]);
    const own = concat(made.device.signingKey, id, signed.publicKey, oneTime.publicKey, encapsulation.publicKey, hour);
    const bundle = label('identity/bundle');
    const signature = suite.sign(made.signing.secretKey, bundle, concat(suite.hash(bundle, made.record), own));
    expect(bundleOf(made)).toEqual(concat(made.record, own, signature));
  });

  test('is refused with any byte changed, cut short or longer', () => {
    const bundle = bundleOf(make());
    for (let at = 0; at < bundle.length; at++) expect(readBundle(suite, flip(bundle, at), HOUR).ok, `byte ${at}`).toBe(false);
    for (let length = 0; length < bundle.length; length += 7) expect(readBundle(suite, bundle.slice(0, length), HOUR).ok).toBe(false);
    expect(readBundle(suite, concat(bundle, bytesOf([0])), HOUR)).toEqual({ ok: false, refusal: { kind: 'malformed' } });
  });

  test('is good to the last hour it names', () => {
    const bundle = bundleOf(make());
    expect(readBundle(suite, bundle, HOUR).ok).toBe(true);
    expect(readBundle(suite, bundle, HOUR + 1)).toEqual({ ok: false, refusal: { kind: 'expired', expiryHour: HOUR } });
  });

  test('of a device that is not in the list is refused, and so is one under the list of another account', () => {
    const [ann, bo] = [make(1), make(2)];
    const foreign = signBundle(suite, ann.record, bo.device, bo.signing.secretKey, bo.prekeys, HOUR);
    expect(readBundle(suite, foreign, HOUR)).toEqual({ ok: false, refusal: { kind: 'unlisted-device' } });
    const moved = concat(make(1, 2).record, bundleOf(ann).subarray(ann.record.length));
    expect(readBundle(suite, moved, HOUR)).toEqual({ ok: false, refusal: { kind: 'bundle-signature' } });
  });

  test('signed by another device of the same list is refused', () => {
    const made = make(1, 2);
    const bundle = signBundle(suite, made.record, made.device, suite.signingPair(seedOf(200)).secretKey, made.prekeys, HOUR);
    expect(readBundle(suite, bundle, HOUR)).toEqual({ ok: false, refusal: { kind: 'bundle-signature' } });
  });

  test('any bytes are refused, never thrown at, also behind a true list', () => {
    const { record } = make();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1500 }), (any) => {
        expect(readBundle(suite, bytesOf(any), HOUR).ok).toBe(false);
        expect(readBundle(suite, concat(record, any), HOUR).ok).toBe(false);
      }),
      { seed: 2, numRuns: 150 },
    );
  });
});
