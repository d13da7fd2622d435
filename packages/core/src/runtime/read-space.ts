/** All rows of one space, read page by page: for what a node holds in memory. */
import { type Bytes, EMPTY } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';
import type { Space } from '../node/machine.ts';
import type { Row, Store } from '../ports/store.ts';

const PAGE = 1000;

/** All rows of a space, in order. */
export async function readSpace(store: Store, space: Space): Promise<readonly Row[]> {
  const all: Row[] = [];
  for await (const page of pagesOf(store, space)) all.push(...page);
  return all;
}

async function* pagesOf(store: Store, space: Space): AsyncGenerator<readonly Row[]> {
  for (let after: Bytes | undefined; ; ) {
    const page = await store.range({ space, prefix: EMPTY, limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.key;
  }
}

/** In front of a packed row: the lengths of its key and its value. */
const HEAD_BYTES: number = 2 + 4;

/**
 * The rows of a large space end to end in a few pieces, for whoever goes over them once: a hundred thousand rows as objects are carried
 * through every garbage collection on the way, which is most of the time that a relay takes to start.
 */
export class PackedRows implements Iterable<Row> {
  readonly #pieces: readonly Bytes[];

  private constructor(pieces: readonly Bytes[]) {
    this.#pieces = pieces;
  }

  static async read(store: Store, space: Space): Promise<PackedRows> {
    const pieces: Bytes[] = [];
    for await (const page of pagesOf(store, space)) pieces.push(pack(page));
    return new PackedRows(pieces);
  }

  /** Keys are the caller's to keep; a value is a view, good until the next row. */
  *[Symbol.iterator](): IterableIterator<Row> {
    for (const piece of this.#pieces) {
      const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
      for (let at = 0; at < piece.length; ) {
        const [keyBytes, valueBytes] = [view.getUint16(at), view.getUint32(at + 2)];
        const valueAt = at + HEAD_BYTES + keyBytes;
        yield { key: piece.slice(at + HEAD_BYTES, valueAt), value: piece.subarray(valueAt, valueAt + valueBytes) };
        at = valueAt + valueBytes;
      }
    }
  }
}

function pack(page: readonly Row[]): Bytes {
  const writer = new Writer(PAGE * 128);
  for (const { key, value } of page) writer.u16(key.length).u32(value.length).raw(key).raw(value);
  return writer.finish();
}
