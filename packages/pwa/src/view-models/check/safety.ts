/** The safety number of a contact: the same 60 digits on both sides when nobody stands between, and the code that carries them. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { AccountId, Messenger, SafetyNumber } from '../ports.ts';

export class SafetyViewModel {
  /** Groups of five digits; none until they were worked out. */
  readonly groups: ReadonlySignal<readonly string[]>;
  /** The same, digit by digit, for those who listen. */
  readonly spoken: ReadonlySignal<string>;
  /** What the QR code carries; empty until then. */
  readonly code: ReadonlySignal<string>;
  readonly #number: Signal<SafetyNumber | undefined> = signal(undefined);
  readonly #account: AccountId;
  readonly #messenger: Messenger;

  constructor(account: AccountId, messenger: Messenger) {
    this.#account = account;
    this.#messenger = messenger;
    this.groups = computed(() => this.#number.value?.digits.split(' ') ?? []);
    this.spoken = computed(() => this.groups.value.map((group) => [...group].join(' ')).join(', '));
    this.code = computed(() => this.#number.value?.code ?? '');
  }

  async load(): Promise<void> {
    const result = await this.#messenger.safetyNumber(this.#account);
    if (result.ok) this.#number.value = result.value;
  }
}
