/**
 * A store around a store that seals what passes. Whoever reads and writes it does not notice, but for one thing: keys are in bytewise
 * order only within a group of a space that says so (`sealed` in its traits); elsewhere they have an order of their own.
 * Rule: docs/protocol/vault.md §3.
 */
import { assert } from '../../kernel/assert.ts';
import { type Bytes, sameBytes } from '../../kernel/bytes.ts';
import { type RowKey, SPACES, type Space, type Write } from '../../node/machine.ts';
import { type Durability, type Range, type Row, type Store, StoreFailed } from '../../ports/store.ts';
import { isReserved, RESERVED_KEYS, RESERVED_SPACE } from './reserved.ts';
import type { Seal } from './seal.ts';

export class SealedStore implements Store {
  readonly #inner: Store;
  readonly #seal: Seal;

  constructor(inner: Store, seal: Seal) {
    this.#inner = inner;
    this.#seal = seal;
  }

  async get(keys: readonly RowKey[]): Promise<readonly (Bytes | undefined)[]> {
    const asked = keys.map(({ space, key }) => ({ space, key: this.#seal.blind(space, key) }));
    const values = await this.#inner.get(asked);
    return asked.map(({ space, key }, i) => {
      const value = values[i];
      if (value === undefined) return undefined;
      const row = this.#opened(space, { key, value });
      if (!sameBytes(row.key, (keys[i] as RowKey).key)) throw changed(space);
      return row.value;
    });
  }

  async range(range: Range): Promise<readonly Row[]> {
    assert(Number.isInteger(range.limit) && range.limit >= 0, 'a limit is a whole number');
    const { space, limit, after } = range;
    const prefix = this.#seal.blindPrefix(space, range.prefix);
    const place = after === undefined ? {} : { after: this.#seal.blindPlace(space, after) };
    if (limit === 0) return [];
    const spare = space === RESERVED_SPACE ? RESERVED_KEYS.length : 0;
    const rows = await this.#inner.range({ space, prefix, ...place, limit: limit + spare, reverse: range.reverse ?? false });
    return rows
      .filter((row) => !isReserved(space, row.key))
      .slice(0, limit)
      .map((row) => this.#opened(space, row));
  }

  /** Seals before it first waits, so that commits reach the store underneath in the order in which they were made. */
  async commit(batch: readonly Write[], durability: Durability): Promise<void> {
    const sealed = batch.map(({ space, key, value }): Write => {
      const blinded = this.#seal.blind(space, key);
      if (value === undefined) return { space, key: blinded };
      assert(hasRest(space, key), `a key of ${space} is longer than its group and place`);
      return { space, key: blinded, value: this.#seal.seal(space, blinded, key, value) };
    });
    await this.#inner.commit(sealed, durability);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #opened(space: Space, row: Row): Row {
    const opened = this.#seal.open(space, row.key, row.value);
    if (opened === undefined) throw changed(space);
    return opened;
  }
}

function hasRest(space: Space, key: Bytes): boolean {
  const layout = SPACES[space].sealed;
  return layout === undefined || key.length > layout.groupBytes + layout.placeBytes;
}

function changed(space: Space): StoreFailed {
  return new StoreFailed(`a row of the space ${space} was damaged, or changed or moved from outside; it does not open`);
}
