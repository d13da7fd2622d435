/**
 * A spare bundle: prekeys that one device hands another inside a living session, so that they can begin anew when that session is lost.
 * Without the device list, which the other side holds already. Rule: docs/protocol/identity.md §7.
 */
import { type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, concat } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { type Bundle, type PrekeySecrets, type Prekeys, publicPrekeys, readPrekeys, writePrekeys } from './bundle.ts';
import type { Device, DeviceList } from './device-list.ts';
import type { OfferRefusal } from './refusals.ts';

export interface Spare {
  readonly prekeys: Prekeys;
  /** Hours since 1970. */
  readonly expiryHour: number;
}

const SIGNED: Label = label('identity/spare');
const VERSION = 1;

function encodeBody(spare: Spare): Bytes {
  return writePrekeys(new Writer(1400).u8(VERSION), spare.prekeys).u32(spare.expiryHour).finish();
}

/** The keys of the device stand in what is signed, and not in the record. */
function signedPart(device: Device, body: Bytes): Bytes {
  return concat(device.signingKey, device.agreementKey, body);
}

/** Makes the record from this device's keys and fresh prekeys. */
export function signSpare(suite: Suite, device: Device, deviceSecretKey: Uint8Array, secrets: PrekeySecrets, expiryHour: number): Bytes {
  const body = encodeBody({ prekeys: publicPrekeys(secrets), expiryHour });
  return concat(body, suite.sign(deviceSecretKey, SIGNED, signedPart(device, body)));
}

/** Reads and checks a spare of `device`, which the session is with; `nowHour` in hours since 1970. */
export function readSpare(suite: Suite, bytes: Uint8Array, device: Device, nowHour: number): Result<Spare, OfferRefusal> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (reader.failed) return refuse({ kind: 'malformed' });
  if (version !== VERSION) return refuse({ kind: 'unknown-version', found: version });
  const spare: Spare = { prekeys: readPrekeys(reader), expiryHour: reader.u32() };
  const signature = reader.raw(LENGTHS.signature);
  if (reader.finish(true) === undefined) return refuse({ kind: 'malformed' });
  if (!suite.verify(device.signingKey, SIGNED, signedPart(device, encodeBody(spare)), signature)) return refuse({ kind: 'signature' });
  if (spare.expiryHour < nowHour) return refuse({ kind: 'expired', expiryHour: spare.expiryHour });
  return ok(spare);
}

/** A spare as a session uses any bundle: with the newest list that is known of its owner. */
export function bundleFromSpare(list: DeviceList, device: Device, spare: Spare): Bundle {
  return { list, device, prekeys: spare.prekeys, expiryHour: spare.expiryHour };
}
