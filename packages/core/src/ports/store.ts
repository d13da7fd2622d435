/**
 * The store port: rows in named spaces, bytewise ordered keys, one atomic batch at a time.
 * An engine implements this and passes `testing/store-exam`. It never knows what a row means.
 */
import type { Bytes } from '../kernel/bytes.ts';
import type { RowKey, Space, Write } from '../node/machine.ts';

export interface Row {
  readonly key: Bytes;
  readonly value: Bytes;
}

export interface Range {
  readonly space: Space;
  /** Only keys that begin with this. Empty for all. */
  readonly prefix: Bytes;
  /** Only keys after this one in the direction of travel (exclusive). */
  readonly after?: Bytes;
  readonly limit: number;
  readonly reverse?: boolean;
}

/**
 * `relaxed`: survives a crash of this program. `durable`: survives a power cut; answered after the sync to disk.
 */
export type Durability = 'relaxed' | 'durable';

export interface Store {
  /** One answer per key, in order; `undefined` where there is no row. */
  get(keys: readonly RowKey[]): Promise<readonly (Bytes | undefined)[]>;
  range(range: Range): Promise<readonly Row[]>;
  /**
   * All or nothing; later writes of one batch win over earlier ones of the same key.
   * Throws `StoreFull` when there is no room and `StoreFailed` for any other trouble of the device; after a throw nothing of the batch is there.
   */
  commit(batch: readonly Write[], durability: Durability): Promise<void>;
  close(): Promise<void>;
}

/** There is no room: a full disk or a quota. Deletes still work. */
export class StoreFull extends Error {
  override readonly name = 'StoreFull';
}

/** The device failed, or what it holds cannot be read. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';
}

/** The store was written by a newer version of this program; it is left as it is. */
export class StoreNewer extends Error {
  override readonly name = 'StoreNewer';
  readonly foundVersion: number;
  readonly knownVersion: number;
  constructor(foundVersion: number, knownVersion: number) {
    super(`the store is of version ${foundVersion}, this program knows versions up to ${knownVersion}`);
    this.foundVersion = foundVersion;
    this.knownVersion = knownVersion;
  }
}

/** Another process or tab has the store open. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked';
}

/** The version of rows and keys that this program writes. A store says it in its own meta row, which is in no space. */
export const STORE_VERSION = 1;
