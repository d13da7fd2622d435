/**
 * One of a node's sets as its neighbours may compare it. Items come and go at once; digest and sketches are brought up to date only when
 * somebody is to be told, so that what comes and goes between two meetings costs nothing. Rule: docs/protocol/reconciliation.md.
 */
import type { Suite } from '../crypto/suite.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, fromKey, sameBytes, toKey } from '../kernel/bytes.ts';
import { NO_DIGEST, type SetSummary } from './frames.ts';
import { idKey } from './id-key.ts';
import { DIGEST_STEPS_MAX, FOREIGN_SKETCH_MS, FOREIGN_SKETCHES_KEPT, SKETCH_KEPT_MIN } from './limits.ts';
import { SetDigest } from './reconcile/digest.ts';
import { Sketch } from './reconcile/sketch.ts';

/** Something that is kept equal to a set, a little late. */
class Late<Kept extends { add(id: Bytes): void; remove(id: Bytes): void }> {
  readonly kept: Kept;
  /** Id → whether it is to be added; an item that came and went again stands here no more. */
  readonly #pending: Map<string, boolean> = new Map<string, boolean>();

  constructor(kept: Kept) {
    this.kept = kept;
  }

  note(key: string, isThere: boolean): void {
    if (this.#pending.get(key) === !isThere) this.#pending.delete(key);
    else this.#pending.set(key, isThere);
  }

  /** Answers whether it is equal to the set now. */
  settle(stepsMax: number): boolean {
    let steps = 0;
    for (const [key, isThere] of this.#pending) {
      if (steps++ === stepsMax) return false;
      this.#pending.delete(key);
      if (isThere) this.kept.add(fromKey(key));
      else this.kept.remove(fromKey(key));
    }
    return true;
  }
}

interface Salted {
  readonly salt: Bytes;
  readonly late: Late<Sketch>;
}

export class Summary {
  readonly #suite: Suite;
  readonly #ids: Set<string> = new Set<string>();
  readonly #digest: Late<SetDigest>;
  /** Of a large set: under our salt, and under the last ones that others chose. */
  #own: Salted | undefined;
  readonly #foreign: BoundedMap<string, Late<Sketch>> = new BoundedMap<string, Late<Sketch>>(FOREIGN_SKETCHES_KEPT);
  #foreignAtMs = Number.NEGATIVE_INFINITY;

  constructor(suite: Suite) {
    this.#suite = suite;
    this.#digest = new Late(new SetDigest(suite));
  }

  get size(): number {
    return this.#ids.size;
  }

  has(id: Uint8Array): boolean {
    return this.#ids.has(idKey(id));
  }

  add(id: Bytes): void {
    this.addKey(idKey(id));
  }

  /** By `toKey` of its id. */
  addKey(key: string): void {
    if (this.#ids.has(key)) return;
    this.#ids.add(key);
    this.#note(key, true);
  }

  remove(id: Bytes): void {
    const key = idKey(id);
    if (this.#ids.delete(key)) this.#note(key, false);
  }

  #note(key: string, isThere: boolean): void {
    this.#digest.note(key, isThere);
    this.#own?.late.note(key, isThere);
    for (const late of this.#foreign.values()) late.note(key, isThere);
  }

  /** What a hello says; without a digest while that is further behind than `stepsMax`. */
  summary(stepsMax: number): SetSummary {
    const isSettled = this.#digest.settle(stepsMax);
    return { count: this.#ids.size, digest: isSettled ? this.#digest.kept.value() : NO_DIGEST };
  }

  /** Works on what is behind; answers whether all of it is done. */
  settle(stepsMax: number): boolean {
    const isDone = this.#digest.settle(stepsMax);
    return (this.#own?.late.settle(stepsMax) ?? true) && isDone;
  }

  /** A copy of the digest as it is now; `undefined` while it is behind. */
  digest(): SetDigest | undefined {
    return this.#digest.settle(DIGEST_STEPS_MAX) ? this.#digest.kept.copy() : undefined;
  }

  /** The set's sketch under a salt of ours, kept for the next time if the set is large; `undefined` while it is behind. */
  sketch(salt: Bytes): Sketch | undefined {
    if (this.#own === undefined || !sameBytes(this.#own.salt, salt)) this.#own = { salt, late: this.#build(salt) };
    const { late } = this.#own;
    if (this.#ids.size < SKETCH_KEPT_MIN) this.#own = undefined;
    return late.settle(DIGEST_STEPS_MAX) ? late.kept : undefined;
  }

  /** Under a salt that somebody else chose. Of a large set that is a second's work: `undefined` when it was done for another just now. */
  sketchUnder(salt: Bytes, nowMs: number): Sketch | undefined {
    if (this.#own !== undefined && sameBytes(this.#own.salt, salt)) return this.sketch(salt);
    const known = this.#foreign.get(toKey(salt));
    const isLarge = this.#ids.size >= SKETCH_KEPT_MIN;
    if (known === undefined && isLarge && nowMs - this.#foreignAtMs < FOREIGN_SKETCH_MS) return undefined;
    const late = known ?? this.#build(salt);
    if (isLarge) this.#foreign.set(toKey(salt), late);
    if (isLarge && known === undefined) this.#foreignAtMs = nowMs;
    late.settle(Number.POSITIVE_INFINITY);
    return late.kept;
  }

  #build(salt: Bytes): Late<Sketch> {
    const late = new Late(new Sketch(this.#suite, salt, this.#ids.size < SKETCH_KEPT_MIN ? 'late' : 'kept'));
    for (const key of this.#ids) late.note(key, true);
    return late;
  }
}
