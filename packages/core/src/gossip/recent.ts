/** What was pushed lately: ids, so that nothing is passed on twice, and bytes for whoever missed it. Bounded; the oldest give way. */
import type { Envelope } from '../envelope/envelope.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Bytes } from '../kernel/bytes.ts';
import { idKey } from './id-key.ts';
import { PASSED_OVER_MAX, RECENT_BYTES_MAX, RECENT_MS } from './limits.ts';

interface Pushed {
  readonly id: Bytes;
  readonly bytes: Bytes;
  readonly class: number;
  readonly hops: number;
  readonly atMs: number;
}

/** Places of the queue that may be empty before the gap is closed. */
const SPARE = 64;

export class Recent {
  readonly #ids: BoundedMap<string, true> = new BoundedMap<string, true>(PASSED_OVER_MAX);
  readonly #pushed: Map<string, Pushed> = new Map<string, Pushed>();
  /** The same in the order in which they came, from `#first` on. */
  #queue: Pushed[] = [];
  #first = 0;
  #size = 0;

  has(id: Uint8Array): boolean {
    return this.#ids.has(idKey(id));
  }

  /** `hops`: how far it had come. */
  note({ id, bytes, header }: Envelope, hops: number, nowMs: number): void {
    const key = idKey(id);
    if (this.#ids.has(key)) return;
    this.#ids.set(key, true);
    const pushed: Pushed = { id, bytes, class: header.class, hops, atMs: nowMs };
    this.#pushed.set(key, pushed);
    this.#queue.push(pushed);
    this.#size += bytes.length;
    while (this.#size > RECENT_BYTES_MAX) this.#dropOldest();
    this.dropOld(nowMs);
  }

  /** Lets go of the bytes that nobody asks for any more. */
  dropOld(nowMs: number): void {
    for (let oldest = this.#queue[this.#first]; oldest !== undefined && oldest.atMs < nowMs - RECENT_MS; oldest = this.#queue[this.#first])
      this.#dropOldest();
  }

  #dropOldest(): void {
    const oldest = this.#queue[this.#first++];
    if (oldest === undefined) return;
    this.#pushed.delete(idKey(oldest.id));
    this.#size -= oldest.bytes.length;
    if (this.#first < this.#queue.length && this.#first < SPARE) return;
    this.#queue = this.#queue.slice(this.#first);
    this.#first = 0;
  }

  get(id: Uint8Array): Pushed | undefined {
    return this.#pushed.get(idKey(id));
  }

  /** Those of which the bytes are still here and that were noted from then on, the oldest first. */
  since(atMs: number): readonly Pushed[] {
    return [...this.#pushed.values()].filter((pushed) => pushed.atMs >= atMs);
  }
}
