/** A bundle shown as a code that moves: which code stands, and whether it goes on by itself. The view beats the time. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { CarryWords } from '../../locales/carry/words.ts';
import type { CarryViewModel } from './carry.ts';
import { frameAt, openPipe, PIPE_BYTES_MAX, type Pipe } from './qr-pipe.ts';

export type LoopLength = 'short' | 'long';

export const LOOP_LENGTHS: readonly LoopLength[] = ['short', 'long'];

/** Chosen here: some four seconds of holding still, or a quarter of a minute. */
const BYTES_MAX: Readonly<Record<LoopLength, number>> = { short: 8 * 1024, long: PIPE_BYTES_MAX };
/** Codes more than pieces that a reader usually needs. */
const SPARE = 2;

export class ScreenLoopViewModel {
  readonly length: Signal<LoopLength> = signal('short');
  readonly isMoving: Signal<boolean> = signal(false);
  /** What the code says now; empty until it is packed. */
  readonly text: ReadonlySignal<string>;
  readonly where: ReadonlySignal<string>;
  readonly #carry: CarryViewModel;
  readonly #pipe: Signal<Pipe | undefined> = signal(undefined);
  readonly #step: Signal<number> = signal(0);
  #asked = 0;

  constructor(carry: CarryViewModel, said: CarryWords) {
    this.#carry = carry;
    this.text = computed(() => (this.#pipe.value === undefined ? '' : frameAt(this.#pipe.value, this.#step.value)));
    this.where = computed(() => {
      const needed = this.#pipe.value?.pieces.length;
      return needed === undefined ? '' : said.show.step(this.#step.value + 1, needed === 1 ? 1 : needed + SPARE);
    });
  }

  async show(length: LoopLength): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    this.length.value = length;
    this.#pipe.value = undefined;
    const bundle = await this.#carry.pack(BYTES_MAX[length]);
    if (asked !== this.#asked) return;
    this.#step.value = 0;
    this.#pipe.value = bundle === undefined ? undefined : openPipe(bundle.file);
  }

  next(): void {
    if (this.#pipe.value !== undefined) this.#step.value += 1;
  }

  toggle(): void {
    this.isMoving.value = !this.isMoving.value;
  }
}
