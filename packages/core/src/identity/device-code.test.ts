import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { type KeyPair, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, concat, EMPTY, fromBase64Url, toBase64Url } from '../kernel/bytes.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import { type PrekeySecrets, prekeysFrom, publicPrekeys } from './bundle.ts';
import {
  type LinkCode,
  type LinkRelay,
  linkBundleHash,
  linkBundleTag,
  linkCodeText,
  linkPurgeKey,
  openLinkBundle,
  readLinkBundle,
  readLinkCode,
  sealLinkBundle,
  signLinkBundle,
} from './device-code.ts';
import type { Device } from './device-list.ts';

let suite: Suite;
let signing: KeyPair;
let device: Device;
let secrets: PrekeySecrets;
beforeAll(async () => {
  suite = await loadSodiumSuite();
  signing = suite.signingPair(fill(1));
  device = { signingKey: signing.publicKey, agreementKey: suite.agreementPair(fill(2)).publicKey };
  secrets = prekeysFrom(suite, fill(3));
});

const HOUR = 500_000;
const NOW = HOUR * 3_600_000;
const HOUR_BYTES = [0x00, 0x07, 0xa1, 0x20];
const fill = (value: number, length = 32): Bytes => new Uint8Array(length).fill(value);
const relay = (addressLength: number): LinkRelay => ({ key: fill(7), address: 'a'.repeat(addressLength) });
const codeWith = (...relays: readonly LinkRelay[]): LinkCode => ({
  secret: fill(4),
  bundleHash: fill(5),
  transportKey: fill(6),
  expiryHour: HOUR,
  relays,
});
const CODE = codeWith({ key: fill(7), address: '/ip4/192.168.1.2/tcp/4001' });
const bytesOfText = (text: string): Bytes => fromBase64Url(text) as Bytes;
const refusal = (text: string, nowMs = NOW) => {
  const result = readLinkCode(text, nowMs);
  return result.ok ? 'accepted' : result.refusal;
};
const none = { kind: 'not-a-link-code' };

describe('a link code', () => {
  test('is a mark, a version and its fields in order', () => {
    const address = encodeUtf8('/ip4/192.168.1.2/tcp/4001');
    const fields = [fill(4), fill(5), fill(6), bytesOf(HOUR_BYTES), bytesOf([1]), fill(7), bytesOf([0, address.length]), address];
    expect(bytesOfText(linkCodeText(CODE))).toEqual(concat(bytesOf([0x4c, 1]), ...fields));
  });

  test('reads back, with and without a relay, also out of a link', () => {
    for (const code of [CODE, codeWith()]) {
      expect(readLinkCode(linkCodeText(code), NOW)).toEqual({ ok: true, value: code });
      expect(readLinkCode(` https://kith.local/#/link/${linkCodeText(code)}\n`, NOW)).toEqual({ ok: true, value: code });
    }
  });

  test('names one relay at most, and none where it would grow past 300 bytes', () => {
    expect(readLinkCode(linkCodeText(codeWith(relay(5), relay(6))), NOW)).toEqual({ ok: true, value: codeWith(relay(5)) });
    expect(bytesOfText(linkCodeText(codeWith(relay(163))))).toHaveLength(300);
    expect(readLinkCode(linkCodeText(codeWith(relay(163))), NOW)).toEqual({ ok: true, value: codeWith(relay(163)) });
    expect(readLinkCode(linkCodeText(codeWith(relay(164))), NOW)).toEqual({ ok: true, value: codeWith() });
  });

  test('is good to the hour it names', () => {
    expect(refusal(linkCodeText(CODE), NOW)).toBe('accepted');
    expect(refusal(linkCodeText(CODE), NOW + 1)).toEqual({ kind: 'expired', expiredAtMs: NOW });
  });

  test('is never an invitation: that is named, whatever stands behind its first byte', () => {
    const bytes = bytesOfText(linkCodeText(CODE));
    expect(refusal(toBase64Url(concat(bytesOf([0x4b]), bytes.subarray(1))))).toEqual({ kind: 'is-an-invitation' });
    expect(refusal(`https://kith.local/#/meet/${toBase64Url(bytesOf([0x4b, 1]))}`)).toEqual({ kind: 'is-an-invitation' });
    expect(refusal(toBase64Url(bytesOf([0x4b, 9, 9])))).toEqual({ kind: 'is-an-invitation' });
    expect(bytes[0]).not.toBe(0x4b);
  });

  test('of a newer version says so, under its own mark alone', () => {
    expect(refusal(toBase64Url(bytesOf([0x4c, 2])))).toEqual({ kind: 'newer-version' });
    expect(refusal(toBase64Url(bytesOf([0x53, 2])))).toEqual(none);
    const zero = bytesOfText(linkCodeText(CODE));
    zero[1] = 0;
    expect(refusal(toBase64Url(zero))).toEqual(none);
  });

  test('cut short, longer, or with a wrong count of relays is none', () => {
    for (const code of [CODE, codeWith()]) {
      const bytes = bytesOfText(linkCodeText(code));
      for (let length = 0; length < bytes.length; length++) expect(refusal(toBase64Url(bytes.slice(0, length)))).toEqual(none);
      expect(refusal(toBase64Url(concat(bytes, bytesOf([0]))))).toEqual(none);
    }
    const [one, bare] = [bytesOfText(linkCodeText(CODE)), bytesOfText(linkCodeText(codeWith()))];
    const second = concat(fill(8), bytesOf([0, 1, 0x61]));
    const counted = (bytes: Bytes, count: number): Bytes => bytes.map((value, at) => (at === 102 ? count : value));
    expect(refusal(toBase64Url(counted(one, 2)))).toEqual(none);
    expect(refusal(toBase64Url(counted(one, 0)))).toEqual(none);
    expect(refusal(toBase64Url(counted(bare, 1)))).toEqual(none);
    expect(refusal(toBase64Url(concat(counted(one, 2), second)))).toEqual(none);
  });

  test('of more than 300 bytes is none', () => {
    const bytes = bytesOfText(linkCodeText(codeWith(relay(163))));
    const longer = concat(bytes, encodeUtf8('a'));
    longer[136] = 164;
    expect(refusal(toBase64Url(longer))).toEqual(none);
  });

  test('with an address that is not UTF-8 is none', () => {
    const bytes = bytesOfText(linkCodeText(codeWith(relay(5))));
    bytes[bytes.length - 1] = 0xff;
    expect(refusal(toBase64Url(bytes))).toEqual(none);
  });

  test('in any text is read or refused, never thrown at, and what is read would be written the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 320 }), fc.nat(1), fc.string({ unit: 'binary', maxLength: 60 }), (any, count, text) => {
        readLinkCode(text, 0);
        const body = concat(bytesOf([0x4c, 1]), fill(1, 100), bytesOf([count]), any);
        for (const bytes of [any, concat(bytesOf([0x4c, 1]), any), body]) {
          const read = readLinkCode(toBase64Url(bytes), 0);
          if (read.ok) expect(linkCodeText(read.value)).toBe(toBase64Url(bytes));
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe('the deposit of a link code', () => {
  const HEADER = fill(8, 44);
  const PADDED = fill(9, 256);

  test('has a tag, a purge key, a hash and a sealing key, each under a label of its own', () => {
    expect(linkBundleTag(suite, fill(4))).toEqual(suite.mac(fill(4), label('identity/link-tag'), EMPTY, 16));
    expect(linkPurgeKey(suite, fill(4))).toEqual(suite.mac(fill(4), label('identity/link-purge'), EMPTY));
    expect(linkBundleHash(suite, PADDED)).toEqual(suite.hash(label('identity/link-hash'), PADDED));
    const key = suite.mac(fill(4), label('identity/link-key'), EMPTY);
    expect(sealLinkBundle(suite, fill(4), HEADER, PADDED)).toEqual(suite.seal(key, new Uint8Array(24), HEADER, PADDED));
  });

  test('opens under its secret and in its envelope alone, and with no byte changed', () => {
    const body = sealLinkBundle(suite, fill(4), HEADER, PADDED);
    expect(openLinkBundle(suite, fill(4), HEADER, body)).toEqual(PADDED);
    expect(openLinkBundle(suite, fill(5), HEADER, body)).toBe(undefined);
    expect(openLinkBundle(suite, fill(4), fill(9, 44), body)).toBe(undefined);
    for (let at = 0; at < body.length; at++) {
      const changed = body.slice();
      changed[at] = (changed[at] as number) ^ 0x10;
      expect(openLinkBundle(suite, fill(4), HEADER, changed), `byte ${at}`).toBe(undefined);
      expect(openLinkBundle(suite, fill(4), HEADER, body.slice(0, at))).toBe(undefined);
    }
  });
});

describe('a link bundle', () => {
  const made = (): Bytes => signLinkBundle(suite, device, signing.secretKey, secrets, HOUR);
  const refused = (bytes: Uint8Array, nowHour = HOUR) => {
    const result = readLinkBundle(suite, bytes, nowHour);
    return result.ok ? 'accepted' : result.refusal;
  };

  test('reads back as it was signed', () => {
    const value = { device, prekeys: publicPrekeys(secrets), expiryHour: HOUR };
    expect(readLinkBundle(suite, made(), HOUR)).toEqual({ ok: true, value });
  });

  test('is its version, keys, prekeys and hour, and a signature over all of it', () => {
    const { id, signed, oneTime, encapsulation } = publicPrekeys(secrets);
    const keys = [device.signingKey, device.agreementKey, id, signed, oneTime, encapsulation];
    const body = concat(bytesOf([1]), ...keys, bytesOf(HOUR_BYTES));
    expect(made()).toEqual(concat(body, suite.sign(signing.secretKey, label('identity/link-bundle'), body)));
    expect(made()).toHaveLength(1397);
  });

  test('is good to the last hour it names', () => {
    expect(refused(made(), HOUR - 1)).toBe('accepted');
    expect(refused(made(), HOUR + 1)).toEqual({ kind: 'expired', expiryHour: HOUR });
  });

  test('is refused with any byte changed, cut short or longer, or signed by another', () => {
    const bundle = made();
    for (let at = 0; at < bundle.length; at++) {
      const changed = bundle.slice();
      changed[at] = (changed[at] as number) ^ 0x10;
      expect(refused(changed), `byte ${at}`).toEqual(at === 0 ? { kind: 'unknown-version', found: 0x11 } : { kind: 'signature' });
    }
    for (let length = 0; length < bundle.length; length += 3) expect(refused(bundle.slice(0, length))).toEqual({ kind: 'malformed' });
    expect(refused(concat(bundle, bytesOf([0])))).toEqual({ kind: 'malformed' });
    const other = suite.signingPair(fill(9)).secretKey;
    expect(refused(signLinkBundle(suite, device, other, secrets, HOUR))).toEqual({ kind: 'signature' });
  });

  test('of any bytes is refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1450 }), (any) => {
        expect(refused(any)).not.toBe('accepted');
        expect(refused(concat(bytesOf([1]), any))).not.toBe('accepted');
      }),
      { seed: 12, numRuns: 200 },
    );
  });
});
