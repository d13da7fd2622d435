/**
 * Values too large to be merged again and again by LevelDB: they lie in append-only segment files, and a row in LevelDB says where.
 *
 *   commit ─▶ append to the active file ─▶ sync (durable) ─▶ LevelDB batch: places, rows of segments ─▶ files in which nothing lives go
 *
 * A place is never in LevelDB before its bytes are in the file; what a crash left behind the last place is cut off at opening. And whenever
 * LevelDB is synced, the files are before, with what earlier, relaxed batches left there: LevelDB's sync covers their places too.
 * Small values stay in LevelDB. It never decides when a batch is written: `index.ts` does.
 */
import { type Bytes, concat, toKey } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { type RowKey, SPACES, type Write } from '../../node/machine.ts';
import type { Disk } from './disk.ts';
import { LAST_SEGMENT_KEY, levelKey, placeKey, SEGMENT_PREFIX } from './level-keys.ts';
import { SegmentFiles } from './segment-files.ts';
import { decodePlace, encodePlace, encodeRecord, isSamePlace, type Place, readRecord, recordsOf } from './segment-record.ts';
import { decodeSegment, type Segment, SegmentTable, TableDraft } from './segment-table.ts';

/** Longer values lie in segment files: below it LevelDB writes them a few times over and is still quicker than a file of their own. */
export const INLINE_BYTES_MAX = 4096;

/** Times a value is looked for again that was moved or deleted while it was read. */
const READS_MAX = 3;

export type Operation =
  | { readonly type: 'put'; readonly key: Bytes; readonly value: Bytes }
  | { readonly type: 'del'; readonly key: Bytes };

/** For a row that lies in LevelDB. */
export function operationOf(write: Write): Operation {
  const key = levelKey(write);
  return write.value === undefined ? { type: 'del', key } : { type: 'put', key, value: write.value };
}

/** What of LevelDB is used here. */
export interface Table {
  getMany(keys: Bytes[]): Promise<(Uint8Array | undefined)[]>;
  rowsUnder(prefix: Bytes): Promise<readonly (readonly [Uint8Array, Uint8Array])[]>;
}

/** A batch whose values are in the files; true once LevelDB holds `operations`. */
export interface Prepared {
  readonly operations: readonly Operation[];
  readonly table: SegmentTable;
  /** Files that nothing needs once the batch is on the disk. */
  readonly dead: readonly number[];
  /** LevelDB has to sync it: somebody was promised so, or a file is removed when the disk holds what says that nothing needs it. */
  readonly mustSync: boolean;
}

/** What goes to the ends of files, by the files' numbers. */
type Appended = Map<number, { readonly at: number; readonly pieces: Uint8Array[] }>;

function append(appended: Appended, place: Place, record: Uint8Array): void {
  const end = appended.get(place.segment);
  if (end === undefined) appended.set(place.segment, { at: place.at, pieces: [record] });
  else end.pieces.push(record);
}

export class BulkRows {
  readonly #db: Table;
  readonly #files: SegmentFiles;
  readonly #segmentBytes: number;
  #table: SegmentTable = new SegmentTable(new Map(), 0, undefined);
  /** Segments that could not be rewritten because some of it does not read; they end when their last row does. */
  readonly #damaged: Set<number> = new Set<number>();

  constructor(db: Table, disk: Disk, folder: string, segmentBytes: number) {
    this.#db = db;
    this.#segmentBytes = segmentBytes;
    this.#files = new SegmentFiles(disk, folder);
  }

  /** Reads what LevelDB says of the files, and makes them so: torn ends are cut, files nobody knows are removed. */
  async open(): Promise<void> {
    await this.#files.close();
    const [lastRow] = await this.#db.getMany([LAST_SEGMENT_KEY]);
    const rows = await this.#db.rowsUnder(SEGMENT_PREFIX);
    const segments = new Map<number, Segment>(
      rows.flatMap(([key, value]) => [decodeSegment(key, value)].filter((one) => one !== undefined)),
    );
    const last = Math.max(0, lastRow === undefined ? 0 : new Reader(lastRow).u32(), ...segments.keys());
    const short = await this.#files.settle(segments);
    // Nothing is appended to a file that lacks its end: its places would be taken by others.
    const active = segments.has(last) && !short.includes(last) ? last : undefined;
    this.#table = new SegmentTable(segments, last, active);
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  static isBulk({ space }: RowKey): boolean {
    return SPACES[space].bulk;
  }

  /** The values of rows of bulk spaces, in the order of `keys`; `undefined` for a row that is not there, or does not read as it was written. */
  async get(keys: readonly RowKey[]): Promise<readonly (Uint8Array | undefined)[]> {
    const values: (Uint8Array | undefined)[] = keys.map(() => undefined);
    const tried: (Place | undefined)[] = keys.map(() => undefined);
    let left = [...keys.keys()];
    for (let read = 0; left.length > 0 && read < READS_MAX; read++) {
      // Both in one question, which LevelDB answers as of one moment: a row may be replaced by one that lies elsewhere.
      const rows = await this.#db.getMany(left.flatMap((at) => [levelKey(keys[at] as RowKey), placeKey(keys[at] as RowKey)]));
      const elsewhere: number[] = [];
      for (const [i, at] of left.entries()) {
        const place = decodePlace(rows[2 * i + 1]);
        values[at] = rows[2 * i];
        // A place that did not read and has not changed is damaged.
        if (place === undefined || isSamePlace(place, tried[at])) continue;
        tried[at] = place;
        elsewhere.push(at);
      }
      await Promise.all(
        elsewhere.map(async (at) => {
          values[at] = await this.#read(keys[at] as RowKey, tried[at] as Place);
        }),
      );
      left = elsewhere.filter((at) => values[at] === undefined);
    }
    return values;
  }

  /** Puts the large values among `writes` (all of bulk spaces) into files and answers what LevelDB has to say of all of them. */
  async prepare(writes: readonly Write[], sync: boolean): Promise<Prepared> {
    if (this.#table.segments.size === 0 && writes.every(({ value }) => value === undefined || value.length <= INLINE_BYTES_MAX))
      return { operations: writes.map(operationOf), table: this.#table, dead: [], mustSync: sync };
    const draft = new TableDraft(this.#table, this.#segmentBytes);
    const operations: Operation[] = [];
    const last = [...new Map(writes.map((write) => [write.space + toKey(write.key), write])).values()];
    const before = this.#table.segments.size === 0 ? [] : await this.#places(last.map(placeKey));
    const appended: Appended = new Map();
    for (const [i, write] of last.entries()) {
      const [key, old] = [placeKey(write), before[i]];
      if (old !== undefined) draft.release(old);
      if (write.value !== undefined && write.value.length > INLINE_BYTES_MAX) {
        const record = encodeRecord(key, write.value);
        const place = draft.place(record.bytes.length, record.checksum);
        append(appended, place, record.bytes);
        operations.push({ type: 'put', key, value: encodePlace(place) }, { type: 'del', key: levelKey(write) });
        continue;
      }
      if (old !== undefined) operations.push({ type: 'del', key });
      operations.push(operationOf(write));
    }
    return this.#finish(draft, operations, appended, sync);
  }

  /** LevelDB holds what was prepared. */
  async adopt(prepared: Prepared): Promise<void> {
    this.#table = prepared.table;
    for (const number of prepared.dead) {
      this.#damaged.delete(number);
      // One that cannot be removed now is removed at the next opening: no row of LevelDB names it any more.
      await this.#files.remove(number).catch(() => {});
    }
  }

  /** Nothing of what was prepared came to be: the files are as LevelDB knows them. */
  async undo(): Promise<void> {
    await this.#files.close();
    await this.#files.settle(this.#table.segments);
  }

  /** Whether there is a file worth rewriting. */
  get isSparse(): boolean {
    return this.#sparse() !== undefined;
  }

  /** Appends what is alive in a sparse file to the active one; once the batch is synced the old file goes. */
  async rewriteSparse(): Promise<Prepared | undefined> {
    const number = this.#sparse();
    const segment = number === undefined ? undefined : this.#table.segments.get(number);
    if (number === undefined || segment === undefined) return undefined;
    const file = await this.#files.read(number, 0, segment.endBytes);
    const found = file === undefined ? [] : [...recordsOf(number, file)];
    const now = await this.#places(found.map(({ key }) => key));
    const live = found.filter(({ place }, i) => isSamePlace(place, now[i]));
    const values = live.map(({ key, place }) => file && readRecord(file.subarray(place.at, place.at + place.bytes), key, place));
    const liveBytes = live.reduce((sum, { place }) => sum + place.bytes, 0);
    if (file === undefined || liveBytes !== segment.liveBytes || values.includes(undefined)) {
      this.#damaged.add(number);
      return undefined;
    }
    const draft = new TableDraft(this.#table, this.#segmentBytes);
    const operations: Operation[] = [];
    const appended: Appended = new Map();
    for (const { key, place } of live) {
      draft.release(place);
      const moved = draft.place(place.bytes, place.checksum);
      append(appended, moved, file.subarray(place.at, place.at + place.bytes));
      operations.push({ type: 'put', key, value: encodePlace(moved) });
    }
    return this.#finish(draft, operations, appended, true);
  }

  #sparse(): number | undefined {
    return this.#table.sparse(this.#damaged);
  }

  async #finish(draft: TableDraft, operations: Operation[], appended: Appended, sync: boolean): Promise<Prepared> {
    const { table, dead, rows } = draft.finish();
    for (const { key, value } of rows) operations.push(value === undefined ? { type: 'del', key } : { type: 'put', key, value });
    if (table.last !== this.#table.last)
      operations.push({ type: 'put', key: LAST_SEGMENT_KEY, value: new Writer(4).u32(table.last).finish() });
    for (const [number, { at, pieces }] of appended) await this.#files.write(number, at, concat(...pieces));
    const mustSync = sync || dead.length > 0;
    if (mustSync) await this.#files.sync();
    return { operations, table, dead, mustSync };
  }

  async #places(keys: Bytes[]): Promise<readonly (Place | undefined)[]> {
    return (await this.#db.getMany(keys)).map(decodePlace);
  }

  async #read(row: RowKey, place: Place): Promise<Bytes | undefined> {
    const bytes = await this.#files.read(place.segment, place.at, place.bytes);
    return bytes && readRecord(bytes, placeKey(row), place);
  }
}
