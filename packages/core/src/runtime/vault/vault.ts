/**
 * The vault: everything a profile keeps, sealed under one master key that four slots hold. Opens and makes it, sets its locks, erases
 * it. It never shows a person anything and never chooses when to lock. Rule: docs/protocol/vault.md.
 */
import type { Suite } from '../../crypto/suite.ts';
import { assert, assertNever } from '../../kernel/assert.ts';
import { type Bytes, EMPTY } from '../../kernel/bytes.ts';
import { ok, type Result, refuse } from '../../kernel/result.ts';
import type { DeviceKey, RollbackWitness } from '../../ports/device-key.ts';
import type { Entropy } from '../../ports/entropy.ts';
import { type Store, StoreFailed, StoreFull } from '../../ports/store.ts';
import { deleteRows, erase } from './erase.ts';
import { Locks, type VaultMethods } from './locks.ts';
import { hasRows, sealRows } from './migration.ts';
import { STATE_ROW } from './reserved.ts';
import { Seal } from './seal.ts';
import { SealedStore } from './sealed-store.ts';
import { emptySlots, MASTER_BYTES } from './slots.ts';
import { openState, sealState } from './state.ts';
import { DEVICE_SECRET_BYTES, readSlots, tryUnlock, type Unlock, wipeUnlock } from './unlock.ts';

export interface VaultPorts {
  readonly inner: Store;
  readonly suite: Suite;
  readonly entropy: Entropy;
  /** Absent where a platform has none (programs in Node): then no vault opens by itself, and locks are bound to nothing. */
  readonly deviceKey?: DeviceKey;
  readonly witness?: RollbackWitness;
}

export type LockState =
  /** There is no vault: a new profile, one from before vaults, or one that was erased. `createVault` is next. */
  | { readonly kind: 'empty' }
  /** No lock is set: it opens by the device key alone. */
  | { readonly kind: 'open' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' };

export type UnlockRefusal =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'no-vault' }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' }
  /** What is bound to the device cannot open any more; the recovery words still do. */
  | { readonly kind: 'device-key-lost' }
  /** It was the duress passphrase: the profile is gone. */
  | { readonly kind: 'erased' };

export type DuressRefusal = { readonly kind: 'needs-passphrase' } | { readonly kind: 'same-as-passphrase' };

/** An opened vault. The locks that it sets are saved before a call answers, in one commit: there is always one that works. */
export interface Vault {
  /** The profile's rows, unsealed as they are read and sealed as they are written. */
  readonly store: Store;
  /** The store is older than the one that was opened here before. Told at every opening until `healed` was called. */
  readonly rolledBack: boolean;
  /** Whoever runs on this store has acted on `rolledBack`, and that is saved. */
  healed(): Promise<void>;
  /** Sets or replaces the passphrase; `undefined` removes it. At least one byte; `text` is zeros afterwards. */
  setPassphrase(text: Uint8Array | undefined): Promise<void>;
  /** Sets or replaces the lock by a 32-byte secret of hardware or file; `undefined` removes it. `output` is zeros afterwards. */
  setPrf(output: Uint8Array | undefined): Promise<void>;
  /** Lets the 32-byte seed behind the recovery words open this profile, on any device. `seed` stays as it is: an account is made of it. */
  setWords(seed: Uint8Array): Promise<void>;
  /** A passphrase that erases the profile when it is used; `undefined` removes it. `text` is zeros afterwards. */
  setDuress(text: Uint8Array | undefined): Promise<Result<void, DuressRefusal>>;
  /** Which locks open it now. */
  methods(): VaultMethods;
  /** Erases the profile: `forget`, then `eraseVault`. */
  wipe(): Promise<void>;
  /** Overwrites the keys in memory. From then on the store throws `StoreFailed`. */
  forget(): void;
}

/** How the profile in this store is locked. Changes nothing. */
export async function readLock(ports: VaultPorts): Promise<LockState> {
  const found = await readSlots(ports.inner);
  switch (found.kind) {
    case 'none':
    case 'erasing':
      return { kind: 'empty' };
    case 'newer':
    case 'damaged':
      return found;
    case 'row': {
      const unlocked = await tryUnlock(ports.suite, ports.deviceKey, found.row, { kind: 'device' });
      if (!unlocked.ok) return { kind: 'locked' };
      wipeAll(ports.suite, unlocked.value);
      return { kind: 'open' };
    }
    default:
      return assertNever(found);
  }
}

/**
 * Makes a vault where there is none, and seals the rows of a profile from before it in place. Without `lock` it opens by the device
 * key alone; a `lock` is needed where there is no device key. What `lock` holds is zeros afterwards.
 *
 * Throws what the store throws. After a `StoreFull` in the middle of sealing, `openVault` goes on where it stopped.
 */
export async function createVault(ports: VaultPorts, lock?: Extract<Unlock, { kind: 'passphrase' | 'prf' }>): Promise<Vault> {
  const { inner, suite, entropy, deviceKey, witness } = ports;
  assert(lock !== undefined || deviceKey !== undefined, 'without a device key a vault needs a lock');
  const found = await readSlots(inner);
  if (found.kind === 'erasing') await deleteRows(inner);
  else if (found.kind !== 'none') throw new StoreFailed('there is a vault in this store already; it was left as it is');

  const master = entropy.bytes(MASTER_BYTES);
  const device = deviceKey === undefined ? new Uint8Array(DEVICE_SECRET_BYTES) : entropy.bytes(DEVICE_SECRET_BYTES);
  const wrapped = deviceKey === undefined ? EMPTY : await deviceKey.wrap(device);
  const phase = (await hasRows(inner)) ? 'sealing' : 'whole';
  const generation = ((await witness?.read()) ?? 0) + 1;
  const state = { generation, passphrase: false, prf: false, words: false, duress: false, setBack: false };
  const locks = new Locks(ports, { master, device, row: emptySlots(entropy, phase, wrapped), state });
  await locks.begin(lock);
  if (lock !== undefined) wipeUnlock(suite, lock);
  await witness?.write(generation);
  return opened(ports, locks, master, false);
}

/**
 * Opens the vault of this store. What `unlock` holds is zeros afterwards, whatever the answer. The duress passphrase erases
 * everything before `erased` is answered. Throws what the store and the device key throw.
 */
export async function openVault(ports: VaultPorts, unlock: Unlock): Promise<Result<Vault, UnlockRefusal>> {
  const { inner, suite, entropy, deviceKey } = ports;
  const found = await readSlots(inner);
  if (found.kind !== 'row') {
    wipeUnlock(suite, unlock);
    return refuse(found.kind === 'none' || found.kind === 'erasing' ? { kind: 'no-vault' } : found);
  }
  const unlocked = await tryUnlock(suite, deviceKey, found.row, unlock);
  if (!unlocked.ok) {
    if (unlocked.refusal !== 'duress') return refuse({ kind: unlocked.refusal });
    await erase(inner, entropy, deviceKey);
    return refuse({ kind: 'erased' });
  }
  const { master, device } = unlocked.value;
  const [sealedState] = await inner.get([STATE_ROW]);
  const before = openState(suite, master, sealedState);
  if (before === undefined) {
    wipeAll(suite, unlocked.value);
    return refuse({ kind: 'damaged' });
  }
  const seen = await ports.witness?.read();
  const rolledBack = before.setBack || (seen !== undefined && before.generation < seen);
  const state = { ...before, setBack: rolledBack, generation: Math.max(before.generation, seen ?? 0) + 1 };
  await countOpening(ports, master, state);
  const locks = new Locks(ports, { master, device, row: found.row, state });
  await locks.mend();
  return ok(await opened(ports, locks, master, rolledBack));
}

/**
 * Erases a profile that nobody has opened: slots and device key first, which takes milliseconds and leaves nothing that opens, then
 * every row. Goes on where one step fails, and then throws. An erase that was cut off is finished by the next `createVault`.
 */
export async function eraseVault(ports: VaultPorts): Promise<void> {
  await erase(ports.inner, ports.entropy, ports.deviceKey);
}

/** The witness is told after the store, so that a crash between the two is no rollback. A full disk must not keep anyone out. */
async function countOpening(ports: VaultPorts, master: Bytes, state: Parameters<typeof sealState>[3]): Promise<void> {
  try {
    await ports.inner.commit([{ ...STATE_ROW, value: sealState(ports.suite, ports.entropy, master, state) }], 'durable');
  } catch (error) {
    if (error instanceof StoreFull) return;
    throw error;
  }
  await ports.witness?.write(state.generation);
}

async function opened(ports: VaultPorts, locks: Locks, master: Bytes, rolledBack: boolean): Promise<Vault> {
  const { inner, suite, entropy, deviceKey } = ports;
  const seal = new Seal(suite, entropy, master);
  const forget = (): void => {
    seal.forget();
    locks.forget();
  };
  if (locks.row.phase === 'sealing') {
    try {
      await sealRows(inner, seal);
      await locks.allSealed();
    } catch (error) {
      forget();
      throw error;
    }
  }
  return {
    store: new SealedStore(inner, seal),
    rolledBack,
    healed: () => locks.healed(),
    setPassphrase: (text) => locks.setPassphrase(text),
    setPrf: (output) => locks.setPrf(output),
    setWords: (seed) => locks.setWords(seed),
    setDuress: (text) => locks.setDuress(text),
    methods: () => locks.methods(),
    wipe: async () => {
      forget();
      await erase(inner, entropy, deviceKey);
    },
    forget,
  };
}

function wipeAll(suite: Suite, { master, device }: { readonly master: Bytes; readonly device: Bytes | undefined }): void {
  suite.wipe(master);
  if (device !== undefined) suite.wipe(device);
}
