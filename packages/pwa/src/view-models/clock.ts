/**
 * This device's clock, when most neighbours plainly disagree with it: by how much, what comes of it, where to mend it. Put aside, it is
 * said again only when it changed. Rule: docs/protocol/gossip.md §8.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Words } from '../locales/words.ts';
import type { Overview } from './ports.ts';

export interface ClockNotice {
  readonly title: string;
  readonly text: string;
}

/** Neighbours' hours turn a little before or after ours: so small a change, in hours, is none. */
const SAME_WITHIN_HOURS = 2;

/** How wrong the clock is, said in words. `behindHours` is not 0. */
export function clockNotice(behindHours: number, words: Words): ClockNotice {
  const said = words.clock;
  const span = said.span(Math.abs(behindHours));
  return behindHours > 0 ? { title: said.behind(span), text: said.behindText } : { title: said.ahead(span), text: said.aheadText };
}

export class ClockViewModel {
  readonly notice: ReadonlySignal<ClockNotice | undefined>;
  readonly #behindHours: ReadonlySignal<number>;
  /** What it was when it was put aside. */
  readonly #seenHours: Signal<number> = signal(0);
  readonly #stop: () => void;

  constructor(overview: ReadonlySignal<Overview | undefined>, words: Words) {
    this.#behindHours = computed(() => overview.value?.clockBehindHours ?? 0);
    this.notice = computed(() => {
      const now = this.#behindHours.value;
      const seen = this.#seenHours.value;
      const isSeen = seen !== 0 && Math.abs(now - seen) <= SAME_WITHIN_HOURS;
      return now === 0 || isSeen ? undefined : clockNotice(now, words);
    });
    // Right in between: then it is news again.
    this.#stop = effect(() => {
      if (this.#behindHours.value === 0) this.#seenHours.value = 0;
    });
  }

  putAside(): void {
    this.#seenHours.value = this.#behindHours.peek();
  }

  close(): void {
    this.#stop();
  }
}
