/**
 * A second implementation, as far as two people meeting and talking goes, written from docs/protocol/ alone. It imports nothing of the
 * product and uses another library for all cryptography. What it cannot reproduce from the frozen vectors, the pages do not say.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, test } from 'vitest';
import {
  agree,
  type Bytes,
  derive,
  hash,
  hex,
  join,
  mac,
  NOTHING,
  open,
  type Pair,
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
  unpad,
  vectors,
  verify,
  ZEROS,
} from './independent.ts';
import { answerHandshake, beginHandshake, type Occasion, type Responder } from './independent-handshake.ts';

/** identity.md §2: the account that a list belongs to, and its first device. */
function readList(take: Taker, record: Bytes): { readonly account: Bytes; readonly signingKey: Bytes; readonly agreementKey: Bytes } {
  const start = take.at;
  expect(take.number(1)).toBe(1);
  expect(take.number(1)).toBe(0);
  take.raw(4 + 32 + 1);
  const [root, next] = [take.raw(32), take.raw(32)];
  expect(take.number(1)).toBe(1);
  const [signingKey, agreementKey] = [take.raw(32), take.raw(32)];
  const signed = record.slice(start, take.at);
  expect(verify(root, 'identity/device-list', signed, take.raw(64))).toBe(true);
  return { account: hash('identity/account', root, next), signingKey, agreementKey };
}

/** identity.md §3. */
function readBundle(bytes: Bytes) {
  const take = new Taker(bytes);
  const list = readList(take, bytes);
  const listEnd = take.at;
  const signingKey = take.raw(32);
  const [id, signed, oneTime, encapsulation] = [take.raw(16), take.raw(32), take.raw(32), take.raw(1184)];
  const expiryHour = take.number(4);
  const own = bytes.slice(listEnd, take.at);
  expect(verify(signingKey, 'identity/bundle', join(hash('identity/bundle', bytes.slice(0, listEnd)), own), take.raw(64))).toBe(true);
  expect(take.rest()).toHaveLength(0);
  expect(toHex(signingKey)).toBe(toHex(list.signingKey));
  return { list, id, signed, oneTime, encapsulation, expiryHour };
}

/** rendezvous.md §1. */
function readInvitation(text: string) {
  const take = new Taker(Uint8Array.from(Buffer.from(text, 'base64url')));
  expect([take.number(1), take.number(1)]).toEqual([0x4b, 1]);
  const [account, secret, bundleHash, transportKey] = [take.raw(32), take.raw(32), take.raw(32), take.raw(32)];
  const expiryHour = take.number(4);
  const relays = Array.from({ length: take.number(1) }, () => ({ key: take.raw(32), address: Buffer.from(take.bytes16()).toString() }));
  const offer = take.bytes16();
  expect(take.rest()).toHaveLength(0);
  return { account, secret, bundleHash, transportKey, expiryHour, relays, offer };
}

interface Chain {
  readonly headerKey: Bytes;
  chainKey: Bytes;
  next: number;
  readonly epoch: number;
}

/** One side of session.md. */
interface Side {
  rootKey: Bytes;
  mine: Pair;
  theirs: Bytes;
  sending: Chain | undefined;
  receiving: Chain | undefined;
  nextSending: Bytes;
  nextReceiving: Bytes;
  previousLength: number;
  readonly epochs: Bytes[];
  peerKnows: number;
  proposal: Bytes | undefined;
  received: Bytes | undefined;
  answer: Bytes | undefined;
}

/** §3. */
function rootStep(side: Side, dh: Bytes): { readonly chainKey: Bytes; readonly nextHeaderKey: Bytes } {
  const bytes = derive(side.rootKey, dh, 'session/root-step', 96);
  side.rootKey = bytes.slice(0, 32);
  return { chainKey: bytes.slice(32, 64), nextHeaderKey: bytes.slice(64) };
}

function messageKeyOf(side: Side, chain: Chain): Bytes {
  const key = mac(side.epochs[chain.epoch] as Bytes, 'session/mix', step(chain.chainKey, 1));
  chain.chainKey = step(chain.chainKey, 2);
  return key;
}

function keysOf(messageKey: Bytes, headerNonce: Bytes) {
  const keys = mac(messageKey, 'session/message', NOTHING, 64);
  return { bodyKey: keys.slice(0, 32), purgeKey: keys.slice(32), nonce: mac(messageKey, 'session/nonce', headerNonce, 24) };
}

const tagOf = (headerKey: Bytes, n: number): string => toHex(mac(headerKey, 'session/tag', u32(n), 16));
const firstTag = (secret: Bytes, n: number): string => toHex(mac(secret, 'session/first-tag', u8(n), 16));

function holdEpoch(side: Side, secret: Bytes): void {
  side.epochs.push(derive(side.epochs.at(-1) as Bytes, secret, 'session/next-epoch', 32));
  side.proposal = undefined;
  side.received = undefined;
}

interface Drawn {
  readonly ratchetSeed?: string;
  readonly encapsulationChance?: string;
  readonly proposalSeed?: string;
  readonly headerNonce: string;
}

/** §4 and §5, writing. Answers tag and purge key at once and the body when the envelope's header is there. */
function write(side: Side, drawn: Drawn, opening: Bytes) {
  if (side.sending === undefined) {
    side.mine = pairOf(hex(drawn.ratchetSeed ?? ''));
    const { chainKey, nextHeaderKey } = rootStep(side, agree(side.mine.secret, side.theirs));
    side.sending = { headerKey: side.nextSending, chainKey, next: 0, epoch: Math.min(side.epochs.length - 1, side.peerKnows) };
    side.nextSending = nextHeaderKey;
  }
  const chain = side.sending;
  if (side.received !== undefined) {
    const made = ml_kem768.encapsulate(side.received, hex(drawn.encapsulationChance ?? ''));
    holdEpoch(side, made.sharedSecret);
    side.answer = made.cipherText;
  } else if (drawn.proposalSeed !== undefined) side.proposal = hex(drawn.proposalSeed);
  let extension = u8(0);
  if (chain.next < 3 || chain.next % 8 === 0) {
    if (side.answer !== undefined) extension = join(u8(2), side.answer);
    else if (side.proposal !== undefined) extension = join(u8(1), ml_kem768.keygen(side.proposal).publicKey);
  }
  const number = chain.next++;
  const headerNonce = hex(drawn.headerNonce);
  const header = join(side.mine.key, u32(side.previousLength), u32(number), u16(chain.epoch), u16(side.epochs.length - 1));
  const sealedHeader = join(headerNonce, seal(chain.headerKey, headerNonce, NOTHING, header));
  const keys = keysOf(messageKeyOf(side, chain), headerNonce);
  return {
    tag: tagOf(chain.headerKey, number),
    purgeKey: toHex(keys.purgeKey),
    body: (envelopeHeader: Bytes, content: Bytes): Bytes => {
      const padded = pad(content, 84 + 16 + extension.length + opening.length);
      const associated = join(envelopeHeader, opening, sealedHeader);
      return join(opening, sealedHeader, seal(keys.bodyKey, keys.nonce, associated, join(extension, padded)));
    },
  };
}

/** §4 and §5, reading the next message in order. */
function read(side: Side, isNextChain: boolean, before: Bytes, message: Bytes): Bytes {
  const [sealedHeader, sealedBody] = [message.slice(0, 84), message.slice(84)];
  const headerNonce = sealedHeader.slice(0, 24);
  const headerKey = isNextChain ? side.nextReceiving : (side.receiving?.headerKey as Bytes);
  const take = new Taker(open(headerKey, headerNonce, NOTHING, sealedHeader.slice(24)));
  const [ratchetKey, , number, epoch, knows] = [take.raw(32), take.number(4), take.number(4), take.number(2), take.number(2)];
  expect(take.rest()).toHaveLength(0);
  if (isNextChain) {
    const { chainKey, nextHeaderKey } = rootStep(side, agree(side.mine.secret, ratchetKey));
    side.receiving = { headerKey, chainKey, next: 0, epoch };
    side.nextReceiving = nextHeaderKey;
    side.theirs = ratchetKey;
    side.previousLength = side.sending?.next ?? side.previousLength;
    side.sending = undefined;
  }
  const chain = side.receiving as Chain;
  expect([number, epoch]).toEqual([chain.next++, chain.epoch]);
  const keys = keysOf(messageKeyOf(side, chain), headerNonce);
  const body = new Taker(open(keys.bodyKey, keys.nonce, join(before, sealedHeader), sealedBody));
  const kind = body.number(1);
  const extension = body.raw(kind === 1 ? 1184 : kind === 2 ? 1088 : 0);
  const newest = side.epochs.length - 1;
  side.peerKnows = Math.max(side.peerKnows, Math.min(Math.max(knows, epoch), newest));
  if (side.peerKnows >= newest) side.answer = undefined;
  if (kind === 1 && knows + 1 === newest + 1) side.received = extension;
  if (kind === 2 && knows === newest + 1 && side.proposal !== undefined) {
    holdEpoch(side, ml_kem768.decapsulate(extension, ml_kem768.keygen(side.proposal).secretKey));
    side.peerKnows = newest + 1;
  }
  return unpad(body.rest());
}

const whole = { previousLength: 0, peerKnows: 0, proposal: undefined, received: undefined, answer: undefined } as const;

const people = vectors('identity');
const rendezvous = vectors('rendezvous');
const shaken = vectors('handshake');
const invitation = readInvitation(rendezvous.text);

/** rendezvous.md §2. */
function openDeposit() {
  const envelope = readEnvelope(hex(rendezvous.envelope));
  expect(envelope.tag).toBe(toHex(mac(invitation.secret, 'rendezvous/bundle-tag', NOTHING, 16)));
  const key = mac(invitation.secret, 'rendezvous/bundle-key', NOTHING);
  const deposit = unpad(open(key, ZEROS, envelope.header, envelope.body));
  expect(toHex(hash('rendezvous/bundle-hash', deposit))).toBe(toHex(invitation.bundleHash));
  const take = new Taker(deposit);
  return { envelope, bundle: readBundle(take.bytes16()), card: take.rest() };
}

/** What an invitation begins, and with whom. */
function occasionOf({ list, ...prekeys }: ReturnType<typeof readBundle>): readonly [Occasion, Responder] {
  return [
    { purpose: 1, secret: invitation.secret },
    { ...list, ...prekeys },
  ];
}

/** Bo, from his seeds and the invitation. */
function initiate(): { readonly side: Side; readonly opening: Bytes } {
  const { bundle } = openDeposit();
  const { opening, secrets } = beginHandshake(...occasionOf(bundle), {
    own: pairOf(hex(people.bo.agreementSeed)),
    ephemeral: pairOf(hex(shaken.ephemeralSeed)),
    chance: hex(shaken.encapsulationChance),
    identity: join(ed25519.getPublicKey(hex(people.bo.signingSeed)), hex(people.bo.deviceList)),
  });
  expect(toHex(secrets.root)).toBe(shaken.rootKey);
  expect(toHex(secrets.epoch)).toBe(shaken.firstEpochKey);
  const mine = pairOf(hex(shaken.ratchetSeed));
  const side: Side = {
    ...whole,
    rootKey: secrets.root,
    mine,
    theirs: bundle.signed,
    sending: undefined,
    receiving: undefined,
    nextSending: secrets.initiator,
    nextReceiving: secrets.responder,
    epochs: [secrets.epoch],
  };
  const { chainKey, nextHeaderKey } = rootStep(side, agree(mine.secret, bundle.signed));
  side.sending = { headerKey: secrets.initiator, chainKey, next: 0, epoch: 0 };
  side.nextSending = nextHeaderKey;
  return { side, opening };
}

/** Ann, from her seeds and the body of the first message. */
function respond(body: Bytes): { readonly side: Side; readonly account: Bytes; readonly opening: Bytes; readonly message: Bytes } {
  const { bundle } = openDeposit();
  const prekeys = prekeysFrom(hex(people.prekeys.seed));
  const { id, signed, oneTime, kem } = prekeys;
  expect([id, signed.key, oneTime.key, kem.publicKey].map(toHex)).toEqual(
    [bundle.id, bundle.signed, bundle.oneTime, bundle.encapsulation].map(toHex),
  );
  const own = pairOf(hex(people.ann.agreementSeed));
  const listOf = (identity: Bytes) => readList(new Taker(identity.slice(32)), identity.slice(32));
  const answered = answerHandshake(...occasionOf(bundle), { ...prekeys, own }, body, (identity) => listOf(identity).agreementKey);
  const { opening, identity, secrets, rest: message } = answered;
  const list = listOf(identity);
  expect(toHex(identity.slice(0, 32))).toBe(toHex(list.signingKey));
  const side: Side = {
    ...whole,
    rootKey: secrets.root,
    mine: signed,
    theirs: NOTHING,
    sending: undefined,
    receiving: undefined,
    nextSending: secrets.responder,
    nextReceiving: secrets.initiator,
    epochs: [secrets.epoch],
  };
  return { side, account: list.account, opening, message };
}

describe('from the pages alone', () => {
  test('the invitation is read, the deposit found and opened, the bundle believed', () => {
    const { envelope, bundle, card } = openDeposit();
    expect(envelope.id).toBe(rendezvous.envelopeId);
    expect(toHex(bundle.list.account)).toBe(toHex(invitation.account));
    expect(bundle.expiryHour).toBe(people.prekeys.expiryHour);
    expect(toHex(card)).toBe(rendezvous.card);
    const purgeKey = mac(invitation.secret, 'rendezvous/bundle-purge', NOTHING);
    expect(toHex(hash('envelope/purge', purgeKey).slice(0, 16))).toBe(toHex(envelope.header.slice(28, 44)));
  });

  test('an account is made', () => {
    const seed = hex(people.ann.accountSeed);
    const roots = [0, 1].map((i) => ed25519.getPublicKey(mac(seed, 'identity/root', u8(i))));
    const commitment = hash('identity/next-root', roots[1] as Bytes);
    expect(roots.map(toHex)).toEqual(people.ann.roots);
    expect(toHex(hash('identity/account', roots[0] as Bytes, commitment))).toBe(people.ann.account);
  });

  test('the handshake is made, byte for byte, and understood by the other side', () => {
    const { side, opening } = initiate();
    expect(toHex(opening)).toBe(shaken.opening);
    expect(toHex(hash('session/id', opening).slice(0, 16))).toBe(shaken.sessionId);
    expect(toHex(side.rootKey)).toBe(shaken.afterFirstRootStep.rootKey);
    const [first] = vectors('conversation');
    const responded = respond(readEnvelope(hex(first.envelope)).body);
    expect(toHex(responded.account)).toBe(people.bo.account);
    expect(toHex(responded.side.epochs[0] as Bytes)).toBe(shaken.firstEpochKey);
  });

  test('six messages are written, byte for byte, and read, through two turns and into a new epoch', () => {
    const { side: bo, opening } = initiate();
    let ann: Side | undefined;
    const readers = { ann: 0, bo: 0 };
    for (const [i, message] of vectors('conversation').entries()) {
      const envelope = readEnvelope(hex(message.envelope));
      const isFirst = i < 2;
      const writer = message.from === 'bo' ? bo : (ann as Side);
      const carried = isFirst ? opening : NOTHING;
      const written = write(writer, message, carried);
      expect(isFirst ? firstTag(invitation.secret, message.number) : written.tag).toBe(envelope.tag);
      expect(written.purgeKey).toBe(message.purgeKey);
      expect(toHex(hash('envelope/purge', hex(message.purgeKey)).slice(0, 16))).toBe(toHex(envelope.header.slice(28, 44)));
      expect(toHex(written.body(envelope.header, hex(message.content)))).toBe(toHex(envelope.body));
      ann ??= respond(envelope.body).side;
      const reader = message.from === 'bo' ? ann : bo;
      const content = read(reader, message.number === 0, join(envelope.header, carried), envelope.body.slice(carried.length));
      expect(toHex(content)).toBe(message.content);
      readers[message.from === 'bo' ? 'ann' : 'bo']++;
    }
    expect(readers).toEqual({ ann: 3, bo: 3 });
    expect(bo.epochs.map(toHex)).toEqual(ann?.epochs.map(toHex));
    expect(ann?.sending?.epoch).toBe(1);
  });
});
