/** Cuts a byte stream into frames: a 4-byte big-endian length, then that many bytes; length 0 is a heartbeat and yields nothing, the largest asks for one. */
import type { Bytes } from '../../kernel/bytes.ts';

export const LENGTH_BYTES = 4;

/** In place of a length: the far side asks for a sign of life. */
export const ASK = 0xffff_ffff;

export class FrameReader {
  readonly #frameBytesMax: number;
  readonly #take: (frame: Bytes) => void;
  readonly #onAsked: () => void;
  #lengthSoFar = 0;
  #lengthBytesRead = 0;
  #frame: Bytes | undefined;
  #filled = 0;
  #isBroken = false;

  constructor(frameBytesMax: number, take: (frame: Bytes) => void, onAsked: () => void = () => {}) {
    this.#frameBytesMax = frameBytesMax;
    this.#take = take;
    this.#onAsked = onAsked;
  }

  /**
   * Takes the next piece of the stream, which may be a view into a larger buffer, and gives each whole frame to `take` in memory of
   * its own. Answers false, now and for ever, once a length beyond `frameBytesMax` was announced.
   */
  push(piece: Uint8Array): boolean {
    let at = 0;
    while (at < piece.length && !this.#isBroken) {
      if (this.#frame === undefined) {
        at = this.#readLength(piece, at);
        continue;
      }
      const count = Math.min(piece.length - at, this.#frame.length - this.#filled);
      this.#frame.set(count === piece.length ? piece : piece.subarray(at, at + count), this.#filled);
      at += count;
      this.#filled += count;
      if (this.#filled === this.#frame.length) this.#finish(this.#frame);
    }
    return !this.#isBroken;
  }

  #readLength(piece: Uint8Array, start: number): number {
    let at = start;
    while (at < piece.length && this.#lengthBytesRead < LENGTH_BYTES) {
      this.#lengthSoFar = this.#lengthSoFar * 256 + (piece[at++] as number);
      this.#lengthBytesRead++;
    }
    if (this.#lengthBytesRead < LENGTH_BYTES) return at;
    const length = this.#lengthSoFar;
    this.#lengthSoFar = 0;
    this.#lengthBytesRead = 0;
    if (length === ASK) this.#onAsked();
    else if (length > this.#frameBytesMax) this.#isBroken = true;
    else if (length > 0) this.#frame = new Uint8Array(length);
    return at;
  }

  #finish(frame: Bytes): void {
    this.#frame = undefined;
    this.#filled = 0;
    this.#take(frame);
  }
}
