/**
 * A store in a folder, by LevelDB: relays and programs on a computer. One table holds every space (`level-keys.ts`); large values of bulk
 * spaces lie in files of their own (`bulk-rows.ts`).
 * After any failed write the database is closed and opened again, because LevelDB would append behind a torn record and lose
 * what follows it; whether the batch got in is then read from the number that goes with every commit, never guessed.
 * It does not gather commits into groups: the host does.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, compareBytes, copyBytes } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { type RowKey, SPACES, type Write } from '../../node/machine.ts';
import { type Durability, type Range, type Row, type Store, StoreFailed, StoreFull } from '../../ports/store.ts';
import { checkVersionRow, encodeVersionRow } from '../version-row.ts';
import { BulkRows, type Operation, operationOf, type Prepared, type Table } from './bulk-rows.ts';
import { type Disk, nodeDisk, syncMadeFolders } from './disk.ts';
import { DiskReserve } from './disk-reserve.ts';
import { storeError } from './level-errors.ts';
import { END_KEY, FIRST_KEY, LAST_COMMIT_KEY, levelBounds, levelKey, placeKey, prefixBounds, rowKeyOf, VERSION_KEY } from './level-keys.ts';
import { LogNames } from './log-names.ts';
import { SEGMENT_BYTES } from './segment-table.ts';

export interface LevelStoreOptions {
  /** Disk kept free for deleting when it is full (`disk-reserve.ts`). 64 MiB unless told; with much less, a full disk may need help from outside. */
  readonly reserveBytes?: number;
  /** Length at which a file of large values is closed. 8 MiB unless told. */
  readonly segmentBytes?: number;
  /** The computer's own unless told. LevelDB's own files it does not see. */
  readonly disk?: Disk;
}

const RESERVE_BYTES = 64 << 20;

/**
 * LevelDB's own defaults are 4 and 2 MiB. These keep what it may write at once within the reserve: two buffers when it is opened;
 * for one merge up to 12 buffers and its first level, 10 MiB and what a burst added, or 25 files (leveldb 1.20, db/version_set.cc).
 */
const BUFFER_BYTES = 1 << 20;
const FILE_BYTES = 1 << 20;

/** LevelDB hands rows over in portions of this many bytes. */
const PORTION_BYTES = 256 << 10;

type Database = ClassicLevel<Uint8Array, Uint8Array>;

/**
 * Opens the store in `folder`, which is made (for its owner only) if it is not there.
 * Throws `StoreLocked`, `StoreNewer`, `StoreFull`, and `StoreFailed` for what is damaged.
 */
export async function openLevelStore(folder: string, options: LevelStoreOptions = {}): Promise<Store> {
  const disk = options.disk ?? nodeDisk;
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncMadeFolders(disk, made, folder);
    await assertWhole(folder);
  } catch (error) {
    throw storeError(error);
  }
  const reserve = new DiskReserve(folder, options.reserveBytes ?? RESERVE_BYTES);
  const db: Database = new ClassicLevel(folder, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    // What is kept is sealed, and does not shrink.
    compression: false,
    writeBufferSize: BUFFER_BYTES,
    maxFileSize: FILE_BYTES,
  });
  const store = new LevelStore(
    db,
    reserve,
    new LogNames(disk, folder),
    (table) => new BulkRows(table, disk, folder, options.segmentBytes ?? SEGMENT_BYTES),
  );
  try {
    await store.open();
    return store;
  } catch (error) {
    await db.close();
    throw storeError(error);
  }
}

/** Without its file CURRENT LevelDB would begin anew, and delete what lies there. */
async function assertWhole(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.includes('CURRENT') || !names.some((name) => /\.(ldb|log)$|^MANIFEST-|^bulk-/.test(name))) return;
  throw new StoreFailed('the store is damaged: its file CURRENT is missing, though other files of it are there');
}

class LevelStore implements Store {
  readonly #db: Database;
  readonly #reserve: DiskReserve;
  readonly #logNames: LogNames;
  readonly #bulk: BulkRows;
  #lastCommit = 0;
  #deletedSinceCompaction = false;
  #commits: Promise<void> = Promise.resolve();
  #mending: Promise<void> = Promise.resolve();
  #mends = 0;
  #closing: Promise<void> | undefined;

  constructor(db: Database, reserve: DiskReserve, logNames: LogNames, bulkOf: (table: Table) => BulkRows) {
    this.#db = db;
    this.#reserve = reserve;
    this.#logNames = logNames;
    const rowsUnder = (prefix: Bytes) => db.iterator(prefixBounds(prefix)).all();
    this.#bulk = bulkOf({ getMany: (keys) => db.getMany(keys), rowsUnder });
  }

  async open(): Promise<void> {
    await this.#openDatabase();
    const version = await this.#db.get(VERSION_KEY);
    if (version === undefined && (await this.#db.keys({ limit: 1 }).all()).length === 0) {
      await this.#db.put(VERSION_KEY, encodeVersionRow(), { sync: true });
    } else {
      checkVersionRow(version);
    }
    // Only now: what belongs to a newer version is left as it is.
    await this.#bulk.open();
    await this.#reserve.keep();
  }

  async get(keys: readonly RowKey[]): Promise<readonly (Bytes | undefined)[]> {
    const [bulk, plain] = [keys.filter(BulkRows.isBulk), keys.filter((key) => !BulkRows.isBulk(key))];
    const values = await this.#read(async () => ({
      bulk: bulk.length > 0 ? await this.#bulk.get(bulk) : [],
      plain: plain.length > 0 ? await this.#db.getMany(plain.map(levelKey)) : [],
    }));
    let [nextBulk, nextPlain] = [0, 0];
    return keys.map((key) => {
      const value = BulkRows.isBulk(key) ? values.bulk[nextBulk++] : values.plain[nextPlain++];
      return value && copyBytes(value);
    });
  }

  async range(range: Range): Promise<readonly Row[]> {
    assert(Number.isInteger(range.limit) && range.limit >= 0, 'a limit is a whole number');
    if (range.limit === 0) return [];
    if (SPACES[range.space].bulk) return this.#rangeOfBulk(range);
    const bounds = levelBounds(range);
    const entries = await this.#read(async () => {
      if (bounds === undefined) return [];
      return this.#db.iterator({ ...bounds, ...directionOf(range) }).all();
    });
    return entries.map(([key, value]) => ({ key: rowKeyOf(key), value: copyBytes(value) }));
  }

  /** Keys of rows that lie in LevelDB and of those that do not, in one order, and then their values. */
  async #rangeOfBulk(range: Range): Promise<readonly Row[]> {
    const keys = await this.#read(async () => {
      const found: Bytes[] = [];
      for (const keyOf of [levelKey, placeKey]) {
        const bounds = levelBounds(range, keyOf);
        const some = bounds === undefined ? [] : await this.#db.keys({ ...bounds, ...directionOf(range) }).all();
        for (const key of some) found.push(rowKeyOf(key));
      }
      return found.sort(range.reverse === true ? (a, b) => compareBytes(b, a) : compareBytes).slice(0, range.limit);
    });
    const values = await this.get(keys.map((key) => ({ space: range.space, key })));
    const rows = keys.flatMap((key, at) => {
      const value = values[at];
      return value === undefined ? [] : [{ key, value }];
    });
    const last = keys.at(-1);
    // A row that does not read is passed over, and the page is filled from behind it.
    if (last === undefined || keys.length < range.limit || rows.length === keys.length) return rows;
    return [...rows, ...(await this.#rangeOfBulk({ ...range, after: last, limit: range.limit - rows.length }))];
  }

  async commit(batch: readonly Write[], durability: Durability): Promise<void> {
    this.#assertOpen();
    if (batch.length === 0) return;
    const turn = this.#commits.then(() => this.#commitInTurn(batch, durability === 'durable'));
    // The caller hears of a failure; the next commit only waits for its end.
    this.#commits = turn.catch(() => {}).then(() => this.#tidy());
    return turn;
  }

  close(): Promise<void> {
    this.#closing ??= this.#commits.then(async () => {
      await this.#mending.catch(() => {});
      await this.#db.close();
      await this.#bulk.close();
    });
    return this.#closing;
  }

  async #commitInTurn(batch: readonly Write[], sync: boolean): Promise<void> {
    const onlyDeletes = batch.every((write) => write.value === undefined);
    try {
      if (this.#db.status !== 'open') await this.#mend(onlyDeletes);
      if (!onlyDeletes && !(await this.#regainReserve())) throw new StoreFull('there is no room left on the disk of the store');
      await this.#store(batch, sync, onlyDeletes).catch(async (error: unknown) => {
        if (onlyDeletes || storeError(error).name !== 'StoreFull' || !this.#bulk.isSparse) throw error;
        // Full, though half of some files is of no use: the reserve's room is enough to rewrite them.
        await this.#reserve.release();
        if (!(await this.#regainReserve())) throw error;
        await this.#store(batch, sync, onlyDeletes);
      });
      if (onlyDeletes) this.#deletedSinceCompaction = true;
    } catch (error) {
      throw storeError(error);
    }
  }

  async #store(batch: readonly Write[], sync: boolean, onlyDeletes: boolean): Promise<void> {
    const plain = batch.filter((write) => !BulkRows.isBulk(write)).map(operationOf);
    const large = await this.#prepared(() => this.#bulk.prepare(batch.filter(BulkRows.isBulk), sync));
    await this.#writePrepared(plain, large, onlyDeletes);
  }

  /** Whatever a failure left in the files is taken back. */
  async #prepared<Answer>(prepare: () => Promise<Answer>): Promise<Answer> {
    try {
      return await prepare();
    } catch (error) {
      await this.#bulk.undo();
      throw error;
    }
  }

  async #writePrepared(plain: readonly Operation[], large: Prepared, onlyDeletes: boolean): Promise<void> {
    await this.#write([...plain, ...large.operations], large.mustSync, onlyDeletes);
    await this.#bulk.adopt(large);
  }

  /** Rewrites one sparse file at the most after each commit, so that no commit waits for more than that. */
  async #tidy(): Promise<void> {
    if (this.#closing !== undefined || this.#db.status !== 'open' || !this.#reserve.isKept || !this.#bulk.isSparse) return;
    // A disk that fails here fails the next commit too, and that has somebody who is told.
    await this.#rewriteSparse().catch(() => {});
  }

  async #rewriteSparse(): Promise<void> {
    const moved = await this.#prepared(() => this.#bulk.rewriteSparse());
    if (moved !== undefined) await this.#writePrepared([], moved, false);
  }

  async #write(operations: readonly Operation[], sync: boolean, onlyDeletes: boolean): Promise<void> {
    if (operations.length === 0) return;
    const number = this.#lastCommit + 1;
    const all: Operation[] = [...operations, { type: 'put', key: LAST_COMMIT_KEY, value: new Writer(8).u64(number).finish() }];
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#batch(all, sync);
        if (sync) await this.#logNames.sync();
        this.#lastCommit = number;
        return;
      } catch (error) {
        const isFull = storeError(error).name === 'StoreFull';
        await this.#mend(isFull && onlyDeletes);
        if (this.#lastCommit === number) return;
        if (!isFull || !onlyDeletes || attempt === 2) throw error;
      }
    }
  }

  /** One by one into a chained batch: abstract-level 3 takes 6 to 10 µs for each operation of an array, and 1 µs here. */
  #batch(operations: readonly Operation[], sync: boolean): Promise<void> {
    const batch = this.#db.batch();
    for (const operation of operations) {
      if (operation.type === 'put') batch.put(operation.key, operation.value);
      else batch.del(operation.key);
    }
    return batch.write({ sync });
  }

  /** Closes and opens the database, which drops a torn record at the end of its log. Reads wait meanwhile. */
  #mend(spendReserve: boolean): Promise<void> {
    this.#mends++;
    this.#mending = (async () => {
      await this.#db.close();
      if (spendReserve) await this.#reserve.release();
      await this.#openDatabase();
      await this.#bulk.open();
    })();
    return this.#mending;
  }

  async #openDatabase(): Promise<void> {
    try {
      await this.#db.open();
    } catch (error) {
      if (storeError(error).name !== 'StoreFull') throw error;
      await this.#reserve.release();
      await this.#db.open();
    }
    // Opening began a log and gave CURRENT its name anew.
    await this.#logNames.sync();
    const row = await this.#db.get(LAST_COMMIT_KEY);
    this.#lastCommit = row === undefined ? 0 : new Reader(row).u64();
  }

  /** Puts are taken only while the reserve is whole, so that there is always room left to delete. */
  async #regainReserve(): Promise<boolean> {
    if (await this.#reserve.keep()) return true;
    // LevelDB gives room back when it merges files, and would not do so by itself now.
    if (this.#deletedSinceCompaction) await this.#db.compactRange(FIRST_KEY, END_KEY);
    this.#deletedSinceCompaction = false;
    // Sparse files give back at least what they take, and what they take the reserve has just left.
    while (!(await this.#reserve.keep())) {
      if (!this.#bulk.isSparse) return false;
      await this.#rewriteSparse();
    }
    return true;
  }

  /** Reads run side by side with commits; one that was cut off by a mending is asked again. */
  async #read<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      this.#assertOpen();
      const mends = this.#mends;
      try {
        await this.#mending;
        return await ask();
      } catch (error) {
        if (this.#mends === mends) throw storeError(error);
      }
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new StoreFailed('the store is closed');
  }
}

function directionOf({ limit, reverse }: Range): {
  readonly limit: number;
  readonly reverse: boolean;
  readonly highWaterMarkBytes: number;
} {
  return { limit, reverse: reverse ?? false, highWaterMarkBytes: PORTION_BYTES };
}
