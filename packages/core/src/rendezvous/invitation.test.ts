import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { accountId } from '../identity/account.ts';
import { type Bytes, bytesOf, fromBase64Url, sameBytes, toBase64Url } from '../kernel/bytes.ts';
import {
  bundleHashOf,
  bundlePurgeKey,
  bundleTag,
  type Invitation,
  invitationText,
  openBundle,
  readInvitation,
  sealBundle,
} from './invitation.ts';
import { HAND_CODE_BYTES_MAX, INVITATION_BYTES_MAX } from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const HOUR = 500_000;
const NOW_MS = HOUR * 3_600_000;
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesOf);
const relay = fc.record({ key: bytes32, address: fc.string({ unit: 'grapheme', maxLength: 60 }) });
const invitation: fc.Arbitrary<Invitation> = fc.record({
  account: bytes32.map(accountId),
  secret: bytes32,
  bundleHash: bytes32,
  transportKey: bytes32,
  expiryHour: fc.integer({ min: HOUR, max: HOUR + 1000 }),
  relays: fc.array(relay, { maxLength: 3 }),
  offer: fc.uint8Array({ maxLength: HAND_CODE_BYTES_MAX }).map(bytesOf),
});

const one: Invitation = {
  account: accountId(new Uint8Array(32).fill(1)),
  secret: new Uint8Array(32).fill(2),
  bundleHash: new Uint8Array(32).fill(3),
  transportKey: new Uint8Array(32).fill(4),
  expiryHour: HOUR,
  relays: [{ key: new Uint8Array(32).fill(5), address: '/dns4/kith.local/tcp/8443/wss' }],
  offer: new Uint8Array(0),
};

/** The text with some bytes of what it stands for changed. */
function changed(change: (bytes: Bytes) => Bytes): string {
  return toBase64Url(change(fromBase64Url(invitationText(one)) as Bytes));
}

describe('an invitation', () => {
  test('reads back from its text, alone, in a link, and with white space around it', () => {
    fc.assert(
      fc.property(
        invitation,
        fc.constantFrom('', 'https://kith-abcdefgh.local/#', 'https://h/x?invitation=', 'kith:/', ' \n\t'),
        (it, before) => {
          const text = invitationText(it);
          const read = readInvitation(`${before}${text} \n`, NOW_MS);
          expect(read.ok && { ...read.value, relays: [] }).toEqual({ ...it, relays: [] });
          if (read.ok && read.value.relays.length > 0) expect(read.value.relays).toEqual(it.relays.slice(0, 1));
        },
      ),
      { seed: 1 },
    );
  });

  test(`is of letters, digits, - and _, and at most ${INVITATION_BYTES_MAX} bytes; a relay that does not fit is left out`, () => {
    const long = { ...one, relays: [{ key: one.account, address: 'x'.repeat(200) }] };
    for (const it of [one, long]) {
      expect(invitationText(it)).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(fromBase64Url(invitationText(it))?.length).toBeLessThanOrEqual(INVITATION_BYTES_MAX);
    }
    const read = readInvitation(invitationText(long), NOW_MS);
    expect(read.ok && read.value.relays).toEqual([]);
    const just = { ...one, relays: [{ key: one.account, address: 'x'.repeat(INVITATION_BYTES_MAX - 137 - 34) }] };
    expect(fromBase64Url(invitationText(just))).toHaveLength(INVITATION_BYTES_MAX);
  });

  test('is good until the hour it names begins', () => {
    expect(readInvitation(invitationText(one), NOW_MS).ok).toBe(true);
    expect(readInvitation(invitationText(one), NOW_MS + 1)).toEqual({ ok: false, refusal: { kind: 'expired', expiredAtMs: NOW_MS } });
  });

  test('of a newer version says so, and so it does before it says anything else', () => {
    const newer = (bytes: Bytes) => bytesOf([0x4b, 2, ...bytes.subarray(2, 9)]);
    expect(readInvitation(changed(newer), NOW_MS + 1)).toEqual({ ok: false, refusal: { kind: 'newer-version' } });
  });

  test.each<[string, (bytes: Bytes) => Bytes]>([
    ['with another mark', (it) => bytesOf([0x4d, ...it.subarray(1)])],
    ['of version 0', (it) => bytesOf([0x4b, 0, ...it.subarray(2)])],
    ['cut short', (it) => it.slice(0, -1)],
    ['with a byte more', (it) => bytesOf([...it, 0])],
    ['that names two relays', (it) => bytesOf([...it.subarray(0, 134), 2, ...it.subarray(135), ...it.subarray(135)])],
    ['of nothing', () => bytesOf([])],
  ])('a text %s is not an invitation', (_, change) => {
    expect(readInvitation(changed(change), NOW_MS)).toEqual({ ok: false, refusal: { kind: 'not-an-invitation' } });
  });

  test('what a new device shows to be linked is told by name', () => {
    const text = changed((it) => bytesOf([0x4c, ...it.subarray(1)]));
    expect(readInvitation(text, NOW_MS)).toEqual({ ok: false, refusal: { kind: 'links-devices' } });
  });

  test('any text is answered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(readInvitation(text, NOW_MS).ok).toBe(false);
      }),
      { seed: 2 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
        expect(readInvitation(toBase64Url(bytesOf([0x4b, 1, ...any])), Number.MAX_SAFE_INTEGER).ok).toBe(false);
      }),
      { seed: 3 },
    );
  });
});

describe('a deposited bundle', () => {
  const header = new Uint8Array(44).fill(9);
  const padded = new Uint8Array(240).fill(8);

  test('opens with the secret of its invitation under the header it was sealed for, and with nothing else', () => {
    const sealed = sealBundle(suite, one.secret, header, padded);
    expect(openBundle(suite, one.secret, header, sealed)).toEqual(padded);
    expect(openBundle(suite, one.account, header, sealed)).toBeUndefined();
    expect(openBundle(suite, one.secret, new Uint8Array(44), sealed)).toBeUndefined();
    expect(openBundle(suite, one.secret, header, sealed.slice(1))).toBeUndefined();
  });

  test('tag, purge key and hash say nothing of each other', () => {
    const all = [
      bundleTag(suite, one.secret),
      bundlePurgeKey(suite, one.secret).slice(0, 16),
      bundleHashOf(suite, one.secret).slice(0, 16),
    ];
    expect(sameBytes(all[0] as Bytes, all[1] as Bytes) || sameBytes(all[1] as Bytes, all[2] as Bytes)).toBe(false);
    expect(bundleTag(suite, one.account)).not.toEqual(all[0]);
  });
});
