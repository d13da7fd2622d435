/**
 * A prekey bundle: everything another device needs to open a session without an answer. Signed by the device, whose list is signed
 * by the root. Deposited sealed; nothing of it ever travels in clear. Rule: docs/protocol/identity.md §3.
 */
import { type KeyPair, type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, concat } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { type Device, type DeviceList, listsDevice, readDeviceList } from './device-list.ts';
import type { BundleRefusal } from './refusals.ts';

/** Public prekeys: the signed one, the one-time one, and the encapsulation key. */
export interface Prekeys {
  /** 16 random bytes by which their owner finds the secret halves. */
  readonly id: Bytes;
  readonly signed: Bytes;
  readonly oneTime: Bytes;
  readonly encapsulation: Bytes;
}

export interface Bundle {
  readonly list: DeviceList;
  readonly device: Device;
  readonly prekeys: Prekeys;
  /** Hours since 1970. */
  readonly expiryHour: number;
}

/** The secret side of `Prekeys`: one 32-byte seed, from which all three pairs are derived. */
export interface PrekeySecrets {
  readonly id: Bytes;
  readonly signed: KeyPair;
  readonly oneTime: KeyPair;
  readonly encapsulation: KeyPair;
}

const SIGNED: Label = label('identity/bundle');
const PREKEY_SEED: Label = label('identity/prekey-seed');
const PREKEY_ID: Label = label('identity/prekey-id');
export const PREKEY_ID_BYTES = 16;

/** All prekeys of one bundle from one 32-byte seed: what is kept is the seed. */
export function prekeysFrom(suite: Suite, seed: Uint8Array): PrekeySecrets {
  const bytes = suite.derive(new Uint8Array(0), seed, PREKEY_SEED, 32 + 32 + LENGTHS.encapsulationSeed);
  return {
    id: suite.mac(seed, PREKEY_ID, new Uint8Array(0), PREKEY_ID_BYTES),
    signed: suite.agreementPair(bytes.subarray(0, 32)),
    oneTime: suite.agreementPair(bytes.subarray(32, 64)),
    encapsulation: suite.encapsulationPair(bytes.subarray(64)),
  };
}

/** What others may see of the secrets. */
export function publicPrekeys(secrets: PrekeySecrets): Prekeys {
  return {
    id: secrets.id,
    signed: secrets.signed.publicKey,
    oneTime: secrets.oneTime.publicKey,
    encapsulation: secrets.encapsulation.publicKey,
  };
}

/** Prekeys as they stand in every record that offers them. */
export function writePrekeys(writer: Writer, prekeys: Prekeys): Writer {
  return writer.raw(prekeys.id).raw(prekeys.signed).raw(prekeys.oneTime).raw(prekeys.encapsulation);
}

export function readPrekeys(reader: Reader): Prekeys {
  return {
    id: reader.raw(PREKEY_ID_BYTES),
    signed: reader.raw(LENGTHS.publicKey),
    oneTime: reader.raw(LENGTHS.publicKey),
    encapsulation: reader.raw(LENGTHS.encapsulationKey),
  };
}

function encodeOwnPart(device: Device, prekeys: Prekeys, expiryHour: number): Bytes {
  return writePrekeys(new Writer(1400).raw(device.signingKey), prekeys).u32(expiryHour).finish();
}

/** Makes the record from an encoded device list, this device's keys and public prekeys. */
export function signBundle(
  suite: Suite,
  listRecord: Uint8Array,
  device: Device,
  deviceSecretKey: Uint8Array,
  secrets: PrekeySecrets,
  expiryHour: number,
): Bytes {
  const own = encodeOwnPart(device, publicPrekeys(secrets), expiryHour);
  return concat(listRecord, own, suite.sign(deviceSecretKey, SIGNED, concat(suite.hash(SIGNED, listRecord), own)));
}

/** Reads and checks a whole bundle; `nowHour` in hours since 1970. */
export function readBundle(suite: Suite, bytes: Bytes, nowHour: number): Result<Bundle, BundleRefusal> {
  const reader = new Reader(bytes);
  const list = readDeviceList(suite, reader);
  if (!list.ok) return list;
  const listRecord = bytes.subarray(0, bytes.length - reader.left);
  const signingKey = reader.raw(LENGTHS.publicKey);
  const prekeys = readPrekeys(reader);
  const expiryHour = reader.u32();
  const signature = reader.raw(LENGTHS.signature);
  if (reader.finish(true) === undefined) return refuse({ kind: 'malformed' });
  const device = listsDevice(list.value, signingKey);
  if (device === undefined) return refuse({ kind: 'unlisted-device' });
  const own = encodeOwnPart(device, prekeys, expiryHour);
  if (!suite.verify(signingKey, SIGNED, concat(suite.hash(SIGNED, listRecord), own), signature))
    return refuse({ kind: 'bundle-signature' });
  if (expiryHour < nowHour) return refuse({ kind: 'expired', expiryHour });
  return ok({ list: list.value, device, prekeys, expiryHour });
}
