import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { CARD_ADDRESSES_MAX } from '../../content/limits.ts';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { accountId } from '../../identity/account.ts';
import { readDeviceList } from '../../identity/device-list.ts';
import { type Bytes, bytesOf, toHex } from '../../kernel/bytes.ts';
import { Reader } from '../../kernel/codec.ts';
import { beginIdentity, ownFrom } from './own.ts';
import {
  type ContactRow,
  decodeContact,
  decodeIdentity,
  decodeInvitation,
  decodeOutbox,
  decodeRelays,
  encodeContact,
  encodeIdentity,
  encodeInvitation,
  encodeOutbox,
  encodeRelays,
  IDENTITY_ROW,
  type IdentityRow,
  type InvitationRow,
  type OutboxRow,
} from './rows.ts';
import { decodePerson, decodeSkipped, encodeSkipped, RESIDENT_SPACES, type ResidentRows, type SkippedRow } from './stored.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesOf);
const upTo = (length: number) => fc.uint8Array({ maxLength: length }).map(bytesOf);
const words = fc.string({ unit: 'grapheme', maxLength: 30 });
const hour = fc.integer({ min: 0, max: 0xffff_ffff });
const relay = fc.record({
  key: fixed(32),
  addresses: fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), { maxLength: CARD_ADDRESSES_MAX }),
});
const relays = fc.array(relay, { maxLength: 4 });
const account = fixed(32).map(accountId);

const identity: fc.Arbitrary<IdentityRow> = fc.record({
  name: words,
  accountSeed: fixed(32),
  signingSeed: fixed(32),
  agreementSeed: fixed(32),
  transportSeed: fixed(32),
  listRecord: upTo(300),
});
const contact: fc.Arbitrary<ContactRow> = fc.record({
  account,
  name: words,
  metAtMs: fc.maxSafeNat(),
  lastHeardMs: fc.maxSafeNat(),
  sessionId: fixed(16),
  transportKey: fixed(32),
  relays,
  unread: fc.array(fixed(16), { maxLength: 6 }),
  toldCard: upTo(200),
});
const invitation: fc.Arbitrary<InvitationRow> = fc.oneof(
  fc.record({
    kind: fc.constant('made'),
    secret: fixed(32),
    prekeySeed: fc.oneof(fixed(32), fixed(0)),
    expiryHour: hour,
    usedBy: fc.option(fixed(16), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('taken'),
    secret: fixed(32),
    expiryHour: hour,
    account,
    bundleHash: fixed(32),
    card: fc.record({ kind: fc.constant('card'), name: fc.constant(''), transportKey: fixed(32), relays }),
  }),
);
const outbox: fc.Arbitrary<OutboxRow> = fc.record({
  messageKey: fixed(56),
  envelopeId: fixed(32),
  carriers: fc.array(fixed(32), { maxLength: 5 }),
});
const skipped: fc.Arbitrary<SkippedRow> = fc.record({ session: fixed(16), isFirst: fc.boolean(), messageKey: fixed(32), keptHour: hour });

interface Kind {
  readonly name: string;
  readonly any: fc.Arbitrary<unknown>;
  readonly write: (value: never) => Bytes;
  readonly read: (bytes: Bytes) => unknown;
}

const KEY = new Uint8Array(32).fill(7);
const kinds: readonly Kind[] = [
  { name: 'an identity', any: identity, write: encodeIdentity, read: decodeIdentity },
  {
    name: 'a contact',
    any: contact.map((row) => ({ ...row, account: accountId(KEY) })),
    write: encodeContact,
    read: (bytes) => decodeContact(KEY, bytes),
  },
  { name: 'an invitation', any: invitation, write: encodeInvitation, read: decodeInvitation },
  { name: 'an outbox entry', any: outbox, write: encodeOutbox, read: decodeOutbox },
  { name: 'a skipped key', any: skipped, write: encodeSkipped, read: decodeSkipped },
];

describe.each(kinds)('the row of $name', ({ any, write, read }) => {
  test('reads back as it was written, and begins with its version', () => {
    fc.assert(
      fc.property(any, (row) => {
        const bytes = write(row as never);
        expect(read(bytes)).toEqual(row);
        expect(bytes[0]).toBe(1);
      }),
      { seed: 1 },
    );
  });

  test('of another version, cut short or longer is nothing', () => {
    fc.assert(
      fc.property(any, fc.nat(1000), (row, cut) => {
        const bytes = write(row as never);
        expect(read(bytesOf([2, ...bytes.subarray(1)]))).toBeUndefined();
        expect(read(bytes.slice(0, cut % bytes.length))).toBeUndefined();
        expect(read(bytesOf([...bytes, 0]))).toBeUndefined();
      }),
      { seed: 2 },
    );
  });

  test('of any bytes is answered', () => {
    fc.assert(
      fc.property(upTo(300), (bytes) => void read(bytesOf([1, ...bytes]))),
      { seed: 3, numRuns: 500 },
    );
  });
});

test('relays read back; a row of them that does not read is no relay, and costs nothing else', () => {
  fc.assert(
    fc.property(relays, upTo(60), (some, any) => {
      expect(decodeRelays(encodeRelays(some))).toEqual(some);
      expect(decodeRelays(bytesOf([1, ...any]))).toBeInstanceOf(Array);
      expect(decodeRelays(any.fill(9))).toEqual([]);
    }),
    { seed: 4 },
  );
});

test('a contact under a key that is no account id is nothing', () => {
  const [row] = fc.sample(contact, { numRuns: 1, seed: 1 });
  expect(decodeContact(bytesOf([1, 2]), encodeContact(row as ContactRow))).toBeUndefined();
});

describe('a store', () => {
  const rows = (some: Partial<ResidentRows>): ResidentRows => ({
    ...(Object.fromEntries(RESIDENT_SPACES.map((space) => [space, []])) as unknown as ResidentRows),
    ...some,
  });

  test('of nothing is a profile that has not begun', () => {
    expect(decodePerson(rows({}))).toMatchObject({ ok: true, value: { identity: undefined, contacts: [], sessions: [] } });
  });

  test.each(['contacts', 'sessions', 'invitations', 'skipped', 'outbox'] as const)('with a damaged row of %s names it', (space) => {
    const damaged = rows({ [space]: [{ key: KEY, value: bytesOf([1, 2, 3]) }] });
    expect(decodePerson(damaged)).toEqual({ ok: false, refusal: { space, key: KEY } });
  });

  test('with a damaged identity names it rather than beginning anew', () => {
    expect(decodePerson(rows({ self: [{ key: IDENTITY_ROW, value: bytesOf([9]) }] }))).toEqual({
      ok: false,
      refusal: { space: 'self', key: IDENTITY_ROW },
    });
  });
});

test('an identity that was begun gives the same keys after it was stored, and its list names this device', () => {
  let count = 0;
  const random = { bytes: (length: number) => new Uint8Array(length).fill(++count) };
  const row = beginIdentity(suite, random, 'Ann', 500_000);
  const [own, again] = [ownFrom(suite, row), ownFrom(suite, decodeIdentity(encodeIdentity(row)) as IdentityRow)];
  expect(again).toEqual(own);
  const list = readDeviceList(suite, new Reader(row.listRecord));
  expect(list.ok && toHex(list.value.account)).toBe(toHex(own.device.account));
  expect(list.ok && list.value.devices).toEqual([
    { signingKey: own.device.signing.publicKey, agreementKey: own.device.agreement.publicKey },
  ]);
  expect(own.transportKey).toBe(toHex(suite.signingPair(row.transportSeed).publicKey));
});
