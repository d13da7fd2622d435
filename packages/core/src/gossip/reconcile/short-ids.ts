/**
 * Full ids by their short ids, in flat arrays: 48 to 96 bytes an item, and nothing for a collector to walk through. Knows nothing of cells.
 * A table with open addressing; the place of a removed row is closed by moving up who stood further on because of it.
 */
import { assert } from '../../kernel/assert.ts';
import type { Bytes } from '../../kernel/bytes.ts';
import { ID_BYTES } from './limits.ts';

const ROOM_FIRST = 64;

export class ShortIds {
  /** Row + 1 in the place its short id leads to, or in the next free one after it; 0 where there is none. Twice as many places as rows. */
  #places: Int32Array<ArrayBuffer> = new Int32Array(2 * ROOM_FIRST);
  #highs: Int32Array<ArrayBuffer> = new Int32Array(ROOM_FIRST);
  #lows: Int32Array<ArrayBuffer> = new Int32Array(ROOM_FIRST);
  #ids: Bytes = new Uint8Array(ROOM_FIRST * ID_BYTES);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The row of a short id; −1 if there is none. */
  find(high: number, low: number): number {
    return (this.#places[this.#placeOf(high, low)] as number) - 1;
  }

  idAt(row: number): Bytes {
    return this.#ids.slice(row * ID_BYTES, (row + 1) * ID_BYTES);
  }

  holdsAt(row: number, id: Uint8Array): boolean {
    const from = row * ID_BYTES;
    for (let i = 0; i < ID_BYTES; i++) if (this.#ids[from + i] !== id[i]) return false;
    return true;
  }

  setAt(row: number, id: Uint8Array): void {
    this.#ids.set(id, row * ID_BYTES);
  }

  /** All short ids, in two words each, as they are now. */
  words(): { readonly highs: Int32Array<ArrayBuffer>; readonly lows: Int32Array<ArrayBuffer> } {
    return { highs: this.#highs.slice(0, this.#size), lows: this.#lows.slice(0, this.#size) };
  }

  /** For a short id that is not there. */
  insert(high: number, low: number, id: Uint8Array): void {
    if (this.#size === this.#highs.length) this.#grow();
    const place = this.#placeOf(high, low);
    assert(this.#places[place] === 0, 'a short id stands for one id');
    const row = this.#size++;
    this.#highs[row] = high;
    this.#lows[row] = low;
    this.setAt(row, id);
    this.#places[place] = row + 1;
  }

  /** The last row takes the place of the removed one. */
  removeAt(row: number): void {
    this.#close(this.#placeOf(this.#highs[row] as number, this.#lows[row] as number));
    const last = --this.#size;
    if (row === last) return;
    const [high, low] = [this.#highs[last] as number, this.#lows[last] as number];
    this.#places[this.#placeOf(high, low)] = row + 1;
    this.#highs[row] = high;
    this.#lows[row] = low;
    this.#ids.copyWithin(row * ID_BYTES, last * ID_BYTES, (last + 1) * ID_BYTES);
  }

  /** The place where a short id stands, or the free one where it would. */
  #placeOf(high: number, low: number): number {
    const mask = this.#places.length - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const row = (this.#places[place] as number) - 1;
      if (row < 0 || (this.#lows[row] === low && this.#highs[row] === high)) return place;
    }
  }

  /** Frees a place; whoever stood further on because of it moves up. */
  #close(from: number): void {
    const mask = this.#places.length - 1;
    let hole = from;
    for (let place = (hole + 1) & mask; this.#places[place] !== 0; place = (place + 1) & mask) {
      const home = (this.#lows[(this.#places[place] as number) - 1] as number) & mask;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      this.#places[hole] = this.#places[place] as number;
      hole = place;
    }
    this.#places[hole] = 0;
  }

  #grow(): void {
    const room = 2 * this.#highs.length;
    const longer = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(room);
      grown.set(old);
      return grown;
    };
    this.#highs = longer(this.#highs);
    this.#lows = longer(this.#lows);
    const ids = new Uint8Array(room * ID_BYTES);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#places = new Int32Array(2 * room);
    for (let row = 0; row < this.#size; row++) this.#places[this.#placeOf(this.#highs[row] as number, this.#lows[row] as number)] = row + 1;
  }
}
