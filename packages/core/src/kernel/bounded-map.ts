/** A map with a maximum, kept in the order of insertion. What a stranger can fill is always one of these. */
import { assert } from './assert.ts';

export class BoundedMap<Key, Value> {
  readonly #entries: Map<Key, Value> = new Map<Key, Value>();
  readonly #sizeMax: number;

  constructor(sizeMax: number) {
    assert(sizeMax > 0, 'a bounded map holds at least one entry');
    this.#sizeMax = sizeMax;
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
      const [oldest] = this.#entries;
      assert(oldest !== undefined, 'a full map has an oldest entry');
      this.#entries.delete(oldest[0]);
      evicted = { key: oldest[0], value: oldest[1] };
    }
    this.#entries.set(key, value);
    return evicted;
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
