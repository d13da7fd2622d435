/**
 * The ids that need not be taken again, each with the purge token that let its envelope go, if one did. Bounded: the oldest give way.
 * A token may be held back for a while: then it is known here and said to nobody else.
 */

import { PURGE_TOKEN_BYTES } from '../envelope/envelope.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, EMPTY, fromKey } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { idKey } from './id-key.ts';
import { SEEN_AFTER_EXPIRY_HOURS } from './limits.ts';
import { TokenShelf } from './token-shelf.ts';

const HOUR_BYTES = 4;

interface Seen {
  readonly expiryHour: number;
  /** Its place on the shelf; `NO_TOKEN` without one. */
  readonly token: number;
  readonly isPublic: boolean;
}

const NO_TOKEN = -1;

export class SeenSet {
  readonly #entries: BoundedMap<string, Seen>;
  readonly #tokens: TokenShelf = new TokenShelf();
  /** No entry expires before: most looks for old ones need not look at any. */
  #firstExpiryHour = Number.POSITIVE_INFINITY;

  constructor(sizeMax: number) {
    this.#entries = new BoundedMap(sizeMax);
  }

  has(id: Uint8Array): boolean {
    return this.#entries.has(idKey(id));
  }

  /** The token that let an envelope go. */
  tokenOf(id: Uint8Array): Bytes | undefined {
    const place = this.#entries.get(idKey(id))?.token ?? NO_TOKEN;
    return place === NO_TOKEN ? undefined : this.#tokens.get(place);
  }

  /** Whether its token may be said to anybody. */
  isPublic(id: Uint8Array): boolean {
    return this.#entries.get(idKey(id))?.isPublic === true;
  }

  /**
   * Takes up a row under `toKey` of its id; one that does not read is passed over. Answers whether it holds a token that was held back. There
   * may be hundreds of thousands at a start: nothing is copied on the way but what stays.
   */
  restore(key: string, row: Bytes): 'nothing' | 'token' | 'held-back' {
    const reader = new Reader(row);
    const expiryHour = reader.u32();
    const hasToken = reader.left >= PURGE_TOKEN_BYTES;
    const token = hasToken ? row.subarray(HOUR_BYTES, HOUR_BYTES + PURGE_TOKEN_BYTES) : undefined;
    const left = row.length - HOUR_BYTES - (hasToken ? PURGE_TOKEN_BYTES : 0);
    const isHeldBack = left === 1 && row[row.length - 1] === 1;
    if (reader.failed || left > 1) return 'nothing';
    this.#set(key, expiryHour, token, hasToken && !isHeldBack);
    if (!hasToken) return 'nothing';
    return isHeldBack ? 'held-back' : 'token';
  }

  /** Answers the row to keep, and the id that had to give way. */
  remember(
    id: Bytes,
    expiryHour: number,
    token: Bytes | undefined,
    isPublic: boolean,
  ): { readonly row: Bytes; readonly evicted: Bytes | undefined } {
    const isHeldBack = token !== undefined && !isPublic;
    const evicted = this.#set(idKey(id), expiryHour, token, token !== undefined && isPublic);
    const writer = new Writer(HOUR_BYTES + (token?.length ?? 0) + (isHeldBack ? 1 : 0)).u32(expiryHour).raw(token ?? EMPTY);
    if (isHeldBack) writer.u8(1);
    return { row: writer.finish(), evicted: evicted === undefined ? undefined : fromKey(evicted) };
  }

  /** Answers the key that had to give way. */
  #set(key: string, expiryHour: number, token: Bytes | undefined, isPublic: boolean): string | undefined {
    this.#leave(this.#entries.get(key));
    const evicted = this.#entries.set(key, { expiryHour, token: token === undefined ? NO_TOKEN : this.#tokens.put(token), isPublic });
    this.#leave(evicted?.value);
    this.#firstExpiryHour = Math.min(this.#firstExpiryHour, expiryHour);
    return evicted?.key;
  }

  /** An entry is no more: its place is free. */
  #leave(seen: Seen | undefined): void {
    if (seen !== undefined && seen.token !== NO_TOKEN) this.#tokens.remove(seen.token);
  }

  forget(id: Uint8Array): void {
    const key = idKey(id);
    this.#leave(this.#entries.get(key));
    this.#entries.delete(key);
  }

  expiryOf(id: Uint8Array): number | undefined {
    return this.#entries.get(idKey(id))?.expiryHour;
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
      this.#leave(seen);
      this.#entries.delete(key);
      old.push(fromKey(key));
    }
    return old;
  }
}
