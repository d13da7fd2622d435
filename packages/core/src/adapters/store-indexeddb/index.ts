/**
 * A store in a browser's profile, by IndexedDB: one object store a space, keys as binary keys, which browsers order bytewise.
 * Every put of a batch is queued in one transaction before anything is awaited, or a dying tab would leave half of it.
 * Whoever opened it last owns it: one worker a profile is the composition root's matter (a Web Lock), and a worker that slept
 * while its lock was taken is refused here, in the transaction of its next commit.
 */
import { type IDBPCursorWithValue, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { assert } from '../../kernel/assert.ts';
import type { Bytes } from '../../kernel/bytes.ts';
import { type RowKey, rowName, SPACES, type Space, type Write } from '../../node/machine.ts';
import {
  type Durability,
  type Range,
  type Row,
  STORE_VERSION,
  type Store,
  StoreFailed,
  StoreFull,
  StoreLocked,
} from '../../ports/store.ts';
import { checkVersionRow, encodeVersionRow } from '../version-row.ts';
import { storeError } from './indexeddb-errors.ts';
import { keyRange } from './key-range.ts';

export type Terminated = 'newer-program' | 'browser' | 'another-owner';

export interface IndexedDbStoreOptions {
  /**
   * The store is no longer this connection's: a newer version of the program wants to open it, the browser took it away (storage
   * cleared, profile gone), or it was opened again elsewhere. Everything asked of it from now on throws: `StoreLocked` when it was
   * opened elsewhere, else `StoreFailed`.
   */
  readonly onTerminated?: (why: Terminated) => void;
}

const META = 'meta';
const VERSION_KEY = 'version';
/** A number that each opening raises by one. */
const OWNER_KEY = 'owner';
const SPACE_NAMES = Object.keys(SPACES) as readonly Space[];

/** IndexedDB adds object stores only at a new version: each version of the store and each new space is one. */
const LAYOUT = STORE_VERSION * 1_000 + SPACE_NAMES.length;

/** Throws `StoreNewer`; `StoreLocked` when a tab with an older layout does not let go; `StoreFull`; `StoreFailed`. */
export async function openIndexedDbStore(name: string, options: IndexedDbStoreOptions = {}): Promise<Store> {
  const ending: Ending = { why: undefined, notify: options.onTerminated };
  let db: IDBPDatabase | undefined;
  try {
    db = await openLayout(name, ending);
    await checkLayout(db);
    return new IndexedDbStore(db, await takeOwnership(db), ending);
  } catch (error) {
    db?.close();
    throw storeError(error);
  }
}

interface Ending {
  why: Terminated | 'closed' | undefined;
  readonly notify: IndexedDbStoreOptions['onTerminated'] | undefined;
}

async function openLayout(name: string, ending: Ending): Promise<IDBPDatabase> {
  try {
    return await openAt(name, LAYOUT, ending);
  } catch (error) {
    if ((error as { name?: unknown }).name !== 'VersionError') throw error;
    // The layout is newer. If the rows are not (the meta row says), it only has spaces that this program does not know.
    return openAt(name, undefined, ending);
  }
}

function end(ending: Ending, why: Terminated): void {
  if (ending.why !== undefined) return;
  ending.why = why;
  ending.notify?.(why);
}

function openAt(name: string, layout: number | undefined, ending: Ending): Promise<IDBPDatabase> {
  return new Promise((resolve, reject) => {
    let isBlocked = false;
    const opening = openDB(name, layout, {
      upgrade(db, oldVersion, _newVersion, transaction) {
        for (const space of SPACE_NAMES) if (!db.objectStoreNames.contains(space)) db.createObjectStore(space);
        if (oldVersion !== 0) return;
        db.createObjectStore(META);
        void transaction.objectStore(META).put(encodeVersionRow(), VERSION_KEY);
      },
      blocked() {
        isBlocked = true;
        reject(new StoreLocked('another tab has this store open with an older version of the program; close it first'));
      },
      blocking(_current, _wanted, event) {
        (event.target as IDBDatabase).close();
        end(ending, 'newer-program');
      },
      terminated: () => end(ending, 'browser'),
    });
    opening.then((db) => (isBlocked ? db.close() : resolve(db)), reject);
  });
}

async function checkLayout(db: IDBPDatabase): Promise<void> {
  const missing = [META, ...SPACE_NAMES].filter((space) => !db.objectStoreNames.contains(space));
  if (missing.length > 0) throw new StoreFailed(`the store is damaged or of another program: it lacks ${missing.join(', ')}`);
  const row: unknown = await db.get(META, VERSION_KEY);
  checkVersionRow(row instanceof Uint8Array ? row : undefined);
}

/**
 * Commits of an earlier owner that are under way end before this answers, and later ones find the new number. With no room for a number
 * the store opens all the same, unfenced: what is in it must stay readable, and nobody else has room to write either.
 */
async function takeOwnership(db: IDBPDatabase): Promise<number | undefined> {
  const before: unknown = await db.get(META, OWNER_KEY);
  const known = typeof before === 'number' ? before : undefined;
  const transaction = db.transaction(META, 'readwrite', { durability: 'strict' });
  try {
    const latest: unknown = await transaction.store.get(OWNER_KEY);
    const owner = typeof latest === 'number' ? latest + 1 : 1;
    await settled(transaction, [transaction.store.put(owner, OWNER_KEY)]);
    return owner;
  } catch (error) {
    const failure = storeError(error);
    if (failure instanceof StoreFull) return known;
    throw failure;
  }
}

class IndexedDbStore implements Store {
  readonly #db: IDBPDatabase;
  readonly #owner: number | undefined;
  readonly #ending: Ending;
  readonly #pending: Set<Promise<unknown>> = new Set();

  constructor(db: IDBPDatabase, owner: number | undefined, ending: Ending) {
    this.#db = db;
    this.#owner = owner;
    this.#ending = ending;
  }

  get(keys: readonly RowKey[]): Promise<readonly (Bytes | undefined)[]> {
    return this.#guarded(async () => {
      if (keys.length === 0) return [];
      const transaction = this.#db.transaction(spacesOf(keys), 'readonly');
      const values = keys.map(({ space, key }) => transaction.objectStore(space).get(key));
      return (await settled(transaction, values)).map(bytesIn);
    });
  }

  range(range: Range): Promise<readonly Row[]> {
    assert(Number.isInteger(range.limit) && range.limit >= 0, 'a limit is a whole number');
    return this.#guarded(async () => {
      const bounds = keyRange(range);
      // For `getAll`, a count of zero means all.
      if (bounds === 'nothing' || range.limit === 0) return [];
      return range.reverse ? this.#backwards(range, bounds) : this.#forwards(range, bounds);
    });
  }

  commit(batch: readonly Write[], durability: Durability): Promise<void> {
    return this.#guarded(async () => {
      if (batch.length === 0) return;
      const transaction = this.#db.transaction([...spacesOf(batch), META], 'readwrite', {
        durability: durability === 'durable' ? 'strict' : 'relaxed',
      });
      const requests: Promise<unknown>[] = [this.#stillOwned(transaction)];
      try {
        for (const { space, key, value } of lastOfEach(batch)) {
          const store = transaction.objectStore(space);
          requests.push(value ? store.put(owned(value), key) : store.delete(key));
        }
      } catch (error) {
        requests.push(Promise.reject(error));
        abandon(transaction);
      }
      await settled(transaction, requests);
    });
  }

  /** Asked first, so that its answer comes before the transaction can end. */
  async #stillOwned(transaction: Pick<CommitTransaction, 'objectStore' | 'abort'>): Promise<void> {
    if ((await transaction.objectStore(META).get(OWNER_KEY)) === this.#owner) return;
    abandon(transaction);
    end(this.#ending, 'another-owner');
    throw new StoreLocked(ENDED['another-owner']);
  }

  async close(): Promise<void> {
    this.#ending.why ??= 'closed';
    await Promise.allSettled(this.#pending);
    this.#db.close();
  }

  async #forwards(range: Range, bounds: IDBKeyRange | undefined): Promise<readonly Row[]> {
    const transaction = this.#db.transaction(range.space, 'readonly');
    const [keys, values] = await settled(transaction, [
      transaction.store.getAllKeys(bounds, range.limit),
      transaction.store.getAll(bounds, range.limit),
    ]);
    return (keys as unknown[]).map((key, i) => rowOf(key, (values as unknown[])[i]));
  }

  async #backwards(range: Range, bounds: IDBKeyRange | undefined): Promise<readonly Row[]> {
    const rows: Row[] = [];
    const transaction = this.#db.transaction(range.space, 'readonly');
    let cursor: IDBPCursorWithValue<unknown, [Space], Space> | null = await transaction.store.openCursor(bounds, 'prev');
    while (cursor) {
      rows.push(rowOf(cursor.key, cursor.value));
      if (rows.length === range.limit) break;
      cursor = await cursor.continue();
    }
    return rows;
  }

  async #guarded<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const { why } = this.#ending;
    if (why !== undefined) throw why === 'another-owner' ? new StoreLocked(ENDED[why]) : new StoreFailed(ENDED[why]);
    const asked = ask();
    this.#pending.add(asked);
    try {
      return await asked;
    } catch (error) {
      throw storeError(error);
    } finally {
      this.#pending.delete(asked);
    }
  }
}

const ENDED = {
  closed: 'the store is closed',
  'newer-program': 'the store was handed over to a newer version of the program',
  browser: 'the browser has taken the store away',
  'another-owner': 'the store was opened again elsewhere, and is no longer written from here',
} as const;

type CommitTransaction = IDBPTransaction<unknown, (Space | typeof META)[], 'readwrite'>;
type AnyTransaction = IDBPTransaction<unknown, Space[], IDBTransactionMode>;

function abandon(transaction: Pick<AnyTransaction, 'abort'>): void {
  try {
    transaction.abort();
  } catch {
    // It had ended before the request that threw: there is nothing left to undo, and `done` says why.
  }
}

/** All answers once the transaction is done. What aborted the transaction is thrown rather than what its requests say of it. */
async function settled<Answer>(
  transaction: Pick<AnyTransaction, 'done'>,
  requests: readonly Promise<Answer>[],
): Promise<readonly Answer[]> {
  const [done, ...answers] = await Promise.allSettled([transaction.done, ...requests]);
  const failures = [done, ...answers].flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((reason) => (reason as { name?: unknown }).name !== 'AbortError') ?? failures[0];
  return answers.map((each) => (each as PromiseFulfilledResult<Answer>).value);
}

/** Of a row that is written several times in one batch the last counts, and only that one is worth its request. */
function lastOfEach(batch: readonly Write[]): Iterable<Write> {
  const last = new Map<string, Write>();
  for (const write of batch) last.set(rowName(write), write);
  return last.values();
}

function spacesOf(rows: readonly RowKey[]): Space[] {
  return [...new Set(rows.map((row) => row.space))];
}

/** A view is cloned with all of the buffer behind it. */
function owned(value: Bytes): Bytes {
  return value.byteLength === value.buffer.byteLength ? value : value.slice();
}

function bytesIn(value: unknown): Bytes | undefined {
  if (value === undefined) return undefined;
  if (value instanceof Uint8Array && value.buffer instanceof ArrayBuffer) return value as Bytes;
  throw new StoreFailed('a row of the store is damaged: its value is no byte string');
}

function rowOf(key: unknown, value: unknown): Row {
  const found = bytesIn(value);
  if (!(key instanceof ArrayBuffer) || found === undefined)
    throw new StoreFailed('a row of the store is damaged: its key is no byte string');
  return { key: new Uint8Array(key), value: found };
}
