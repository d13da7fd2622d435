/** Looking through the camera, or at a picture, for somebody's code. The device does the seeing. */
import { type Signal, signal } from '@preact/signals';
import type { Words } from '../../locales/words.ts';
import type { Camera, CameraSession, CameraTrouble, Surface } from '../ports.ts';
import { invitationIn } from '../route.ts';

export type ScanState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'looking' }
  | { readonly kind: 'trouble'; readonly trouble: CameraTrouble };

/** What an invitation looks like from afar; the messenger decides what it is. */
const LIKELY = /^[A-Za-z0-9_-]{20,}$/;

/** A picture may have come from anybody: what stands on it was not read from somebody's screen. */
export type Seen = 'by-camera' | 'on-picture';

export interface ScanOptions {
  /** Codes that change, one after the other, in place of one that stands. */
  readonly codes?: 'still' | 'moving';
  /** Whether a code may be what is looked for. */
  readonly isLikely?: (text: string) => boolean;
  /** Words of one's own while nothing is seen, and for another code. */
  readonly looking?: string;
  readonly notOurs?: string;
}

export class ScanViewModel {
  readonly state: Signal<ScanState> = signal({ kind: 'off' });
  /** What is said under the picture. */
  readonly said: Signal<string>;
  readonly hasTorch: Signal<boolean> = signal(false);
  readonly isTorchOn: Signal<boolean> = signal(false);
  readonly #camera: Camera;
  readonly #words: Words;
  readonly #accept: (text: string, how: Seen) => Promise<boolean>;
  readonly #options: ScanOptions;
  #session: CameraSession | undefined;
  #attempt = 0;
  #isBusy = false;
  #refused: string | undefined;

  constructor(camera: Camera, words: Words, accept: (text: string, how: Seen) => Promise<boolean>, options: ScanOptions = {}) {
    this.#options = options;
    this.#camera = camera;
    this.#words = words;
    this.#accept = accept;
    this.said = signal(this.#looking);
  }

  async start(surface: Surface): Promise<void> {
    this.stop();
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.state.value = { kind: 'starting' };
    this.said.value = this.#words.meet.starting;
    const answer = await this.#camera.watch(surface, (text) => void this.#see(text), this.#options.codes);
    if (attempt !== this.#attempt) {
      if (typeof answer === 'object') answer.stop();
      return;
    }
    if (typeof answer === 'string') {
      this.state.value = { kind: 'trouble', trouble: answer };
      this.said.value = this.#words.meet.trouble[answer];
      return;
    }
    this.#session = answer;
    this.hasTorch.value = answer.hasTorch;
    this.state.value = { kind: 'looking' };
    this.said.value = this.#looking;
  }

  stop(): void {
    this.#attempt += 1;
    this.#session?.stop();
    this.#session = undefined;
    this.isTorchOn.value = false;
    this.hasTorch.value = false;
    this.state.value = { kind: 'off' };
  }

  reset(): void {
    this.#refused = undefined;
    this.said.value = this.#looking;
  }

  toggleTorch(): void {
    this.isTorchOn.value = !this.isTorchOn.value;
    this.#session?.setTorch(this.isTorchOn.value);
  }

  async readPicture(picture: Surface): Promise<void> {
    const text = await this.#camera.readPicture(picture);
    if (text === undefined) this.said.value = this.#words.meet.noCode;
    else await this.#see(text, 'on-picture');
  }

  get #looking(): string {
    return this.#options.looking ?? this.#words.meet.looking;
  }

  async #see(text: string, how: Seen = 'by-camera'): Promise<void> {
    if (this.#isBusy || text === this.#refused) return;
    const isLikely = this.#options.isLikely ?? ((code: string): boolean => LIKELY.test(invitationIn(code)));
    if (!isLikely(text)) {
      this.said.value = this.#options.notOurs ?? this.#words.meet.notOurs;
      return;
    }
    this.#isBusy = true;
    // The same code stays before the camera for a while: it is asked about once.
    if (!(await this.#accept(text, how))) this.#refused = text;
    this.#isBusy = false;
  }
}
