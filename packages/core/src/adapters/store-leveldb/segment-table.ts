/**
 * What is known of the segment files: how far each is written and how much in it is alive. A value that is replaced whole, and kept in LevelDB
 * in the same batch as what it counts, so that opening a store reads a row per file and no more. Touches no file.
 */
import { assert } from '../../kernel/assert.ts';
import { type Bytes, concat } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { SEGMENT_PREFIX } from './level-keys.ts';
import type { Place } from './segment-record.ts';

export interface Segment {
  /** What was ever acknowledged of the file; whatever lies behind it is torn. */
  readonly endBytes: number;
  readonly liveBytes: number;
}

/** A file is closed at this length: short enough to be rewritten in one go, long enough that a gigabyte has few of them. */
export const SEGMENT_BYTES: number = 8 << 20;

/** A closed file of which less than this share is alive is rewritten: it gives back at least as much as it costs. */
const SPARSE_SHARE = 0.5;

export class SegmentTable {
  readonly segments: ReadonlyMap<number, Segment>;
  /** The highest number a file ever had. */
  readonly last: number;
  /** The file that is appended to; every other is closed. */
  readonly active: number | undefined;

  constructor(segments: ReadonlyMap<number, Segment>, last: number, active: number | undefined) {
    this.segments = segments;
    this.last = last;
    this.active = active;
  }

  /** A closed segment that is worth rewriting, and not among `except`. */
  sparse(except: ReadonlySet<number>): number | undefined {
    for (const [number, { endBytes, liveBytes }] of this.segments)
      if (number !== this.active && liveBytes < endBytes * SPARSE_SHARE && !except.has(number)) return number;
    return undefined;
  }
}

/** A table in the making. */
export class TableDraft {
  readonly #segments: Map<number, Segment>;
  readonly #touched: Set<number> = new Set<number>();
  readonly #before: SegmentTable;
  readonly #segmentBytes: number;
  #last: number;
  #active: number | undefined;

  constructor(table: SegmentTable, segmentBytes: number) {
    this.#before = table;
    this.#segmentBytes = segmentBytes;
    this.#segments = new Map(table.segments);
    this.#last = table.last;
    this.#active = table.active;
  }

  /** Gives a record its place at the end of the active file, or in a new one. */
  place(bytes: number, checksum: number): Place {
    const open = this.#active === undefined ? undefined : this.#segments.get(this.#active);
    if (open === undefined || (open.endBytes > 0 && open.endBytes + bytes > this.#segmentBytes)) this.#active = ++this.#last;
    const segment = this.#active as number;
    const { endBytes, liveBytes } = this.#segments.get(segment) ?? { endBytes: 0, liveBytes: 0 };
    assert(endBytes + bytes <= 0xffff_ffff, 'a value is shorter than 4 GiB');
    this.#segments.set(segment, { endBytes: endBytes + bytes, liveBytes: liveBytes + bytes });
    this.#touched.add(segment);
    return { segment, at: endBytes, bytes, checksum };
  }

  /** What lies at this place is needed no longer. A file that was lost has no row, and its places count nowhere. */
  release(place: Place): void {
    const segment = this.#segments.get(place.segment);
    if (segment === undefined) return;
    this.#segments.set(place.segment, { ...segment, liveBytes: Math.max(0, segment.liveBytes - place.bytes) });
    this.#touched.add(place.segment);
  }

  /** The table, the files in which nothing is alive any more (no longer in it), and the rows that changed; no value is a delete. */
  finish(): { readonly table: SegmentTable; readonly dead: readonly number[]; readonly rows: readonly SegmentRow[] } {
    const dead: number[] = [];
    // A file that was closed just now may have died before, while it was still appended to.
    if (this.#before.active !== undefined && this.#before.active !== this.#active) this.#touched.add(this.#before.active);
    for (const number of this.#touched) {
      if (number === this.#active || (this.#segments.get(number)?.liveBytes ?? 0) > 0) continue;
      if (this.#segments.delete(number)) dead.push(number);
    }
    const rows = [...this.#touched].map((number): SegmentRow => {
      const segment = this.#segments.get(number);
      return { key: segmentKey(number), value: segment && new Writer(8).u32(segment.endBytes).u32(segment.liveBytes).finish() };
    });
    return { table: new SegmentTable(this.#segments, this.#last, this.#active), dead, rows };
  }
}

export interface SegmentRow {
  readonly key: Bytes;
  readonly value: Bytes | undefined;
}

export function segmentKey(number: number): Bytes {
  return concat(SEGMENT_PREFIX, new Writer(4).u32(number).finish());
}

/** `undefined` for what is no row of a segment. */
export function decodeSegment(key: Uint8Array, value: Uint8Array): readonly [number, Segment] | undefined {
  const [name, reader] = [new Reader(key.subarray(SEGMENT_PREFIX.length)), new Reader(value)];
  const number = name.finish(name.u32());
  const segment = reader.finish({ endBytes: reader.u32(), liveBytes: reader.u32() });
  return number === undefined || segment === undefined ? undefined : [number, segment];
}
