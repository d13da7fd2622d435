/**
 * The slots row: four slots of one length, of which each holds the master key under one lock or is chance, and what is needed to try
 * them. It says nothing about which are in use. Rule: docs/protocol/vault.md §2.
 */
import { type Label, LENGTHS, label, type StretchCost, type Suite } from '../../crypto/suite.ts';
import { type Bytes, bytesOf, concat, EMPTY } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import type { Entropy } from '../../ports/entropy.ts';
import { STRETCH_COST, STRETCH_MEMORY_BYTES_MAX, STRETCH_MEMORY_BYTES_MIN, STRETCH_PASSES_MAX, WRAPPED_BYTES_MAX } from './limits.ts';

const VERSION = 1;
const SALT_BYTES = 16;
export const MASTER_BYTES = 32;
const SLOT_BYTES: number = LENGTHS.nonce + MASTER_BYTES + 1 + LENGTHS.sealTag;

/** Which slot is for what. The last is the device's own while no lock is set, and may hold the duress passphrase while one is. */
export const SLOT: { readonly passphrase: 0; readonly prf: 1; readonly words: 2; readonly fourth: 3 } = {
  passphrase: 0,
  prf: 1,
  words: 2,
  fourth: 3,
};
export type SlotNumber = 0 | 1 | 2 | 3;
export type Slots = readonly [Bytes, Bytes, Bytes, Bytes];

/** `sealing`: rows from before the vault may still lie unsealed. `erasing`: nothing opens any more, and what is left is to be deleted. */
const PHASES = ['whole', 'sealing', 'erasing'] as const;

export interface SlotsRow {
  readonly phase: (typeof PHASES)[number];
  readonly cost: StretchCost;
  /** Of the passphrase and of the duress passphrase, so that stretching once tries both. */
  readonly salt: Bytes;
  /** The device secret as the device key wrapped it; empty where there is no device key. */
  readonly wrapped: Bytes;
  readonly slots: Slots;
}

export type SlotsFound =
  | { readonly kind: 'none' }
  | { readonly kind: 'row'; readonly row: SlotsRow }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' };

/** A row in which every slot is chance: nothing opens it. */
export function emptySlots(entropy: Entropy, phase: SlotsRow['phase'], wrapped: Bytes = EMPTY): SlotsRow {
  const slots: Slots = [emptySlot(entropy), emptySlot(entropy), emptySlot(entropy), emptySlot(entropy)];
  return { phase, cost: STRETCH_COST, salt: newSalt(entropy), wrapped, slots };
}

export function emptySlot(entropy: Entropy): Bytes {
  return entropy.bytes(SLOT_BYTES);
}

export function newSalt(entropy: Entropy): Bytes {
  return entropy.bytes(SALT_BYTES);
}

export function encodeSlots(row: SlotsRow): Bytes {
  const writer = new Writer(64 + WRAPPED_BYTES_MAX + 4 * SLOT_BYTES).u8(VERSION).u8(PHASES.indexOf(row.phase));
  writer.u8(row.cost.passes).u32(row.cost.memoryBytes).raw(row.salt).bytes16(row.wrapped);
  for (const slot of row.slots) writer.raw(slot);
  return writer.finish();
}

export function decodeSlots(bytes: Bytes | undefined): SlotsFound {
  if (bytes === undefined) return { kind: 'none' };
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (version > VERSION) return { kind: 'newer', version };
  const phase = PHASES[reader.u8()];
  const cost = { passes: reader.u8(), memoryBytes: reader.u32() };
  const salt = reader.raw(SALT_BYTES);
  const wrapped = reader.bytes16(WRAPPED_BYTES_MAX);
  const slots: Slots = [reader.raw(SLOT_BYTES), reader.raw(SLOT_BYTES), reader.raw(SLOT_BYTES), reader.raw(SLOT_BYTES)];
  if (version !== VERSION || phase === undefined || !isBounded(cost)) return { kind: 'damaged' };
  return reader.finish<SlotsFound>({ kind: 'row', row: { phase, cost, salt, wrapped, slots } }) ?? { kind: 'damaged' };
}

function isBounded({ passes, memoryBytes }: StretchCost): boolean {
  const isMemoryBounded = memoryBytes >= STRETCH_MEMORY_BYTES_MIN && memoryBytes <= STRETCH_MEMORY_BYTES_MAX;
  return passes >= 1 && passes <= STRETCH_PASSES_MAX && isMemoryBounded;
}

export function withSlot(slots: Slots, number: SlotNumber, slot: Bytes): Slots {
  return slots.map((each, i) => (i === number ? slot : each)) as unknown as Slots;
}

export type SlotKind = 'real' | 'duress';
const KINDS: readonly (SlotKind | undefined)[] = [undefined, 'real', 'duress'];

/** What a slot is sealed for; decides the label of its key and whether the device secret goes in. */
export type Lock = 'passphrase' | 'prf' | 'words' | 'device' | 'duress';

const LABELS: Readonly<Record<Lock, Label>> = {
  passphrase: label('vault/slot/passphrase'),
  prf: label('vault/slot/prf'),
  words: label('vault/slot/words'),
  device: label('vault/slot/device'),
  duress: label('vault/slot/duress'),
};
const NUMBERS: Readonly<Record<Lock, SlotNumber>> = {
  passphrase: SLOT.passphrase,
  prf: SLOT.prf,
  words: SLOT.words,
  device: SLOT.fourth,
  duress: SLOT.fourth,
};

/** What opens a slot: `secret` is the stretched passphrase, the PRF output or the account seed, and empty for the device alone. */
export interface SlotKey {
  readonly lock: Lock;
  readonly secret: Uint8Array;
  /** 32 bytes, zeros where there is no device key. Not asked by the words, which must outlive the device. */
  readonly device: Bytes;
}

function keyOf(suite: Suite, { lock, secret, device }: SlotKey): Bytes {
  return suite.derive(lock === 'words' ? EMPTY : device, secret, LABELS[lock], LENGTHS.key);
}

/** The row's slots with that of `key.lock` replaced. */
export function fillSlot(suite: Suite, entropy: Entropy, slots: Slots, key: SlotKey, kind: SlotKind, master: Bytes): Slots {
  const number = NUMBERS[key.lock];
  const slotKey = keyOf(suite, key);
  const nonce = entropy.bytes(LENGTHS.nonce);
  const plain = concat(master, bytesOf([KINDS.indexOf(kind)]));
  const sealed = suite.seal(slotKey, nonce, associated(number), plain);
  suite.wipe(slotKey);
  suite.wipe(plain);
  return withSlot(slots, number, concat(nonce, sealed));
}

/** `undefined` when the key is not the one, or the slot is chance: nobody can tell which. */
export function openSlot(suite: Suite, slots: Slots, key: SlotKey): { readonly kind: SlotKind; readonly master: Bytes } | undefined {
  const number = NUMBERS[key.lock];
  const slot = slots[number];
  const slotKey = keyOf(suite, key);
  const plain = suite.open(slotKey, slot.subarray(0, LENGTHS.nonce), associated(number), slot.subarray(LENGTHS.nonce));
  suite.wipe(slotKey);
  if (plain === undefined) return undefined;
  const master = plain.slice(0, MASTER_BYTES);
  const kind = KINDS[plain[MASTER_BYTES] as number];
  suite.wipe(plain);
  return kind === undefined ? undefined : { kind, master };
}

function associated(number: SlotNumber): Bytes {
  return bytesOf([VERSION, number]);
}
