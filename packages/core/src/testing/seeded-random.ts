/**
 * Chance that can be told again: the same seed gives the same bytes on every machine. For tests, the simulator and the bench.
 * NOT for cryptography: whoever sees a few outputs can tell all the others. Real nodes take `Entropy` from a composition root.
 * Streams are sfc32 (C. Doty-Humphrey, PractRand), seeded by FNV-1a and the finalizer of MurmurHash3.
 */
import { assert } from '../kernel/assert.ts';
import type { Bytes } from '../kernel/bytes.ts';
import { type Random, randomBelow } from '../kernel/random.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';

const WARM_UP_ROUNDS = 16;

export class SeededRandom implements Random {
  readonly seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #word = 0;
  #wordBytesLeft = 0;

  constructor(seed: number | string) {
    this.seed = String(seed);
    this.#a = hash(this.seed, 0x243f6a88);
    this.#b = hash(this.seed, 0x85a308d3);
    this.#c = hash(this.seed, 0x13198a2e);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.#next();
  }

  bytes(length: number): Bytes {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      if (this.#wordBytesLeft === 0) {
        this.#word = this.#next();
        this.#wordBytesLeft = 4;
      }
      out[i] = this.#word & 0xff;
      this.#word >>>= 8;
      this.#wordBytesLeft--;
    }
    return out;
  }

  /** A uniform whole number in [0, limit). */
  below(limit: number): number {
    return randomBelow(this, limit);
  }

  /** A uniform number in [0, 1), with 32 bits of choice. */
  unit(): number {
    return this.#next() / 0x1_0000_0000;
  }

  /** True about once in `1 / probability` calls. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    assert(items.length > 0, 'there is something to pick from');
    return items[this.below(items.length)] as Item;
  }

  /**
   * A stream of its own for `label`, the same however much was drawn here before: a new draw in one place of a world
   * does not shuffle the others.
   */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.seed.length}:${this.seed}/${label}`);
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** Spreads a text over 32 bits. Three of them with different `basis` seed one stream. */
function hash(text: string, basis: number): number {
  let state = basis;
  for (const byte of encodeUtf8(text)) state = Math.imul(state ^ byte, 0x0100_0193);
  state = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35);
  return state ^ (state >>> 16);
}
