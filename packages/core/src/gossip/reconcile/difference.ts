/**
 * The receiving side of a stream of cells: takes the own cells off the other's and peels what is left, until nothing is. Total: a stream that lies
 * ends `hopeless` or with ids that the digest gives away; it never throws and never costs more than its bounds. Rule: docs/protocol/reconciliation.md §5.
 */
import type { Suite } from '../../crypto/suite.ts';
import type { Bytes } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { type Cells, checkOf, emptyCells, keysOf, type SketchKeys, type Snapshot, toggle, Walk } from './cells.ts';
import { CELLS_MAX, ITEMS_MAX, SHORT_ID_BYTES } from './limits.ts';
import { CELL_BYTES_MIN, readCells } from './wire.ts';

/** `more`: cells are missing yet. The other two are final. */
export type Progress = 'more' | 'whole' | 'hopeless';

/** An item that came off the cells, and how far through them it was taken out. */
interface Peeled {
  readonly high: number;
  readonly low: number;
  readonly check: number;
  /** 1: only the other side has it; −1: only we have it. */
  readonly sign: 1 | -1;
  readonly walk: Walk;
}

export class Difference {
  readonly #own: Snapshot;
  readonly #theirSize: number;
  readonly #keys: SketchKeys;
  /** Theirs without ours, and without what was peeled. */
  #cells: Cells = emptyCells(0);
  readonly #peeled: Peeled[] = [];
  readonly #peeledKeys: Set<string> = new Set<string>();
  #received = 0;
  #progress: Progress = 'more';

  /** `own` was made under the salt of the stream; `theirSize` is what the other side said about its cells. */
  constructor(suite: Suite, own: Snapshot, theirSize: number) {
    this.#own = own;
    this.#theirSize = theirSize;
    this.#keys = keysOf(suite, own.salt);
    const isPossible = Number.isInteger(theirSize) && theirSize >= 0 && theirSize <= ITEMS_MAX;
    if (!isPossible || Math.abs(theirSize - own.size) > CELLS_MAX) this.#progress = 'hopeless';
  }

  /** Cells taken so far. */
  get received(): number {
    return this.#received;
  }

  /** Short ids that only the other side has, once the difference is whole. They are its word: the digest decides whether it holds. */
  get onlyTheirs(): readonly Bytes[] {
    return this.#shortIds(1);
  }

  /** Short ids that only the own side has, once the difference is whole. */
  get onlyOurs(): readonly Bytes[] {
    return this.#shortIds(-1);
  }

  /** The next cells of the stream, in the order in which they are encoded. */
  take(bytes: Bytes): Progress {
    if (this.#progress !== 'more') return this.#progress;
    const from = this.#received;
    this.#makeRoom(Math.min(CELLS_MAX, from + Math.floor(bytes.length / CELL_BYTES_MIN)));
    const count = readCells(bytes, this.#theirSize, this.#cells, from);
    if (count === undefined) return this.#end('hopeless');
    this.#received = from + count;
    this.#own.reach?.(this.#received);
    for (let at = from; at < this.#received; at++) this.#takeOffOwn(at);
    for (const item of this.#peeled) this.#takeOff(item);
    if (!this.#peel(from)) return this.#end('hopeless');
    if (this.#isEmpty()) return this.#end('whole');
    return this.#received === CELLS_MAX ? this.#end('hopeless') : 'more';
  }

  /** Few streams come near their bound. */
  #makeRoom(count: number): void {
    const before = this.#cells;
    if (count <= before.counts.length) return;
    this.#cells = emptyCells(Math.min(CELLS_MAX, Math.max(count, 2 * before.counts.length)));
    for (const name of ['counts', 'highs', 'lows', 'checks'] as const) this.#cells[name].set(before[name]);
  }

  #end(progress: Progress): Progress {
    this.#progress = progress;
    return progress;
  }

  #takeOffOwn(at: number): void {
    (this.#cells.counts[at] as number) -= this.#own.counts[at] as number;
    (this.#cells.highs[at] as number) ^= this.#own.highs[at] as number;
    (this.#cells.lows[at] as number) ^= this.#own.lows[at] as number;
    (this.#cells.checks[at] as number) ^= this.#own.checks[at] as number;
  }

  /** Takes an item out of the received cells it was not taken out of yet; answers which. */
  #takeOff({ high, low, check, sign, walk }: Peeled): readonly number[] {
    const touched: number[] = [];
    for (; walk.cell < this.#received; walk.next()) {
      toggle(this.#cells, walk.cell, high, low, check, sign === 1 ? -1 : 1);
      touched.push(walk.cell);
    }
    return touched;
  }

  /** Peels as far as it goes, looking at the cells from `from` on first. False if what came off cannot be. */
  #peel(from: number): boolean {
    const waiting: number[] = [];
    for (let at = from; at < this.#received; at++) waiting.push(at);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const item = this.#singleIn(at);
      if (item === undefined) continue;
      const key = `${item.high},${item.low}`;
      if (this.#peeled.length === CELLS_MAX || this.#peeledKeys.has(key)) return false;
      this.#peeledKeys.add(key);
      this.#peeled.push(item);
      for (const touched of this.#takeOff(item)) waiting.push(touched);
    }
    return true;
  }

  /** The item of a cell that holds one and no other: its check fits, and the cell is one of its own. */
  #singleIn(at: number): Peeled | undefined {
    const sign = this.#cells.counts[at];
    if (sign !== 1 && sign !== -1) return undefined;
    const [high, low, check] = [this.#cells.highs[at] as number, this.#cells.lows[at] as number, this.#cells.checks[at] as number];
    if (checkOf(this.#keys, high, low) !== check) return undefined;
    const walk = new Walk();
    for (walk.begin(high, low); walk.cell < at; ) walk.next();
    if (walk.cell !== at) return undefined;
    walk.begin(high, low);
    return { high, low, check, sign, walk };
  }

  #isEmpty(): boolean {
    const { counts, highs, lows, checks } = this.#cells;
    for (let at = 0; at < this.#received; at++)
      if ((counts[at] as number) | (highs[at] as number) | (lows[at] as number) | (checks[at] as number)) return false;
    return true;
  }

  #shortIds(sign: 1 | -1): readonly Bytes[] {
    if (this.#progress !== 'whole') return [];
    const items = this.#peeled.filter((item) => item.sign === sign);
    return items.map(({ high, low }) =>
      new Writer(SHORT_ID_BYTES)
        .u32(high >>> 0)
        .u32(low >>> 0)
        .finish(),
    );
  }
}
