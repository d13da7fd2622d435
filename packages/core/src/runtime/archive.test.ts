import { beforeAll, describe, expect, test } from 'vitest';
import { MemoryStore } from '../adapters/store-memory/index.ts';
import { ARCHIVE_BYTES_MAX } from '../content/limits.ts';
import { encodeMessage, messageKey, type StoredMessage } from '../conversation/message.ts';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { type AccountId, accountId } from '../identity/account.ts';
import { type Bytes, bytesOf, EMPTY, toHex } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';
import type { Space, Write } from '../node/machine.ts';
import { type ArchiveRecord, decodeRecords, encodeRecords } from '../node/person/archive-records.ts';
import { encodeDevice, encodePrekey, newDevice } from '../node/person/device-rows.ts';
import { beginIdentity, ownFrom } from '../node/person/own.ts';
import {
  type ContactRow,
  encodeContact,
  encodeIdentity,
  encodeInvitation,
  encodeOutbox,
  encodeRelays,
  IDENTITY_ROW,
  type IdentityRow,
  RELAYS_ROW,
} from '../node/person/rows.ts';
import { type Store, StoreFailed } from '../ports/store.ts';
import { encodeSession } from '../session/session.ts';
import { SeededRandom } from '../testing/index.ts';
import { MemoryDeviceKey } from '../testing/memory-device-key.ts';
import { End, makeDevice, makeOffer, TEST_HOUR } from '../testing/session-devices.ts';
import { readArchive, readMessagePieces, withoutKnown } from './archive.ts';
import { ARCHIVED_MESSAGES_MAX, ARCHIVED_PIECES_MAX } from './limits.ts';
import { createVault } from './vault/vault.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const RELAYS = [{ key: new Uint8Array(32).fill(8), addresses: ['/dns4/kith.example/tcp/443/wss'] }];
const filled = (byte: number, length: number): Bytes => new Uint8Array(length).fill(byte);
const put = (space: Space, key: Bytes, value: Bytes): Write => ({ space, key, value });

/** A message of the contact `n`, numbered so that its id says which it is. */
function messageOf(account: Bytes, number: number, sentAtMs: number, more: Partial<StoredMessage> = {}): StoredMessage {
  const id = new Writer(16).raw(new Uint8Array(12)).u32(number).finish();
  const nothing = { state: undefined, fromRemovedDevice: false, expiresAtMs: 0 };
  return { id, account, mine: false, text: `message ${number}`, sentAtMs, ...nothing, ...more };
}

function contactOf(account: AccountId, more: Partial<ContactRow> = {}): ContactRow {
  const nothing = { lastHeardMs: 0, newestMs: 0, unread: [], verified: undefined, news: undefined, introducedBy: undefined };
  return { account, name: 'Bo', metAtMs: 5, listRecord: bytesOf([1, 2]), contactKey: filled(3, 32), relays: RELAYS, ...nothing, ...more };
}

const messageRow = (message: StoredMessage): Write => put('messages', messageKey(message), encodeMessage(message));
const recordOf = (message: StoredMessage): ArchiveRecord => ({ kind: 'message', key: messageKey(message), row: encodeMessage(message) });

/** The identity of a first device whose words still wait to be written down: it has everything that must not leave. */
function identityRow(): IdentityRow {
  return beginIdentity(suite, new SeededRandom('ann'), 'Ann', TEST_HOUR);
}

async function storeOf(kind: 'plain' | 'sealed', rows: readonly Write[]): Promise<Store> {
  const inner = new MemoryStore();
  const ports = { inner, suite, entropy: new SeededRandom('vault'), deviceKey: new MemoryDeviceKey() };
  const store: Store = kind === 'plain' ? inner : (await createVault(ports)).store;
  for (let at = 0; at < rows.length; at += 500) await store.commit(rows.slice(at, at + 500), 'relaxed');
  return store;
}

describe.each(['plain', 'sealed'] as const)('of a %s store', (kind) => {
  const open = (rows: readonly Write[]): Promise<Store> => storeOf(kind, rows);

  test('the archive has profile, contacts, messages as they are kept, and what had not arrived', async () => {
    const identity = identityRow();
    const [bo, cy] = [contactOf(accountId(filled(1, 32)), { verified: 'compared' }), contactOf(accountId(filled(2, 32)), { name: 'Cy' })];
    const heard = messageOf(bo.account, 1, 100);
    const waiting = messageOf(cy.account, 2, 50, { mine: true, state: { kind: 'waiting' } });
    const delivered = messageOf(cy.account, 3, 60, { mine: true, state: { kind: 'delivered', atMs: 70 } });
    const gone = messageOf(cy.account, 4, 70, { mine: true });
    const parts = [{ device: filled(1, 32), envelopeId: filled(2, 32) }];
    const outbox = (message: StoredMessage, isDelivered: boolean): Write =>
      put('outbox', message.id, encodeOutbox({ messageKey: messageKey(message), isDelivered, parts, carriers: [] }));
    const store = await open([
      put('self', IDENTITY_ROW, encodeIdentity(identity)),
      put('self', RELAYS_ROW, encodeRelays(RELAYS)),
      put('contacts', bo.account, encodeContact(bo)),
      put('contacts', cy.account, encodeContact(cy)),
      ...[heard, waiting, delivered].map(messageRow),
      ...[outbox(waiting, false), outbox(delivered, true), outbox(gone, false)],
    ]);

    const records = await readArchive(store, suite);
    const { account } = ownFrom(suite, identity).device;
    const { listRecord, contactKey } = identity;
    expect(records[0]).toEqual({ kind: 'profile', account, name: 'Ann', listRecord, contactKey, relays: RELAYS });
    const contactRecord = ({ account: id, name, verified }: ContactRow): ArchiveRecord => {
      const shared = { metAtMs: 5, listRecord: bytesOf([1, 2]), contactKey: filled(3, 32), relays: RELAYS, spares: [] };
      return { kind: 'contact', account: id, name, verified, ...shared };
    };
    const undelivered: ArchiveRecord = { kind: 'undelivered', id: waiting.id, messageKey: messageKey(waiting) };
    const rest = [contactRecord(bo), contactRecord(cy), recordOf(heard), recordOf(waiting), recordOf(delivered), undelivered];
    expect(records).toHaveLength(1 + rest.length);
    expect(records).toEqual(expect.arrayContaining(rest));
    expect(decodeRecords(encodeRecords(records))).toEqual(records);
  });

  test('pieces hold the newest messages of all conversations first', async () => {
    const accounts = [1, 2, 3].map((byte) => accountId(filled(byte, 32)));
    const messages = Array.from({ length: 1000 }, (_, n) => messageOf(accounts[n % 7 < 4 ? 0 : n % 3] as AccountId, n, 10_000 + n));
    const contacts = accounts.map((account) => put('contacts', account, encodeContact(contactOf(account))));
    const pieces = await readMessagePieces(await open([...contacts, ...messages.map(messageRow)]));
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(ARCHIVE_BYTES_MAX);
    expect(pieces.flatMap((piece) => decodeRecords(piece))).toEqual(messages.toReversed().map(recordOf));
  });

  test('a message that is there already is left out, and not sealed again; everything else stays', async () => {
    const account = accountId(filled(1, 32));
    const messages = Array.from({ length: 450 }, (_, n) => messageOf(account, n, n, { mine: true }));
    const undelivered = messages.map(
      (message): ArchiveRecord => ({ kind: 'undelivered', id: message.id, messageKey: messageKey(message) }),
    );
    const { verified, name, listRecord, contactKey } = contactOf(account);
    const contact: ArchiveRecord = { kind: 'contact', account, name, metAtMs: 5, listRecord, contactKey, relays: [], verified, spares: [] };
    const store = await open(messages.filter((_, n) => n % 3 === 0).map(messageRow));
    const left = await withoutKnown(store, [contact, ...messages.map(recordOf), ...undelivered]);
    const isMissing = (_: unknown, n: number): boolean => n % 3 !== 0;
    expect(left).toEqual([contact, ...messages.map(recordOf).filter(isMissing), ...undelivered.filter(isMissing)]);
  });

  test('there is no archive of a store without a profile', async () => {
    const store = await open([]);
    expect(await readArchive(store, suite)).toEqual([]);
    expect(await readMessagePieces(store)).toEqual([]);
    expect(await withoutKnown(store, [])).toEqual([]);
  });
});

test('no root, no seed, and nothing of a session, an invitation or a prekey is anywhere in an archive', async () => {
  const random = new SeededRandom('secrets');
  const secret = (): Bytes => random.bytes(32);
  const identity = identityRow();
  const me = makeDevice(suite, random);
  const bo = makeDevice(suite, random);
  const { session } = End.open(suite, random, me, makeOffer(suite, random, bo));
  const prekey = { occasion: 'spare', seed: secret(), secret: secret(), whom: bo.signing.publicKey, madeHour: 1, sessions: [] } as const;
  const nobody = { usedBy: undefined, pinned: undefined, introducedBy: undefined, isScanned: false } as const;
  const invitation = { kind: 'made', secret: secret(), prekeySeed: secret(), expiryHour: 1, ...nobody } as const;
  const account = accountId(bo.account);
  const device = { ...newDevice(bo.signing.publicKey, account, 1), sessionId: session.id, spares: [random.bytes(1300)] };
  const store = await storeOf('plain', [
    put('self', IDENTITY_ROW, encodeIdentity(identity)),
    put('contacts', account, encodeContact(contactOf(account, { listRecord: bo.listRecord }))),
    put('devices', device.signingKey, encodeDevice(device)),
    put('sessions', session.id, encodeSession(session)),
    put('prekeys', random.bytes(16), encodePrekey({ id: EMPTY, ...prekey })),
    put('invitations', random.bytes(16), encodeInvitation(invitation)),
    messageRow(messageOf(account, 1, 100)),
  ]);
  const archive = toHex(encodeRecords(await readArchive(store, suite)));
  const pieces = (await readMessagePieces(store)).map(toHex).join();

  const { ratchet } = session;
  const secrets: Record<string, Bytes> = {
    accountSeed: identity.accountSeed,
    rootSeed: identity.rootSeed,
    signingSeed: identity.signingSeed,
    agreementSeed: identity.agreementSeed,
    transportSeed: identity.transportSeed,
    signingKey: suite.signingPair(identity.signingSeed).secretKey,
    rootKey: ratchet.rootKey,
    ratchetKey: ratchet.mine.secretKey,
    sendingHeaderKey: ratchet.nextSendingHeaderKey,
    receivingHeaderKey: ratchet.nextReceivingHeaderKey,
    sessionId: session.id,
    prekeySeed: prekey.seed,
    prekeySecret: prekey.secret,
    invitationSecret: invitation.secret,
    invitationSeed: invitation.prekeySeed,
    spare: device.spares[0] as Bytes,
  };
  for (const [name, bytes] of Object.entries(secrets)) {
    expect(bytes.length, name).toBeGreaterThanOrEqual(16);
    expect(archive.includes(toHex(bytes)), name).toBe(false);
    expect(pieces.includes(toHex(bytes)), name).toBe(false);
  }
  // What is looked for would be found: the contact key does leave.
  expect(archive.includes(toHex(identity.contactKey))).toBe(true);
});

describe('a device that is linked is handed', () => {
  const account = accountId(filled(1, 32));
  const rowsWith = (count: number, text: string): readonly Write[] => [
    put('contacts', account, encodeContact(contactOf(account))),
    ...Array.from({ length: count }, (_, n) => messageRow(messageOf(account, n, n, { text }))),
  ];

  test(`at most ${ARCHIVED_MESSAGES_MAX} messages, the newest`, async () => {
    const store = await storeOf('plain', rowsWith(ARCHIVED_MESSAGES_MAX + 5, ''));
    const records = (await readMessagePieces(store)).flatMap((piece) => decodeRecords(piece) ?? []);
    expect(records).toHaveLength(ARCHIVED_MESSAGES_MAX);
    expect(records.at(-1)).toEqual(recordOf(messageOf(account, 5, 5, { text: '' })));
  });

  test(`at most ${ARCHIVED_PIECES_MAX} pieces, however long the messages are`, async () => {
    // Two of them never fit one piece.
    const store = await storeOf('plain', rowsWith(1200, 'x'.repeat(13_100)));
    const pieces = await readMessagePieces(store);
    expect(pieces.length).toBeGreaterThan(ARCHIVED_PIECES_MAX / 2);
    expect(pieces.length).toBeLessThanOrEqual(ARCHIVED_PIECES_MAX);
  });
});

test.each(['contacts', 'outbox'] as const)('a damaged row of %s is named, not left out in silence', async (space) => {
  const store = await storeOf('plain', [
    put('self', IDENTITY_ROW, encodeIdentity(identityRow())),
    put(space, filled(space === 'outbox' ? 5 : 6, 16), bytesOf([9])),
  ]);
  await expect(readArchive(store, suite)).rejects.toThrow(StoreFailed);
});

test('a damaged identity is not taken for a store without a profile', async () => {
  const store = await storeOf('plain', [put('self', IDENTITY_ROW, bytesOf([9]))]);
  await expect(readArchive(store, suite)).rejects.toThrow('identity');
});
