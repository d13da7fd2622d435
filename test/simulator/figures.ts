/** What a run comes to, in figures; each is defined in docs/delivery.md. */
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
const CURVE_HOURS: readonly number[] = [
  0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 36, 48, 72, 96, 120, 144, 168, 240, 336,
];

/** A person who waits for it still waits. */
const SOON_MS = 5000;

export interface Figures {
  readonly profile: string;
  readonly seed: number;
  readonly nodes: number;
  readonly days: number;
  readonly said: number;
  /** Share of what was said. */
  readonly delivered: number;
  /** Share that arrived within five seconds. */
  readonly within5s: number;
  /** Share of what was said to somebody to whom there was a way over links that were up, and what share of that arrived within five seconds. */
  readonly connected: number;
  readonly within5sConnected: number;
  readonly delayP50Ms: number;
  readonly delayP95Ms: number;
  readonly sendsPerMessage: number;
  readonly sendsPerEnvelope: number;
  readonly storePerPhoneMean: number;
  readonly storePerPhonePeak: number;
  readonly storePerPhoneLastDay: number;
  readonly bytesOnAir: number;
  readonly events: number;
  readonly traceHash: string;
  readonly wallMs: number;
  /** Share of what was said that had arrived so many hours after it was said. */
  readonly curve: readonly { readonly hours: number; readonly delivered: number }[];
  /** The oracle that failed, in words. */
  readonly failed?: string;
}

/** Looks at the shelves of all phones once an hour, or ten times in a run that is shorter than ten hours. */
export class ShelfSamples {
  #sum = 0;
  #count = 0;
  #peak = 0;
  /** Mean over phones at each look of the last day. */
  #lastDay: number[] = [];

  #isOver = false;

  /** The last message was said: from here on shelves only empty. */
  stop(): void {
    this.#isOver = true;
  }

  start(world: World): void {
    const everyMs = Math.max(1, Math.floor(Math.min(HOUR_MS, 2.4 * HOUR_MS * world.profile.days)));
    world.after(everyMs, () => {
      if (this.#isOver) return;
      this.#lastDay = this.#lastDay.slice(-23);
      let all = 0;
      for (const person of world.people) {
        const count = world.ledger.shelves.get(person.name)?.count ?? 0;
        this.#sum += count;
        all += count;
        this.#count++;
        this.#peak = Math.max(this.#peak, count);
      }
      this.#lastDay.push(all / Math.max(1, world.people.length));
      this.start(world);
    });
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** The level that the mean climbs to: worlds begin with empty shelves. */
  get lastDayMean(): number {
    return this.#lastDay.reduce((sum, one) => sum + one, 0) / Math.max(1, this.#lastDay.length);
  }

  get peak(): number {
    return this.#peak;
  }
}

export function figuresOf(world: World, sinceMs: number, samples: ShelfSamples): Omit<Figures, 'profile' | 'seed' | 'days' | 'wallMs'> {
  const { said, ledger } = world;
  const delays = said
    .map(({ id, atMs }) => (ledger.arrivedMs.get(id) ?? Number.POSITIVE_INFINITY) - atMs)
    .filter((delay) => delay < Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
  const at = (share: number): number => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0;
  let [messageSends, sends, envelopes] = [0, 0, 0];
  for (const one of ledger.envelopes.values()) {
    if (one.bornMs < sinceMs) continue;
    envelopes++;
    sends += one.sends;
    if (one.message !== undefined) messageSends += one.sends;
  }
  const count = Math.max(1, said.length);
  const connected = said.filter(({ isConnected }) => isConnected);
  const soon = connected.filter(({ id, atMs }) => (ledger.arrivedMs.get(id) ?? Number.POSITIVE_INFINITY) - atMs <= SOON_MS);
  return {
    nodes: world.people.length,
    said: said.length,
    delivered: round(delays.length / count),
    within5s: round(delays.filter((delay) => delay <= SOON_MS).length / count),
    connected: round(connected.length / count),
    within5sConnected: round(soon.length / Math.max(1, connected.length)),
    delayP50Ms: at(0.5),
    delayP95Ms: at(0.95),
    sendsPerMessage: round(messageSends / count),
    sendsPerEnvelope: round(sends / Math.max(1, envelopes)),
    storePerPhoneMean: round(samples.mean),
    storePerPhonePeak: samples.peak,
    storePerPhoneLastDay: round(samples.lastDayMean),
    bytesOnAir: world.frameBytes,
    events: world.events,
    traceHash: world.traceHash,
    curve: CURVE_HOURS.map((hours) => ({
      hours,
      delivered: round(delays.filter((delay) => delay <= hours * HOUR_MS).length / count),
    })),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
