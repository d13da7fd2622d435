/**
 * The signed list of a person's devices: the only statement an account's root signs, but for naming its successor. A list of a
 * later root carries the roots before it, so that it proves itself from the account id alone. Rule: docs/protocol/identity.md §2.
 */
import { type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import { type Bytes, concat, EMPTY, sameBytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { type AccountId, accountIdOf, commitmentTo, rootPair } from './account.ts';
import { DEVICES_MAX, ROOTS_MAX } from './limits.ts';
import type { DeviceListRefusal } from './refusals.ts';

/** Public halves of one device. */
export interface Device {
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
}

/** A root that is no longer in use. */
export interface Ancestor {
  readonly rootKey: Bytes;
  /** Over the commitment to the root after it; empty for the first root, whose successor the account id commits to. */
  readonly signature: Bytes;
}

export interface DeviceList {
  readonly account: AccountId;
  readonly rootIndex: number;
  /** max(previous + 1, hours since 1970): lists are ordered by (rootIndex, sequence). */
  readonly sequence: number;
  readonly previousHash: Bytes;
  readonly minimumSuite: number;
  readonly devices: readonly Device[];
  /** The roots before `rootKey`, the first one first: as many as `rootIndex` says. */
  readonly lineage: readonly Ancestor[];
  readonly rootKey: Bytes;
  readonly nextRootCommitment: Bytes;
}

/** What is signed; the account follows from it. A list of the first root has no lineage. */
export type UnsignedDeviceList = Omit<DeviceList, 'account' | 'lineage'> & { readonly lineage?: readonly Ancestor[] };

const SIGNED: Label = label('identity/device-list');
const SUCCESSION: Label = label('identity/succession');
const LIST_HASH: Label = label('identity/list-hash');
const VERSION = 1;

/** What the next list holds as its previous hash. */
export function listHash(suite: Suite, record: Uint8Array): Bytes {
  return suite.hash(LIST_HASH, record);
}

/** Sequence of the list after one numbered `previous` under the same root; `nowHour` in hours since 1970. */
export function nextSequence(previous: number, nowHour: number): number {
  return Math.max(previous + 1, nowHour);
}

/** The roots before root `index` of the account whose seed is given, each vouching for the one after it. */
export function succession(suite: Suite, seed: Uint8Array, index: number): readonly Ancestor[] {
  return Array.from({ length: index }, (_, at) => {
    const root = rootPair(suite, seed, at);
    const next = commitmentTo(suite, rootPair(suite, seed, at + 1).publicKey);
    return { rootKey: root.publicKey, signature: at === 0 ? EMPTY : suite.sign(root.secretKey, SUCCESSION, next) };
  });
}

function encodeBody(list: UnsignedDeviceList): Bytes {
  const writer = new Writer(256);
  writer.u8(VERSION).u8(list.rootIndex).u32(list.sequence).raw(list.previousHash).u8(list.minimumSuite);
  for (const ancestor of list.lineage ?? []) writer.raw(ancestor.rootKey).raw(ancestor.signature);
  writer.raw(list.rootKey).raw(list.nextRootCommitment).u8(list.devices.length);
  for (const device of list.devices) writer.raw(device.signingKey).raw(device.agreementKey);
  return writer.finish();
}

/** The record: body, then the root's signature over it. */
export function signDeviceList(suite: Suite, list: UnsignedDeviceList, rootSecretKey: Uint8Array): Bytes {
  assert((list.lineage ?? []).length === list.rootIndex, 'a list names every root before its own');
  const body = encodeBody(list);
  return concat(body, suite.sign(rootSecretKey, SIGNED, body));
}

function readLineage(reader: Reader, rootIndex: number): readonly Ancestor[] {
  return Array.from({ length: rootIndex }, (_, at) => ({
    rootKey: reader.raw(LENGTHS.publicKey),
    signature: at === 0 ? EMPTY : reader.raw(LENGTHS.signature),
  }));
}

/** Whether each root after the first names the one that follows it. What the first one names stands in the account id. */
function isUnbroken(suite: Suite, lineage: readonly Ancestor[], rootKey: Bytes): boolean {
  return lineage.every(
    (ancestor, at) =>
      at === 0 || suite.verify(ancestor.rootKey, SUCCESSION, commitmentTo(suite, lineage[at + 1]?.rootKey ?? rootKey), ancestor.signature),
  );
}

function hasTwins(devices: readonly Device[]): boolean {
  return devices.some((one, at) => devices.findIndex((other) => sameBytes(one.signingKey, other.signingKey)) !== at);
}

function accountOf(suite: Suite, lineage: readonly Ancestor[], rootKey: Bytes, nextRootCommitment: Bytes): AccountId {
  const first = lineage[0];
  if (first === undefined) return accountIdOf(suite, rootKey, nextRootCommitment);
  return accountIdOf(suite, first.rootKey, commitmentTo(suite, lineage[1]?.rootKey ?? rootKey));
}

/**
 * Reads a record at the front of `reader`. Signature and lineage are checked, the account id derived from what was signed: whoever
 * expects a certain account compares it.
 */
export function readDeviceList(suite: Suite, reader: Reader): Result<DeviceList, DeviceListRefusal> {
  const version = reader.u8();
  const rootIndex = reader.u8();
  const sequence = reader.u32();
  const previousHash = reader.raw(LENGTHS.hash);
  const minimumSuite = reader.u8();
  if (reader.failed) return refuse({ kind: 'malformed' });
  if (version !== VERSION) return refuse({ kind: 'unknown-version', found: version });
  if (rootIndex >= ROOTS_MAX) return refuse({ kind: 'later-root', rootIndex });
  const lineage = readLineage(reader, rootIndex);
  const rootKey = reader.raw(LENGTHS.publicKey);
  const nextRootCommitment = reader.raw(LENGTHS.hash);
  const count = reader.u8();
  if (reader.failed) return refuse({ kind: 'malformed' });
  if (count < 1 || count > DEVICES_MAX) return refuse({ kind: 'device-count', found: count, max: DEVICES_MAX });
  const devices: Device[] = [];
  for (let i = 0; i < count; i++) {
    devices.push({ signingKey: reader.raw(LENGTHS.publicKey), agreementKey: reader.raw(LENGTHS.publicKey) });
  }
  const signature = reader.raw(LENGTHS.signature);
  if (reader.failed || hasTwins(devices)) return refuse({ kind: 'malformed' });
  const body = { rootIndex, sequence, previousHash, minimumSuite, devices, lineage, rootKey, nextRootCommitment };
  if (!suite.verify(rootKey, SIGNED, encodeBody(body), signature)) return refuse({ kind: 'signature' });
  if (!isUnbroken(suite, lineage, rootKey)) return refuse({ kind: 'lineage' });
  if (minimumSuite > suite.id) return refuse({ kind: 'suite', needed: minimumSuite });
  return ok({ ...body, account: accountOf(suite, lineage, rootKey, nextRootCommitment) });
}

/** Reads a record that stands alone: one byte more than the list would make it another record of the same list, so it is refused. */
export function readListRecord(suite: Suite, record: Uint8Array): Result<DeviceList, DeviceListRefusal> {
  const reader = new Reader(record);
  const list = readDeviceList(suite, reader);
  return list.ok && reader.left > 0 ? refuse({ kind: 'malformed' }) : list;
}

export function listsDevice(list: DeviceList, signingKey: Uint8Array): Device | undefined {
  return list.devices.find((device) => sameBytes(device.signingKey, signingKey));
}
