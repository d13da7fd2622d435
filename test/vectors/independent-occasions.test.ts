/** A handshake and a first message for each purpose, by both sides, from docs/protocol/session.md alone: the second implementation goes on. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { expect, test } from 'vitest';
import {
  agree,
  type Bytes,
  bytes16,
  derive,
  hash,
  hex,
  join,
  mac,
  NOTHING,
  open,
  pad,
  pairOf,
  prekeysFrom,
  readEnvelope,
  seal,
  step,
  Taker,
  toHex,
  u8,
  u16,
  u32,
  vectors,
  ZEROS,
} from './independent.ts';

const { ann, bo, handshakes } = vectors('occasions');
const PURPOSES = ['', 'invitation', 'hello', 'contact-key', 'spare', 'link'];
const HELD: Readonly<Record<string, number>> = { hello: 64, 'contact-key': 8, spare: 8, link: 8 };

/** §2, the table: the secret of an occasion. */
function secretOf(it: (typeof handshakes)[number]): Bytes {
  const prekeyId = prekeysFrom(hex(it.responder.prekeySeed)).id;
  switch (it.purpose) {
    case 'hello':
      return mac(hex(it.from.invitationSecret), 'rendezvous/hello-first', NOTHING);
    case 'contact-key': {
      const contactFirst = mac(hex(it.from.contactKey), 'identity/contact-first', prekeyId);
      return mac(contactFirst, 'identity/contact-first-of', hex(it.initiator));
    }
    case 'spare':
      return hash('node/spare-secret', prekeyId);
    default:
      return hex(it.from.linkSecret);
  }
}

/** §2, as the one who begins. */
function handshake(it: (typeof handshakes)[number]) {
  const initiator = it.initiator === ann.account ? ann : bo;
  const prekeys = prekeysFrom(hex(it.responder.prekeySeed));
  const [own, ephemeral, mine] = [initiator.agreementSeed, it.ephemeralSeed, it.ratchetSeed].map((seed) => pairOf(hex(seed)));
  if (!own || !ephemeral || !mine) throw new Error('three pairs');
  const theirs = hex(it.responder.agreementKey);
  const made = ml_kem768.encapsulate(prekeys.kem.publicKey, hex(it.encapsulationChance));
  const [d1, d2] = [agree(own.secret, prekeys.signed.key), agree(ephemeral.secret, theirs)];
  const [d3, d4] = [agree(ephemeral.secret, prekeys.signed.key), agree(ephemeral.secret, prekeys.oneTime.key)];
  const responder = join(hex(it.responder.account), hex(it.responder.signingKey), theirs, prekeys.fields);
  const purpose = PURPOSES.indexOf(it.purpose);
  const opened = hash('session/handshake/opening', u8(1), u8(purpose), secretOf(it), responder, ephemeral.key, made.cipherText);
  const shared = join(d3, d4, made.sharedSecret);
  const identity = join(ed25519.getPublicKey(hex(initiator.signingSeed)), hex(initiator.deviceList));
  const identityKey = derive(opened, shared, 'session/handshake/identity', 32);
  const transcript = hash('session/handshake/transcript', opened, identity);
  const secrets = derive(transcript, join(d1, d2, shared), 'session/handshake/root', 128);
  const opening = join(ephemeral.key, made.cipherText, bytes16(seal(identityKey, ZEROS, opened, identity)));
  const between = { d1, d2, d3, d4, kemSecret: made.sharedSecret, opened, identity, identityKey, transcript };
  const stepped = derive(secrets.slice(0, 32), agree(mine.secret, prekeys.signed.key), 'session/root-step', 96);
  return { purpose, between, secrets, opening, mine, stepped };
}

const thirds = (bytes: Bytes): readonly string[] => [0, 32, 64, 96].map((at) => toHex(bytes.slice(at, at + 32)));

test('every purpose but the invitation has its handshake', () => {
  expect(handshakes.map((it: { purpose: string }) => it.purpose)).toEqual(PURPOSES.slice(2));
});

test.each<(typeof handshakes)[number]>(handshakes)('$purpose: begun, byte for byte', (it) => {
  const { purpose, between, secrets, opening, stepped } = handshake(it);
  expect(toHex(secretOf(it))).toBe(it.secret);
  expect([purpose, HELD[it.purpose]]).toEqual([it.number, it.firstMessages]);
  if (it.purpose === 'link') expect(it.responder.account).toBe('00'.repeat(32));
  expect(Object.fromEntries(Object.entries(between).map(([name, bytes]) => [name, toHex(bytes)]))).toEqual(it.between);
  expect(toHex(opening)).toBe(it.opening);
  expect(toHex(hash('session/id', opening).slice(0, 16))).toBe(it.sessionId);
  expect(thirds(secrets)).toEqual([it.rootKey, it.initiatorHeaderKey, it.responderHeaderKey, it.firstEpochKey]);
  const { rootKey, chainKey, nextHeaderKey } = it.afterFirstRootStep;
  expect(thirds(stepped).slice(0, 3)).toEqual([rootKey, chainKey, nextHeaderKey]);
  for (const { number, tag } of it.firstTags) expect(toHex(mac(hex(it.secret), 'session/first-tag', u8(number), 16))).toBe(tag);
});

test.each<(typeof handshakes)[number]>(handshakes)('$purpose: the first message, byte for byte', (it) => {
  const { secrets, opening, mine, stepped } = handshake(it);
  const { headerNonce, purgeKey, content, envelope } = it.firstMessage;
  const read = readEnvelope(hex(envelope));
  const header = join(mine.key, u32(0), u32(0), u16(0), u16(0));
  const sealedHeader = join(hex(headerNonce), seal(secrets.slice(32, 64), hex(headerNonce), NOTHING, header));
  const messageKey = mac(secrets.slice(96), 'session/mix', step(stepped.slice(32, 64), 1));
  const keys = mac(messageKey, 'session/message', NOTHING, 64);
  const nonce = mac(messageKey, 'session/nonce', hex(headerNonce), 24);
  const plain = join(u8(0), pad(hex(content), 84 + 16 + 1 + opening.length));
  const body = join(opening, sealedHeader, seal(keys.slice(0, 32), nonce, join(read.header, opening, sealedHeader), plain));
  expect(read.tag).toBe(it.firstTags[0].tag);
  expect(toHex(keys.slice(32))).toBe(purgeKey);
  expect(toHex(hash('envelope/purge', hex(purgeKey)).slice(0, 16))).toBe(toHex(read.header.slice(28)));
  expect(toHex(body)).toBe(toHex(read.body));
});

test.each<(typeof handshakes)[number]>(handshakes)('$purpose: understood by the other side', (it) => {
  const take = new Taker(hex(it.opening));
  const [ephemeral, ciphertext, sealedIdentity] = [take.raw(32), take.raw(1088), take.bytes16()];
  const prekeys = prekeysFrom(hex(it.responder.prekeySeed));
  const { signed, oneTime, kem } = prekeys;
  const own = pairOf(hex(it.responder.agreementSeed));
  const shared = join(agree(signed.secret, ephemeral), agree(oneTime.secret, ephemeral), ml_kem768.decapsulate(ciphertext, kem.secretKey));
  const responder = join(hex(it.responder.account), hex(it.responder.signingKey), own.key, prekeys.fields);
  const opened = hash('session/handshake/opening', u8(1), u8(it.number), hex(it.secret), responder, ephemeral, ciphertext);
  const identity = open(derive(opened, shared, 'session/handshake/identity', 32), ZEROS, opened, sealedIdentity);
  const initiator = it.initiator === ann.account ? ann : bo;
  expect(toHex(identity.slice(32))).toBe(initiator.deviceList);
  const d1 = agree(signed.secret, pairOf(hex(initiator.agreementSeed)).key);
  const transcript = hash('session/handshake/transcript', opened, identity);
  const secrets = derive(transcript, join(d1, agree(own.secret, ephemeral), shared), 'session/handshake/root', 128);
  expect(thirds(secrets)).toEqual([it.rootKey, it.initiatorHeaderKey, it.responderHeaderKey, it.firstEpochKey]);
});
