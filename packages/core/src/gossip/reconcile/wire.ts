/** Cells as they travel: a deviation of one to three bytes, twelve bytes of sums. Rule: docs/protocol/reconciliation.md §4. */
import { assert } from '../../kernel/assert.ts';
import type { Bytes } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { type Cells, expectedCount, type Snapshot, word } from './cells.ts';
import { CELLS_MAX } from './limits.ts';

/** Deviations and sums of a cell at the least and at the most, in bytes. */
const SUMS_BYTES = 12;
const VARINT_BYTES_MAX = 3;
export const CELL_BYTES_MIN: number = 1 + SUMS_BYTES;

/** `count` cells from the cell `from` on, in order. */
export function encodeCells(snapshot: Snapshot, from: number, count: number): Bytes {
  assert(from >= 0 && count >= 0 && from + count <= CELLS_MAX, 'a stream has no such cells');
  snapshot.reach?.(from + count);
  const writer = new Writer(count * (SUMS_BYTES + 2));
  for (let at = from; at < from + count; at++) {
    writeVarint(writer, (snapshot.counts[at] as number) - expectedCount(snapshot.size, at));
    writer
      .u32((snapshot.highs[at] as number) >>> 0)
      .u32((snapshot.lows[at] as number) >>> 0)
      .u32((snapshot.checks[at] as number) >>> 0);
  }
  return writer.finish();
}

/** 0, −1, 1, −2, 2 … become 0, 1, 2, 3, 4 …; seven bits a byte, the lowest first, the top bit set on all but the last. */
function writeVarint(writer: Writer, value: number): void {
  let left = value < 0 ? -2 * value - 1 : 2 * value;
  for (; left >= 0x80; left >>>= 7) writer.u8((left & 0x7f) | 0x80);
  writer.u8(left);
}

/**
 * Reads cells into `cells` from the cell `from` on. Answers how many there were; `undefined` for bytes that are no cells, for none at all, and for
 * more than a stream has. Then some may have been written.
 */
export function readCells(bytes: Uint8Array, theirSize: number, cells: Cells, from: number): number | undefined {
  let at = 0;
  let cell = from;
  for (; at < bytes.length; cell++) {
    let value = 0;
    let length = 0;
    let byte: number;
    do {
      byte = bytes[at + length] ?? 0;
      value |= (byte & 0x7f) << (7 * length++);
    } while (byte >= 0x80 && length < VARINT_BYTES_MAX);
    if (byte >= 0x80 || (byte === 0 && length > 1)) return undefined;
    at += length;
    if (cell === CELLS_MAX || at + SUMS_BYTES > bytes.length) return undefined;
    cells.counts[cell] = expectedCount(theirSize, cell) + (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
    cells.highs[cell] = word(bytes, at);
    cells.lows[cell] = word(bytes, at + 4);
    cells.checks[cell] = word(bytes, at + 8);
    at += SUMS_BYTES;
  }
  return cell === from ? undefined : cell - from;
}
