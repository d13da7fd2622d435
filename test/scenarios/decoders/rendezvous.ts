/** Decoders of packages/core/src/rendezvous. */
import { accountId } from '../../../packages/core/src/identity/account.ts';
import { Writer } from '../../../packages/core/src/kernel/codec.ts';
import { encodeUtf8 } from '../../../packages/core/src/kernel/utf8.ts';
import { againText, handAnswerText, readShownCode } from '../../../packages/core/src/rendezvous/hand-code.ts';
import {
  invitationText,
  openBundle,
  openHello,
  readInvitation,
  sealBundle,
  sealHello,
} from '../../../packages/core/src/rendezvous/invitation.ts';
import { readPair, writePair } from '../../../packages/core/src/rendezvous/pair.ts';
import type { Cast } from './cast.ts';
import { counting, type Decoder, HEADER, HOUR, NOW_MS, textOf, whole } from './decoder.ts';

export function rendezvousDecoders({ suite }: Cast): readonly Decoder[] {
  const [secret, nonce] = [counting(32, 7), counting(24, 8)];
  const account = accountId(counting(32, 1));
  const relays = [{ key: secret, address: '/ip4/192.0.2.1/tcp/1/ws' }];
  const invitation = { account, secret, bundleHash: secret, transportKey: secret, expiryHour: HOUR, relays, offer: secret };
  const pair = new Writer();
  writePair(pair, { mine: secret, theirs: secret, certificates: [{ number: 1, fingerprint: secret }], peerCertificates: [] });
  return [
    {
      at: 'rendezvous/invitation.ts readInvitation',
      examples: [encodeUtf8(invitationText(invitation)), encodeUtf8(` https://kith.example/#${invitationText(invitation)}`)],
      read: (bytes) => readInvitation(textOf(bytes), NOW_MS),
    },
    {
      at: 'rendezvous/hand-code.ts readShownCode',
      examples: [
        encodeUtf8(handAnswerText({ tag: secret.slice(0, 8), account, transportKey: secret, code: secret })),
        encodeUtf8(
          againText({
            nonce: secret.slice(0, 16),
            hint: secret.slice(0, 16),
            transportKey: secret,
            certificate: 1,
            peerCertificate: 2,
            code: secret.slice(0, 9),
          }),
        ),
      ],
      read: (bytes) => readShownCode(textOf(bytes)),
    },
    {
      at: 'rendezvous/pair.ts readPair',
      examples: [pair.finish()],
      read: (bytes) => whole(bytes, readPair),
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
