/**
 * Reading and writing the wire: fixed big-endian integers and length-prefixed bytes.
 * A `Reader` never throws and never believes a length: after the first byte that is missing it is `failed`,
 * answers zeros, and `finish` says so. Rule: docs/protocol/README.md (notation).
 */
import { assert } from './assert.ts';
import { type Bytes, copyBytes } from './bytes.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

export class Writer {
  #bytes: Bytes;
  #length = 0;

  constructor(roomBytes = 256) {
    this.#bytes = new Uint8Array(roomBytes);
  }

  #grow(more: number): number {
    const at = this.#length;
    this.#length += more;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }

  u8(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, 'u8 out of range');
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, 'u16 out of range');
    const at = this.#grow(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value & 0xff;
    return this;
  }

  u32(value: number): this {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff, 'u32 out of range');
    const at = this.#grow(4);
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = (value >>> 16) & 0xff;
    this.#bytes[at + 2] = (value >>> 8) & 0xff;
    this.#bytes[at + 3] = value & 0xff;
    return this;
  }

  /** Eight bytes; the value is a whole number up to 2^53 - 1 (times in milliseconds). */
  u64(value: number): this {
    assert(Number.isSafeInteger(value) && value >= 0, 'u64 out of range');
    return this.u32(Math.floor(value / 0x1_0000_0000)).u32(value % 0x1_0000_0000);
  }

  /** Bytes whose length both sides know. */
  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Bytes behind a two-byte length. */
  bytes16(bytes: Uint8Array): this {
    return this.u16(bytes.length).raw(bytes);
  }

  /** Text as UTF-8 behind a two-byte length. */
  text16(text: string): this {
    return this.bytes16(encodeUtf8(text));
  }

  /** What was written, of its own. Nothing is written after it. */
  finish(): Bytes {
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
  }
}

/** Up to here a loop copies faster than a view and a call: ids, tags, hashes. */
const SHORT_BYTES = 64;

export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get failed(): boolean {
    return this.#failed;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Marks the input as wrong for a reason the caller found (an unknown kind, a count past its limit). */
  fail(): void {
    this.#failed = true;
  }

  #take(length: number): number {
    if (this.#failed || length > this.left) {
      this.#failed = true;
      return -1;
    }
    const at = this.#at;
    this.#at += length;
    return at;
  }

  #pair(at: number): number {
    return ((this.#bytes[at] as number) << 8) | (this.#bytes[at + 1] as number);
  }

  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.#bytes[at] as number);
  }

  u16(): number {
    const at = this.#take(2);
    return at < 0 ? 0 : this.#pair(at);
  }

  u32(): number {
    const at = this.#take(4);
    if (at < 0) return 0;
    return this.#pair(at) * 0x1_0000 + this.#pair(at + 2);
  }

  /** Fails for values past 2^53 - 1, which no honest writer makes. */
  u64(): number {
    const value = this.u32() * 0x1_0000_0000 + this.u32();
    if (Number.isSafeInteger(value)) return value;
    this.#failed = true;
    return 0;
  }

  /** `length` bytes, copied; empty once the reader has failed. */
  raw(length: number): Bytes {
    const at = this.#take(length);
    if (at < 0) return new Uint8Array(0);
    if (length > SHORT_BYTES) return copyBytes(this.#bytes.subarray(at, at + length));
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = this.#bytes[at + i] as number;
    return out;
  }

  bytes16(lengthMax = 0xffff): Bytes {
    const length = this.u16();
    if (length > lengthMax) this.#failed = true;
    return this.raw(length);
  }

  text16(lengthMax = 0xffff): string {
    const text = decodeUtf8(this.bytes16(lengthMax));
    if (text !== undefined) return text;
    this.#failed = true;
    return '';
  }

  rest(): Bytes {
    return this.raw(this.left);
  }

  /** `value` if every byte was there and none is left over; otherwise `undefined`. */
  finish<Value>(value: Value): Value | undefined {
    return this.#failed || this.left > 0 ? undefined : value;
  }
}
