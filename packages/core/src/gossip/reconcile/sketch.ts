/**
 * A set as the cells it is reconciled by, kept up to date as items come and go. The same set under the same salt has the same cells,
 * whatever happened before. Never decides what is missing. Rule: docs/protocol/reconciliation.md §2, §3.
 */
import { type Label, label, type Suite } from '../../crypto/suite.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, compareBytes, copyBytes, sameBytes } from '../../kernel/bytes.ts';
import {
  type Cells,
  checkOf,
  copyCells,
  emptyCells,
  keysOf,
  LateCells,
  type SketchKeys,
  type Snapshot,
  toggle,
  Walk,
  word,
} from './cells.ts';
import { CELLS_MAX, EXCEPTIONS_MAX, ID_BYTES, ITEMS_MAX, SALT_BYTES_MAX, SALT_BYTES_MIN, SHORT_ID_BYTES } from './limits.ts';
import { ShortIds } from './short-ids.ts';

const SHORT_ID: Label = label('gossip/short-id');

interface Exception {
  readonly id: Bytes;
  readonly high: number;
  readonly low: number;
}

export class Sketch {
  readonly #suite: Suite;
  readonly #salt: Bytes;
  readonly #keys: SketchKeys;
  /** `undefined`: worked out for each snapshot, as far as that is read. */
  readonly #cells: Cells | undefined;
  readonly #walk: Walk = new Walk();
  readonly #held: ShortIds = new ShortIds();
  /** Of ids with one short id the smallest is in the cells, and the others are here. */
  #exceptions: readonly Exception[] = [];
  #isWhole = true;

  /**
   * The salt, 16 to 32 bytes of chance, keeps others from preparing ids whose short ids collide. `kept`: cells follow every change, for a
   * large set that is compared again and again; `late`: only items do, for a small one that is compared once.
   */
  constructor(suite: Suite, salt: Bytes, cells: 'kept' | 'late' = 'kept') {
    assert(salt.length >= SALT_BYTES_MIN && salt.length <= SALT_BYTES_MAX, 'a salt has 16 to 32 bytes');
    this.#suite = suite;
    this.#salt = copyBytes(salt);
    this.#cells = cells === 'kept' ? emptyCells() : undefined;
    this.#keys = keysOf(suite, salt);
  }

  /** Ids held: those in the cells and the exceptions. */
  get size(): number {
    return this.#held.size + this.#exceptions.length;
  }

  /** False once there was an id that had no room here: the caller lists plainly, until it has made a new sketch. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Full ids whose short id is that of another held one, smallest first; they are not in the cells. */
  get exceptions(): readonly Bytes[] {
    return this.#exceptions.map(({ id }) => id);
  }

  has(id: Bytes): boolean {
    const short = this.#shortOf(id);
    const row = this.#held.find(word(short, 0), word(short, 4));
    return row >= 0 && (this.#held.holdsAt(row, id) || this.#exceptions.some((one) => sameBytes(one.id, id)));
  }

  /** Of an id that is held nothing changes. */
  add(id: Bytes): void {
    const short = this.#shortOf(id);
    const [high, low] = [word(short, 0), word(short, 4)];
    const row = this.#held.find(high, low);
    if (row >= 0) this.#addBeside(row, { id: copyBytes(id), high, low });
    else if (this.#held.size === ITEMS_MAX) this.#isWhole = false;
    else {
      this.#held.insert(high, low, id);
      this.#toggleAll(high, low, 1);
    }
  }

  /** Of an id that is not held nothing changes. */
  remove(id: Bytes): void {
    const short = this.#shortOf(id);
    const [high, low] = [word(short, 0), word(short, 4)];
    const row = this.#held.find(high, low);
    if (row < 0) return;
    if (!this.#held.holdsAt(row, id)) {
      this.#exceptions = this.#exceptions.filter((one) => !sameBytes(one.id, id));
      return;
    }
    const heir = this.#exceptions.find((one) => one.high === high && one.low === low);
    if (heir === undefined) {
      this.#held.removeAt(row);
      this.#toggleAll(high, low, -1);
      return;
    }
    this.#held.setAt(row, heir.id);
    this.#exceptions = this.#exceptions.filter((one) => one !== heir);
  }

  /** The full id in the cells under a short id; `undefined` for one that is not there, and for bytes that are no short id. */
  idOf(short: Bytes): Bytes | undefined {
    const row = short.length === SHORT_ID_BYTES ? this.#held.find(word(short, 0), word(short, 4)) : -1;
    return row < 0 ? undefined : this.#held.idAt(row);
  }

  /** The short id of any id under this sketch's salt. */
  shortOf(id: Bytes): Bytes {
    return this.#shortOf(id).slice(0, SHORT_ID_BYTES);
  }

  /** A copy that stays as it is: 64 KiB of cells, or 8 bytes an item and what is read of them. */
  snapshot(): Snapshot {
    if (this.#cells === undefined) return new LateCells(this.#keys, this.#salt, this.#held.words());
    return { ...copyCells(this.#cells), size: this.#held.size, salt: this.#salt };
  }

  #shortOf(id: Bytes): Bytes {
    assert(id.length === ID_BYTES, 'an id has 32 bytes');
    return this.#suite.mac(this.#keys.shortIdKey, SHORT_ID, id, 16);
  }

  #toggleAll(high: number, low: number, sign: 1 | -1): void {
    if (this.#cells === undefined) return;
    const check = checkOf(this.#keys, high, low);
    const walk = this.#walk;
    for (walk.begin(high, low); walk.cell < CELLS_MAX; walk.next()) toggle(this.#cells, walk.cell, high, low, check, sign);
  }

  #addBeside(row: number, added: Exception): void {
    if (this.#held.holdsAt(row, added.id) || this.#exceptions.some((one) => sameBytes(one.id, added.id))) return;
    if (this.#exceptions.length === EXCEPTIONS_MAX) {
      this.#isWhole = false;
      return;
    }
    const held: Exception = { ...added, id: this.#held.idAt(row) };
    const isSmaller = compareBytes(added.id, held.id) < 0;
    if (isSmaller) this.#held.setAt(row, added.id);
    this.#exceptions = [...this.#exceptions, isSmaller ? held : added].sort((a, b) => compareBytes(a.id, b.id));
  }
}
