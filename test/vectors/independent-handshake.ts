/** The handshake of session.md §2 in the second implementation: as the one who begins, and as the one who answers. */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import {
  agree,
  type Bytes,
  bytes16,
  derive,
  hash,
  join,
  open,
  type Pair,
  type prekeysFrom,
  seal,
  Taker,
  u8,
  ZEROS,
} from './independent.ts';

export interface Occasion {
  readonly purpose: number;
  readonly secret: Bytes;
}

/** What is published about the one who answers. */
export interface Responder {
  readonly account: Bytes;
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
  readonly id: Bytes;
  readonly signed: Bytes;
  readonly oneTime: Bytes;
  readonly encapsulation: Bytes;
}

/** What the one who begins knows beside it. */
export interface Initiator {
  readonly own: Pair;
  readonly ephemeral: Pair;
  readonly chance: Bytes;
  /** The signing key, and the list behind it. */
  readonly identity: Bytes;
}

/** What both sides hash. */
function openedOf({ purpose, secret }: Occasion, responder: Responder, ephemeral: Bytes, ciphertext: Bytes): Bytes {
  const { account, signingKey, agreementKey, id, signed, oneTime, encapsulation } = responder;
  const published = [account, signingKey, agreementKey, id, signed, oneTime, encapsulation];
  return hash('session/handshake/opening', u8(1), u8(purpose), secret, ...published, ephemeral, ciphertext);
}

const identityKeyOf = (opened: Bytes, shared: Bytes): Bytes => derive(opened, shared, 'session/handshake/identity', 32);
const transcriptOf = (opened: Bytes, identity: Bytes): Bytes => hash('session/handshake/transcript', opened, identity);

function secretsOf(transcript: Bytes, ...agreed: readonly Bytes[]) {
  const bytes = derive(transcript, join(...agreed), 'session/handshake/root', 128);
  return { root: bytes.slice(0, 32), initiator: bytes.slice(32, 64), responder: bytes.slice(64, 96), epoch: bytes.slice(96) };
}

/** With every value on the way. */
export function beginHandshake(occasion: Occasion, responder: Responder, { own, ephemeral, chance, identity }: Initiator) {
  const made = ml_kem768.encapsulate(responder.encapsulation, chance);
  const [d1, d2] = [agree(own.secret, responder.signed), agree(ephemeral.secret, responder.agreementKey)];
  const [d3, d4] = [agree(ephemeral.secret, responder.signed), agree(ephemeral.secret, responder.oneTime)];
  const kemSecret = made.sharedSecret;
  const shared = join(d3, d4, kemSecret);
  const opened = openedOf(occasion, responder, ephemeral.key, made.cipherText);
  const identityKey = identityKeyOf(opened, shared);
  const transcript = transcriptOf(opened, identity);
  const opening = join(ephemeral.key, made.cipherText, bytes16(seal(identityKey, ZEROS, opened, identity)));
  const between = { d1, d2, d3, d4, kemSecret, opened, identity, identityKey, transcript };
  return { opening, between, secrets: secretsOf(transcript, d1, d2, shared) };
}

/** From the front of a message; `agreementKeyOf` finds the other's key in the identity that was sealed. */
export function answerHandshake(
  occasion: Occasion,
  responder: Responder,
  { signed, oneTime, kem, own }: ReturnType<typeof prekeysFrom> & { readonly own: Pair },
  message: Bytes,
  agreementKeyOf: (identity: Bytes) => Bytes,
) {
  const take = new Taker(message);
  const [ephemeral, ciphertext, sealedIdentity] = [take.raw(32), take.raw(1088), take.bytes16()];
  const opening = message.slice(0, take.at);
  const shared = join(agree(signed.secret, ephemeral), agree(oneTime.secret, ephemeral), ml_kem768.decapsulate(ciphertext, kem.secretKey));
  const opened = openedOf(occasion, responder, ephemeral, ciphertext);
  const identity = open(identityKeyOf(opened, shared), ZEROS, opened, sealedIdentity);
  const [d1, d2] = [agree(signed.secret, agreementKeyOf(identity)), agree(own.secret, ephemeral)];
  return { opening, identity, secrets: secretsOf(transcriptOf(opened, identity), d1, d2, shared), rest: take.rest() };
}
