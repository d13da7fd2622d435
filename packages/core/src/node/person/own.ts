/** This device's own keys, from the few seeds that are stored; and the lists that the first device of an account signs. */
import type { RemovedDevice } from '../../content/keys.ts';
import type { Suite } from '../../crypto/suite.ts';
import { commitmentTo, rootPair, rootSeed } from '../../identity/account.ts';
import {
  type Device,
  type DeviceList,
  listHash,
  nextSequence,
  readListRecord,
  signDeviceList,
  succession,
} from '../../identity/device-list.ts';
import { ROOTS_MAX } from '../../identity/limits.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, EMPTY, sameBytes } from '../../kernel/bytes.ts';
import type { Random } from '../../kernel/random.ts';
import type { OwnDevice } from '../../session/handshake.ts';
import { TAKE_OVER_SPREAD_HOURS } from './limits.ts';
import type { IdentityRow } from './rows.ts';

export interface Own {
  readonly row: IdentityRow;
  readonly device: OwnDevice;
  readonly list: DeviceList;
}

/** Seeds of a device, each 32 bytes. */
export interface DeviceSeeds {
  readonly signingSeed: Bytes;
  readonly agreementSeed: Bytes;
  readonly transportSeed: Bytes;
}

export function ownFrom(suite: Suite, row: IdentityRow): Own {
  const list = readListRecord(suite, row.listRecord);
  assert(list.ok, 'the own list was signed, or believed, before it was kept');
  const device = {
    account: list.value.account,
    listRecord: row.listRecord,
    signing: suite.signingPair(row.signingSeed),
    agreement: suite.agreementPair(row.agreementSeed),
  };
  return { row, device, list: list.value };
}

export function newSeeds(random: Random): DeviceSeeds {
  return { signingSeed: random.bytes(32), agreementSeed: random.bytes(32), transportSeed: random.bytes(32) };
}

export function publicDevice(suite: Suite, seeds: DeviceSeeds): Device {
  return {
    signingKey: suite.signingPair(seeds.signingSeed).publicKey,
    agreementKey: suite.agreementPair(seeds.agreementSeed).publicKey,
  };
}

/** A new account with this device as its only one. `nowHour`: hours since 1970. */
export function beginIdentity(suite: Suite, random: Random, name: string, nowHour: number): IdentityRow {
  return firstOf(suite, random, name, random.bytes(32), { index: 0, nowHour, previous: undefined, removed: [], later: 0 });
}

/**
 * This device takes an account over with its words: the root after `known`, or the second one when no list is known, signs a list that
 * names this device alone. `undefined` when the account has no root left.
 */
export function recoverIdentity(
  suite: Suite,
  random: Random,
  name: string,
  accountSeed: Bytes,
  known: { readonly list: DeviceList; readonly record: Bytes } | undefined,
  nowHour: number,
): IdentityRow | undefined {
  const index = (known?.list.rootIndex ?? 0) + 1;
  if (index >= ROOTS_MAX) return undefined;
  const removed = (known?.list.devices ?? []).map(({ signingKey }) => ({ signingKey, isStolen: true }));
  const row = firstOf(suite, random, name, accountSeed, {
    index,
    nowHour,
    previous: known,
    removed,
    later: (random.bytes(1)[0] as number) % TAKE_OVER_SPREAD_HOURS,
  });
  // The words were used, so they are written down somewhere already.
  return { ...row, accountSeed: EMPTY };
}

interface Beginning {
  readonly index: number;
  readonly nowHour: number;
  readonly previous: { readonly list: DeviceList; readonly record: Bytes } | undefined;
  readonly removed: readonly RemovedDevice[];
  /** Hours: two takings-over within one hour must not sign two lists with one place in the order. */
  readonly later: number;
}

function firstOf(suite: Suite, random: Random, name: string, accountSeed: Bytes, it: Beginning): IdentityRow {
  const seeds = newSeeds(random);
  const root = rootPair(suite, accountSeed, it.index);
  const list = {
    rootIndex: it.index,
    // Sequences begin anew under each root: lists are ordered by root first.
    sequence: it.nowHour + it.later,
    previousHash: it.previous === undefined ? new Uint8Array(32) : listHash(suite, it.previous.record),
    minimumSuite: suite.id,
    devices: [publicDevice(suite, seeds)],
    lineage: succession(suite, accountSeed, it.index),
    rootKey: root.publicKey,
    nextRootCommitment: commitmentTo(suite, rootPair(suite, accountSeed, it.index + 1).publicKey),
  };
  const listRecord = signDeviceList(suite, list, root.secretKey);
  const contactKey = random.bytes(32);
  return { name, accountSeed, rootSeed: rootSeed(suite, accountSeed, it.index), ...seeds, listRecord, contactKey, removed: it.removed };
}

/** The next list of an account, signed by its first device. */
export function signNextList(suite: Suite, own: Own, devices: readonly Device[], nowHour: number): Bytes {
  assert(own.row.rootSeed.length > 0, 'only the first device signs');
  const { account: _, ...before } = own.list;
  const next = { ...before, sequence: nextSequence(before.sequence, nowHour), previousHash: listHash(suite, own.row.listRecord), devices };
  return signDeviceList(suite, next, suite.signingPair(own.row.rootSeed).secretKey);
}

/** Whether the list that is believed names this device. */
export function isListed(own: Own): boolean {
  return own.list.devices.some((device) => sameBytes(device.signingKey, own.device.signing.publicKey));
}
