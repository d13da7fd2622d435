/** Beginning again with the 24 words, on a device that knows nobody yet. Each refusal says which word, and what to look for. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { PersonWords } from '../../locales/person/words.ts';
import type { Words } from '../../locales/words.ts';
import { nameTrouble } from '../first-run.ts';
import type { Messenger, RecoverRefusal } from '../ports.ts';
import { wordsRefusal } from '../safe/words-refusal.ts';

const WORDS_OF_ALL = 24;

export interface RecoverTrouble {
  readonly about: 'words' | 'name' | 'all';
  readonly why: string;
}

export class RecoverViewModel {
  readonly text: Signal<string> = signal('');
  readonly name: Signal<string> = signal('');
  /** How many words stand in the field, once there is one. */
  readonly count: ReadonlySignal<string | undefined>;
  readonly trouble: Signal<RecoverTrouble | undefined> = signal(undefined);
  readonly isGoing: Signal<boolean> = signal(false);
  readonly isDone: Signal<boolean> = signal(false);
  readonly #messenger: Messenger;
  readonly #words: Words;

  constructor(messenger: Messenger, words: Words, person: PersonWords) {
    this.#messenger = messenger;
    this.#words = words;
    this.count = computed(() => {
      // Numbers and commas in front of words are no words.
      const found = this.text.value.match(/\p{L}+/gu)?.length ?? 0;
      return found === 0 ? undefined : person.recover.count(found, WORDS_OF_ALL);
    });
  }

  typeWords(text: string): void {
    this.text.value = text;
    this.trouble.value = undefined;
  }

  typeName(name: string): void {
    this.name.value = name;
    this.trouble.value = undefined;
  }

  async submit(): Promise<void> {
    if (this.isGoing.value || this.isDone.value) return;
    this.isGoing.value = true;
    this.trouble.value = undefined;
    const result = await this.#messenger.recover(this.text.value, this.name.value);
    this.isGoing.value = false;
    if (result.ok || result.refusal.kind === 'already-begun') {
      this.text.value = '';
      this.isDone.value = true;
      return;
    }
    this.trouble.value = this.#why(result.refusal);
  }

  #why(refusal: Exclude<RecoverRefusal, { kind: 'already-begun' }>): RecoverTrouble {
    switch (refusal.kind) {
      case 'empty':
      case 'too-long':
        return { about: 'name', why: nameTrouble(refusal, this.#words) };
      case 'word-count':
      case 'unknown-word':
      case 'checksum':
        return { about: 'words', why: wordsRefusal(refusal, this.#words) };
      case 'not-saved':
        return { about: 'all', why: this.#words.notSaved[refusal.why] };
    }
  }
}
