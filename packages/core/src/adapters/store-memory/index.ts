/**
 * A store that lives and dies with the program: for the simulator, the tests and a first look without a disk. It answers at once
 * (`getNow`, `rangeNow`, `commitNow`) or as the port says; faults of a device are set by hand. It never keeps anything.
 */
import { assert } from '../../kernel/assert.ts';
import { type Bytes, fromKey, toKey } from '../../kernel/bytes.ts';
import { type RowKey, SPACES, type Space, type Write } from '../../node/machine.ts';
import { type Durability, type Range, type Row, type Store, StoreFailed, StoreFull } from '../../ports/store.ts';
import { MemorySpace } from './memory-space.ts';

/** What a `MemoryStore` held at one moment. Only `restore` knows what is in it. */
export interface MemorySnapshot {
  readonly bytes: number;
  readonly spaces: ReadonlyMap<Space, MemorySpace>;
}

export class MemoryStore implements Store {
  #spaces: Map<Space, MemorySpace> = new Map((Object.keys(SPACES) as Space[]).map((space) => [space, new MemorySpace()]));
  #bytes = 0;
  #roomBytes = Number.POSITIVE_INFINITY;
  #failure: 'full' | 'failed' | undefined;
  #open = true;

  /** Keys and values, as they were put. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The device's size: a commit that would pass it throws `StoreFull`, one that only deletes never does. */
  setRoomBytes(roomBytes: number): void {
    this.#roomBytes = roomBytes;
  }

  /** The next commit throws and leaves nothing. */
  failNextCommit(why: 'full' | 'failed'): void {
    this.#failure = why;
  }

  getNow(keys: readonly RowKey[]): readonly (Bytes | undefined)[] {
    this.#assertOpen();
    return keys.map(({ space, key }) => {
      const value = this.#space(space).get(toKey(key));
      return value;
    });
  }

  rangeNow(range: Range): readonly Row[] {
    this.#assertOpen();
    assert(Number.isInteger(range.limit) && range.limit >= 0, 'a limit is a whole number');
    const names = this.#space(range.space).namesIn(
      toKey(range.prefix),
      range.after && toKey(range.after),
      range.limit,
      range.reverse ?? false,
    );
    return names.map((name) => ({ key: fromKey(name), value: this.#space(range.space).get(name) as Bytes }));
  }

  /** All or nothing, in one step that nothing can come between. Throws `StoreFull` and `StoreFailed` as the port says. */
  commitNow(batch: readonly Write[]): void {
    this.#assertOpen();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === 'failed') throw new StoreFailed('the device failed while it was written to');
    if (failure === 'full') throw new StoreFull('the device has no room');
    if (this.#roomBytes !== Number.POSITIVE_INFINITY) this.#assertRoom(batch);
    for (const { space, key, value } of batch) {
      this.#bytes += value ? this.#space(space).put(toKey(key), value) : this.#space(space).delete(toKey(key));
    }
  }

  async get(keys: readonly RowKey[]): Promise<readonly (Bytes | undefined)[]> {
    return this.getNow(keys);
  }

  async range(range: Range): Promise<readonly Row[]> {
    return this.rangeNow(range);
  }

  async commit(batch: readonly Write[], _durability: Durability): Promise<void> {
    this.commitNow(batch);
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  /** The store as the program finds it after a restart. This one is closed: whoever still holds it belongs to the dead. */
  reopened(): MemoryStore {
    const again = new MemoryStore();
    again.#spaces = this.#spaces;
    again.#bytes = this.#bytes;
    again.#roomBytes = this.#roomBytes;
    this.#open = false;
    return again;
  }

  /** Costs a copy of the index, not of the rows. */
  snapshot(): MemorySnapshot {
    return { bytes: this.#bytes, spaces: new Map([...this.#spaces].map(([name, space]) => [name, space.copy()])) };
  }

  /** Rolls the rows back to a snapshot, as a restored backup does. The snapshot can be restored again. */
  restore(snapshot: MemorySnapshot): void {
    this.#bytes = snapshot.bytes;
    this.#spaces = new Map([...snapshot.spaces].map(([name, space]) => [name, space.copy()]));
  }

  #space(space: Space): MemorySpace {
    const found = this.#spaces.get(space);
    assert(found !== undefined, `${space} is a space`);
    return found;
  }

  #assertOpen(): void {
    if (!this.#open) throw new StoreFailed('the store is closed');
  }

  #assertRoom(batch: readonly Write[]): void {
    let grown = 0;
    const lengths = new Map<string, number>();
    for (const { space, key, value } of batch) {
      const name = toKey(key);
      const before = lengths.get(`${space}/${name}`) ?? this.#space(space).bytesOf(name);
      const after = value ? name.length + value.length : 0;
      lengths.set(`${space}/${name}`, after);
      grown += after - before;
    }
    if (grown > 0 && this.#bytes + grown > this.#roomBytes) {
      throw new StoreFull(`the device has no room: ${this.#bytes} of ${this.#roomBytes} bytes are taken and ${grown} more are wanted`);
    }
  }
}
