/** What is carried, as it stands in memory: ids, tags and sizes, never bodies. Indexed by id and by tag, in the order in which it was taken in. */
import { HEADER_BYTES } from '../envelope/envelope.ts';
import { BODY_BYTES } from '../envelope/limits.ts';
import { type Bytes, toKey } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { idKey } from './id-key.ts';
import { TIERS, type Tier } from './tier.ts';

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
  /** Hours it had travelled when it came, and this carrier's running hour then. */
  readonly ageHours: number;
  readonly arrivedHour: number;
  /** Who left it here, as `depositorOf` names a neighbour, and what it was to us then. */
  readonly depositor: string;
  readonly tier: Tier;
}

const DEPOSITOR_BYTES = 8;

/** Of a row, as `encodeCarried` writes it. */
const ROW_BYTES = 39;

/** Places of arrivals that may be empty before the gaps are closed. */
const ARRIVALS_SPARE = 1024;

/** One's own envelopes were left by nobody. */
export const NOBODY: string = toKey(new Uint8Array(DEPOSITOR_BYTES));

/** The beginning of a neighbour's transport key (hexadecimal): enough to count by. */
export function depositorOf(key: string): string {
  const bytes = new Uint8Array(DEPOSITOR_BYTES);
  for (let i = 0; i < DEPOSITOR_BYTES; i++) bytes[i] = Number.parseInt(key.slice(2 * i, 2 * i + 2), 16) || 0;
  return toKey(bytes);
}

export function carriedBytes(one: Pick<Carried, 'size'>): number {
  return HEADER_BYTES + (BODY_BYTES[one.size] as number);
}

/** Hours it has been on its way by now, as far as this carrier's clock can say. */
export function ageOf(one: Carried, hour: number): number {
  return one.ageHours + Math.max(0, hour - one.arrivedHour);
}

export function encodeCarried(one: Carried): Bytes {
  const writer = new Writer(ROW_BYTES)
    .raw(one.tag)
    .u8(one.class)
    .u8(one.size)
    .u32(one.expiryHour)
    .u8(one.own ? 1 : 0)
    .u8(one.copies);
  writer.u16(Math.min(one.ageHours, 0xffff)).u32(one.arrivedHour);
  writer.u8(TIERS.indexOf(one.tier));
  for (let at = 0; at < DEPOSITOR_BYTES; at++) writer.u8(one.depositor.charCodeAt(at));
  return writer.finish();
}

/** The object is made in one piece: built in two steps it takes twice the time and half as much memory again, of a relay with 100,000. */
export function decodeCarried(id: Bytes, row: Bytes): Carried | undefined {
  const reader = new Reader(row);
  const tag = reader.raw(16);
  const [envelopeClass, size, expiryHour, own] = [reader.u8(), reader.u8(), reader.u32(), reader.u8() === 1];
  const [copies, ageHours, arrivedHour] = [reader.u8(), reader.u16(), reader.u32()];
  // Rows of before neighbours were counted end here.
  const isOld = reader.left === 0;
  const tier = TIERS[isOld ? 2 : reader.u8()];
  const depositor = isOld ? NOBODY : toKey(reader.raw(DEPOSITOR_BYTES));
  if (tier === undefined || size >= BODY_BYTES.length || reader.failed || reader.left > 0) return undefined;
  const by = own ? 'own' : tier;
  return { id, tag, class: envelopeClass, size, expiryHour, own, copies, ageHours, arrivedHour, tier: by, depositor };
}

export class CarriedSet {
  readonly #byId: Map<string, Carried> = new Map<string, Carried>();
  /** Nearly every tag has one envelope: a set for each would be most of what the index costs. */
  readonly #byTag: Map<string, string | Set<string>> = new Map<string, string | Set<string>>();
  /** The ids in the order in which this process took them in, each with the how-manieth it was; gaps are closed when there are many. */
  #arrivals: { readonly number: number; readonly key: string }[] = [];
  #bytes = 0;
  #lastNumber = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** Bytes of all carried envelopes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of the one taken in last. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  get(id: Uint8Array): Carried | undefined {
    return this.#byId.get(idKey(id));
  }

  has(id: Uint8Array): boolean {
    return this.#byId.has(idKey(id));
  }

  /** Adds one, or replaces what is known of it. */
  set(one: Carried): void {
    const key = idKey(one.id);
    if (!this.#byId.has(key)) {
      this.#bytes += carriedBytes(one);
      this.#arrivals.push({ number: ++this.#lastNumber, key });
      const tag = toKey(one.tag);
      const under = this.#byTag.get(tag);
      if (under === undefined) this.#byTag.set(tag, key);
      else if (typeof under === 'string') this.#byTag.set(tag, new Set([under, key]));
      else under.add(key);
    }
    this.#byId.set(key, one);
  }

  delete(id: Uint8Array): Carried | undefined {
    const key = idKey(id);
    const one = this.#byId.get(key);
    if (one === undefined) return undefined;
    this.#byId.delete(key);
    this.#bytes -= carriedBytes(one);
    const tag = toKey(one.tag);
    const under = this.#byTag.get(tag);
    if (typeof under === 'object') under.delete(key);
    if (typeof under === 'string' || under?.size === 0) this.#byTag.delete(tag);
    // What went and came again stands twice until then; the later place counts for whoever has heard the earlier.
    if (this.#arrivals.length > 2 * this.#byId.size + ARRIVALS_SPARE) {
      this.#arrivals = this.#arrivals.filter((arrival) => this.#byId.has(arrival.key));
    }
    return one;
  }

  *under(tag: Uint8Array): IterableIterator<Carried> {
    const keys = this.#byTag.get(toKey(tag)) ?? [];
    for (const key of typeof keys === 'string' ? [keys] : keys) {
      const one = this.#byId.get(key);
      if (one !== undefined) yield one;
    }
  }

  values(): IterableIterator<Carried> {
    return this.#byId.values();
  }

  /** What was taken in after the one with this number, each with its number. What goes meanwhile is left out. */
  *after(number: number): IterableIterator<{ readonly number: number; readonly one: Carried }> {
    for (let last = number; ; ) {
      const next = this.#firstAfter(last);
      if (next === undefined) return;
      last = next.number;
      const one = this.#byId.get(next.key);
      if (one !== undefined) yield { number: last, one };
    }
  }

  #firstAfter(number: number): { readonly number: number; readonly key: string } | undefined {
    let [low, high] = [0, this.#arrivals.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#arrivals[middle] as { readonly number: number }).number <= number) low = middle + 1;
      else high = middle;
    }
    return this.#arrivals[low];
  }
}
