/** What the messenger knows of where one message is, asked anew whenever something may have changed. Rule: the look, principle 4. */
import { type Signal, signal } from '@preact/signals';
import type { MessageId, Messenger, Whereabouts } from './ports.ts';

export class WhereaboutsViewModel {
  /** Nothing until it was answered, and where the message is none of mine. */
  readonly known: Signal<Whereabouts | undefined> = signal(undefined);
  readonly #messenger: Messenger;
  readonly #id: MessageId;
  readonly #stop: () => void;
  #isAsking = false;
  #askAgain = false;

  constructor(messenger: Messenger, id: MessageId) {
    this.#messenger = messenger;
    this.#id = id;
    this.#stop = messenger.subscribe((event) => {
      if (event.kind === 'overview-changed' || (event.kind === 'message-changed' && event.message.id === id)) void this.ask();
    });
    void this.ask();
  }

  close(): void {
    this.#stop();
  }

  /** Calls while one is answered are one more question. */
  async ask(): Promise<void> {
    this.#askAgain = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      while (this.#askAgain) {
        this.#askAgain = false;
        this.known.value = await this.#messenger.whereIs(this.#id);
      }
    } catch {
      // The node ended meanwhile; the screen that stands then says so.
    }
    this.#isAsking = false;
  }
}
