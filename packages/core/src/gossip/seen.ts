/** The ids that need not be taken again, each with the purge token that let its envelope go, if one did. Bounded: the oldest give way. */
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, EMPTY, fromKey, toKey } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { SEEN_AFTER_EXPIRY_HOURS } from './limits.ts';

interface Seen {
  readonly expiryHour: number;
  /** As `toKey` writes it: there may be hundreds of thousands, and a short array of its own costs three times its bytes. */
  readonly token: string | undefined;
}

export class SeenSet {
  readonly #entries: BoundedMap<string, Seen>;

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

  /** Takes up a row; one that does not read is passed over. */
  restore(id: Bytes, row: Bytes): void {
    const reader = new Reader(row);
    const expiryHour = reader.u32();
    const token = reader.rest();
    if (!reader.failed) this.#entries.set(toKey(id), { expiryHour, token: token.length > 0 ? toKey(token) : undefined });
  }

  /** Answers the row to keep, and the id that had to give way. */
  remember(id: Bytes, expiryHour: number, token: Bytes | undefined): { readonly row: Bytes; readonly evicted: Bytes | undefined } {
    const evicted = this.#entries.set(toKey(id), { expiryHour, token: token && toKey(token) });
    const writer = new Writer(4 + (token?.length ?? 0)).u32(expiryHour).raw(token ?? EMPTY);
    return { row: writer.finish(), evicted: evicted && fromKey(evicted.key) };
  }

  /** Forgets up to `countMax` ids whose envelopes nobody carries any more; answers them. */
  forgetOld(hour: number, countMax: number): readonly Bytes[] {
    const old: Bytes[] = [];
    for (const [key, seen] of this.#entries.entries()) {
      if (old.length >= countMax) break;
      if (seen.expiryHour + SEEN_AFTER_EXPIRY_HOURS >= hour) continue;
      this.#entries.delete(key);
      old.push(fromKey(key));
    }
    return old;
  }
}
