/** Trying a lock: what a person or a device hands in, against the slots row. It never writes. Rule: docs/protocol/vault.md §2. */
import type { Suite } from '../../crypto/suite.ts';
import { assertNever } from '../../kernel/assert.ts';
import { type Bytes, EMPTY } from '../../kernel/bytes.ts';
import { ok, type Result, refuse } from '../../kernel/result.ts';
import type { DeviceKey } from '../../ports/device-key.ts';
import type { Store } from '../../ports/store.ts';
import { SLOTS_ROW, STATE_ROW } from './reserved.ts';
import { decodeSlots, openSlot, type SlotKey, type SlotsFound, type SlotsRow } from './slots.ts';

export const DEVICE_SECRET_BYTES = 32;

/** What opens a vault. The bytes handed in are overwritten with zeros by whoever takes them. */
export type Unlock =
  /** The device alone: while no lock is set. */
  | { readonly kind: 'device' }
  /** UTF-8, as the person typed it; normalising is the page's matter. */
  | { readonly kind: 'passphrase'; readonly text: Uint8Array }
  /** 32 bytes: the output of WebAuthn's PRF extension, or for a program the content of a key file that only its owner can read. */
  | { readonly kind: 'prf'; readonly output: Uint8Array }
  /** The 32-byte seed behind the recovery words. */
  | { readonly kind: 'words'; readonly seed: Uint8Array };

export interface Unlocked {
  readonly master: Bytes;
  /** `undefined` when the device key that wrapped it is gone. */
  readonly device: Bytes | undefined;
}

type Failed = 'wrong' | 'device-key-lost' | 'duress';

/** The slots row, or that an erase was begun here and not finished. */
export async function readSlots(inner: Store): Promise<SlotsFound | { readonly kind: 'erasing' }> {
  const [slots, state] = await inner.get([SLOTS_ROW, STATE_ROW]);
  const found = decodeSlots(slots);
  if (found.kind === 'none' && state !== undefined) return { kind: 'erasing' };
  return found.kind === 'row' && found.row.phase === 'erasing' ? { kind: 'erasing' } : found;
}

/** Zeros where the vault was made without a device key. */
export async function deviceSecret(row: SlotsRow, deviceKey: DeviceKey | undefined): Promise<Bytes | undefined> {
  if (row.wrapped.length === 0) return new Uint8Array(DEVICE_SECRET_BYTES);
  const secret = await deviceKey?.unwrap(row.wrapped);
  return secret?.length === DEVICE_SECRET_BYTES ? secret : undefined;
}

/** The bytes handed in are zeros afterwards. */
export async function tryUnlock(
  suite: Suite,
  deviceKey: DeviceKey | undefined,
  row: SlotsRow,
  unlock: Unlock,
): Promise<Result<Unlocked, Failed>> {
  try {
    const device = await deviceSecret(row, deviceKey);
    if (device === undefined && unlock.kind !== 'words') return refuse('device-key-lost');
    return attempt(suite, row, unlock, device);
  } finally {
    wipeUnlock(suite, unlock);
  }
}

export function wipeUnlock(suite: Suite, unlock: Unlock): void {
  switch (unlock.kind) {
    case 'device':
      return;
    case 'passphrase':
      return suite.wipe(unlock.text);
    case 'prf':
      return suite.wipe(unlock.output);
    case 'words':
      return suite.wipe(unlock.seed);
    default:
      assertNever(unlock);
  }
}

function attempt(suite: Suite, row: SlotsRow, unlock: Unlock, device: Bytes | undefined): Result<Unlocked, Failed> {
  const secret = secretOf(suite, row, unlock);
  const key = (lock: SlotKey['lock']): SlotKey => ({ lock, secret, device: device ?? EMPTY });
  // Both are tried each time, so that the time says nothing about which it was.
  const real = openSlot(suite, row.slots, key(unlock.kind));
  const duress = unlock.kind === 'passphrase' ? openSlot(suite, row.slots, key('duress')) : undefined;
  if (unlock.kind === 'passphrase') suite.wipe(secret);
  if (real?.kind === 'real') return ok({ master: real.master, device });
  return refuse(duress?.kind === 'duress' ? 'duress' : 'wrong');
}

function secretOf(suite: Suite, row: SlotsRow, unlock: Unlock): Uint8Array {
  switch (unlock.kind) {
    case 'device':
      return EMPTY;
    case 'passphrase':
      return suite.stretch(unlock.text, row.salt, row.cost);
    case 'prf':
      return unlock.output;
    case 'words':
      return unlock.seed;
    default:
      return assertNever(unlock);
  }
}
