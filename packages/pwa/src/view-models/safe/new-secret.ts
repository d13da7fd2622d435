/** Choosing a passphrase: typed twice, its strength said in words, nothing forbidden but emptiness. It is forgotten as soon as it was used. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { SafeWords } from '../../locales/safe/words.ts';
import { strengthOf } from './strength.ts';

export class NewSecret {
  readonly text: Signal<string> = signal('');
  readonly again: Signal<string> = signal('');
  readonly isShown: Signal<boolean> = signal(false);
  readonly trouble: Signal<string | undefined> = signal(undefined);
  readonly strength: ReadonlySignal<string>;
  readonly #said: SafeWords['secret'];

  constructor(said: SafeWords['secret']) {
    this.#said = said;
    this.strength = computed(() => {
      const strength = strengthOf(this.text.value);
      return strength === undefined ? said.advice : said.strength[strength];
    });
  }

  type(text: string): void {
    this.text.value = text;
    this.trouble.value = undefined;
  }

  typeAgain(text: string): void {
    this.again.value = text;
    this.trouble.value = undefined;
  }

  /** The passphrase, if it is one; otherwise `trouble` says why not. */
  take(): string | undefined {
    const text = this.text.value;
    this.trouble.value = text === '' ? this.#said.empty : text === this.again.value ? undefined : this.#said.different;
    return this.trouble.value === undefined ? text : undefined;
  }

  clear(): void {
    this.text.value = '';
    this.again.value = '';
    this.isShown.value = false;
  }
}
