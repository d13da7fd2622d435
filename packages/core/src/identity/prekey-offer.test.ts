import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { type KeyPair, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, concat } from '../kernel/bytes.ts';
import { Reader } from '../kernel/codec.ts';
import { commitmentTo, rootPair } from './account.ts';
import { type PrekeySecrets, prekeysFrom, publicPrekeys } from './bundle.ts';
import { type Device, readDeviceList, signDeviceList } from './device-list.ts';
import { bundleFromSpare, readSpare, signSpare } from './prekey-offer.ts';

let suite: Suite;
let signing: KeyPair;
let device: Device;
let secrets: PrekeySecrets;
const HOUR = 500_000;
const fill = (value: number): Bytes => new Uint8Array(32).fill(value);

beforeAll(async () => {
  suite = await loadSodiumSuite();
  signing = suite.signingPair(fill(1));
  device = { signingKey: signing.publicKey, agreementKey: suite.agreementPair(fill(2)).publicKey };
  secrets = prekeysFrom(suite, fill(3));
});

const made = (): Bytes => signSpare(suite, device, signing.secretKey, secrets, HOUR);

const refusal = (bytes: Uint8Array, of = device, nowHour = HOUR) => {
  const result = readSpare(suite, bytes, of, nowHour);
  return result.ok ? 'accepted' : result.refusal;
};

describe('a spare bundle', () => {
  test('reads back as it was signed', () => {
    expect(readSpare(suite, made(), device, HOUR)).toEqual({ ok: true, value: { prekeys: publicPrekeys(secrets), expiryHour: HOUR } });
  });

  test('is its version, prekeys and hour, and a signature over these and the keys of the device', () => {
    const { id, signed, oneTime, encapsulation } = publicPrekeys(secrets);
    const body = concat(bytesOf([1]), id, signed, oneTime, encapsulation, bytesOf([0x00, 0x07, 0xa1, 0x20]));
    const signature = suite.sign(signing.secretKey, label('identity/spare'), concat(device.signingKey, device.agreementKey, body));
    expect(made()).toEqual(concat(body, signature));
    expect(made()).toHaveLength(1333);
  });

  test('is good to the last hour it names', () => {
    expect(refusal(made(), device, HOUR - 1)).toBe('accepted');
    expect(refusal(made(), device, HOUR + 1)).toEqual({ kind: 'expired', expiryHour: HOUR });
  });

  test('belongs to one device with both its keys', () => {
    const other = suite.signingPair(fill(9));
    expect(refusal(made(), { ...device, signingKey: other.publicKey })).toEqual({ kind: 'signature' });
    expect(refusal(made(), { ...device, agreementKey: fill(9) })).toEqual({ kind: 'signature' });
    expect(refusal(signSpare(suite, device, other.secretKey, secrets, HOUR))).toEqual({ kind: 'signature' });
  });

  test('is refused with any byte changed, cut short or longer', () => {
    const spare = made();
    for (let at = 0; at < spare.length; at++) {
      const changed = spare.slice();
      changed[at] = (changed[at] as number) ^ 0x10;
      expect(refusal(changed), `byte ${at}`).toEqual(at === 0 ? { kind: 'unknown-version', found: 0x11 } : { kind: 'signature' });
    }
    for (let length = 0; length < spare.length; length += 3) expect(refusal(spare.slice(0, length))).toEqual({ kind: 'malformed' });
    expect(refusal(concat(spare, bytesOf([0])))).toEqual({ kind: 'malformed' });
  });

  test('of any bytes is refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1400 }), (any) => {
        expect(refusal(any)).not.toBe('accepted');
        expect(refusal(concat(bytesOf([1]), any))).not.toBe('accepted');
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test('serves as any bundle, with the list that is known', () => {
    const root = rootPair(suite, fill(4), 0);
    const nextRootCommitment = commitmentTo(suite, rootPair(suite, fill(4), 1).publicKey);
    const body = { rootIndex: 0, sequence: 1, previousHash: fill(0), minimumSuite: 1, devices: [device], nextRootCommitment };
    const record = signDeviceList(suite, { ...body, rootKey: root.publicKey }, root.secretKey);
    const list = readDeviceList(suite, new Reader(record));
    const read = readSpare(suite, made(), device, HOUR);
    if (!list.ok || !read.ok) throw new Error('made to be read');
    expect(bundleFromSpare(list.value, device, read.value)).toEqual({
      list: list.value,
      device,
      prekeys: publicPrekeys(secrets),
      expiryHour: HOUR,
    });
  });
});
