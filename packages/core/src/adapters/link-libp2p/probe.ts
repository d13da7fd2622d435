/**
 * Asks neighbours for a sign of life, and takes down who gives none. Never judges by anything but what was heard since. Rule: docs/protocol/link.md §2.
 */
import type { Path } from '../../node/machine.ts';
import type { LinkTuning } from './link-tuning.ts';

export interface Probed {
  readonly path: Path;
  readonly frames: { readonly heardAtMs: number; readonly backlogMs: number; ask(): void };
  /** How long connecting took: whose road is slow has as long for a sign. */
  readonly connectedInMs: number;
}

type Times = Required<Pick<LinkTuning, 'probeMs' | 'probeRelayMs' | 'probeAgainMs'>>;

/** A timer that is later than this says that the thread was busy, in milliseconds; so long it then has to read what came meanwhile. */
const BUSY_MS = 250;

export class Probe<Neighbour extends Probed> {
  readonly #times: Times;
  readonly #lose: (neighbour: Neighbour) => void;
  /** As many as were asked, and one more; the longest as long as a dial or a backlog may take. */
  readonly #timers: Set<ReturnType<typeof setTimeout>> = new Set();

  /** `lose`: told of whoever gave no sign; also of one that is gone already. */
  constructor(times: Times, lose: (neighbour: Neighbour) => void) {
    this.#times = times;
    this.#lose = lose;
  }

  ask(asked: readonly Neighbour[]): void {
    const askedAtMs = Date.now();
    const silent = (): readonly Neighbour[] => asked.filter(({ frames }) => frames.heardAtMs < askedAtMs);
    const { probeMs, probeRelayMs, probeAgainMs } = this.#times;
    for (const { frames } of asked) frames.ask();
    // one question may be lost on a bad way
    this.#after(probeAgainMs, () => {
      for (const { frames } of silent()) frames.ask();
    });
    for (const neighbour of asked) {
      const { path, connectedInMs, frames } = neighbour;
      const patienceMs = Math.max(path === 'relay' ? probeRelayMs : probeMs, connectedInMs) + frames.backlogMs;
      const judge = (): void => {
        if (frames.heardAtMs < askedAtMs) this.#lose(neighbour);
      };
      // Where this thread was busy itself, an answer may lie there unread.
      this.#after(patienceMs, () => (Date.now() - askedAtMs - patienceMs > BUSY_MS ? this.#after(BUSY_MS, judge) : judge()));
    }
  }

  /** Nobody is asked again, and nobody taken down. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}
