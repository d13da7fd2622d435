/** Carrying by hand: a file of sealed messages packed here, and one taken in; each way ends in one sentence. */
import { type Signal, signal } from '@preact/signals';
import type { CarryWords } from '../../locales/carry/words.ts';
import type { Words } from '../../locales/words.ts';
import type { Bundle, BundleRefusal, BundleTaken, Device, Messenger, Surface } from '../ports.ts';

export type BundleSize = 'small' | 'medium' | 'large' | 'all';

export const BUNDLE_SIZES: readonly BundleSize[] = ['small', 'medium', 'large', 'all'];

const KIB = 1024;
/** Chosen here, for what people carry with: a code, a short message, a stick. The last is all that a bundle may have. */
const BYTES_MAX: Readonly<Record<BundleSize, number>> = { small: 8 * KIB, medium: KIB * KIB, large: 16 * KIB * KIB, all: 64 * KIB * KIB };

/** What became of something, in words. */
export interface Told {
  /** `calm`: nothing was done, and nothing is wrong. */
  readonly kind: 'done' | 'calm' | 'trouble';
  readonly text: string;
}

export class CarryViewModel {
  readonly size: Signal<BundleSize> = signal('medium');
  readonly isPacking: Signal<boolean> = signal(false);
  readonly packed: Signal<Told | undefined> = signal(undefined);
  readonly isTaking: Signal<boolean> = signal(false);
  readonly taken: Signal<Told | undefined> = signal(undefined);
  readonly canShare: boolean;
  readonly #messenger: Messenger;
  readonly #device: Device;
  readonly #words: Words;
  readonly #said: CarryWords;

  constructor(messenger: Messenger, device: Device, words: Words, said: CarryWords) {
    this.#messenger = messenger;
    this.#device = device;
    this.#words = words;
    this.#said = said;
    this.canShare = device.files.canShare;
  }

  choose(size: BundleSize): void {
    this.size.value = size;
    this.packed.value = undefined;
  }

  /** Packs a file and gives it to the person to keep, or to another program. */
  async carry(how: 'save' | 'share'): Promise<void> {
    if (this.isPacking.value) return;
    const bundle = await this.pack(BYTES_MAX[this.size.value]);
    if (bundle === undefined) return;
    const { files, nowMs } = this.#device;
    const name = `kith-${new Date(nowMs.value).toISOString().slice(0, 10)}.kithbundle`;
    const said = this.#said.out;
    const ended = how === 'share' ? await files.share(name, bundle.file) : 'not-taken';
    if (ended === 'not-now') return;
    if (ended === 'not-taken') files.save(name, bundle.file);
    const fallback = how === 'share' && ended === 'not-taken' ? [said.notTaken] : [];
    const size = this.#words.size(bundle.file.length);
    const sentences = [...fallback, said.packed(name, size), said.holds(bundle.envelopes, bundle.own), said.stays];
    this.packed.value = { kind: 'done', text: sentences.join(' ') };
  }

  /** A bundle of at most so many bytes; where there is none, `packed` says why. */
  async pack(bytesMax: number): Promise<Bundle | undefined> {
    this.isPacking.value = true;
    this.packed.value = undefined;
    try {
      const result = await this.#messenger.exportBundle(bytesMax);
      if (result.ok) return result.value;
      this.packed.value = {
        kind: result.refusal.kind === 'nothing-to-carry' ? 'calm' : 'trouble',
        text: this.#said.out.refusal[result.refusal.kind],
      };
    } catch {
      // The node ended meanwhile; the screen that stands then says so, too.
      this.packed.value = { kind: 'trouble', text: this.#said.out.refusal.failed };
    } finally {
      this.isPacking.value = false;
    }
    return undefined;
  }

  /** A file was chosen, dropped or pasted. */
  async open(chosen: Surface): Promise<void> {
    if (this.isTaking.value) return;
    this.isTaking.value = true;
    this.taken.value = undefined;
    const file = await this.#device.files.read(chosen);
    this.isTaking.value = false;
    if (file === undefined) this.taken.value = { kind: 'trouble', text: this.#said.in.refusal.unreadable };
    else await this.takeIn(file);
  }

  async takeIn(file: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.isTaking.value) return;
    this.isTaking.value = true;
    this.taken.value = undefined;
    try {
      const result = await this.#messenger.importBundle(file);
      this.taken.value = result.ok
        ? { kind: 'done', text: takenWords(result.value, this.#said) }
        : { kind: 'trouble', text: this.#whyNotTaken(result.refusal) };
    } catch {
      // The node ended meanwhile; the screen that stands then says so, too.
      this.taken.value = { kind: 'trouble', text: this.#said.in.refusal.failed };
    }
    this.isTaking.value = false;
  }

  /** Seen; the next one may come. */
  again(): void {
    this.taken.value = undefined;
  }

  #whyNotTaken(refusal: BundleRefusal): string {
    const said = this.#said.in.refusal;
    switch (refusal.kind) {
      case 'not-saved':
        return this.#words.notSaved[refusal.why];
      case 'too-large':
        return said['too-large'](this.#words.size(refusal.bytesMax));
      case 'no-profile':
      case 'not-a-bundle':
      case 'newer-version':
      case 'damaged':
        return said[refusal.kind];
    }
  }
}

/** What was in it, a sentence for each that was not nothing. */
export function takenWords(taken: BundleTaken, said: CarryWords): string {
  const kinds = ['forMe', 'toCarry', 'known', 'refused'] as const;
  const sentences = kinds.filter((kind) => taken[kind] > 0).map((kind) => said.in[kind](taken[kind]));
  return sentences.length === 0 ? said.in.nothing : sentences.join(' ');
}
