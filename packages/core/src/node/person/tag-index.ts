/**
 * Tags of chains side by side in one block of memory, found by their bits. A chain has 253 of them: as strings in maps they would be most of
 * what a node weighs. What is not expected any more goes when the block is full. Holds no more than its caller adds. Rule: docs/protocol/session.md §6.
 */
import type { Bytes } from '../../kernel/bytes.ts';
import { TAG_BYTES } from '../../session/chain.ts';

/** Of a place: four words of a tag, whose it is (0: the place is free, -1: nobody's any more), and its number. */
const WORDS = 6;
const [OWNER, NUMBER] = [4, 5];
const NOBODYS = -1;

/** Places at the least, and how many there are for each tag after the block was made anew; of ten of them eight are ever taken. */
const PLACES_LEAST = 16;
const PLACES_PER_TAG = 1.5;
const TAKEN_MOST = 0.8;

export interface Found<Owner> {
  readonly owner: Owner;
  readonly number: number;
}

export class TagIndex<Owner> {
  #places: Int32Array<ArrayBuffer> = new Int32Array(WORDS * PLACES_LEAST);
  #taken = 0;
  /** Place 0 stays empty. */
  #owners: (Owner | undefined)[] = [undefined];
  #numbers: Map<Owner, number> = new Map<Owner, number>();
  readonly #isExpected: (owner: Owner, number: number) => boolean;

  /** `isExpected`: whether an owner still expects a number. An owner that was forgotten is not asked. */
  constructor(isExpected: (owner: Owner, number: number) => boolean) {
    this.#isExpected = isExpected;
  }

  /** Taken and free: what it weighs. */
  get placesCount(): number {
    return this.#places.length / WORDS;
  }

  /** Whose the tag is, and under which number, if it is still expected. */
  get(tag: Uint8Array): Found<Owner> | undefined {
    if (tag.length !== TAG_BYTES) return undefined;
    const [a, b, c, d] = [wordOf(tag, 0), wordOf(tag, 4), wordOf(tag, 8), wordOf(tag, 12)];
    const places = this.#places;
    for (let at = this.#firstPlace(a); places[at + OWNER] !== 0; at = this.#after(at)) {
      if (places[at] !== a || places[at + 1] !== b || places[at + 2] !== c || places[at + 3] !== d) continue;
      const found = this.#at(at);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  add(tag: Uint8Array, owner: Owner, number: number): void {
    if (this.#taken + 1 > (TAKEN_MOST * this.#places.length) / WORDS) this.#makeRoom();
    this.#place(wordOf(tag, 0), wordOf(tag, 4), wordOf(tag, 8), wordOf(tag, 12), this.#named(owner), number);
  }

  #named(owner: Owner): number {
    const known = this.#numbers.get(owner);
    if (known !== undefined) return known;
    const named = this.#owners.push(owner) - 1;
    this.#numbers.set(owner, named);
    return named;
  }

  /** The tag means nothing from now on, whoever expects it. */
  remove(tag: Uint8Array): void {
    const [a, b, c, d] = [wordOf(tag, 0), wordOf(tag, 4), wordOf(tag, 8), wordOf(tag, 12)];
    const places = this.#places;
    for (let at = this.#firstPlace(a); places[at + OWNER] !== 0; at = this.#after(at))
      if (places[at] === a && places[at + 1] === b && places[at + 2] === c && places[at + 3] === d) places[at + OWNER] = NOBODYS;
  }

  /** None of its tags means anything from now on. */
  forget(owner: Owner): void {
    const named = this.#numbers.get(owner);
    if (named === undefined) return;
    this.#owners[named] = undefined;
    this.#numbers.delete(owner);
  }

  /** Every tag that is expected. */
  *all(): Generator<Found<Owner> & { readonly tag: Bytes }, undefined> {
    for (let at = 0; at < this.#places.length; at += WORDS) {
      const found = this.#at(at);
      if (found === undefined) continue;
      const tag = new Uint8Array(TAG_BYTES);
      const view = new DataView(tag.buffer);
      for (let word = 0; word < OWNER; word++) view.setInt32(4 * word, this.#places[at + word] as number);
      yield { ...found, tag };
    }
  }

  #at(place: number): Found<Owner> | undefined {
    const owner = this.#owners[this.#places[place + OWNER] as number];
    const number = (this.#places[place + NUMBER] as number) >>> 0;
    return owner !== undefined && this.#isExpected(owner, number) ? { owner, number } : undefined;
  }

  /** Tags are as good as chance: their first word alone says where to look. */
  #firstPlace(word: number): number {
    return WORDS * Math.floor(((word >>> 0) * (this.#places.length / WORDS)) / 2 ** 32);
  }

  #after(place: number): number {
    return place + WORDS < this.#places.length ? place + WORDS : 0;
  }

  #place(a: number, b: number, c: number, d: number, named: number, number: number): void {
    const places = this.#places;
    let at = this.#firstPlace(a);
    while (places[at + OWNER] !== 0) at = this.#after(at);
    places[at] = a;
    places[at + 1] = b;
    places[at + 2] = c;
    places[at + 3] = d;
    places[at + OWNER] = named;
    places[at + NUMBER] = number;
    this.#taken++;
  }

  /** A block for what is still expected, and half as much again. */
  #makeRoom(): void {
    const before = this.#places;
    const kept: number[] = [];
    for (let at = 0; at < before.length; at += WORDS) if (this.#at(at) !== undefined) kept.push(at);
    const owners = this.#owners;
    this.#owners = [undefined];
    this.#numbers = new Map();
    this.#places = new Int32Array(WORDS * Math.max(PLACES_LEAST, Math.ceil(PLACES_PER_TAG * (kept.length + 1))));
    this.#taken = 0;
    for (const at of kept) {
      const [a, b, c, d, named, number] = before.subarray(at, at + WORDS) as unknown as [number, number, number, number, number, number];
      this.#place(a, b, c, d, this.#named(owners[named] as Owner), number);
    }
  }
}

function wordOf(tag: Uint8Array, at: number): number {
  return ((tag[at] as number) << 24) | ((tag[at + 1] as number) << 16) | ((tag[at + 2] as number) << 8) | (tag[at + 3] as number);
}
