import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { label, type Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, concat, toHex } from '../kernel/bytes.ts';
import {
  contactFirstSecret,
  contactPeriod,
  contactPurgeKey,
  contactTag,
  firstSecretOf,
  openUnderContactKey,
  sealUnderContactKey,
} from './contact-key.ts';
import { CONTACT_SLOTS } from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const fill = (value: number, length = 32): Bytes => new Uint8Array(length).fill(value);
const [KEY, DEVICE, HEADER, NONCE, PADDED] = [fill(1), fill(2), fill(3, 44), fill(4, 24), fill(5, 256)];
const PLACE: Bytes = concat(DEVICE, bytesOf([0, 0, 0x0b, 0x9f, 15]));
const PERIOD = 0x0b9f;

describe('a period under a contact key', () => {
  test('is a week, and begins at its first hour', () => {
    expect([0, 167, 168, 335, 336, 500_000].map(contactPeriod)).toEqual([0, 0, 1, 1, 2, 2976]);
  });
});

describe('a place under a contact key', () => {
  test('has a tag, a purge key and a sealing key, each under a label of its own', () => {
    expect(contactTag(suite, KEY, DEVICE, PERIOD, 15)).toEqual(suite.mac(KEY, label('identity/contact-tag'), PLACE, 16));
    expect(contactPurgeKey(suite, KEY, DEVICE, PERIOD, 15)).toEqual(suite.mac(KEY, label('identity/contact-purge'), PLACE));
    const key = suite.mac(KEY, label('identity/contact-seal'), PLACE);
    expect(sealUnderContactKey(suite, KEY, DEVICE, PERIOD, 15, HEADER, PADDED, NONCE)).toEqual(
      concat(NONCE, suite.seal(key, NONCE, HEADER, PADDED)),
    );
  });

  test('is shared by no two keys, devices, periods or slots', () => {
    const places = [KEY, fill(9)].flatMap((key) =>
      [DEVICE, fill(8)].flatMap((device) =>
        [0, 1, 256].flatMap((period) => [0, 1, 15].map((slot) => [key, device, period, slot] as const)),
      ),
    );
    expect(new Set(places.map((place) => toHex(contactTag(suite, ...place)))).size).toBe(places.length);
    expect(new Set(places.map((place) => toHex(contactPurgeKey(suite, ...place)))).size).toBe(places.length);
  });

  test('beyond the last slot, or of a device without a whole key, is a mistake of ours', () => {
    expect(() => contactTag(suite, KEY, DEVICE, PERIOD, CONTACT_SLOTS)).toThrow('slot');
    expect(() => contactTag(suite, KEY, fill(2, 31), PERIOD, 0)).toThrow('32 bytes');
  });
});

describe('what is sealed under a contact key', () => {
  const sealed = (): Bytes => sealUnderContactKey(suite, KEY, DEVICE, PERIOD, 3, HEADER, PADDED, NONCE);
  const open = (body: Uint8Array, key = KEY, device = DEVICE, period = PERIOD, slot = 3, header = HEADER) =>
    openUnderContactKey(suite, key, device, period, slot, header, body);

  test('opens again, in its own place and envelope alone', () => {
    expect(open(sealed())).toEqual(PADDED);
    expect(sealed()).toHaveLength(24 + 256 + 16);
    expect(open(sealed(), fill(9))).toBe(undefined);
    expect(open(sealed(), KEY, fill(9))).toBe(undefined);
    expect(open(sealed(), KEY, DEVICE, PERIOD + 1)).toBe(undefined);
    expect(open(sealed(), KEY, DEVICE, PERIOD, 4)).toBe(undefined);
    expect(open(sealed(), KEY, DEVICE, PERIOD, 3, fill(9, 44))).toBe(undefined);
  });

  test('needs a nonce of 24 bytes', () => {
    expect(() => sealUnderContactKey(suite, KEY, DEVICE, PERIOD, 3, HEADER, PADDED, fill(4, 12))).toThrow('24 bytes');
  });

  test('does not open with any byte changed or missing', () => {
    const body = sealed();
    for (let at = 0; at < body.length; at++) {
      const changed = body.slice();
      changed[at] = (changed[at] as number) ^ 0x10;
      expect(open(changed), `byte ${at}`).toBe(undefined);
      expect(open(body.slice(0, at)), `${at} bytes`).toBe(undefined);
    }
  });

  test('is never taken for any other bytes, and those are never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (any) => {
        expect(open(any)).toBe(undefined);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

test('the secret behind a first message belongs to the contact key and the prekeys', () => {
  const id = fill(6, 16);
  const first = contactFirstSecret(suite, KEY, id);
  expect(first).toEqual(suite.mac(KEY, label('identity/contact-first'), id));
  const [ann, bo] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  expect(firstSecretOf(suite, first, ann)).toEqual(suite.mac(first, label('identity/contact-first-of'), ann));
  expect(firstSecretOf(suite, first, bo)).not.toEqual(firstSecretOf(suite, first, ann));
});
