/** A handshake and a first message for each purpose, by both sides, from docs/protocol/session.md alone: the second implementation goes on. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import {
  agree,
  type Bytes,
  derive,
  hash,
  hex,
  join,
  mac,
  NOTHING,
  pad,
  pairOf,
  prekeysFrom,
  readEnvelope,
  seal,
  step,
  toHex,
  u8,
  u16,
  u32,
  vectors,
} from './independent.ts';
import { answerHandshake, beginHandshake, type Occasion, type Responder } from './independent-handshake.ts';

type Secrets = ReturnType<typeof beginHandshake>['secrets'];

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

/** §2. */
const occasionOf = (it: (typeof handshakes)[number]): Occasion => ({ purpose: PURPOSES.indexOf(it.purpose), secret: secretOf(it) });

function responderOf({ responder: it }: (typeof handshakes)[number]): Responder {
  const { id, signed, oneTime, kem } = prekeysFrom(hex(it.prekeySeed));
  const [account, signingKey, agreementKey] = [hex(it.account), hex(it.signingKey), hex(it.agreementKey)];
  return { account, signingKey, agreementKey, id, signed: signed.key, oneTime: oneTime.key, encapsulation: kem.publicKey };
}

/** As the one who begins. */
function handshake(it: (typeof handshakes)[number]) {
  const initiator = it.initiator === ann.account ? ann : bo;
  const [occasion, responder, mine] = [occasionOf(it), responderOf(it), pairOf(hex(it.ratchetSeed))];
  const begun = beginHandshake(occasion, responder, {
    own: pairOf(hex(initiator.agreementSeed)),
    ephemeral: pairOf(hex(it.ephemeralSeed)),
    chance: hex(it.encapsulationChance),
    identity: join(ed25519.getPublicKey(hex(initiator.signingSeed)), hex(initiator.deviceList)),
  });
  const stepped = derive(begun.secrets.root, agree(mine.secret, responder.signed), 'session/root-step', 96);
  return { purpose: occasion.purpose, ...begun, mine, stepped };
}

const thirds = (bytes: Bytes): readonly string[] => [0, 32, 64].map((at) => toHex(bytes.slice(at, at + 32)));
const told = ({ root, initiator, responder, epoch }: Secrets): readonly string[] => [root, initiator, responder, epoch].map(toHex);

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
  expect(told(secrets)).toEqual([it.rootKey, it.initiatorHeaderKey, it.responderHeaderKey, it.firstEpochKey]);
  const { rootKey, chainKey, nextHeaderKey } = it.afterFirstRootStep;
  expect(thirds(stepped)).toEqual([rootKey, chainKey, nextHeaderKey]);
  for (const { number, tag } of it.firstTags) expect(toHex(mac(hex(it.secret), 'session/first-tag', u8(number), 16))).toBe(tag);
});

test.each<(typeof handshakes)[number]>(handshakes)('$purpose: the first message, byte for byte', (it) => {
  const { secrets, opening, mine, stepped } = handshake(it);
  const { headerNonce, purgeKey, content, envelope } = it.firstMessage;
  const read = readEnvelope(hex(envelope));
  const header = join(mine.key, u32(0), u32(0), u16(0), u16(0));
  const sealedHeader = join(hex(headerNonce), seal(secrets.initiator, hex(headerNonce), NOTHING, header));
  const messageKey = mac(secrets.epoch, 'session/mix', step(stepped.slice(32, 64), 1));
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
  const initiator = it.initiator === ann.account ? ann : bo;
  const own = { ...prekeysFrom(hex(it.responder.prekeySeed)), own: pairOf(hex(it.responder.agreementSeed)) };
  const occasion = { purpose: it.number, secret: hex(it.secret) };
  const theirKey = pairOf(hex(initiator.agreementSeed)).key;
  const { identity, secrets, rest } = answerHandshake(occasion, responderOf(it), own, hex(it.opening), () => theirKey);
  expect(toHex(own.own.key)).toBe(it.responder.agreementKey);
  expect(toHex(identity.slice(32))).toBe(initiator.deviceList);
  expect(rest).toHaveLength(0);
  expect(told(secrets)).toEqual([it.rootKey, it.initiatorHeaderKey, it.responderHeaderKey, it.firstEpochKey]);
});
