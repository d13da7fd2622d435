/** What was pushed lately: ids, so that nothing is passed on twice, and bytes for whoever missed it. Bounded; the oldest give way. */
import type { Envelope } from '../envelope/envelope.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Bytes } from '../kernel/bytes.ts';
import { idKey } from './id-key.ts';
import { PASSED_OVER_MAX, RECENT_BYTES_MAX } from './limits.ts';

interface Pushed {
  readonly id: Bytes;
  readonly bytes: Bytes;
  readonly class: number;
  readonly hops: number;
  readonly atMs: number;
}

export class Recent {
  readonly #ids: BoundedMap<string, true> = new BoundedMap<string, true>(PASSED_OVER_MAX);
  readonly #pushed: Map<string, Pushed> = new Map<string, Pushed>();
  /** Stands before the oldest of them. Kept, because a new one walks past the holes of all that have gone. */
  #oldest: Iterator<[string, Pushed]> = this.#pushed.entries();
  #size = 0;

  has(id: Uint8Array): boolean {
    return this.#ids.has(idKey(id));
  }

  /** `hops`: how far it had come. */
  note({ id, bytes, header }: Envelope, hops: number, nowMs: number): void {
    const key = idKey(id);
    if (this.#ids.has(key)) return;
    this.#ids.set(key, true);
    this.#pushed.set(key, { id, bytes, class: header.class, hops, atMs: nowMs });
    this.#size += bytes.length;
    while (this.#size > RECENT_BYTES_MAX) this.#dropOldest();
  }

  #dropOldest(): void {
    const next = this.#oldest.next();
    if (next.done === true) {
      this.#oldest = this.#pushed.entries();
      return;
    }
    const [oldest, pushed] = next.value;
    this.#pushed.delete(oldest);
    this.#size -= pushed.bytes.length;
  }

  get(id: Uint8Array): Pushed | undefined {
    return this.#pushed.get(idKey(id));
  }

  /** Those of which the bytes are still here and that were noted from then on, the oldest first. */
  since(atMs: number): readonly Pushed[] {
    return [...this.#pushed.values()].filter((pushed) => pushed.atMs >= atMs);
  }
}
