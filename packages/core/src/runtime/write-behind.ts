/**
 * A store around a store, for a relay that need not be durable: relaxed commits wait a moment in memory and are written together, and
 * what was put and deleted within that moment is never written at all. A crash takes the last moment: whole commits, never part of one.
 * It keeps the very bytes it is given: a machine never changes what it handed out. Never around a person's store: a ratchet is saved
 * before its message leaves. Rule: docs/decisions/0004-write-behind.md.
 */
import { type Bytes, toKey } from '../kernel/bytes.ts';
import type { RowKey, Space, Write } from '../node/machine.ts';
import type { Clock } from '../ports/clock.ts';
import { type Durability, type Range, type Row, type Store, StoreFailed } from '../ports/store.ts';

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

/** What is about to be so, by space and `toKey` of the row's key. */
type Pending = Map<Space, Map<string, Waiting>>;

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
  #lastKey: Bytes | undefined;
  #lastName = '';
  #writing: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #failure: { readonly error: unknown } | undefined;
  #closing: Promise<void> | undefined;

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
    if (this.#closing !== undefined) throw new StoreFailed('the store is closed');
    this.#throwFailure();
    for (const write of batch) this.#wait(write);
    if (durability === 'durable') return this.#writeAll(durability);
    if (this.#pendingBytes > this.#options.bytesMax) return this.#writeAll();
    const { clock, waitMs } = this.#options;
    this.#cancelTimer ??= clock.at(clock.nowMs() + waitMs, () => void this.#write('relaxed'));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#writeAll();
    } finally {
      await this.#store.close();
    }
  }

  #waiting({ space, key }: RowKey): Waiting | undefined {
    const name = toKey(key);
    return this.#pending.get(space)?.get(name) ?? this.#leaving.get(space)?.get(name);
  }

  #wait(write: Write): void {
    let rows = this.#pending.get(write.space);
    if (rows === undefined) {
      rows = new Map<string, Waiting>();
      this.#pending.set(write.space, rows);
    }
    const name = this.#nameOf(write.key);
    const before = rows.get(name);
    if (before !== undefined) this.#pendingBytes -= bytesOf(before.write);
    if (write.value === undefined && before?.isNew === true) {
      rows.delete(name);
      return;
    }
    const isNew = write.value !== undefined && (before?.isNew ?? this.#once.has(write.space));
    rows.set(name, { write, isNew });
    this.#pendingBytes += bytesOf(write);
  }

  /** The rows of one thing in several spaces come one after the other, by the same key. */
  #nameOf(key: Bytes): string {
    if (key !== this.#lastKey) {
      this.#lastName = toKey(key);
      this.#lastKey = key;
    }
    return this.#lastName;
  }

  async #writeAll(durability: Durability = 'relaxed'): Promise<void> {
    await this.#write(durability);
    this.#throwFailure();
  }

  /** Does not throw: a failure is kept for whoever asks next, and after it nothing is written until somebody has heard of it. */
  async #write(durability: Durability): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined || this.#pendingBytes === 0) return;
    this.#leaving = this.#pending;
    this.#pending = new Map();
    this.#pendingBytes = 0;
    const writes = [...this.#leaving.values()].flatMap((rows) => Array.from(rows.values(), ({ write }) => write));
    this.#writing = this.#store
      .commit(writes, durability)
      .catch((error: unknown) => {
        this.#failure = { error };
      })
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

function bytesOf(write: Write): number {
  return ENTRY_BYTES + write.key.length + (write.value?.length ?? 0);
}
