/**
 * What hour it is to the neighbours. A carrier whose clock is plainly wrong deletes nothing by date; that takes several neighbours to
 * notice, each counted once, and nobody's clock is ever believed instead of one's own. Rule: docs/protocol/gossip.md §8.
 */
import { BoundedMap } from '../kernel/bounded-map.ts';
import { CLOCK_WRONG_HOURS, CLOCKS_LEAST, CLOCKS_MAX } from './limits.ts';

export class Clocks {
  /** Depositor → how many hours its clock is ahead of ours. */
  readonly #ahead: BoundedMap<string, number> = new BoundedMap<string, number>(CLOCKS_MAX);

  hear(depositor: string, theirHour: number, ourHour: number): void {
    this.#ahead.delete(depositor);
    this.#ahead.set(depositor, theirHour - ourHour);
  }

  /** By how many hours our clock is behind that of most neighbours; 0 when they do not plainly disagree with it. */
  get behindHours(): number {
    if (this.#ahead.size < CLOCKS_LEAST) return 0;
    const sorted = [...this.#ahead.values()].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] as number;
    return Math.abs(median) > CLOCK_WRONG_HOURS ? median : 0;
  }
}
