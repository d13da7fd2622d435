/**
 * What the toy suite mixes with: four words that take bytes in and give bytes out. Each step loses nothing of the words and changes all
 * that follows, so two inputs do not fall together by accident; by intent they can be made to. Never for anything people use.
 */
import type { Bytes } from '../kernel/bytes.ts';

/** Steps between taking and giving: every bit of the last input reaches every word. */
const SETTLING_STEPS = 12;

const [ODD_A, ODD_C] = [0x9e3779b1, 0x85ebca77];

export class Sponge {
  /** An array, because the engine keeps whole words there and not in fields. */
  readonly #words: Int32Array = new Int32Array(4);
  #taken = 0;
  /** Bytes that are no whole word yet. */
  #waiting = 0;

  begin(purpose: number): this {
    this.#words[0] = purpose;
    this.#words[1] = 0x243f6a88;
    this.#words[2] = 0x05a308d3;
    this.#words[3] = 0x13198a2e;
    this.#taken = 0;
    this.#waiting = 0;
    return this;
  }

  takeAll(parts: readonly Uint8Array[]): this {
    for (const part of parts) this.take(part);
    return this;
  }

  /** The parts taken one after the other mean the same as one part made of them, wherever they are divided. */
  take(bytes: Uint8Array): this {
    const { length } = bytes;
    let at = 0;
    while (at < length && this.#taken % 4 !== 0) this.#takeByte(bytes[at++] as number);
    const whole = at + ((length - at) & ~3);
    this.#taken += whole - at;
    const words = this.#words;
    let [a, b, c, d] = [words[0] as number, words[1] as number, words[2] as number, words[3] as number];
    for (; at < whole; at += 4) {
      const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
      const mixed = Math.imul(a ^ (low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)), ODD_A);
      a = (b + (mixed ^ (mixed >>> 15))) | 0;
      b = c ^ ((mixed << 7) | (mixed >>> 25));
      c = (d + Math.imul(mixed, ODD_C)) | 0;
      d = mixed;
    }
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
    while (at < length) this.#takeByte(bytes[at++] as number);
    return this;
  }

  #takeByte(byte: number): void {
    const place = this.#taken++ % 4;
    this.#waiting |= byte << (8 * place);
    if (place !== 3) return;
    this.#step(this.#waiting);
    this.#waiting = 0;
  }

  #step(input: number): void {
    const words = this.#words;
    const mixed = Math.imul((words[0] as number) ^ input, ODD_A);
    words[0] = (words[1] as number) + (mixed ^ (mixed >>> 15));
    words[1] = (words[2] as number) ^ ((mixed << 7) | (mixed >>> 25));
    words[2] = (words[3] as number) + Math.imul(mixed, ODD_C);
    words[3] = mixed;
  }

  #settle(): void {
    if (this.#taken % 4 !== 0) this.#step(this.#waiting);
    this.#step(this.#taken);
    for (let i = 0; i < SETTLING_STEPS; i++) this.#step(i);
  }

  give(length: number): Bytes {
    const out = new Uint8Array(length);
    this.cover(out, out);
    return out;
  }

  /** `from` under a stream that follows from what was taken, into `to`; a second time gives `from` again. */
  cover(from: Uint8Array, to: Uint8Array): void {
    this.#settle();
    const { length } = from;
    const words = this.#words;
    for (let at = 0; at < length; at += 4) {
      this.#step(at);
      const word = (words[0] as number) ^ (words[2] as number);
      to[at] = (from[at] as number) ^ word;
      if (at + 1 < length) to[at + 1] = (from[at + 1] as number) ^ (word >>> 8);
      if (at + 2 < length) to[at + 2] = (from[at + 2] as number) ^ (word >>> 16);
      if (at + 3 < length) to[at + 3] = (from[at + 3] as number) ^ (word >>> 24);
    }
  }
}
