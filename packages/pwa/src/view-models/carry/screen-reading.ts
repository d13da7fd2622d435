/** A bundle read from a screen whose code moves: how far it is, and what became of it. The device does the seeing. */
import { type Signal, signal } from '@preact/signals';
import type { CarryWords } from '../../locales/carry/words.ts';
import type { Words } from '../../locales/words.ts';
import { ScanViewModel } from '../meet/scan.ts';
import type { Device } from '../ports.ts';
import type { CarryViewModel } from './carry.ts';
import { isFrame, PipeCatch } from './qr-pipe.ts';

export class ScreenReadingViewModel {
  readonly scan: ScanViewModel;
  readonly progress: Signal<{ readonly pieces: number; readonly of: number } | undefined> = signal(undefined);
  /** What is said under the picture while codes come in. */
  readonly going: Signal<string | undefined> = signal(undefined);
  readonly #carry: CarryViewModel;
  readonly #said: CarryWords;
  #caught: PipeCatch = new PipeCatch();

  constructor(carry: CarryViewModel, device: Device, words: Words, said: CarryWords) {
    this.#carry = carry;
    this.#said = said;
    const options = { codes: 'moving', isLikely: isFrame, looking: said.scan.looking, notOurs: said.scan.notOurs } as const;
    this.scan = new ScanViewModel(device.camera, words, (text) => this.#take(text), options);
  }

  again(): void {
    this.#caught = new PipeCatch();
    this.progress.value = undefined;
    this.going.value = undefined;
    this.#carry.again();
    this.scan.reset();
  }

  async #take(text: string): Promise<boolean> {
    // What is read stands on the screen until the person wants another one.
    if (this.#carry.taken.value !== undefined) return true;
    const caught = this.#caught.take(text);
    switch (caught.kind) {
      case 'not-a-frame':
        return false;
      case 'going':
        this.progress.value = { pieces: caught.pieces, of: caught.of };
        this.going.value = this.#said.scan.going(caught.pieces, caught.of);
        return true;
      case 'damaged':
        this.progress.value = undefined;
        this.going.value = this.#said.scan.damaged;
        return true;
      case 'done':
        this.going.value = this.#said.in.reading;
        await this.#carry.takeIn(caught.bytes);
        return true;
    }
  }
}
