/**
 * What a device has beside its store: a key that stays on it, and a number that a copy of the store does not bring back.
 * A vault binds its locks to the first and notices by the second that the store is older than it was. Rule: docs/protocol/vault.md.
 */
import type { Bytes } from '../kernel/bytes.ts';

/** A key that can be used here and not taken along, as far as the platform keeps that promise. */
export interface DeviceKey {
  /** Seals a few dozen bytes under this device's key, which is made at the first use and saved before this answers. */
  wrap(bytes: Bytes): Promise<Bytes>;
  /** `undefined` when the key is not the one that wrapped them, or is gone, or a bit differs. Throws only when the device fails. */
  unwrap(wrapped: Bytes): Promise<Bytes | undefined>;
  /** Destroys the key: what it wrapped cannot be opened any more. The next `wrap` makes another. */
  forget(): Promise<void>;
}

/** The highest generation of the store that was seen, kept somewhere that does not travel with the store. */
export interface RollbackWitness {
  /** `undefined` when nothing was ever written, or it was lost. */
  read(): Promise<number | undefined>;
  write(generation: number): Promise<void>;
}
