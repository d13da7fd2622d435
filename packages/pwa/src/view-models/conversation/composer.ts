/**
 * The field at the foot of a conversation. What was typed survives leaving, reloading and a failed save: the field is emptied when
 * a message is sent, and filled again with the reason when it could not be saved.
 */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Words } from '../../locales/words.ts';
import type { AccountId, Messenger, SendRefusal } from '../ports.ts';
import type { Drafts } from './drafts.ts';

/** The facade's limit for one text, in bytes of UTF-8. */
const BYTES_MAX = 16_000;
/** From here on the room left is shown. */
const BYTES_NEAR = 15_000;

const encoder = new TextEncoder();

export interface Room {
  readonly words: string;
  readonly isTooLong: boolean;
}

export class ComposerViewModel {
  readonly text: Signal<string>;
  /** Why the last message came back, in words. */
  readonly trouble: Signal<string | undefined> = signal(undefined);
  readonly room: ReadonlySignal<Room | undefined>;
  readonly canSend: ReadonlySignal<boolean>;
  readonly #account: AccountId;
  readonly #messenger: Messenger;
  readonly #drafts: Drafts;
  readonly #words: Words;
  readonly #name: () => string;

  constructor(account: AccountId, messenger: Messenger, drafts: Drafts, words: Words, name: () => string) {
    this.#account = account;
    this.#messenger = messenger;
    this.#drafts = drafts;
    this.#words = words;
    this.#name = name;
    this.text = signal(drafts.read(account));
    this.room = computed(() => this.#roomLeft(this.text.value));
    this.canSend = computed(() => this.text.value.trim() !== '' && this.room.value?.isTooLong !== true);
  }

  type(text: string): void {
    this.text.value = text;
    this.trouble.value = undefined;
    this.#drafts.write(this.#account, text);
  }

  async submit(): Promise<void> {
    if (!this.canSend.value) return;
    const text = this.text.value.trim();
    this.text.value = '';
    this.trouble.value = undefined;
    const result = await this.#messenger.send(this.#account, text);
    if (result.ok) {
      // What was typed meanwhile is the draft now.
      this.#drafts.write(this.#account, this.text.value);
      return;
    }
    this.type(this.text.value.trim() === '' ? text : `${text}\n${this.text.value}`);
    this.trouble.value = this.#why(result.refusal);
  }

  #roomLeft(text: string): Room | undefined {
    // A character is at most 3 bytes a UTF-16 unit: most texts need no counting.
    if (text.length * 3 < BYTES_NEAR) return undefined;
    const left = BYTES_MAX - encoder.encode(text.trim()).length;
    if (left < 0) return { words: this.#words.conversation.tooLong(-left), isTooLong: true };
    return left <= BYTES_MAX - BYTES_NEAR ? { words: this.#words.conversation.room(left), isTooLong: false } : undefined;
  }

  #why(refusal: SendRefusal): string {
    switch (refusal.kind) {
      case 'not-saved':
        return this.#words.notSaved[refusal.why];
      case 'too-long':
        return this.#words.conversation.tooLong(refusal.bytes - refusal.bytesMax);
      case 'not-trusted':
        return this.#words.conversation.notTrusted(this.#name());
      case 'unknown-contact':
        return this.#words.conversation.unknown;
      case 'no-profile':
        return this.#words.meet.refusal['no-profile'];
      case 'empty':
        return this.#words.notSaved.failed;
    }
  }
}
