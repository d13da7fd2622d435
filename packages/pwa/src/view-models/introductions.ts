/** Whom others would like this person to meet, one at a time, and what was answered. Only this person's yes tells anybody anything. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Words } from '../locales/words.ts';
import type { Messenger, Overview } from './ports.ts';

export interface IntroductionShown {
  readonly id: string;
  readonly by: string;
  readonly name: string;
}

export class IntroductionsViewModel {
  readonly next: ReadonlySignal<IntroductionShown | undefined>;
  /** Said once after a yes. */
  readonly said: Signal<string | undefined> = signal(undefined);
  readonly #messenger: Messenger;
  readonly #words: Words;

  constructor(messenger: Messenger, overview: ReadonlySignal<Overview | undefined>, words: Words) {
    this.#messenger = messenger;
    this.#words = words;
    this.next = computed(() => {
      const [first] = overview.value?.introductions ?? [];
      if (first === undefined) return undefined;
      const by = overview.value?.contacts.find(({ account }) => account === first.by)?.name ?? words.nameless;
      return { id: first.id, by, name: first.name.trim() === '' ? words.nameless : first.name };
    });
  }

  async answer({ id, name }: IntroductionShown, isWanted: boolean): Promise<void> {
    await this.#messenger.answerIntroduction(id, isWanted);
    this.said.value = isWanted ? this.#words.introduction.yesSaid(name) : undefined;
  }

  seen(): void {
    this.said.value = undefined;
  }
}
