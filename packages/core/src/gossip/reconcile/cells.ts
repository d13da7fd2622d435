/**
 * Coded cells of a set: in which cells an item lies, what a cell adds up, and how cells travel. Never knows ids, only short ones.
 * After L. Yang, Y. Gilad, M. Alizadeh, "Practical Rateless Set Reconciliation", SIGCOMM 2024. Rule: docs/protocol/reconciliation.md §3, §4.
 */
import type { Label, Suite } from '../../crypto/suite.ts';
import { label } from '../../crypto/suite.ts';
import type { Bytes } from '../../kernel/bytes.ts';
import { CELLS_MAX, FIRST_CELLS, MORE_CELLS_MIN, MORE_CELLS_PART } from './limits.ts';

const KEY: Label = label('gossip/sketch-key');
const CHECK: Label = label('gossip/sketch-check');

/** What both sides of a stream compute from its salt. */
export interface SketchKeys {
  /** Makes short ids of ids. */
  readonly shortIdKey: Bytes;
  /** Two words that the check of a cell depends on. */
  readonly checkKeys: readonly [number, number];
}

export function keysOf(suite: Suite, salt: Bytes): SketchKeys {
  const shortIdKey = suite.hash(KEY, salt);
  const drawn = suite.mac(shortIdKey, CHECK, new Uint8Array(0), 16);
  return { shortIdKey, checkKeys: [word(drawn, 0), word(drawn, 4)] };
}

/** Four bytes, big-endian, as a signed word: all arithmetic here is on those. */
export function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
}

/** Spreads a word over all its bits (the finalizer of MurmurHash3). */
function mixed(value: number): number {
  let state = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35);
  return state ^ (state >>> 16);
}

/** The check of a short id: tells a cell with one item from one with several that happen to look alike. Against accidents, not against lies. */
export function checkOf(keys: SketchKeys, high: number, low: number): number {
  return mixed((mixed(high ^ keys.checkKeys[0]) + low) ^ keys.checkKeys[1]);
}

/**
 * A walk over the cells of one item: cell 0, then further and further apart, so that cell k holds it with the chance 2 / (k + 2).
 * From cell i, with 28 bits r, it goes to the smallest j > i for which (r + 1)(j + 1)(j + 2) ≥ 2^28 (i + 1)(i + 2).
 */
export class Walk {
  /** Where it stands; CELLS_MAX when it is past the last cell. */
  cell = 0;
  #state = 0;
  #stride = 1;

  begin(high: number, low: number): void {
    this.cell = 0;
    this.#state = high;
    this.#stride = low | 1;
  }

  next(): void {
    this.#state = (this.#state + this.#stride) | 0;
    this.cell = nextCell(this.cell, mixed(this.#state) >>> 4);
  }
}

/** `chance` has 28 bits. Products of whole numbers below 2^53 are exact: the root only guesses, and the comparisons decide. */
export function nextCell(cell: number, chance: number): number {
  const goal = 0x1000_0000 * (cell + 1) * (cell + 2);
  const share = chance + 1;
  let next = Math.max(cell + 1, Math.ceil(Math.sqrt(goal / share + 0.25) - 1.5));
  if (next > CELLS_MAX) return CELLS_MAX;
  while (share * (next + 1) * (next + 2) < goal) next++;
  while (next > cell + 1 && share * next * (next + 1) >= goal) next--;
  return next;
}

/** How many of `size` items a cell is expected to hold; what travels is the deviation from it. */
export function expectedCount(size: number, cell: number): number {
  return Math.floor((2 * size) / (cell + 2));
}

/** Cells side by side: how many items, and the exclusive or of their short ids (in two words) and of their checks. */
export interface Cells {
  readonly counts: Int32Array<ArrayBuffer>;
  readonly highs: Int32Array<ArrayBuffer>;
  readonly lows: Int32Array<ArrayBuffer>;
  readonly checks: Int32Array<ArrayBuffer>;
}

export function emptyCells(count: number = CELLS_MAX): Cells {
  const zeros = (): Int32Array<ArrayBuffer> => new Int32Array(count);
  return { counts: zeros(), highs: zeros(), lows: zeros(), checks: zeros() };
}

export function copyCells({ counts, highs, lows, checks }: Cells): Cells {
  return { counts: counts.slice(), highs: highs.slice(), lows: lows.slice(), checks: checks.slice() };
}

/** Puts an item into a cell (`sign` 1) or takes it out (−1): the same but for the count. */
export function toggle(cells: Cells, at: number, high: number, low: number, check: number, sign: 1 | -1): void {
  (cells.counts[at] as number) += sign;
  (cells.highs[at] as number) ^= high;
  (cells.lows[at] as number) ^= low;
  (cells.checks[at] as number) ^= check;
}

/** The cells of a set at one moment. */
export interface Snapshot extends Cells {
  /** Items in the cells; the other side needs it to read them. Exceptions are not among them. */
  readonly size: number;
  readonly salt: Bytes;
  /** Is called before cells up to here are read: until then they may not be there. */
  readonly reach?: (count: number) => void;
}

/** Cells worked out at first. */
const LATE_FIRST = 64;

/** The cells of a few items that stay as they are, worked out only as far as they are read: of small sets few are ever sent. */
export class LateCells implements Snapshot {
  readonly size: number;
  readonly salt: Bytes;
  readonly #keys: SketchKeys;
  readonly #items: { readonly highs: Int32Array<ArrayBuffer>; readonly lows: Int32Array<ArrayBuffer> };
  #cells: Cells = emptyCells(0);

  constructor(keys: SketchKeys, salt: Bytes, items: { readonly highs: Int32Array<ArrayBuffer>; readonly lows: Int32Array<ArrayBuffer> }) {
    this.size = items.highs.length;
    this.salt = salt;
    this.#keys = keys;
    this.#items = items;
  }

  get counts(): Int32Array<ArrayBuffer> {
    return this.#cells.counts;
  }

  get highs(): Int32Array<ArrayBuffer> {
    return this.#cells.highs;
  }

  get lows(): Int32Array<ArrayBuffer> {
    return this.#cells.lows;
  }

  get checks(): Int32Array<ArrayBuffer> {
    return this.#cells.checks;
  }

  reach(count: number): void {
    if (count <= this.counts.length) return;
    let room = Math.max(LATE_FIRST, this.counts.length);
    while (room < count) room *= 2;
    const cells = emptyCells(Math.min(room, CELLS_MAX));
    const walk = new Walk();
    const { highs, lows } = this.#items;
    for (let item = 0; item < this.size; item++) {
      const [high, low] = [highs[item] as number, lows[item] as number];
      const check = checkOf(this.#keys, high, low);
      for (walk.begin(high, low); walk.cell < cells.counts.length; walk.next()) toggle(cells, walk.cell, high, low, check, 1);
    }
    this.#cells = cells;
  }
}

/** How many cells to send next, when `sent` were. */
export function cellsAfter(sent: number): number {
  const wanted = sent === 0 ? FIRST_CELLS : Math.max(MORE_CELLS_MIN, Math.floor(sent / MORE_CELLS_PART));
  return Math.min(wanted, CELLS_MAX - sent);
}
