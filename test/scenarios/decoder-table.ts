/**
 * Every function of the core that reads bytes or text it did not write, each with examples that it takes. `decoders.test.ts` turns the
 * examples into what a stranger might send; a new decoder that has no line here, and no reason not to, fails that test.
 * Long because it is one table: a line for each decoder there is.
 */
import { readToLink, readToNode } from '../../packages/core/src/adapters/link-message-port/messages.ts';
import { decodePlace, encodePlace, encodeRecord, readRecord } from '../../packages/core/src/adapters/store-leveldb/segment-record.ts';
import { decodeSegment, segmentKey } from '../../packages/core/src/adapters/store-leveldb/segment-table.ts';
import { readRelay, writeRelay } from '../../packages/core/src/content/card.ts';
import { decodeContent, encodeContent } from '../../packages/core/src/content/content.ts';
import { decodeMessage, encodeMessage, messageKey } from '../../packages/core/src/conversation/message.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import {
  checkPurgeToken,
  encodeHeader,
  headerFor,
  makeEnvelope,
  makePurgeToken,
  purgeHashOf,
  readEnvelope,
} from '../../packages/core/src/envelope/envelope.ts';
import { pad, unpad } from '../../packages/core/src/envelope/padding.ts';
import { decodeCarried, encodeCarried, NOBODY } from '../../packages/core/src/gossip/carried.ts';
import { decodeFrame, encodeFrame, type Frame, giveHead, pushHead } from '../../packages/core/src/gossip/frames.ts';
import { emptyCells } from '../../packages/core/src/gossip/reconcile/cells.ts';
import { Sketch } from '../../packages/core/src/gossip/reconcile/sketch.ts';
import { encodeCells, readCells } from '../../packages/core/src/gossip/reconcile/wire.ts';
import { accountId, commitmentTo, rootPair } from '../../packages/core/src/identity/account.ts';
import { prekeysFrom, publicPrekeys, readBundle, readPrekeys, signBundle, writePrekeys } from '../../packages/core/src/identity/bundle.ts';
import { bytesOfCode } from '../../packages/core/src/identity/code-text.ts';
import { openUnderContactKey, sealUnderContactKey } from '../../packages/core/src/identity/contact-key.ts';
import {
  linkCodeText,
  openLinkBundle,
  readLinkBundle,
  readLinkCode,
  sealLinkBundle,
  signLinkBundle,
} from '../../packages/core/src/identity/device-code.ts';
import { readDeviceList, readListRecord, signDeviceList, succession } from '../../packages/core/src/identity/device-list.ts';
import { encodeEquivocation, readEquivocation } from '../../packages/core/src/identity/list-judgement.ts';
import { readSpare, signSpare } from '../../packages/core/src/identity/prekey-offer.ts';
import { seedFrom, wordsOf } from '../../packages/core/src/identity/recovery-words.ts';
import { readSafetyCode, safetyCodeText } from '../../packages/core/src/identity/safety-number.ts';
import { type Bytes, concat, EMPTY, fromBase64Url, fromHex, toBase64Url, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { Reader, Writer } from '../../packages/core/src/kernel/codec.ts';
import type { Random } from '../../packages/core/src/kernel/random.ts';
import { decodeUtf8, encodeUtf8 } from '../../packages/core/src/kernel/utf8.ts';
import { decodeRecords, encodeRecords } from '../../packages/core/src/node/person/archive-records.ts';
import {
  decodeDeposit,
  decodeDevice,
  decodePrekey,
  encodeDeposit,
  encodeDevice,
  encodePrekey,
} from '../../packages/core/src/node/person/device-rows.ts';
import {
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
} from '../../packages/core/src/node/person/rows.ts';
import { decodeSkipped, encodeSkipped } from '../../packages/core/src/node/person/stored.ts';
import {
  invitationText,
  openBundle,
  openHello,
  readInvitation,
  sealBundle,
  sealHello,
} from '../../packages/core/src/rendezvous/invitation.ts';
import { bundleFile, readBundleFile } from '../../packages/core/src/runtime/bundle.ts';
import { decodeSlots, emptySlots, encodeSlots, fillSlot, openSlot, type Slots } from '../../packages/core/src/runtime/vault/slots.ts';
import { openState, sealState } from '../../packages/core/src/runtime/vault/state.ts';
import { type OwnDevice, readOpening, targetOf } from '../../packages/core/src/session/handshake.ts';
import { openHeader, sealHeader } from '../../packages/core/src/session/header.ts';
import {
  beginPostQuantum,
  encodeExtension,
  readExtension,
  readPostQuantum,
  writePostQuantum,
} from '../../packages/core/src/session/post-quantum.ts';
import { openWithKey } from '../../packages/core/src/session/ratchet.ts';
import {
  acceptSession,
  decodeSession,
  encodeSession,
  openFirst,
  openNext,
  openSession,
  openSkipped,
  type Session,
  sealNext,
} from '../../packages/core/src/session/session.ts';
import { plainHello } from '../../packages/core/src/testing/gossip-holder.ts';

export interface Decoder {
  /** Where it stands, under packages/core/src, and its name. */
  readonly at: string;
  /** What it takes. */
  readonly examples: readonly Bytes[];
  read(bytes: Bytes): unknown;
  /** What is left of an example may still be something to it. */
  readonly takesParts?: true;
  /** Bytes it may set aside beyond a multiple of its input, if more than usual; with the reason. */
  readonly spare?: { readonly bytes: number; readonly reason: string };
}

export const HOUR = 500_000;
const NOW_MS = HOUR * 3_600_000;
const HEADER = counting(44, 1);
const OCCASION = { purpose: 'invitation', secret: counting(32, 30) } as const;
const KEY_EXCHANGE = { bytes: 200_000, reason: 'four agreements and ML-KEM-768, the same for every input' };

export function counting(length: number, first: number): Bytes {
  return Uint8Array.from({ length }, (_, i) => (first + i) & 255);
}

class Counting implements Random {
  #next = 1;

  bytes(length: number): Bytes {
    this.#next += 31;
    return counting(length, this.#next);
  }
}

/** Text that came as bytes: a letter for each. */
function textOf(bytes: Bytes): string {
  return [...bytes].map((byte) => String.fromCharCode(byte)).join('');
}

export function person(suite: Suite, first: number) {
  const seed = counting(32, first);
  const [root, next] = [rootPair(suite, seed, 0), rootPair(suite, seed, 1)];
  const [signing, agreement] = [suite.signingPair(counting(32, first + 1)), suite.agreementPair(counting(32, first + 2))];
  const mine = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
  const list = {
    rootIndex: 0,
    sequence: HOUR,
    previousHash: new Uint8Array(32),
    minimumSuite: 1,
    devices: [mine],
    rootKey: root.publicKey,
    nextRootCommitment: commitmentTo(suite, next.publicKey),
  };
  const listRecord = signDeviceList(suite, list, root.secretKey);
  const read = readDeviceList(suite, new Reader(listRecord));
  if (!read.ok) throw new Error(read.refusal.kind);
  const prekeys = prekeysFrom(suite, counting(32, first + 3));
  const device: OwnDevice = { account: read.value.account, listRecord, signing, agreement };
  const bundle = signBundle(suite, listRecord, mine, signing.secretKey, prekeys, HOUR + 100);
  return { seed, root, next, list, mine, device, prekeys, bundle };
}

export type Person = ReturnType<typeof person>;

function laterList(suite: Suite, it: Person): Bytes {
  const lineage = succession(suite, it.seed, 2);
  const root = rootPair(suite, it.seed, 2);
  const nextRootCommitment = commitmentTo(suite, rootPair(suite, it.seed, 3).publicKey);
  return signDeviceList(suite, { ...it.list, rootIndex: 2, lineage, rootKey: root.publicKey, nextRootCommitment }, root.secretKey);
}

/** Ann's session before Bo's first message, Bo's message, an answer, and what each side then holds. */
function sessions(suite: Suite, ann: Person, bo: Person) {
  const random = new Counting();
  const read = readBundle(suite, ann.bundle, HOUR);
  const opened = read.ok ? openSession(suite, random, bo.device, targetOf(read.value), OCCASION, HOUR) : read;
  if (!opened.ok) throw new Error(opened.refusal.kind);
  const firstSealing = sealNext(suite, random, opened.value, HOUR);
  const first = firstSealing.seal(HEADER, pad(EMPTY, firstSealing.overheadBytes) as Bytes);
  const accepted = acceptSession(suite, ann.device, ann.prekeys, OCCASION, first, HOUR);
  if (!accepted.ok) throw new Error(accepted.refusal.kind);
  const before = accepted.value.session;
  const heard = openFirst(suite, before, { number: 0, nowHour: HOUR }, HEADER, first);
  if (!heard.ok) throw new Error(heard.refusal.kind);
  const answerSealing = sealNext(suite, random, heard.value.session, HOUR);
  const answer = answerSealing.seal(HEADER, pad(EMPTY, answerSealing.overheadBytes) as Bytes);
  return { bo: firstSealing.session, before, first, answer, heard: answerSealing.session satisfies Session };
}

function framesOf(): readonly Bytes[] {
  const [id, tag] = [counting(32, 90), counting(16, 91)];
  const said: readonly Exclude<Frame, { kind: 'give' | 'push' }>[] = [
    plainHello(),
    { kind: 'have', entries: [{ id, tag, class: 1, size: 3, copies: 4 }] },
    { kind: 'want', ids: [id, counting(32, 92)] },
    { kind: 'results', results: [{ id, result: 'accepted' }] },
    { kind: 'forget', tokens: [counting(108, 93)] },
    { kind: 'tags', replace: true, tags: [tag] },
    { kind: 'announce', ids: [id] },
    { kind: 'graft', ids: [id, id] },
    { kind: 'prune', hops: 4 },
    { kind: 'sketch', set: 'tokens', size: 70_000, digest: id, salt: tag, exceptions: [id] },
    { kind: 'symbols', set: 'held', cells: counting(40, 95) },
    { kind: 'stop', set: 'held', isDecoded: true },
    { kind: 'lacks', set: 'tokens', shorts: [counting(8, 96)] },
    { kind: 'upto', cursor: { incarnation: counting(8, 97), number: 5 } },
    { kind: 'stamp', nonce: 70_000, ids: [id] },
  ];
  const handed = [giveHead(4, 300), pushHead(2, 4, 300)].map((head) => concat(head, counting(300, 94)));
  return [...said.map((frame) => encodeFrame(frame)), ...handed];
}

function contents(listRecord: Bytes): readonly Bytes[] {
  const [id, key] = [counting(16, 1), counting(32, 2)];
  const relays = [{ key, addresses: ['/ip4/192.0.2.1/tcp/1/ws', '/a'] }];
  return [
    encodeContent({ kind: 'text', id, sentAtMs: NOW_MS, text: 'Grüße 👋' }),
    encodeContent({ kind: 'receipt', what: 'read', atMs: NOW_MS, messages: [id, id] }),
    encodeContent({ kind: 'card', name: 'Bö', transportKey: key, relays }),
    encodeContent({ kind: 'keys', contactKey: key, listRecord, spares: [key], removed: [{ signingKey: key, isStolen: true }] }),
    encodeContent({ kind: 'sync', account: key, said: id }),
    encodeContent({ kind: 'archive', part: 1, parts: 2, records: key }),
    encodeContent({ kind: 'comparison', step: 'commit', bytes: key }),
    encodeContent({ kind: 'linking', step: 'welcome', bytes: key }),
    encodeContent({ kind: 'anew', lost: [id, id] }),
  ];
}

function meshDecoders(suite: Suite): readonly Decoder[] {
  const purgeKey = counting(32, 80);
  const header = headerFor(counting(16, 81), purgeHashOf(suite, purgeKey), 2, NOW_MS);
  const envelope = makeEnvelope(suite, header, encodeHeader(header), counting(256, 82));
  const id = counting(32, 5);
  const segmentRecord = encodeRecord(id, counting(5000, 8));
  const segmentPlace = { segment: 1, at: 0, bytes: segmentRecord.bytes.length, checksum: segmentRecord.checksum };
  const sketch = new Sketch(suite, counting(16, 6));
  for (const n of [1, 2, 3]) sketch.add(counting(32, n));
  const carried = encodeCarried({
    id,
    tag: counting(16, 1),
    class: 1,
    size: 2,
    expiryHour: HOUR,
    own: true,
    copies: 3,
    ageHours: 4,
    arrivedHour: HOUR,
    depositor: NOBODY,
    tier: 'own',
  });
  return [
    { at: 'envelope/envelope.ts readEnvelope', examples: [envelope.bytes], read: (bytes) => readEnvelope(suite, bytes) },
    {
      at: 'envelope/envelope.ts checkPurgeToken',
      examples: [makePurgeToken(suite, envelope, purgeKey)],
      read: (bytes) => checkPurgeToken(suite, bytes),
    },
    { at: 'envelope/padding.ts unpad', examples: [pad(counting(40, 1), 0) as Bytes], read: unpad, takesParts: true },
    { at: 'gossip/frames.ts decodeFrame', examples: framesOf(), read: decodeFrame, takesParts: true },
    {
      at: 'adapters/store-leveldb/segment-record.ts readRecord',
      examples: [segmentRecord.bytes],
      read: (bytes) => readRecord(bytes, id, segmentPlace),
    },
    { at: 'adapters/store-leveldb/segment-record.ts decodePlace', examples: [encodePlace(segmentPlace)], read: decodePlace },
    {
      at: 'adapters/store-leveldb/segment-table.ts decodeSegment',
      examples: [counting(8, 3)],
      read: (bytes) => decodeSegment(segmentKey(7), bytes),
    },
    {
      at: 'gossip/reconcile/wire.ts readCells',
      examples: [encodeCells(sketch.snapshot(), 0, 40)],
      read: (bytes) => readCells(bytes, 3, emptyCells(), 0),
      takesParts: true,
      spare: { bytes: 4096 * 16, reason: 'the cells of a whole stream, which the reader of one piece is given' },
    },
    { at: 'gossip/carried.ts decodeCarried', examples: [carried], read: (bytes) => decodeCarried(id, bytes) },
  ];
}

function identityDecoders(suite: Suite, ann: Person, bo: Person): readonly Decoder[] {
  const later = laterList(suite, ann);
  const other = signDeviceList(suite, { ...ann.list, devices: [bo.mine] }, ann.root.secretKey);
  const [secret, nonce] = [counting(32, 7), counting(24, 8)];
  const [account, about] = [accountId(counting(32, 1)), accountId(counting(32, 2))];
  const relays = [{ key: secret, address: '/ip4/192.0.2.1/tcp/1/ws' }];
  const link = { secret, bundleHash: secret, transportKey: secret, expiryHour: HOUR, relays };
  const invitation = { account, secret, bundleHash: secret, transportKey: secret, expiryHour: HOUR, relays };
  const { signing } = ann.device;
  return [
    {
      at: 'identity/device-list.ts readDeviceList',
      examples: [ann.device.listRecord, later],
      read: (bytes) => {
        const reader = new Reader(bytes);
        const list = readDeviceList(suite, reader);
        return reader.left > 0 ? undefined : list;
      },
    },
    {
      at: 'identity/device-list.ts readListRecord',
      examples: [ann.device.listRecord, later],
      read: (bytes) => readListRecord(suite, bytes),
    },
    { at: 'identity/bundle.ts readBundle', examples: [ann.bundle], read: (bytes) => readBundle(suite, bytes, HOUR) },
    {
      at: 'identity/bundle.ts readPrekeys',
      examples: [writePrekeys(new Writer(), publicPrekeys(ann.prekeys)).finish()],
      read: (bytes) => whole(bytes, readPrekeys),
    },
    {
      at: 'identity/prekey-offer.ts readSpare',
      examples: [signSpare(suite, ann.mine, signing.secretKey, ann.prekeys, HOUR)],
      read: (bytes) => readSpare(suite, bytes, ann.mine, HOUR),
    },
    {
      at: 'identity/list-judgement.ts readEquivocation',
      examples: [encodeEquivocation(ann.device.listRecord, other)],
      read: (bytes) => readEquivocation(suite, bytes),
    },
    {
      at: 'identity/contact-key.ts openUnderContactKey',
      examples: [sealUnderContactKey(suite, secret, ann.mine.signingKey, 3, 4, HEADER, counting(60, 1), nonce)],
      read: (bytes) => openUnderContactKey(suite, secret, ann.mine.signingKey, 3, 4, HEADER, bytes),
    },
    {
      at: 'identity/device-code.ts readLinkCode',
      examples: [encodeUtf8(linkCodeText(link)), encodeUtf8(` https://kith.example/#${linkCodeText(link)}`)],
      read: (bytes) => readLinkCode(textOf(bytes), NOW_MS),
    },
    {
      at: 'identity/device-code.ts readLinkBundle',
      examples: [signLinkBundle(suite, ann.mine, signing.secretKey, ann.prekeys, HOUR)],
      read: (bytes) => readLinkBundle(suite, bytes, HOUR),
    },
    {
      at: 'identity/device-code.ts openLinkBundle',
      examples: [sealLinkBundle(suite, secret, HEADER, counting(60, 1))],
      read: (bytes) => openLinkBundle(suite, secret, HEADER, bytes),
    },
    {
      at: 'identity/safety-number.ts readSafetyCode',
      examples: [encodeUtf8(safetyCodeText(account, about))],
      read: (bytes) => readSafetyCode(textOf(bytes)),
    },
    {
      at: 'identity/recovery-words.ts seedFrom',
      examples: [encodeUtf8(wordsOf(counting(32, 1)).join(' '))],
      read: (bytes) => seedFrom(textOf(bytes)),
    },
    {
      at: 'identity/code-text.ts bytesOfCode',
      examples: [encodeUtf8('https://kith.example/#abcdEFGH')],
      read: (bytes) => bytesOfCode(textOf(bytes)),
      takesParts: true,
    },
    {
      at: 'rendezvous/invitation.ts readInvitation',
      examples: [encodeUtf8(invitationText(invitation)), encodeUtf8(` https://kith.example/#${invitationText(invitation)}`)],
      read: (bytes) => readInvitation(textOf(bytes), NOW_MS),
    },
    {
      at: 'rendezvous/invitation.ts openBundle',
      examples: [sealBundle(suite, secret, HEADER, counting(60, 1))],
      read: (bytes) => openBundle(suite, secret, HEADER, bytes),
    },
    {
      at: 'rendezvous/invitation.ts openHello',
      examples: [sealHello(suite, secret, HEADER, counting(60, 1), nonce)],
      read: (bytes) => openHello(suite, secret, HEADER, bytes),
    },
  ];
}

/** For parts of records, which take a reader: the part and nothing behind it. */
function whole(bytes: Bytes, read: (reader: Reader) => unknown): unknown {
  const reader = new Reader(bytes);
  return reader.finish(read(reader) ?? false) || undefined;
}

function sessionDecoders(suite: Suite, ann: Person, bo: Person): readonly Decoder[] {
  const { bo: hers, before, first, answer, heard } = sessions(suite, ann, bo);
  const opening = readOpening(first);
  if (opening === undefined) throw new Error('no opening');
  const headerKey = counting(32, 9);
  const header = { ratchetKey: counting(32, 1), previousLength: 1, number: 2, epoch: 0, knows: 0 };
  const postQuantum = new Writer();
  writePostQuantum(postQuantum, { ...beginPostQuantum(1, headerKey, HOUR), proposed: counting(64, 1), answer: counting(1088, 1) });
  const at = { number: 0, nowHour: HOUR };
  return [
    {
      at: 'session/handshake.ts readOpening',
      examples: [first],
      read: readOpening,
      takesParts: true,
    },
    {
      at: 'session/session.ts acceptSession',
      examples: [first],
      read: (bytes) => acceptSession(suite, ann.device, ann.prekeys, OCCASION, bytes, HOUR),
      spare: KEY_EXCHANGE,
      takesParts: true,
    },
    { at: 'session/session.ts openFirst', examples: [first], read: (bytes) => openFirst(suite, before, at, HEADER, bytes) },
    {
      at: 'session/session.ts openNext',
      examples: [answer],
      read: (bytes) => openNext(suite, hers, { ...at, chain: 'next' }, HEADER, bytes),
      spare: KEY_EXCHANGE,
    },
    { at: 'session/session.ts openSkipped', examples: [], read: (bytes) => openSkipped(suite, headerKey, true, HEADER, bytes) },
    { at: 'session/ratchet.ts openWithKey', examples: [], read: (bytes) => openWithKey(suite, headerKey, HEADER, bytes) },
    { at: 'session/session.ts decodeSession', examples: [hers, before, heard].map((it) => encodeSession(it)), read: decodeSession },
    {
      at: 'session/header.ts openHeader',
      examples: [sealHeader(suite, headerKey, counting(24, 1), header)],
      read: (bytes) => openHeader(suite, headerKey, bytes),
    },
    {
      at: 'session/post-quantum.ts readExtension',
      examples: [
        encodeExtension({ kind: 'none' }),
        encodeExtension({ kind: 'proposal', encapsulationKey: counting(1184, 1) }),
        encodeExtension({ kind: 'answer', ciphertext: counting(1088, 1) }),
      ],
      read: (bytes) => whole(bytes, readExtension),
    },
    {
      at: 'session/post-quantum.ts readPostQuantum',
      examples: [postQuantum.finish()],
      read: (bytes) => whole(bytes, readPostQuantum),
    },
  ];
}

function rowDecoders(suite: Suite, ann: Person): readonly Decoder[] {
  const [id, key, time] = [counting(16, 1), counting(32, 2), NOW_MS];
  const account = accountId(counting(32, 3));
  const relays = [{ key, addresses: ['/ip4/192.0.2.1/tcp/1/ws', '/a'] }];
  const { listRecord } = ann.device;
  const contact = {
    account,
    name: 'Bo',
    metAtMs: time,
    lastHeardMs: time,
    listRecord,
    contactKey: key,
    relays,
    unread: [id, id],
    verified: 'scanned',
    news: { kind: 'new-device', atMs: time },
  } as const;
  const message = {
    id,
    account,
    mine: true,
    text: 'words',
    sentAtMs: time,
    expiresAtMs: time,
    state: { kind: 'carried', carriers: 2 },
    fromRemovedDevice: false,
  } as const;
  const relay = new Writer();
  writeRelay(relay, relays[0] as (typeof relays)[number]);
  return [
    { at: 'content/content.ts decodeContent', examples: contents(listRecord), read: decodeContent },
    { at: 'content/card.ts readRelay', examples: [relay.finish()], read: (bytes) => whole(bytes, readRelay) },
    {
      at: 'conversation/message.ts decodeMessage',
      examples: [concat(messageKey(message), encodeMessage(message))],
      read: (bytes) => decodeMessage(bytes.slice(0, 57), bytes.slice(57)),
    },
    {
      at: 'node/person/rows.ts decodeIdentity',
      examples: [
        encodeIdentity({
          name: 'Ann',
          accountSeed: key,
          rootSeed: key,
          signingSeed: key,
          agreementSeed: key,
          transportSeed: key,
          listRecord,
          contactKey: key,
          removed: [{ signingKey: key, isStolen: true }],
        }),
      ],
      read: (bytes) => decodeIdentity(suite, bytes),
    },
    {
      at: 'node/person/archive-records.ts decodeRecords',
      examples: [
        encodeRecords([
          { kind: 'profile', account, name: 'Ann', listRecord, contactKey: key, relays },
          { kind: 'undelivered', id, messageKey: key },
        ]),
        encodeRecords([{ ...contact, kind: 'contact', spares: [{ device: key, spare: id }] }]),
        encodeRecords([{ kind: 'message', key, row: key }]),
      ],
      read: decodeRecords,
    },
    { at: 'node/person/rows.ts decodeRelays', examples: [encodeRelays(relays)], read: decodeRelays },
    { at: 'node/person/rows.ts decodeContact', examples: [encodeContact(contact)], read: (bytes) => decodeContact(account, bytes) },
    {
      at: 'node/person/rows.ts decodeInvitation',
      examples: [
        encodeInvitation({ kind: 'made', secret: key, prekeySeed: key, expiryHour: HOUR, usedBy: key }),
        encodeInvitation({
          kind: 'taken',
          secret: key,
          expiryHour: HOUR,
          account,
          bundleHash: key,
          card: { kind: 'card', name: '', transportKey: key, relays },
          isScanned: true,
          takenAtMs: time,
        }),
      ],
      read: decodeInvitation,
    },
    {
      at: 'node/person/rows.ts decodeOutbox',
      examples: [encodeOutbox({ messageKey: key, isDelivered: true, parts: [{ device: key, envelopeId: key }], carriers: [key, key] })],
      read: decodeOutbox,
    },
    {
      at: 'node/person/stored.ts decodeSkipped',
      examples: [encodeSkipped({ session: id, isFirst: true, messageKey: key, keptHour: HOUR })],
      read: decodeSkipped,
    },
    {
      at: 'node/person/device-rows.ts decodeDevice',
      examples: [
        encodeDevice({
          signingKey: key,
          account,
          sessionId: id,
          transportKey: key,
          standing: 'stolen',
          sinceMs: time,
          toldCard: { hash: key, envelopeId: key },
          toldKeys: { hash: key, envelopeId: key },
          spares: [key, id],
          deposit: key,
          isDepositUsed: true,
        }),
      ],
      read: (bytes) => decodeDevice(key, bytes),
    },
    {
      at: 'node/person/device-rows.ts decodePrekey',
      examples: [
        encodePrekey({ id, occasion: 'spare', seed: key, secret: key, whom: key, madeHour: HOUR, sessions: [{ id, by: id.slice(0, 4) }] }),
      ],
      read: (bytes) => decodePrekey(id, bytes),
    },
    {
      at: 'node/person/rows.ts decodePull',
      examples: [encodePull('mailbox')],
      read: (bytes) => (decodePull(bytes) === 'mailbox' ? 'mailbox' : undefined),
    },
    {
      at: 'node/person/device-rows.ts decodeDeposit',
      examples: [encodeDeposit({ period: 1, slot: 2, about: key, envelopeId: key })],
      read: decodeDeposit,
    },
  ];
}

/** What structured cloning can carry, written as JSON with byte strings as `{ bytes: hex }`. */
function portMessage(bytes: Bytes): unknown {
  try {
    return JSON.parse(textOf(bytes), (_, value) =>
      typeof value === 'object' && value !== null && typeof value.bytes === 'string' ? (fromHex(value.bytes) ?? value) : value,
    );
  } catch {
    return textOf(bytes);
  }
}

function fileDecoders(suite: Suite): readonly Decoder[] {
  const chance = new Counting();
  const [master, device] = [counting(32, 1), counting(32, 2)];
  const empty = emptySlots(chance, 'whole', counting(60, 3));
  const key = { lock: 'device', secret: device, device } as const;
  const slots = fillSlot(suite, chance, empty.slots, key, 'real', master);
  const flags = { generation: 3, passphrase: true, prf: false, words: true, duress: false, setBack: false };
  const slotOf = (bytes: Bytes): Slots => [slots[0], slots[1], slots[2], bytes];
  return [
    {
      at: 'runtime/bundle.ts readBundleFile',
      examples: [bundleFile(suite, HOUR, [counting(150, 1), counting(200, 7)]), bundleFile(suite, HOUR, [])],
      read: (bytes) => readBundleFile(suite, bytes),
    },
    {
      at: 'runtime/vault/slots.ts decodeSlots',
      examples: [encodeSlots({ ...empty, slots })],
      read: (bytes) => {
        const found = decodeSlots(bytes);
        return found.kind === 'row' ? found : undefined;
      },
    },
    { at: 'runtime/vault/slots.ts openSlot', examples: [slots[3]], read: (bytes) => openSlot(suite, slotOf(bytes), key) },
    {
      at: 'runtime/vault/state.ts openState',
      examples: [sealState(suite, chance, master, flags)],
      read: (bytes) => openState(suite, master, bytes),
    },
  ];
}

function kernelDecoders(): readonly Decoder[] {
  const said = (value: unknown): Bytes => encodeUtf8(JSON.stringify(value));
  const frame = { bytes: toHex(counting(40, 1)) };
  const up = { kind: 'up', neighbour: 1, key: 'k', path: 'direct', dialled: true, dial: 2, frameBytesMax: 4 };
  const port = { bytes: 40_000, reason: 'the message is made from text here' };
  return [
    { at: 'kernel/utf8.ts decodeUtf8', examples: [encodeUtf8('Grüße, 世界 👋')], read: decodeUtf8, takesParts: true },
    { at: 'kernel/bytes.ts fromHex', examples: [encodeUtf8('00ffAb')], read: (bytes) => fromHex(textOf(bytes)), takesParts: true },
    {
      at: 'kernel/bytes.ts fromBase64Url',
      examples: [encodeUtf8(toBase64Url(counting(20, 1)))],
      read: (bytes) => fromBase64Url(textOf(bytes)),
      takesParts: true,
    },
    {
      at: 'adapters/link-message-port/messages.ts readToLink',
      examples: [
        said({ kind: 'send', neighbour: 1, frame }),
        said({ kind: 'credit', neighbour: 1, frames: 2, bytes: 3 }),
        said({ kind: 'command', command: { kind: 'dial', id: 1, address: '/a', expectedKey: 'k' } }),
        said({ kind: 'command', command: { kind: 'listen', seed: { bytes: toHex(counting(32, 1)) } } }),
        said({ kind: 'stop' }),
      ],
      read: (bytes) => readToLink(portMessage(bytes)),
      spare: port,
    },
    {
      at: 'adapters/link-message-port/messages.ts readToNode',
      examples: [
        said({ kind: 'event', event: up }),
        said({ kind: 'event', event: { kind: 'frame', neighbour: 1, frame } }),
        said({ kind: 'event', event: { kind: 'found', key: 'k', addresses: ['/a'] } }),
        said({ kind: 'event', event: { kind: 'dial-failed', dial: 1, reason: 'refused' } }),
        said({ kind: 'stopped' }),
      ],
      read: (bytes) => readToNode(portMessage(bytes)),
      spare: port,
    },
  ];
}

export function decodersOf(suite: Suite): readonly Decoder[] {
  const [ann, bo] = [person(suite, 100), person(suite, 110)];
  return [
    ...kernelDecoders(),
    ...meshDecoders(suite),
    ...identityDecoders(suite, ann, bo),
    ...sessionDecoders(suite, ann, bo),
    ...rowDecoders(suite, ann),
    ...fileDecoders(suite),
  ];
}

const DISK = 'joins decodeSlots and openState with the disk';
const OPENS = 'opens a store or a key of the platform; reads no bytes itself';
const JOINS = 'joins decoders of this table; a whole node is fuzzed by the simulator and hostile-contact.test.ts';

/** Functions named like decoders that are none, or are tried elsewhere: why. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  'adapters/device-key-webcrypto/index.ts openDeviceKey': OPENS,
  'adapters/store-indexeddb/index.ts openIndexedDbStore': OPENS,
  'adapters/store-leveldb/index.ts openLevelStore': OPENS,
  'adapters/version-row.ts checkVersionRow': 'throws by contract: a host that meets another version stops and says so',
  'gossip/reconcile/cells.ts checkOf': 'works out a check; reads nothing',
  'kernel/bytes.ts fromKey': 'turns back what toKey made; never given anything else',
  'node/person/correspondence.ts readElsewhere': 'a receipt that was decoded already',
  'node/person/first-message.ts acceptFirst': JOINS,
  'node/person/meeting.ts accept': 'an invitation that was read already',
  'node/person/opening.ts openEnvelope': JOINS,
  'runtime/archive.ts readArchive': 'reads rows of a store; each is read by its own decoder',
  'runtime/archive.ts readMessagePieces': 'reads rows of a store; each is read by its own decoder',
  'runtime/backup.ts openBackup': 'changed byte by byte, cut and fuzzed in its own tests, where a key is at hand',
  'session/session.ts readChains': 'takes a session, not bytes',
  'node/person/stored.ts decodePerson': JOINS,
  'node/person/sessions.ts openBySpare': JOINS,
  'runtime/queries.ts readOverview': 'a query: joins decodeMessage with the view',
  'runtime/queries.ts readTimeline': 'a query: joins decodeMessage with the view',
  'runtime/read-space.ts readSpace': 'fetches rows; reads no bytes itself',
  'runtime/resident.ts readPerson': 'fetches rows for decodePerson',
  'runtime/vault/unlock.ts readSlots': DISK,
  'runtime/vault/vault.ts openVault': DISK,
  'runtime/vault/vault.ts readLock': DISK,
  'session/session.ts openSession': 'makes a session; the bundle was read and checked before',
};

/** Files that make a `Reader` and hold none of the functions above. */
export const OTHER_READERS: Readonly<Record<string, string>> = {
  'runtime/backup.ts': 'openBackup, with its own tests',
  'adapters/store-leveldb/bulk-rows.ts': 'the number of the last segment, which it wrote itself',
  'adapters/store-leveldb/index.ts': 'the number of the last commit, which it wrote itself',
  'gossip/seen.ts': 'its own rows; one that does not read is passed over (gossip.test.ts)',
  'node/person/correspondence.ts': 'the time in a key of its own',
  'node/person/linking.ts': "a welcome from one's own device, and hands its list to readDeviceList",
  'node/person/carrying.ts': 'rows of this device; one that does not read is passed over',
  'runtime/vault/seal.ts': 'rows of this device that it sealed itself',
};
