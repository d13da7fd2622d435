/** The first question: a name. */
import { type Signal, signal } from '@preact/signals';
import type { Words } from '../locales/words.ts';
import type { BeginRefusal, Messenger } from './ports.ts';

export class FirstRunViewModel {
  readonly name: Signal<string> = signal('');
  readonly trouble: Signal<string | undefined> = signal(undefined);
  readonly isGoing: Signal<boolean> = signal(false);
  readonly #messenger: Messenger;
  readonly #words: Words;

  constructor(messenger: Messenger, words: Words) {
    this.#messenger = messenger;
    this.#words = words;
  }

  type(name: string): void {
    this.name.value = name;
    this.trouble.value = undefined;
  }

  async begin(): Promise<void> {
    if (this.isGoing.value) return;
    this.isGoing.value = true;
    const result = await this.#messenger.begin(this.name.value);
    this.isGoing.value = false;
    this.trouble.value = result.ok ? undefined : this.#why(result.refusal);
  }

  #why(refusal: BeginRefusal): string | undefined {
    switch (refusal.kind) {
      case 'empty':
        return this.#words.firstRun.empty;
      case 'too-long':
        return this.#words.firstRun.tooLong(refusal.lengthMax);
      case 'already-begun':
        return undefined;
      case 'not-saved':
        return this.#words.notSaved[refusal.why];
    }
  }
}
