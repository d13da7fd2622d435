/** The meta row in which a store says its version: four bytes, big-endian. The same in every engine, so that copies can be moved. */
import type { Bytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { STORE_VERSION, StoreFailed, StoreNewer } from '../ports/store.ts';

export function encodeVersionRow(version: number = STORE_VERSION): Bytes {
  return new Writer(4).u32(version).finish();
}

/** Throws `StoreNewer` for a version this program does not know and `StoreFailed` for what is no version. */
export function checkVersionRow(row: Uint8Array | undefined): void {
  const reader = new Reader(row ?? new Uint8Array(0));
  const version = reader.u32();
  if (reader.finish(version) === undefined || version === 0)
    throw new StoreFailed('the store does not say its version; it is damaged or not a store of this program');
  if (version > STORE_VERSION) throw new StoreNewer(version, STORE_VERSION);
}
