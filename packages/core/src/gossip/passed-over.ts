/** Envelopes that were read past because their tag meant nothing: not fetched again, but found again once it does. Bounded. */
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, toKey } from '../kernel/bytes.ts';
import { PASSED_OVER_MAX } from './limits.ts';

interface Passed {
  readonly id: Bytes;
  readonly tag: string;
  /** The neighbour that has it, as far as is known. */
  from: number;
}

export class PassedOver {
  readonly #byId: BoundedMap<string, Passed> = new BoundedMap<string, Passed>(PASSED_OVER_MAX);
  readonly #byTag: Map<string, Passed> = new Map<string, Passed>();

  /** Answers whether an older one had to give way. */
  note(id: Bytes, tag: Bytes, from: number): boolean {
    const passed: Passed = { id, tag: toKey(tag), from };
    const evicted = this.#byId.set(toKey(id), passed);
    if (evicted !== undefined) this.#byTag.delete(evicted.value.tag);
    this.#byTag.set(passed.tag, passed);
    return evicted !== undefined;
  }

  /** Whether this one was read past before; `from` has it, too. */
  isKnown(id: Bytes, from: number): boolean {
    const passed = this.#byId.get(toKey(id));
    if (passed !== undefined) passed.from = from;
    return passed !== undefined;
  }

  /** The envelope under a tag that now means something; it may be fetched again from now on. */
  take(tag: Bytes): { readonly id: Bytes; readonly from: number } | undefined {
    const passed = this.#byTag.get(toKey(tag));
    if (passed === undefined) return undefined;
    this.#byTag.delete(passed.tag);
    this.#byId.delete(toKey(passed.id));
    return passed;
  }
}
