/**
 * The first message's handshake, shaped like PQXDH: four X25519 agreements and one ML-KEM-768 encapsulation, everything either side
 * contributed in the transcript, the initiator's identity sealed. Rule: docs/protocol/session.md §2.
 */
import { type KeyPair, type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import type { Bundle, PrekeySecrets, Prekeys } from '../identity/bundle.ts';
import { type Device, type DeviceList, listsDevice, readDeviceList } from '../identity/device-list.ts';
import { type Bytes, bytesOf, concat } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import type { Random } from '../kernel/random.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { PURPOSE_NUMBERS, type Purpose } from './purpose.ts';
import type { Secrets } from './ratchet.ts';
import type { HandshakeRefusal } from './refusals.ts';

/** This device, with its secret halves and the signed list that names it. */
export interface OwnDevice {
  readonly account: Bytes;
  readonly listRecord: Bytes;
  readonly signing: KeyPair;
  readonly agreement: KeyPair;
}

const OPENING: Label = label('session/handshake/opening');
const IDENTITY: Label = label('session/handshake/identity');
const TRANSCRIPT: Label = label('session/handshake/transcript');
const ROOT: Label = label('session/handshake/root');

/** To whom a session is opened: what a bundle says of them, whichever way it came. */
export interface Target {
  /** 32 bytes; zeros for a device that has no account yet (`link`). */
  readonly account: Uint8Array;
  readonly device: Device;
  readonly prekeys: Prekeys;
}

export function targetOf(bundle: Bundle): Target {
  return { account: bundle.list.account, device: bundle.device, prekeys: bundle.prekeys };
}

/** What a handshake hangs on beside the keys: its purpose, and the secret by which the bundle was found. */
export interface Occasion {
  readonly purpose: Purpose;
  /** 32 bytes. */
  readonly secret: Bytes;
}

const IDENTITY_BYTES_MAX = 2048;
const ONCE: Bytes = new Uint8Array(LENGTHS.nonce);

/** What travels in front of each message until the first answer. */
export interface Opening {
  readonly ephemeral: Bytes;
  readonly encapsulated: Bytes;
  readonly sealedIdentity: Bytes;
}

export function encodeOpening(opening: Opening): Bytes {
  return new Writer(1500).raw(opening.ephemeral).raw(opening.encapsulated).bytes16(opening.sealedIdentity).finish();
}

/** Reads an opening at the front of a body; the rest is the ratchet message. */
export function readOpening(body: Bytes): { readonly opening: Opening; readonly bytes: Bytes; readonly message: Bytes } | undefined {
  const reader = new Reader(body);
  const opening = {
    ephemeral: reader.raw(LENGTHS.publicKey),
    encapsulated: reader.raw(LENGTHS.encapsulationCiphertext),
    sealedIdentity: reader.bytes16(IDENTITY_BYTES_MAX),
  };
  if (reader.failed) return undefined;
  const at = body.length - reader.left;
  return { opening, bytes: body.slice(0, at), message: body.slice(at) };
}

interface Public {
  readonly occasion: Occasion;
  readonly account: Uint8Array;
  readonly device: Device;
  readonly prekeyId: Bytes;
  readonly signed: Bytes;
  readonly oneTime: Bytes;
  readonly encapsulation: Bytes;
  readonly ephemeral: Bytes;
  readonly encapsulated: Bytes;
}

function openingHash(suite: Suite, it: Public): Bytes {
  return suite.hash(
    OPENING,
    bytesOf([suite.id, PURPOSE_NUMBERS[it.occasion.purpose]]),
    it.occasion.secret,
    it.account,
    it.device.signingKey,
    it.device.agreementKey,
    it.prekeyId,
    it.signed,
    it.oneTime,
    it.encapsulation,
    it.ephemeral,
    it.encapsulated,
  );
}

function secretsOf(suite: Suite, transcript: Bytes, agreed: Bytes): Secrets {
  const bytes = suite.derive(transcript, agreed, ROOT, 128);
  return {
    rootKey: bytes.slice(0, 32),
    initiatorHeaderKey: bytes.slice(32, 64),
    responderHeaderKey: bytes.slice(64, 96),
    firstEpochKey: bytes.slice(96),
  };
}

export interface Initiated {
  readonly opening: Bytes;
  readonly secrets: Secrets;
}

/** The initiator's side, against a target whose record was checked. Refuses `bad-key` if a prekey is not usable. */
export function initiate(
  suite: Suite,
  random: Random,
  own: OwnDevice,
  target: Target,
  occasion: Occasion,
): Result<Initiated, HandshakeRefusal> {
  const { device, prekeys } = target;
  const ephemeral = suite.agreementPair(random.bytes(LENGTHS.key));
  const encapsulated = suite.encapsulate(prekeys.encapsulation, random.bytes(32));
  const withSigned = suite.agree(ephemeral.secretKey, prekeys.signed);
  const withOneTime = suite.agree(ephemeral.secretKey, prekeys.oneTime);
  const mineWithSigned = suite.agree(own.agreement.secretKey, prekeys.signed);
  const withTheirs = suite.agree(ephemeral.secretKey, device.agreementKey);
  if (!encapsulated || !withSigned || !withOneTime || !mineWithSigned || !withTheirs) return refuse({ kind: 'bad-key' });

  const opened = openingHash(suite, {
    occasion,
    account: target.account,
    device,
    prekeyId: prekeys.id,
    signed: prekeys.signed,
    oneTime: prekeys.oneTime,
    encapsulation: prekeys.encapsulation,
    ephemeral: ephemeral.publicKey,
    encapsulated: encapsulated.ciphertext,
  });
  const shared = concat(withSigned, withOneTime, encapsulated.secret);
  const identity = concat(own.signing.publicKey, own.listRecord);
  const sealedIdentity = suite.seal(suite.derive(opened, shared, IDENTITY, LENGTHS.key), ONCE, opened, identity);
  const transcript = suite.hash(TRANSCRIPT, opened, identity);
  const secrets = secretsOf(suite, transcript, concat(mineWithSigned, withTheirs, shared));
  return ok({ opening: encodeOpening({ ephemeral: ephemeral.publicKey, encapsulated: encapsulated.ciphertext, sealedIdentity }), secrets });
}

export interface Responded {
  readonly secrets: Secrets;
  readonly list: DeviceList;
  readonly listRecord: Bytes;
  readonly device: Device;
}

/** The responder's side. The caller has found by the tag which prekeys are meant. */
export function respond(
  suite: Suite,
  own: OwnDevice,
  prekeys: PrekeySecrets,
  occasion: Occasion,
  opening: Opening,
): Result<Responded, HandshakeRefusal> {
  const withSigned = suite.agree(prekeys.signed.secretKey, opening.ephemeral);
  const withOneTime = suite.agree(prekeys.oneTime.secretKey, opening.ephemeral);
  const theirsWithMine = suite.agree(own.agreement.secretKey, opening.ephemeral);
  const decapsulated = suite.decapsulate(prekeys.encapsulation.secretKey, opening.encapsulated);
  if (!withSigned || !withOneTime || !theirsWithMine || !decapsulated) return refuse({ kind: 'bad-key' });

  const opened = openingHash(suite, {
    occasion,
    account: own.account,
    device: { signingKey: own.signing.publicKey, agreementKey: own.agreement.publicKey },
    prekeyId: prekeys.id,
    signed: prekeys.signed.publicKey,
    oneTime: prekeys.oneTime.publicKey,
    encapsulation: prekeys.encapsulation.publicKey,
    ephemeral: opening.ephemeral,
    encapsulated: opening.encapsulated,
  });
  const shared = concat(withSigned, withOneTime, decapsulated);
  const identity = suite.open(suite.derive(opened, shared, IDENTITY, LENGTHS.key), ONCE, opened, opening.sealedIdentity);
  if (identity === undefined) return refuse({ kind: 'not-authentic' });

  const listRecord = identity.slice(LENGTHS.publicKey);
  const reader = new Reader(listRecord);
  const list = readDeviceList(suite, reader);
  if (!list.ok || reader.left > 0) return refuse({ kind: 'bad-identity' });
  const device = listsDevice(list.value, identity.subarray(0, LENGTHS.publicKey));
  if (device === undefined) return refuse({ kind: 'bad-identity' });
  const signedWithTheirs = suite.agree(prekeys.signed.secretKey, device.agreementKey);
  if (signedWithTheirs === undefined) return refuse({ kind: 'bad-key' });
  const transcript = suite.hash(TRANSCRIPT, opened, identity);
  return ok({
    secrets: secretsOf(suite, transcript, concat(signedWithTheirs, theirsWithMine, shared)),
    list: list.value,
    listRecord,
    device,
  });
}
