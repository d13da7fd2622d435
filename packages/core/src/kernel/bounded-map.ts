/** A map with a maximum, kept in the order of insertion. What a stranger can fill is always one of these. */
import { assert } from './assert.ts';

export class BoundedMap<Key, Value> {
  readonly #entries: Map<Key, Value> = new Map<Key, Value>();
  readonly #sizeMax: number;
  /** Stands before the oldest entry. Kept, because a new one walks past the holes of all that were deleted. */
  #oldest: Iterator<[Key, Value]>;

  constructor(sizeMax: number) {
    assert(sizeMax > 0, 'a bounded map holds at least one entry');
    this.#sizeMax = sizeMax;
    this.#oldest = this.#entries.entries();
  }

  get size(): number {
    return this.#entries.size;
  }

  get isFull(): boolean {
    return this.#entries.size >= this.#sizeMax;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  /** Sets an entry; when the map is full, the oldest other one goes and is returned. */
  set(key: Key, value: Value): { readonly key: Key; readonly value: Value } | undefined {
    let evicted: { readonly key: Key; readonly value: Value } | undefined;
    if (this.isFull && !this.#entries.has(key)) {
      const [oldestKey, oldestValue] = this.#nextOldest();
      this.#entries.delete(oldestKey);
      evicted = { key: oldestKey, value: oldestValue };
    }
    this.#entries.set(key, value);
    return evicted;
  }

  #nextOldest(): [Key, Value] {
    let next = this.#oldest.next();
    if (next.done === true) {
      this.#oldest = this.#entries.entries();
      next = this.#oldest.next();
    }
    assert(next.done !== true, 'a full map has an oldest entry');
    return next.value;
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  keys(): IterableIterator<Key> {
    return this.#entries.keys();
  }

  values(): IterableIterator<Value> {
    return this.#entries.values();
  }

  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries();
  }
}
