/**
 * What a device list means to somebody who holds another one of the same account, and the proof that an account signed two that
 * contradict each other. Decides nothing: what follows from a judgement is the caller's. Rule: docs/protocol/identity.md §4.
 */
import type { Suite } from '../crypto/suite.ts';
import { type Bytes, compareBytes, sameBytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { type AccountId, commitmentTo } from './account.ts';
import { type DeviceList, readDeviceList } from './device-list.ts';
import { DEVICE_LIST_BYTES_MAX } from './limits.ts';
import type { EquivocationRefusal } from './refusals.ts';

/** A list that was read and checked, with the bytes it was read from. */
export interface KnownList {
  readonly list: DeviceList;
  readonly record: Bytes;
}

export type ListJudgement = 'same' | 'older' | 'newer' | 'rotated' | 'uncommitted-root' | 'equivocation' | 'other-account';

/** Both lists were signed for one place in the order, and differ. */
export interface EquivocationProof {
  readonly account: AccountId;
  readonly first: KnownList;
  readonly second: KnownList;
}

const VERSION = 1;

function rootAt(list: DeviceList, index: number): Bytes {
  return list.lineage[index]?.rootKey ?? list.rootKey;
}

function commitmentAfter(suite: Suite, list: DeviceList, index: number): Bytes {
  return index === list.rootIndex ? list.nextRootCommitment : commitmentTo(suite, rootAt(list, index + 1));
}

/** Whether two lists name the same roots as far as both reach, and the same one after that: a root commits once. */
function agreeOnRoots(suite: Suite, a: DeviceList, b: DeviceList): boolean {
  const last = Math.min(a.rootIndex, b.rootIndex);
  for (let index = 0; index <= last; index++) if (!sameBytes(rootAt(a, index), rootAt(b, index))) return false;
  return sameBytes(commitmentAfter(suite, a, last), commitmentAfter(suite, b, last));
}

/**
 * What `next` is beside `known`. Both must have been read by `readDeviceList`.
 *
 * A gap between them (the previous hash of `next` is not the hash of `known`) is no contradiction: lists get lost.
 */
export function judgeList(suite: Suite, known: KnownList, next: KnownList): ListJudgement {
  const [before, after] = [known.list, next.list];
  if (!sameBytes(before.account, after.account)) return 'other-account';
  if (!agreeOnRoots(suite, before, after)) return 'uncommitted-root';
  if (after.rootIndex !== before.rootIndex) return after.rootIndex > before.rootIndex ? 'rotated' : 'older';
  if (after.sequence !== before.sequence) return after.sequence > before.sequence ? 'newer' : 'older';
  return sameBytes(known.record, next.record) ? 'same' : 'equivocation';
}

/** The proof, from two records in any order. */
export function encodeEquivocation(a: Bytes, b: Bytes): Bytes {
  const [first, second] = compareBytes(a, b) < 0 ? [a, b] : [b, a];
  return new Writer(512).u8(VERSION).bytes16(first).bytes16(second).finish();
}

function readRecord(suite: Suite, record: Bytes): Result<KnownList, EquivocationRefusal> {
  const reader = new Reader(record);
  const list = readDeviceList(suite, reader);
  if (!list.ok) return list;
  return reader.finish(true) === undefined ? refuse({ kind: 'malformed' }) : ok({ list: list.value, record });
}

/** Reads and checks a proof: two sound lists of one account with one place in the order, in ascending order of their bytes. */
export function readEquivocation(suite: Suite, bytes: Uint8Array): Result<EquivocationProof, EquivocationRefusal> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (reader.failed) return refuse({ kind: 'malformed' });
  if (version !== VERSION) return refuse({ kind: 'unknown-version', found: version });
  const records = [reader.bytes16(DEVICE_LIST_BYTES_MAX), reader.bytes16(DEVICE_LIST_BYTES_MAX)] as const;
  if (reader.finish(true) === undefined) return refuse({ kind: 'malformed' });
  const first = readRecord(suite, records[0]);
  if (!first.ok) return first;
  const second = readRecord(suite, records[1]);
  if (!second.ok) return second;
  const [a, b] = [first.value.list, second.value.list];
  const isOnePlace = sameBytes(a.account, b.account) && a.rootIndex === b.rootIndex && a.sequence === b.sequence;
  if (!isOnePlace || compareBytes(records[0], records[1]) >= 0) return refuse({ kind: 'no-contradiction' });
  return ok({ account: a.account, first: first.value, second: second.value });
}
