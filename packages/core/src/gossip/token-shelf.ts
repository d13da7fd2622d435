/**
 * Purge tokens side by side in blocks of memory. There may be hundreds of thousands: as many strings or arrays would be most of what every
 * collection of garbage goes through. Holds no more than its caller puts there and takes away.
 */
import { PURGE_TOKEN_BYTES } from '../envelope/envelope.ts';
import type { Bytes } from '../kernel/bytes.ts';

/** Tokens of a block: small, because most nodes have few. */
const BLOCK_TOKENS = 64;

export class TokenShelf {
  readonly #blocks: Bytes[] = [];
  /** Places whose tokens were taken away. */
  readonly #free: number[] = [];
  #used = 0;

  /** Copies a token onto the shelf; answers its place. */
  put(token: Bytes): number {
    const place = this.#free.pop() ?? this.#used++;
    const block = Math.floor(place / BLOCK_TOKENS);
    if (block === this.#blocks.length) this.#blocks.push(new Uint8Array(BLOCK_TOKENS * PURGE_TOKEN_BYTES));
    this.#blocks[block]?.set(token, (place % BLOCK_TOKENS) * PURGE_TOKEN_BYTES);
    return place;
  }

  /** A copy of the token at a place. */
  get(place: number): Bytes {
    const at = (place % BLOCK_TOKENS) * PURGE_TOKEN_BYTES;
    return (this.#blocks[Math.floor(place / BLOCK_TOKENS)] as Bytes).slice(at, at + PURGE_TOKEN_BYTES);
  }

  remove(place: number): void {
    this.#free.push(place);
  }
}
