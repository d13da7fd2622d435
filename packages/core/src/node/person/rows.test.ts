import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeRelay } from '../../content/card.ts';
import { CARD_ADDRESSES_MAX } from '../../content/limits.ts';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { accountId, rootSeed } from '../../identity/account.ts';
import { readDeviceList } from '../../identity/device-list.ts';
import { type Bytes, bytesOf, EMPTY, toHex } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { encodeSession, type Session } from '../../session/session.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { End, makeDevice, makeOffer, TEST_HOUR } from '../../testing/session-devices.ts';
import { encodeDeposit, encodeDevice, encodePrekey, newDevice } from './device-rows.ts';
import { beginIdentity, ownFrom } from './own.ts';
import {
  type ContactRow,
  DEPOSIT_ROW,
  decodeContact,
  decodeIdentity,
  decodeInvitation,
  decodeOutbox,
  decodePull,
  decodeRelays,
  encodeContact,
  encodeIdentity,
  encodeInvitation,
  encodeOutbox,
  encodePull,
  encodeRelays,
  IDENTITY_ROW,
  type IdentityRow,
  type InvitationRow,
  type OutboxRow,
  PULL_ROW,
  RELAYS_ROW,
} from './rows.ts';
import {
  decodePerson,
  decodeSkipped,
  encodeSkipped,
  type PersonRows,
  RESIDENT_SPACES,
  type ResidentRows,
  type SkippedRow,
} from './stored.ts';
import type { ContactNews } from './views.ts';

const KEY = new Uint8Array(32).fill(7);

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

function rowsOf(some: Partial<ResidentRows>): ResidentRows {
  return { ...(Object.fromEntries(RESIDENT_SPACES.map((space) => [space, []])) as unknown as ResidentRows), ...some };
}

function counted() {
  let count = 0;
  return { bytes: (length: number) => new Uint8Array(length).fill(++count) };
}

/** A session with somebody, as whoever opened it keeps it. */
function someSession(): Session {
  const random = new SeededRandom('session');
  return End.open(suite, random, makeDevice(suite, random), makeOffer(suite, random, makeDevice(suite, random))).session;
}

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesOf);
const upTo = (length: number) => fc.uint8Array({ maxLength: length }).map(bytesOf);
const orEmpty = (length: number) => fc.oneof(fixed(length), fixed(0));
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
  accountSeed: orEmpty(32),
  rootSeed: orEmpty(32),
  signingSeed: fixed(32),
  agreementSeed: fixed(32),
  transportSeed: fixed(32),
  listRecord: upTo(300),
  contactKey: fixed(32),
  removed: fc.array(fc.record({ signingKey: fixed(32), isStolen: fc.boolean() }), { maxLength: 4 }),
});
const news: fc.Arbitrary<ContactNews> = fc.record({
  kind: fc.constantFrom('new-device', 'root-rotated', 'root-unknown'),
  atMs: fc.maxSafeNat(),
});
const contact: fc.Arbitrary<ContactRow> = fc.record({
  account: fc.constant(accountId(KEY)),
  name: words,
  metAtMs: fc.maxSafeNat(),
  lastHeardMs: fc.maxSafeNat(),
  newestMs: fc.maxSafeNat(),
  listRecord: upTo(300),
  contactKey: orEmpty(32),
  relays,
  unread: fc.array(fixed(16), { maxLength: 6 }),
  verified: fc.constantFrom<ContactRow['verified']>(undefined, 'scanned', 'compared'),
  news: fc.option(news, { nil: undefined }),
  introducedBy: fc.option(account, { nil: undefined }),
});
const invitation: fc.Arbitrary<InvitationRow> = fc.oneof(
  fc.record({
    kind: fc.constant('made'),
    secret: fixed(32),
    prekeySeed: orEmpty(32),
    expiryHour: hour,
    usedBy: fc.option(fixed(16), { nil: undefined }),
    pinned: fc.option(account, { nil: undefined }),
    isScanned: fc.boolean(),
    introducedBy: fc.option(account, { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('taken'),
    secret: fixed(32),
    expiryHour: hour,
    account,
    bundleHash: fixed(32),
    transportKey: fixed(32),
    relays,
    isScanned: fc.boolean(),
    takenAtMs: fc.maxSafeNat(),
    introducedBy: fc.option(account, { nil: undefined }),
  }),
);
const outbox: fc.Arbitrary<OutboxRow> = fc.record({
  messageKey: fixed(57),
  isDelivered: fc.boolean(),
  parts: fc.array(fc.record({ device: fixed(32), envelopeId: fixed(32) }), { maxLength: 4 }),
  carriers: fc.array(fixed(32), { maxLength: 5 }),
});
const skipped: fc.Arbitrary<SkippedRow> = fc.record({ session: fixed(16), isFirst: fc.boolean(), messageKey: fixed(32), keptHour: hour });

interface Kind {
  readonly name: string;
  readonly version: number;
  readonly any: fc.Arbitrary<unknown>;
  readonly write: (value: never) => Bytes;
  readonly read: (bytes: Bytes) => unknown;
}

const kinds: readonly Kind[] = [
  { name: 'an identity', version: 2, any: identity, write: encodeIdentity, read: (bytes) => decodeIdentity(suite, bytes) },
  { name: 'a contact', version: 4, any: contact, write: encodeContact, read: (bytes) => decodeContact(KEY, bytes)?.row },
  { name: 'an invitation', version: 3, any: invitation, write: encodeInvitation, read: decodeInvitation },
  { name: 'an outbox entry', version: 2, any: outbox, write: encodeOutbox, read: decodeOutbox },
  { name: 'a skipped key', version: 1, any: skipped, write: encodeSkipped, read: decodeSkipped },
];

describe.each(kinds)('the row of $name', ({ version, any, write, read }) => {
  test('reads back as it was written, and begins with its version', () => {
    fc.assert(
      fc.property(any, (row) => {
        const bytes = write(row as never);
        expect(read(bytes)).toEqual(row);
        expect(bytes[0]).toBe(version);
      }),
      { seed: 1 },
    );
  });

  test('of an unknown version, cut short or longer is nothing', () => {
    fc.assert(
      fc.property(any, fc.nat(1000), (row, cut) => {
        const bytes = write(row as never);
        expect(read(bytesOf([0, ...bytes.subarray(1)]))).toBeUndefined();
        expect(read(bytesOf([version + 1, ...bytes.subarray(1)]))).toBeUndefined();
        expect(read(bytes.slice(0, cut % bytes.length))).toBeUndefined();
        expect(read(bytesOf([...bytes, 0]))).toBeUndefined();
      }),
      { seed: 2 },
    );
  });

  test('of any bytes is answered, in every version there was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: version }), upTo(300), (some, bytes) => void read(bytesOf([some, ...bytes]))),
      { seed: 3, numRuns: 500 },
    );
  });
});

/** Rows as version 1 wrote them, by hand: its writer is gone. */
describe('a row of version 1', () => {
  const none: readonly { key: Bytes; addresses: readonly string[] }[] = [];
  const relayed = (writer: Writer, some: readonly { key: Bytes; addresses: readonly string[] }[]): Writer => {
    writer.u8(some.length);
    for (const one of some) writeRelay(writer, one);
    return writer;
  };
  const isWhole = (bytes: Bytes, read: (bytes: Bytes) => unknown): void => {
    for (let length = 0; length < bytes.length; length++) expect(read(bytes.slice(0, length))).toBeUndefined();
    expect(read(bytesOf([...bytes, 0]))).toBeUndefined();
  };

  test('of an identity kept the seed alone: its first root and a contact key follow from it, the same each time', () => {
    fc.assert(
      fc.property(
        words,
        fixed(32),
        fixed(32),
        fixed(32),
        fixed(32),
        upTo(200),
        (name, accountSeed, signing, agreement, transport, list) => {
          const bytes = new Writer(400)
            .u8(1)
            .text16(name)
            .raw(accountSeed)
            .raw(signing)
            .raw(agreement)
            .raw(transport)
            .bytes16(list)
            .finish();
          const row = decodeIdentity(suite, bytes);
          const seeds = { signingSeed: signing, agreementSeed: agreement, transportSeed: transport };
          expect(row).toMatchObject({ name, accountSeed, ...seeds, listRecord: list, removed: [] });
          expect(row?.rootSeed).toEqual(rootSeed(suite, accountSeed, 0));
          expect(row?.contactKey.length).toBe(32);
          expect(row?.contactKey).not.toEqual(accountSeed);
          expect(decodeIdentity(suite, bytes)).toEqual(row);
          expect(decodeIdentity(suite, encodeIdentity(row as IdentityRow))).toEqual(row);
        },
      ),
      { seed: 5, numRuns: 20 },
    );
    const bytes = new Writer(400)
      .u8(1)
      .text16('Ann')
      .raw(new Uint8Array(32 * 4))
      .bytes16(EMPTY)
      .finish();
    expect(decodeIdentity(suite, bytes)).toBeDefined();
    isWhole(bytes, (some) => decodeIdentity(suite, some));
  });

  const contactOfOne = (sessionId: Bytes, transport: Bytes, some = none, unread: readonly Bytes[] = []): Bytes => {
    const writer = new Writer(400)
      .u8(1)
      .text16('Bo')
      .u64(1000)
      .u64(2000)
      .raw(sessionId)
      .raw(transport)
      .bytes16(bytesOf([1, 2, 3]));
    relayed(writer, some).u16(unread.length);
    for (const id of unread) writer.raw(id);
    return writer.finish();
  };

  test('of a contact had one device, with its session in the row', () => {
    fc.assert(
      fc.property(fixed(16), fixed(32), relays, fc.array(fixed(16), { maxLength: 4 }), (sessionId, transport, some, unread) => {
        const found = decodeContact(KEY, contactOfOne(sessionId, transport, some, unread));
        expect(found?.oneDevice).toEqual({ sessionId });
        const nothing = { listRecord: EMPTY, contactKey: EMPTY, verified: undefined, news: undefined, introducedBy: undefined };
        const row = {
          account: KEY,
          name: 'Bo',
          metAtMs: 1000,
          lastHeardMs: 2000,
          newestMs: Number.MAX_SAFE_INTEGER,
          relays: some,
          unread,
          ...nothing,
        };
        expect(found?.row).toEqual(row);
      }),
      { seed: 6, numRuns: 30 },
    );
    isWhole(contactOfOne(new Uint8Array(16), KEY), (bytes) => decodeContact(KEY, bytes));
  });

  test('of an invitation made reads as it does now', () => {
    fc.assert(
      fc.property(invitation, (row) => {
        if (row.kind !== 'made') return;
        const old = { ...row, pinned: undefined, isScanned: false, introducedBy: undefined };
        const bytes = encodeInvitation(old);
        for (const version of [1, 2]) expect(decodeInvitation(bytesOf([version, ...bytes.subarray(1, -5)]))).toEqual(old);
      }),
      { seed: 7 },
    );
  });

  test('of an invitation taken up was not scanned, and was answered', () => {
    fc.assert(
      fc.property(invitation, (row) => {
        if (row.kind !== 'taken') return;
        const writer = new Writer(200).u8(1).u8(1).raw(row.secret).u32(row.expiryHour).raw(row.account).raw(row.bundleHash);
        const bytes = relayed(writer.raw(row.transportKey), row.relays).finish();
        expect(decodeInvitation(bytes)).toEqual({ ...row, isScanned: false, takenAtMs: 0, introducedBy: undefined });
      }),
      { seed: 8 },
    );
  });

  test('of the outbox has one part, for a device of which only the envelope is known', () => {
    const [key, envelopeId] = [new Uint8Array(57).fill(1), new Uint8Array(32).fill(2)];
    const bytes = new Writer(200).u8(1).bytes16(key).raw(envelopeId).u8(1).raw(KEY).finish();
    const parts = [{ device: new Uint8Array(32), envelopeId }];
    expect(decodeOutbox(bytes)).toEqual({ messageKey: key, isDelivered: false, parts, carriers: [KEY] });
    isWhole(bytes, decodeOutbox);
  });

  describe('of a contact, in a store', () => {
    const stored = (sessions: readonly Session[], sessionId: Bytes): PersonRows => {
      const contacts = [{ key: KEY, value: contactOfOne(sessionId, new Uint8Array(32).fill(5)) }];
      const found = decodePerson(
        suite,
        rowsOf({ contacts, sessions: sessions.map((session) => ({ key: session.id, value: encodeSession(session) })) }),
      );
      if (!found.ok) throw new Error(`${found.refusal.space} is damaged`);
      return found.value;
    };

    test('becomes a contact and the device at the other end of its session, which is to be written', () => {
      const session = someSession();
      const found = stored([session], session.id);
      const device = {
        ...newDevice(session.peerSigningKey, accountId(KEY), 1000),
        sessionId: session.id,
      };
      expect(found.migrated).toEqual([device]);
      expect(found.devices).toEqual([device]);
      expect(found.contacts).toHaveLength(1);
    });

    test('without its session has no device, and stays a contact', () => {
      const found = stored([someSession()], new Uint8Array(16).fill(9));
      expect(found).toMatchObject({ migrated: [], devices: [] });
      expect(found.contacts).toHaveLength(1);
    });
  });
});

test('in a contact of before version 4 texts may stand anywhere; of version 2, nobody brought us together', () => {
  fc.assert(
    fc.property(contact, (row) => {
      const third = { ...row, newestMs: Number.MAX_SAFE_INTEGER };
      expect(decodeContact(KEY, bytesOf([3, ...encodeContact(row).subarray(1, -8)]))?.row).toEqual(third);
      const second = { ...third, introducedBy: undefined };
      expect(decodeContact(KEY, bytesOf([2, ...encodeContact(second).subarray(1, -10)]))?.row).toEqual(second);
    }),
    { seed: 9, numRuns: 50 },
  );
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
  test('of nothing is a profile that has not begun', () => {
    const nothing = { identity: undefined, relays: [], deposit: undefined, contacts: [], devices: [], sessions: [], prekeys: [] };
    expect(decodePerson(suite, rowsOf({}))).toMatchObject({ ok: true, value: nothing });
  });

  const DAMAGED = ['contacts', 'devices', 'prekeys', 'sessions', 'invitations', 'skipped', 'outbox'] as const;
  test.each(DAMAGED)('with a damaged row of %s names it', (space) => {
    const damaged = rowsOf({ [space]: [{ key: KEY, value: bytesOf([1, 2, 3]) }] });
    expect(decodePerson(suite, damaged)).toEqual({ ok: false, refusal: { space, key: KEY } });
  });

  test('with a damaged identity names it rather than beginning anew', () => {
    expect(decodePerson(suite, rowsOf({ self: [{ key: IDENTITY_ROW, value: bytesOf([9]) }] }))).toEqual({
      ok: false,
      refusal: { space: 'self', key: IDENTITY_ROW },
    });
  });

  test('is read whole: identity, relays, deposit, devices and prekeys', () => {
    const [row, device] = [beginIdentity(suite, counted(), 'Ann', TEST_HOUR), newDevice(KEY, accountId(KEY), 3)];
    const prekeyId = new Uint8Array(16).fill(4);
    const whom = { occasion: 'spare', seed: KEY, secret: KEY, whom: KEY, madeHour: 1, sessions: [] } as const;
    const [prekeys, deposit] = [
      { id: prekeyId, ...whom },
      { period: 7, slot: 2, about: KEY, envelopeId: KEY },
    ];
    const ownRelays = [{ key: KEY, addresses: ['/ip4/192.0.2.1/tcp/4001'] }];
    const found = decodePerson(
      suite,
      rowsOf({
        self: [
          { key: IDENTITY_ROW, value: encodeIdentity(row) },
          { key: RELAYS_ROW, value: encodeRelays(ownRelays) },
          { key: DEPOSIT_ROW, value: encodeDeposit(deposit) },
        ],
        devices: [{ key: KEY, value: encodeDevice(device) }],
        prekeys: [{ key: prekeyId, value: encodePrekey(prekeys) }],
      }),
    );
    const value = { identity: row, relays: ownRelays, deposit, devices: [device], prekeys: [prekeys], migrated: [] };
    expect(found).toMatchObject({ ok: true, value });
  });
});

test('an identity that was begun gives the same keys after it was stored, and its list names this device', () => {
  const row = beginIdentity(suite, counted(), 'Ann', TEST_HOUR);
  const [own, again] = [ownFrom(suite, row), ownFrom(suite, decodeIdentity(suite, encodeIdentity(row)) as IdentityRow)];
  expect(again).toEqual(own);
  const list = readDeviceList(suite, new Reader(row.listRecord));
  expect(list.ok && toHex(list.value.account)).toBe(toHex(own.device.account));
  expect(list.ok && list.value.devices).toEqual([
    { signingKey: own.device.signing.publicKey, agreementKey: own.device.agreement.publicKey },
  ]);
});

test('how mail is asked for reads back; a row that does not read asks for everything', () => {
  for (const pull of ['cover', 'ferry', 'mailbox'] as const) expect(decodePull(encodePull(pull))).toBe(pull);
  for (const any of [[], [1], [2, 1], [1, 3], [1, 1, 0], [0, 1]]) expect(decodePull(bytesOf(any))).toBe('cover');
  expect(decodePerson(suite, rowsOf({ self: [{ key: PULL_ROW, value: encodePull('mailbox') }] }))).toMatchObject({
    value: { pull: 'mailbox' },
  });
  expect(decodePerson(suite, rowsOf({}))).toMatchObject({ value: { pull: 'cover' } });
});
