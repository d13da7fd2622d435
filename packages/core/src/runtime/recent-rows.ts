/**
 * A store that answers from memory for the rows of some spaces that were written lately: who has just written is answered a moment
 * later, and the answer's row is one of these. A shortcut for reading alone; writing goes to the store underneath, and counts when that has it.
 */
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Bytes } from '../kernel/bytes.ts';
import { type RowKey, rowName, type Space, type Write } from '../node/machine.ts';
import type { Durability, Range, Row, Store } from '../ports/store.ts';
import { RECENT_ROW_BYTES_MAX, RECENT_ROWS_MAX } from './limits.ts';

export class RecentRows implements Store {
  readonly #store: Store;
  readonly #spaces: ReadonlySet<Space>;
  readonly #recent: BoundedMap<string, Bytes | undefined> = new BoundedMap(RECENT_ROWS_MAX);

  /** What is handed in must not be changed afterwards, nor what is handed out. */
  constructor(store: Store, spaces: readonly Space[]) {
    this.#store = store;
    this.#spaces = new Set(spaces);
  }

  async get(keys: readonly RowKey[]): Promise<readonly (Bytes | undefined)[]> {
    const missing = keys.filter((key) => !this.#recent.has(rowName(key)));
    // What is known is taken before the store is asked: a commit meanwhile belongs behind this reading.
    const known = keys.map((key) => this.#recent.get(rowName(key)));
    if (missing.length === 0) return known;
    const found = new Map((await this.#store.get(missing)).map((row, at) => [missing[at], row]));
    return keys.map((key, at) => (found.has(key) ? found.get(key) : known[at]));
  }

  range(range: Range): Promise<readonly Row[]> {
    return this.#store.range(range);
  }

  async commit(batch: readonly Write[], durability: Durability): Promise<void> {
    const written = batch.filter(({ space }) => this.#spaces.has(space));
    try {
      await this.#store.commit(batch, durability);
    } catch (error) {
      // Nothing of it stands; but a store that is broken may say so too late.
      for (const row of written) this.#recent.delete(rowName(row));
      throw error;
    }
    for (const row of written) {
      if (row.value !== undefined && row.value.length > RECENT_ROW_BYTES_MAX) this.#recent.delete(rowName(row));
      else this.#recent.set(rowName(row), row.value);
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
