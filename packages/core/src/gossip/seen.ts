/**
 * The ids that need not be taken again, each with the purge token that let its envelope go, if one did. Bounded: the oldest give way.
 * A token may be held back for a while: then it is known here and said to nobody else.
 */

import { PURGE_TOKEN_BYTES } from '../envelope/envelope.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, EMPTY, fromKey, toKey } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { SEEN_AFTER_EXPIRY_HOURS } from './limits.ts';

interface Seen {
  readonly expiryHour: number;
  /** As `toKey` writes it: there may be hundreds of thousands, and a short array of its own costs three times its bytes. */
  readonly token: string | undefined;
  readonly isPublic: boolean;
}

export class SeenSet {
  readonly #entries: BoundedMap<string, Seen>;
  /** No entry expires before: most looks for old ones need not look at any. */
  #firstExpiryHour = Number.POSITIVE_INFINITY;

  constructor(sizeMax: number) {
    this.#entries = new BoundedMap(sizeMax);
  }

  has(id: Uint8Array): boolean {
    return this.#entries.has(toKey(id));
  }

  /** The token that let an envelope go. */
  tokenOf(id: Uint8Array): Bytes | undefined {
    const token = this.#entries.get(toKey(id))?.token;
    return token === undefined ? undefined : fromKey(token);
  }

  /** Whether its token may be said to anybody. */
  isPublic(id: Uint8Array): boolean {
    return this.#entries.get(toKey(id))?.isPublic === true;
  }

  /** Takes up a row; one that does not read is passed over. Answers whether it holds a token that was held back. */
  restore(id: Bytes, row: Bytes): 'nothing' | 'token' | 'held-back' {
    const reader = new Reader(row);
    const expiryHour = reader.u32();
    const token = reader.left >= PURGE_TOKEN_BYTES ? reader.raw(PURGE_TOKEN_BYTES) : EMPTY;
    const isHeldBack = reader.left === 1 && reader.u8() === 1;
    if (reader.failed || reader.left > 0) return 'nothing';
    const isPublic = token.length > 0 && !isHeldBack;
    this.#entries.set(toKey(id), { expiryHour, token: token.length > 0 ? toKey(token) : undefined, isPublic });
    this.#firstExpiryHour = Math.min(this.#firstExpiryHour, expiryHour);
    if (token.length === 0) return 'nothing';
    return isPublic ? 'token' : 'held-back';
  }

  /** Answers the row to keep, and the id that had to give way. */
  remember(
    id: Bytes,
    expiryHour: number,
    token: Bytes | undefined,
    isPublic: boolean,
  ): { readonly row: Bytes; readonly evicted: Bytes | undefined } {
    const evicted = this.#entries.set(toKey(id), { expiryHour, token: token && toKey(token), isPublic: token !== undefined && isPublic });
    this.#firstExpiryHour = Math.min(this.#firstExpiryHour, expiryHour);
    const writer = new Writer(5 + (token?.length ?? 0)).u32(expiryHour).raw(token ?? EMPTY);
    if (token !== undefined && !isPublic) writer.u8(1);
    return { row: writer.finish(), evicted: evicted && fromKey(evicted.key) };
  }

  forget(id: Uint8Array): void {
    this.#entries.delete(toKey(id));
  }

  expiryOf(id: Uint8Array): number | undefined {
    return this.#entries.get(toKey(id))?.expiryHour;
  }

  /** Forgets up to `countMax` ids whose envelopes nobody carries any more; answers them. */
  forgetOld(hour: number, countMax: number): readonly Bytes[] {
    const old: Bytes[] = [];
    if (this.#firstExpiryHour + SEEN_AFTER_EXPIRY_HOURS >= hour) return old;
    this.#firstExpiryHour = Number.POSITIVE_INFINITY;
    for (const [key, seen] of this.#entries.entries()) {
      if (old.length >= countMax || seen.expiryHour + SEEN_AFTER_EXPIRY_HOURS >= hour) {
        this.#firstExpiryHour = Math.min(this.#firstExpiryHour, seen.expiryHour);
        continue;
      }
      this.#entries.delete(key);
      old.push(fromKey(key));
    }
    return old;
  }
}
