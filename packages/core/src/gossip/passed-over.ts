/**
 * Envelopes that were read past because their tag meant nothing: not fetched again, but found again once it does, as often as it takes
 * until they come. What relays gave is remembered apart from what people pushed, so that nobody's talk drives it out. Bounded.
 */
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, fromKey, toKey } from '../kernel/bytes.ts';
import { PASSED_OVER_MAX, PUSHED_OVER_MAX } from './limits.ts';

interface Passed {
  readonly tag: string;
  /** The neighbours that have it, as far as is known, the latest standing last. */
  readonly from: number[];
}

const FROM_MAX = 4;

export class PassedOver {
  readonly #ofRelays: BoundedMap<string, Passed> = new BoundedMap<string, Passed>(PASSED_OVER_MAX);
  readonly #ofPeople: BoundedMap<string, Passed> = new BoundedMap<string, Passed>(PUSHED_OVER_MAX);
  /** Nearly every tag has one envelope: a set for each would be most of what this weighs. */
  readonly #byTag: Map<string, string | Set<string>> = new Map<string, string | Set<string>>();

  /** Answers whether one that a relay had given had to give way: it will not come again by itself. */
  note(id: Bytes, tag: Bytes, from: number, isFromRelay: boolean): boolean {
    const key = toKey(id);
    if (this.isKnown(id, from)) return false;
    const passed: Passed = { tag: toKey(tag), from: [from] };
    const evicted = (isFromRelay ? this.#ofRelays : this.#ofPeople).set(key, passed);
    if (evicted !== undefined) this.#unlist(evicted.key, evicted.value.tag);
    const under = this.#byTag.get(passed.tag);
    if (under === undefined) this.#byTag.set(passed.tag, key);
    else if (typeof under === 'string') this.#byTag.set(passed.tag, new Set([under, key]));
    else under.add(key);
    return evicted !== undefined && isFromRelay;
  }

  /** Whether this one was read past before; `from` has it, too. */
  isKnown(id: Uint8Array, from: number): boolean {
    const passed = this.#ofRelays.get(toKey(id)) ?? this.#ofPeople.get(toKey(id));
    if (passed === undefined) return false;
    if (!passed.from.includes(from)) passed.from.push(from);
    if (passed.from.length > FROM_MAX) passed.from.shift();
    return true;
  }

  /** What was read past under a tag, and who has it. It stays here until it came. */
  under(tag: Uint8Array): readonly { readonly id: Bytes; readonly from: readonly number[] }[] {
    const keys = this.#byTag.get(toKey(tag));
    if (keys === undefined) return [];
    const all = typeof keys === 'string' ? [keys] : [...keys];
    return all.map((key) => ({ id: fromKey(key), from: (this.#ofRelays.get(key) ?? this.#ofPeople.get(key))?.from ?? [] }));
  }

  /** It is here, and was looked at. */
  came(id: Uint8Array): void {
    const key = toKey(id);
    const passed = this.#ofRelays.get(key) ?? this.#ofPeople.get(key);
    if (passed === undefined) return;
    this.#ofRelays.delete(key);
    this.#ofPeople.delete(key);
    this.#unlist(key, passed.tag);
  }

  #unlist(key: string, tag: string): void {
    const under = this.#byTag.get(tag);
    if (typeof under === 'object') under.delete(key);
    if (typeof under === 'string' || under?.size === 0) this.#byTag.delete(tag);
  }
}
