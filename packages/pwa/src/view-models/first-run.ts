/** The first question: a name. */
import { type Signal, signal } from '@preact/signals';
import type { Words } from '../locales/words.ts';
import type { BeginRefusal, Messenger, NameRefusal } from './ports.ts';

export function nameTrouble(refusal: NameRefusal, words: Words): string {
  return refusal.kind === 'empty' ? words.firstRun.empty : words.firstRun.tooLong(refusal.lengthMax);
}

export class FirstRunViewModel {
  readonly name: Signal<string> = signal('');
  readonly trouble: Signal<string | undefined> = signal(undefined);
  readonly isGoing: Signal<boolean> = signal(false);
  readonly #messenger: Messenger;
  readonly #words: Words;
  readonly #onBegun: () => void;

  constructor(messenger: Messenger, words: Words, onBegun: () => void) {
    this.#messenger = messenger;
    this.#words = words;
    this.#onBegun = onBegun;
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
    if (result.ok) this.#onBegun();
  }

  #why(refusal: BeginRefusal): string | undefined {
    switch (refusal.kind) {
      case 'empty':
      case 'too-long':
        return nameTrouble(refusal, this.#words);
      case 'already-begun':
        return undefined;
      case 'not-saved':
        return this.#words.notSaved[refusal.why];
    }
  }
}
