/** What is typed to open something, a passphrase or the 24 words, and what was wrong with it: that line goes as soon as one types again. */
import { type Signal, signal } from '@preact/signals';

export class TypedSecret {
  readonly passphrase: Signal<string> = signal('');
  readonly words: Signal<string> = signal('');
  readonly trouble: Signal<string | undefined> = signal(undefined);

  type(text: string): void {
    this.passphrase.value = text;
    this.trouble.value = undefined;
  }

  typeWords(text: string): void {
    this.words.value = text;
    this.trouble.value = undefined;
  }
}
