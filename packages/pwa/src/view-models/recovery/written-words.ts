/**
 * The 24 words, shown until they are on paper: then three of them are asked for, and only when all three are right does this phone
 * forget them. Nothing here keeps the words after that.
 */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { PersonWords } from '../../locales/person/words.ts';
import type { Messenger, Overview } from '../ports.ts';

export type WordsStep = 'opening' | 'shown' | 'checking' | 'done' | 'gone';

export interface Question {
  /** Counts from 1. */
  readonly position: number;
  readonly typed: string;
  readonly trouble: string | undefined;
}

/** One word of each third is asked for, so that a page half written is found out. */
const QUESTIONS = 3;

export class WrittenWordsViewModel {
  readonly step: Signal<WordsStep> = signal('opening');
  readonly list: Signal<readonly string[]> = signal([]);
  readonly questions: Signal<readonly Question[]> = signal([]);
  readonly isGoing: Signal<boolean> = signal(false);
  /** Why there are none here. */
  readonly goneWhy: ReadonlySignal<string>;
  readonly #messenger: Messenger;
  readonly #words: PersonWords;
  readonly #pick: (below: number) => number;

  constructor(
    messenger: Messenger,
    overview: ReadonlySignal<Overview | undefined>,
    words: PersonWords,
    pick: (below: number) => number = (below) => Math.floor(Math.random() * below),
  ) {
    this.#messenger = messenger;
    this.#words = words;
    this.#pick = pick;
    this.goneWhy = computed(() => (overview.value?.profile?.isFirstDevice === false ? words.recovery.notFirst : words.recovery.gone));
  }

  async load(): Promise<void> {
    const result = await this.#messenger.words();
    if (this.step.value !== 'opening') return;
    this.list.value = result.ok ? result.value : [];
    this.step.value = result.ok ? 'shown' : 'gone';
  }

  /** They are on paper, the person says: three are asked for. */
  ask(): void {
    const third = this.list.value.length / QUESTIONS;
    this.questions.value = Array.from({ length: QUESTIONS }, (_, i) => ({
      position: Math.floor(i * third) + this.#pick(Math.floor(third)) + 1,
      typed: '',
      trouble: undefined,
    }));
    this.step.value = 'checking';
  }

  showAgain(): void {
    this.step.value = 'shown';
  }

  type(position: number, typed: string): void {
    this.questions.value = this.questions.value.map((question) =>
      question.position === position ? { position, typed, trouble: undefined } : question,
    );
  }

  /** All three right: this phone forgets the words. */
  async check(): Promise<void> {
    if (this.isGoing.value || this.step.value !== 'checking') return;
    this.questions.value = this.questions.value.map((question) => ({ ...question, trouble: this.#troubleOf(question) }));
    if (this.questions.value.some((question) => question.trouble !== undefined)) return;
    this.isGoing.value = true;
    await this.#messenger.wordsWritten();
    this.isGoing.value = false;
    this.list.value = [];
    this.questions.value = [];
    this.step.value = 'done';
  }

  #troubleOf({ position, typed }: Question): string | undefined {
    const said = this.#words.recovery;
    const word = typed.trim().toLowerCase();
    if (word === '') return said.empty(position);
    return word === this.list.value[position - 1] ? undefined : said.wrong(position);
  }
}
