/** Decoders of packages/core/src/node. */
import { accountId } from '../../../packages/core/src/identity/account.ts';
import { toHex } from '../../../packages/core/src/kernel/bytes.ts';
import { encodeUtf8 } from '../../../packages/core/src/kernel/utf8.ts';
import { peerIdOf } from '../../../packages/core/src/neighbours/addresses.ts';
import { decodeRecords, encodeRecords } from '../../../packages/core/src/node/person/archive-records.ts';
import {
  decodeDeposit,
  decodeDevice,
  decodePrekey,
  encodeDeposit,
  encodeDevice,
  encodePrekey,
} from '../../../packages/core/src/node/person/device-rows.ts';
import { decodeIntroductions, encodeIntroductions } from '../../../packages/core/src/node/person/introduction-rows.ts';
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
} from '../../../packages/core/src/node/person/rows.ts';
import { decodeSkipped, encodeSkipped } from '../../../packages/core/src/node/person/stored.ts';
import { readPeer } from '../../../packages/core/src/node/relay/peers.ts';
import type { Cast } from './cast.ts';
import { counting, type Decoder, HOUR, NOW_MS, textOf } from './decoder.ts';

export function nodeDecoders({ suite, ann }: Cast): readonly Decoder[] {
  const [id, key, time] = [counting(16, 1), counting(32, 2), NOW_MS];
  const account = accountId(counting(32, 3));
  const relays = [{ key, addresses: ['/ip4/192.0.2.1/tcp/1/ws', '/a'] }];
  const { listRecord } = ann.device;
  const contact = {
    account,
    name: 'Bo',
    metAtMs: time,
    lastHeardMs: time,
    newestMs: time,
    listRecord,
    contactKey: key,
    relays,
    unread: [id, id],
    verified: 'scanned',
    news: { kind: 'new-device', atMs: time },
    introducedBy: account,
  } as const;
  return [
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
    {
      at: 'node/relay/peers.ts readPeer',
      examples: [encodeUtf8(`/dns4/kith.example.org/tcp/4001/p2p/${peerIdOf(toHex(key))}`)],
      read: (bytes) => readPeer(textOf(bytes)),
    },
    { at: 'node/person/rows.ts decodeRelays', examples: [encodeRelays(relays)], read: decodeRelays },
    { at: 'node/person/rows.ts decodeContact', examples: [encodeContact(contact)], read: (bytes) => decodeContact(account, bytes) },
    {
      at: 'node/person/rows.ts decodeInvitation',
      examples: [
        encodeInvitation({
          kind: 'made',
          secret: key,
          prekeySeed: key,
          expiryHour: HOUR,
          usedBy: key,
          pinned: account,
          isScanned: true,
          introducedBy: account,
        }),
        encodeInvitation({
          kind: 'taken',
          secret: key,
          expiryHour: HOUR,
          account,
          bundleHash: key,
          transportKey: key,
          relays,
          isScanned: true,
          takenAtMs: time,
          introducedBy: account,
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
          days: { firstDay: 20_000, minute: 700, keys: [key, key] },
          pair: { mine: key, theirs: key, certificates: [{ number: 1, fingerprint: key }], peerCertificates: [] },
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
      examples: [encodePull('mailbox'), encodePull('ferry')],
      read: (bytes) => (decodePull(bytes) === 'cover' ? undefined : decodePull(bytes)),
    },
    {
      at: 'node/person/introduction-rows.ts decodeIntroductions',
      examples: [
        encodeIntroductions([
          { step: 'waiting', id: id.slice(0, 8), atMs: time, account, name: 'Bo', to: account },
          { step: 'passed', id: id.slice(0, 8), atMs: time, account, name: 'Bo', by: account, invitation: key },
        ]),
      ],
      read: (bytes) => {
        const entries = decodeIntroductions(bytes);
        return entries.length === 2 ? entries : undefined;
      },
    },
    {
      at: 'node/person/device-rows.ts decodeDeposit',
      examples: [encodeDeposit({ period: 1, slot: 2, about: key, envelopeId: key })],
      read: decodeDeposit,
    },
  ];
}
