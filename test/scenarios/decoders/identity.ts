/** Decoders of packages/core/src/identity. */
import type { Suite } from '../../../packages/core/src/crypto/suite.ts';
import { accountId, commitmentTo, rootPair } from '../../../packages/core/src/identity/account.ts';
import { publicPrekeys, readBundle, readPrekeys, writePrekeys } from '../../../packages/core/src/identity/bundle.ts';
import { bytesOfCode } from '../../../packages/core/src/identity/code-text.ts';
import { openUnderContactKey, sealUnderContactKey } from '../../../packages/core/src/identity/contact-key.ts';
import {
  linkCodeText,
  openLinkBundle,
  readLinkBundle,
  readLinkCode,
  sealLinkBundle,
  signLinkBundle,
} from '../../../packages/core/src/identity/device-code.ts';
import { readDeviceList, readListRecord, signDeviceList, succession } from '../../../packages/core/src/identity/device-list.ts';
import { encodeEquivocation, readEquivocation } from '../../../packages/core/src/identity/list-judgement.ts';
import { readSpare, signSpare } from '../../../packages/core/src/identity/prekey-offer.ts';
import { seedFrom, wordsOf } from '../../../packages/core/src/identity/recovery-words.ts';
import { readSafetyCode, safetyCodeText } from '../../../packages/core/src/identity/safety-number.ts';
import type { Bytes } from '../../../packages/core/src/kernel/bytes.ts';
import { Reader, Writer } from '../../../packages/core/src/kernel/codec.ts';
import { encodeUtf8 } from '../../../packages/core/src/kernel/utf8.ts';
import type { Cast, Person } from './cast.ts';
import { counting, type Decoder, HEADER, HOUR, NOW_MS, textOf, whole } from './decoder.ts';

function laterList(suite: Suite, it: Person): Bytes {
  const lineage = succession(suite, it.seed, 2);
  const root = rootPair(suite, it.seed, 2);
  const nextRootCommitment = commitmentTo(suite, rootPair(suite, it.seed, 3).publicKey);
  return signDeviceList(suite, { ...it.list, rootIndex: 2, lineage, rootKey: root.publicKey, nextRootCommitment }, root.secretKey);
}

export function identityDecoders({ suite, ann, bo }: Cast): readonly Decoder[] {
  const later = laterList(suite, ann);
  const other = signDeviceList(suite, { ...ann.list, devices: [bo.mine] }, ann.root.secretKey);
  const [secret, nonce] = [counting(32, 7), counting(24, 8)];
  const [account, about] = [accountId(counting(32, 1)), accountId(counting(32, 2))];
  const relays = [{ key: secret, address: '/ip4/192.0.2.1/tcp/1/ws' }];
  const link = { secret, bundleHash: secret, transportKey: secret, expiryHour: HOUR, relays };
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
  ];
}
