/**
 * Every dial that the link was told to begin and has not ended, whether it is still waited for or not: so much of the device it takes.
 * Decides nothing about whom to dial. Rule: docs/protocol/neighbours.md §3.
 */
import { DIAL_PATIENCE_MS } from './limits.ts';

export class UnderWay {
  readonly #dials: Map<number, { readonly key: string; readonly sinceMs: number }> = new Map();

  get size(): number {
    return this.#dials.size;
  }

  began(id: number, key: string, nowMs: number): void {
    this.#dials.set(id, { key, sinceMs: nowMs });
  }

  ended(id: number): void {
    this.#dials.delete(id);
  }

  /** How many are of this key. */
  of(key: string): number {
    let count = 0;
    for (const dial of this.#dials.values()) if (dial.key === key) count++;
    return count;
  }

  /** A link ends each dial sooner than this; what it forgot to tell of must not count for ever. */
  lapse(nowMs: number): void {
    for (const [id, { sinceMs }] of this.#dials) if (nowMs - sinceMs > DIAL_PATIENCE_MS) this.#dials.delete(id);
  }

  /** When the next one lapses. */
  lapsesAtMs(): number | undefined {
    const [oldest] = this.#dials.values();
    return oldest === undefined ? undefined : oldest.sinceMs + DIAL_PATIENCE_MS + 1;
  }
}
