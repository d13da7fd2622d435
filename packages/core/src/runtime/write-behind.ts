/**
 * A store around a store, for a relay that need not be durable: relaxed commits wait a moment in memory and are written together, and
 * what was put and deleted within that moment is never written at all. A crash of the program takes the last moment, whole commits from
 * the end, never a part of one. Nothing of a person's is ever kept behind: a ratchet is saved before its message leaves.
 * Rule: docs/decisions/0004-write-behind.md.
 */
import { toKey } from '../kernel/bytes.ts';
import type { RowKey, Space, Write } from '../node/machine.ts';
import type { Clock } from '../ports/clock.ts';
import type { Durability, Range, Row, Store } from '../ports/store.ts';

export interface WriteBehindOptions {
  readonly clock: Clock;
  /** How long a write may wait. */
  readonly waitMs: number;
  /** Bytes that may wait; a commit past this waits for the writing. */
  readonly bytesMax: number;
  /** Spaces whose rows are put once, so that deleting one that waits means that there never was one. */
  readonly onceSpaces: readonly Space[];
}

interface Waiting {
  readonly write: Write;
  /** The store has no row of this name. */
  readonly isNew: boolean;
}

/** What is about to be so. */
type Pending = Map<string, Waiting>;

/** About what an entry costs besides its value. */
const ENTRY_BYTES = 128;

export class WriteBehindStore implements Store {
  readonly #store: Store;
  readonly #options: WriteBehindOptions;
  readonly #once: ReadonlySet<Space>;
  #pending: Pending = new Map();
  #pendingBytes = 0;
  /** On its way into the store. */
  #leaving: Pending = new Map();
  #writing: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(store: Store, options: WriteBehindOptions) {
    this.#store = store;
    this.#options = options;
    this.#once = new Set(options.onceSpaces);
  }

  async get(keys: readonly RowKey[]): ReturnType<Store['get']> {
    const waiting = keys.map((key) => this.#waiting(key));
    const missing = keys.filter((_, at) => waiting[at] === undefined);
    const found = missing.length > 0 ? await this.#store.get(missing) : [];
    let next = 0;
    return waiting.map((one) => (one === undefined ? found[next++] : one.write.value));
  }

  async range(range: Range): Promise<readonly Row[]> {
    await this.#writeAll();
    return this.#store.range(range);
  }

  /** A failure of the device is told to the commit after it, as if the program had died in between: what waited is not there. */
  async commit(batch: readonly Write[], durability: Durability): Promise<void> {
    this.#throwFailure();
    for (const write of batch) this.#wait(write);
    if (durability === 'durable') return this.#writeAll(durability);
    if (this.#pendingBytes > this.#options.bytesMax) return this.#writeAll();
    this.#cancelTimer ??= this.#options.clock.at(this.#options.clock.nowMs() + this.#options.waitMs, () => {
      void this.#writeAll().catch((error: unknown) => {
        this.#failure = { error };
      });
    });
  }

  async close(): Promise<void> {
    try {
      await this.#writeAll();
    } finally {
      await this.#store.close();
    }
  }

  #waiting(key: RowKey): Waiting | undefined {
    const name = nameOf(key);
    return this.#pending.get(name) ?? this.#leaving.get(name);
  }

  #wait(write: Write): void {
    const name = nameOf(write);
    const before = this.#pending.get(name);
    if (before !== undefined) {
      this.#pendingBytes -= bytesOf(before.write);
      this.#pending.delete(name);
    }
    if (write.value === undefined && before?.isNew === true) return;
    const isNew = write.value !== undefined && (before?.isNew ?? this.#once.has(write.space));
    this.#pending.set(name, { write, isNew });
    this.#pendingBytes += bytesOf(write);
  }

  async #writeAll(durability: Durability = 'relaxed'): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    while (this.#writing !== undefined) await this.#writing.catch(() => {});
    this.#throwFailure();
    if (this.#pending.size === 0) return;
    this.#leaving = this.#pending;
    this.#pending = new Map();
    this.#pendingBytes = 0;
    this.#writing = this.#store
      .commit(
        Array.from(this.#leaving.values(), ({ write }) => write),
        durability,
      )
      .finally(() => {
        this.#leaving = new Map();
        this.#writing = undefined;
      });
    await this.#writing;
  }

  #throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    this.#pending = new Map();
    this.#pendingBytes = 0;
    throw failure.error;
  }
}

function nameOf({ space, key }: RowKey): string {
  return `${space}/${toKey(key)}`;
}

function bytesOf(write: Write): number {
  return ENTRY_BYTES + write.key.length + (write.value?.length ?? 0);
}
