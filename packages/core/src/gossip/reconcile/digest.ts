/**
 * The digest of a set: 32 bytes that are the same for the same set, in whatever order it came about, and that follow it item by item. Nobody can make
 * two sets with one digest; it does not hide what is in them. Rule and reason of the length: docs/protocol/reconciliation.md §1.
 */
import { type Label, label, type Suite } from '../../crypto/suite.ts';
import { assert } from '../../kernel/assert.ts';
import type { Bytes } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { ID_BYTES } from './limits.ts';

const ITEM: Label = label('gossip/digest-item');
const VALUE: Label = label('gossip/digest');

const BLOCK_BYTES = 64;
const WORDS_PER_BLOCK: number = BLOCK_BYTES / 4;
/** Public: they only tell the four blocks of an item apart. */
const BLOCK_KEYS: readonly Bytes[] = [0, 1, 2, 3].map((block) => Uint8Array.of(block, ...new Uint8Array(31)));
const WORDS: number = BLOCK_KEYS.length * WORDS_PER_BLOCK;

type Sum = Uint32Array<ArrayBuffer>;

/** Where an item is worked out before it is added or taken away: used up within one call. */
const EXPANDED: Sum = new Uint32Array(WORDS);

/** A multiset, strictly: whoever adds an item twice has to remove it twice. */
export class SetDigest {
  readonly #suite: Suite;
  /** The sum of all items modulo 2^2048, the most significant word first. */
  readonly #sum: Sum = new Uint32Array(WORDS);
  #size = 0;

  constructor(suite: Suite) {
    this.#suite = suite;
  }

  get size(): number {
    return this.#size;
  }

  /** For an id that is not in the set. */
  add(id: Bytes): void {
    this.#size++;
    plus(this.#sum, this.#expanded(id));
  }

  /** For an id that is in the set. */
  remove(id: Bytes): void {
    assert(this.#size > 0, 'what is removed was added');
    this.#size--;
    minus(this.#sum, this.#expanded(id));
  }

  /** The digest of the same set, that goes its own way from now on. */
  copy(): SetDigest {
    const copy = new SetDigest(this.#suite);
    copy.#sum.set(this.#sum);
    copy.#size = this.#size;
    return copy;
  }

  value(): Bytes {
    return this.#valueOf(this.#size, this.#sum);
  }

  /** The value this set would have with these added and those removed, without changing it. Total: ids removed that are not in it give a value that no set has. */
  with(added: readonly Bytes[], removed: readonly Bytes[]): Bytes {
    const sum = this.#sum.slice();
    for (const id of added) plus(sum, this.#expanded(id));
    for (const id of removed) minus(sum, this.#expanded(id));
    return this.#valueOf(this.#size + added.length - removed.length, sum);
  }

  #valueOf(size: number, sum: Sum): Bytes {
    const writer = new Writer(4 * (1 + WORDS)).u32(size >>> 0);
    for (const word of sum) writer.u32(word);
    return this.#suite.hash(VALUE, writer.finish());
  }

  #expanded(id: Bytes): Sum {
    assert(id.length === ID_BYTES, 'an id has 32 bytes');
    let at = 0;
    for (const key of BLOCK_KEYS) {
      const block = this.#suite.mac(key, ITEM, id, BLOCK_BYTES);
      const words = new DataView(block.buffer, block.byteOffset, BLOCK_BYTES);
      for (let word = 0; word < WORDS_PER_BLOCK; word++) EXPANDED[at++] = words.getUint32(4 * word);
    }
    return EXPANDED;
  }
}

function plus(sum: Sum, item: Sum): void {
  let carry = 0;
  for (let at = WORDS - 1; at >= 0; at--) {
    const word = (sum[at] as number) + (item[at] as number) + carry;
    carry = word > 0xffff_ffff ? 1 : 0;
    sum[at] = word;
  }
}

function minus(sum: Sum, item: Sum): void {
  let borrow = 0;
  for (let at = WORDS - 1; at >= 0; at--) {
    const word = (sum[at] as number) - (item[at] as number) - borrow;
    borrow = word < 0 ? 1 : 0;
    sum[at] = word;
  }
}
