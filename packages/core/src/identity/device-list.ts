/**
 * The signed list of a person's devices: the only statement an account's root ever signs. One device for now; the record has its
 * final shape. Rule: docs/protocol/identity.md §2.
 */
import { type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, concat, sameBytes } from '../kernel/bytes.ts';
import { type Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { type AccountId, accountIdOf } from './account.ts';
import { DEVICES_MAX } from './limits.ts';
import type { DeviceListRefusal } from './refusals.ts';

/** Public halves of one device. */
export interface Device {
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
}

export interface DeviceList {
  readonly account: AccountId;
  readonly rootIndex: number;
  /** max(previous + 1, hours since 1970): lists are ordered by (rootIndex, sequence). */
  readonly sequence: number;
  readonly previousHash: Bytes;
  readonly minimumSuite: number;
  readonly devices: readonly Device[];
  readonly rootKey: Bytes;
  readonly nextRootCommitment: Bytes;
}

const SIGNED: Label = label('identity/device-list');
const VERSION = 1;

function encodeBody(list: Omit<DeviceList, 'account'>): Bytes {
  const writer = new Writer(256);
  writer.u8(VERSION).u8(list.rootIndex).u32(list.sequence).raw(list.previousHash).u8(list.minimumSuite);
  writer.raw(list.rootKey).raw(list.nextRootCommitment).u8(list.devices.length);
  for (const device of list.devices) writer.raw(device.signingKey).raw(device.agreementKey);
  return writer.finish();
}

/** The record: body, then the root's signature over it. */
export function signDeviceList(suite: Suite, list: Omit<DeviceList, 'account'>, rootSecretKey: Uint8Array): Bytes {
  const body = encodeBody(list);
  return concat(body, suite.sign(rootSecretKey, SIGNED, body));
}

/** Reads a record at the front of `reader`; the signature is checked, the account id derived from what was signed. */
export function readDeviceList(suite: Suite, reader: Reader): Result<DeviceList, DeviceListRefusal> {
  const version = reader.u8();
  const rootIndex = reader.u8();
  const sequence = reader.u32();
  const previousHash = reader.raw(LENGTHS.hash);
  const minimumSuite = reader.u8();
  const rootKey = reader.raw(LENGTHS.publicKey);
  const nextRootCommitment = reader.raw(LENGTHS.hash);
  const count = reader.u8();
  if (reader.failed) return refuse({ kind: 'malformed' });
  if (version !== VERSION) return refuse({ kind: 'unknown-version', found: version });
  if (count < 1 || count > DEVICES_MAX) return refuse({ kind: 'device-count', found: count, max: DEVICES_MAX });
  const devices: Device[] = [];
  for (let i = 0; i < count; i++) {
    devices.push({ signingKey: reader.raw(LENGTHS.publicKey), agreementKey: reader.raw(LENGTHS.publicKey) });
  }
  const signature = reader.raw(LENGTHS.signature);
  if (reader.failed) return refuse({ kind: 'malformed' });
  const body = { rootIndex, sequence, previousHash, minimumSuite, devices, rootKey, nextRootCommitment };
  if (!suite.verify(rootKey, SIGNED, encodeBody(body), signature)) return refuse({ kind: 'signature' });
  if (rootIndex !== 0) return refuse({ kind: 'later-root', rootIndex });
  return ok({ ...body, account: accountIdOf(suite, rootKey, nextRootCommitment) });
}

export function listsDevice(list: DeviceList, signingKey: Uint8Array): Device | undefined {
  return list.devices.find((device) => sameBytes(device.signingKey, signingKey));
}
