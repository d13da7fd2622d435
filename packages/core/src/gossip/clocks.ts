/**
 * Whether one's own clock may be believed when it says that something is over. It is not after a leap that nobody confirmed, nor when several
 * neighbours, each counted once, plainly disagree with it; nobody's clock is ever believed in its place. And the running hour, by which
 * what is carried grows older whatever the clock is set to. Rule: docs/protocol/gossip.md §8.
 */
import { BoundedMap } from '../kernel/bounded-map.ts';
import { CLOCK_STEADY_MS, CLOCK_WRONG_HOURS, CLOCKS_LEAST, CLOCKS_MAX } from './limits.ts';

const HOUR_MS = 3_600_000;
const LEAP_MS: number = CLOCK_WRONG_HOURS * HOUR_MS;

/** Where what runs with the clock has got to since it stood at `fromMs`: never back, nor on by a leap. */
function ranOn(fromMs: number, stepMs: number): number {
  return fromMs + (stepMs > 0 && stepMs <= LEAP_MS ? stepMs : 0);
}

/** The running hour of a device of whose rows the last came at `hour`. */
export function runningHourAfter(hour: number, nowMs: number): number {
  return Math.floor(ranOn(hour * HOUR_MS, nowMs - hour * HOUR_MS) / HOUR_MS);
}

export class Clocks {
  /** Depositor → how many hours its clock is ahead of ours. */
  readonly #ahead: BoundedMap<string, number> = new BoundedMap<string, number>(CLOCKS_MAX);
  #lastMs: number | undefined;
  #runningMs: number | undefined;
  /** For how long it has gone on without a leap, as far as was seen. */
  #steadyMs = 0;
  #isConfirmed = false;
  /** `behindHours` as it was worked out last; it changes with what neighbours say, and is asked for with every envelope. */
  #behindHours: number | undefined;

  /** Time went on. A device that slept for long leaps as well: until somebody agrees with it, or it has gone on for a day. */
  pass(nowMs: number): void {
    const stepMs = nowMs - (this.#lastMs ?? nowMs);
    const runMs = this.#runningMs ?? nowMs;
    this.#runningMs = ranOn(runMs, nowMs - (this.#lastMs ?? runMs));
    this.#lastMs = nowMs;
    if (Math.abs(stepMs) > LEAP_MS) {
      this.#steadyMs = 0;
      this.#isConfirmed = false;
      this.#ahead.clear();
      this.#behindHours = undefined;
    } else this.#steadyMs += Math.min(HOUR_MS, Math.max(0, stepMs));
  }

  /** The program was started again: the running hour had got to `hour` at least. */
  resume(hour: number): void {
    this.#runningMs = hour * HOUR_MS;
  }

  /** Hours that go on with the clock, but never back, nor by a leap. They begin as the clock's, and mean nothing to anybody else. */
  runningHour(nowMs: number): number {
    this.pass(nowMs);
    return Math.floor((this.#runningMs as number) / HOUR_MS);
  }

  hear(depositor: string, theirHour: number, ourHour: number): void {
    this.#ahead.delete(depositor);
    this.#ahead.set(depositor, theirHour - ourHour);
    this.#behindHours = undefined;
    if (Math.abs(theirHour - ourHour) <= CLOCK_WRONG_HOURS) this.#isConfirmed = true;
  }

  get isSure(): boolean {
    return (this.#isConfirmed || this.#steadyMs >= CLOCK_STEADY_MS) && this.behindHours === 0;
  }

  /** Most neighbours plainly disagree with it: not only that nobody has confirmed it yet. */
  get isDoubted(): boolean {
    return this.behindHours !== 0;
  }

  /** By how many hours our clock is behind that of most neighbours; 0 when they do not plainly disagree with it. */
  get behindHours(): number {
    this.#behindHours ??= this.#medianBehind();
    return this.#behindHours;
  }

  #medianBehind(): number {
    if (this.#ahead.size < CLOCKS_LEAST) return 0;
    const sorted = [...this.#ahead.values()].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] as number;
    return Math.abs(median) > CLOCK_WRONG_HOURS ? median : 0;
  }
}
