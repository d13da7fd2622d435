/**
 * Which announcements of local discovery are worth an event: one somebody makes for the first time, from elsewhere, or again after a while.
 * Everybody on the network hears the answer to everybody's question, and anybody can announce anything; so it is bounded. Keeps no peers.
 */
import { BoundedMap } from '../../../kernel/bounded-map.ts';

/** Well within the time for which somebody found is believed to be there (docs/protocol/neighbours.md §6). */
const AGAIN_MS = 30_000;
const KEYS_MAX = 256;
/** Events of one second. */
const TOLD_MAX = 32;

export class FoundNews {
  readonly #told: BoundedMap<string, { readonly addresses: string; readonly atMs: number }> = new BoundedMap(KEYS_MAX);
  #second = 0;
  #toldInSecond = 0;

  isNews(key: string, addresses: readonly string[], nowMs: number): boolean {
    const text = addresses.join(' ');
    const before = this.#told.get(key);
    if (before !== undefined && before.addresses === text && nowMs - before.atMs < AGAIN_MS) return false;
    const second = Math.floor(nowMs / 1000);
    this.#toldInSecond = second === this.#second ? this.#toldInSecond + 1 : 1;
    this.#second = second;
    if (this.#toldInSecond > TOLD_MAX) return false;
    this.#told.set(key, { addresses: text, atMs: nowMs });
    return true;
  }
}
