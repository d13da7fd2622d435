/**
 * Where somebody found nearby was said to be lately, by whatever kind of discovery: each of them knows a part, and what one says must not
 * make the other's forgotten. Anybody can announce anybody; so it is bounded.
 */
import { BoundedMap } from '../../../kernel/bounded-map.ts';

const KEYS_MAX = 256;
const ADDRESSES_MAX = 8;
/** Two kinds of discovery that say so every 10 s, and of each two packets lost. */
const LATELY_MS = 30_000;

export class FoundPlaces {
  readonly #places: BoundedMap<string, BoundedMap<string, number>> = new BoundedMap(KEYS_MAX);

  /** Adds what was just said, and answers all of it, what has been said for longest first: as long as nothing changes, it is the same list. */
  note(key: string, addresses: readonly string[], nowMs: number): readonly string[] {
    const places = this.#places.get(key) ?? new BoundedMap<string, number>(ADDRESSES_MAX);
    for (const [address, atMs] of [...places.entries()]) if (nowMs - atMs >= LATELY_MS) places.delete(address);
    for (const address of addresses.slice(0, ADDRESSES_MAX)) places.set(address, nowMs);
    // Again in front: who is heard of is not forgotten.
    this.#places.delete(key);
    this.#places.set(key, places);
    return [...places.keys()];
  }
}
