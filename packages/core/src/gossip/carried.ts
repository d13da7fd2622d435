/** What is carried, as it stands in memory: ids, tags and sizes, never bodies. Indexed by id and by tag. */
import { HEADER_BYTES } from '../envelope/envelope.ts';
import { BODY_BYTES } from '../envelope/limits.ts';
import { type Bytes, toKey } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';

export interface Carried {
  readonly id: Bytes;
  readonly tag: Bytes;
  readonly class: number;
  /** Index into the allowed body lengths. */
  readonly size: number;
  readonly expiryHour: number;
  /** Written by this node itself: never evicted before it expires. */
  readonly own: boolean;
  /** Copies left to hand out. */
  readonly copies: number;
  /** Hours it had travelled when it came, and the hour of this carrier's clock then. */
  readonly ageHours: number;
  readonly arrivedHour: number;
  /** The neighbour that handed it over, while this process lives. */
  readonly from: number | undefined;
}

export function carriedBytes(one: Carried): number {
  return HEADER_BYTES + (BODY_BYTES[one.size] as number);
}

export function encodeCarried(one: Carried): Bytes {
  const writer = new Writer(40)
    .raw(one.tag)
    .u8(one.class)
    .u8(one.size)
    .u32(one.expiryHour)
    .u8(one.own ? 1 : 0)
    .u8(one.copies);
  return writer.u16(Math.min(one.ageHours, 0xffff)).u32(one.arrivedHour).finish();
}

export function decodeCarried(id: Bytes, row: Bytes): Carried | undefined {
  const reader = new Reader(row);
  const one = {
    id,
    tag: reader.raw(16),
    class: reader.u8(),
    size: reader.u8(),
    expiryHour: reader.u32(),
    own: reader.u8() === 1,
    copies: reader.u8(),
    ageHours: reader.u16(),
    arrivedHour: reader.u32(),
    from: undefined,
  };
  return one.size < BODY_BYTES.length ? reader.finish(one) : undefined;
}

export class CarriedSet {
  readonly #byId: Map<string, Carried> = new Map<string, Carried>();
  readonly #byTag: Map<string, string[]> = new Map<string, string[]>();
  #bytes = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** Bytes of all carried envelopes. */
  get bytes(): number {
    return this.#bytes;
  }

  get(id: Uint8Array): Carried | undefined {
    return this.#byId.get(toKey(id));
  }

  has(id: Uint8Array): boolean {
    return this.#byId.has(toKey(id));
  }

  /** Adds one, or replaces what is known of it. */
  set(one: Carried): void {
    const key = toKey(one.id);
    if (!this.#byId.has(key)) {
      this.#bytes += carriedBytes(one);
      const tag = toKey(one.tag);
      const under = this.#byTag.get(tag);
      if (under === undefined) this.#byTag.set(tag, [key]);
      else under.push(key);
    }
    this.#byId.set(key, one);
  }

  delete(id: Uint8Array): Carried | undefined {
    const key = toKey(id);
    const one = this.#byId.get(key);
    if (one === undefined) return undefined;
    this.#byId.delete(key);
    this.#bytes -= carriedBytes(one);
    const tag = toKey(one.tag);
    const left = (this.#byTag.get(tag) ?? []).filter((other) => other !== key);
    if (left.length === 0) this.#byTag.delete(tag);
    else this.#byTag.set(tag, left);
    return one;
  }

  under(tag: Uint8Array): readonly Carried[] {
    const keys = this.#byTag.get(toKey(tag));
    return keys === undefined ? [] : keys.map((key) => this.#byId.get(key) as Carried);
  }

  values(): IterableIterator<Carried> {
    return this.#byId.values();
  }

  /**
   * Which others' envelopes must go, oldest first, so that `bytes` more and one more fit; `undefined` if not even all of them would do.
   * One's own is never among them.
   */
  roomFor(bytes: number, bytesMax: number, countMax: number): readonly Carried[] | undefined {
    let [shortBytes, shortCount] = [this.#bytes + bytes - bytesMax, this.#byId.size + 1 - countMax];
    const given: Carried[] = [];
    for (const one of this.#byId.values()) {
      if (shortBytes <= 0 && shortCount <= 0) break;
      if (one.own) continue;
      given.push(one);
      shortBytes -= carriedBytes(one);
      shortCount--;
    }
    return shortBytes > 0 || shortCount > 0 ? undefined : given;
  }
}
