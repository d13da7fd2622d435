/** The lock from inside: passphrase, fingerprint, when it locks by itself, and what erases everything. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { SafeWords } from '../../locales/safe/words.ts';
import type { Lock, LockMethods, LockRefusal } from '../ports.ts';
import { NewSecret } from './new-secret.ts';

const NOTHING: LockMethods = { passphrase: false, finger: false, words: false };

export class LockViewModel {
  readonly secret: NewSecret;
  readonly methods: ReadonlySignal<LockMethods>;
  /** The person came in with the words: the other ways are lost or forgotten. */
  readonly wasOpenedByWords: ReadonlySignal<boolean>;
  readonly fingerNote: ReadonlySignal<string>;
  readonly canFinger: ReadonlySignal<boolean>;
  readonly isGoing: Signal<boolean> = signal(false);
  readonly isRemoving: Signal<boolean> = signal(false);
  /** What became of the last thing that was asked. */
  readonly said: Signal<{ readonly isTrouble: boolean; readonly text: string } | undefined> = signal(undefined);
  readonly #lock: Lock;
  readonly #words: SafeWords;
  readonly #hasNewPassphrase: Signal<boolean> = signal(false);

  constructor(lock: Lock, words: SafeWords) {
    this.#lock = lock;
    this.#words = words;
    this.secret = new NewSecret(words.secret);
    this.methods = computed(() => (lock.state.value.kind === 'open' ? lock.state.value.methods : NOTHING));
    this.wasOpenedByWords = computed(
      () => lock.state.value.kind === 'open' && lock.state.value.openedBy === 'words' && !this.#hasNewPassphrase.value,
    );
    this.canFinger = computed(() => this.methods.value.finger || (this.methods.value.passphrase && lock.finger.value === 'offered'));
    this.fingerNote = computed(() => {
      const said = words.lock;
      if (lock.finger.value === 'unknown') return said.fingerAsking;
      if (lock.finger.value === 'absent') return said.fingerAbsent;
      return this.methods.value.passphrase ? said.fingerNote : said.fingerNeeds;
    });
  }

  async setPassphrase(): Promise<void> {
    const text = this.secret.take();
    if (text === undefined) return;
    const had = this.methods.value.passphrase;
    if (await this.#do(() => this.#lock.setPassphrase(text), had ? this.#words.lock.isChanged : this.#words.lock.isSet)) {
      this.secret.clear();
      this.#hasNewPassphrase.value = true;
    }
  }

  async removePassphrase(): Promise<void> {
    this.isRemoving.value = false;
    await this.#do(() => this.#lock.setPassphrase(undefined), this.#words.lock.isRemoved);
  }

  async setFinger(isOn: boolean): Promise<void> {
    if (this.canFinger.value) await this.#do(() => this.#lock.setFinger(isOn), undefined);
  }

  async setDuress(): Promise<void> {
    const text = this.secret.take();
    if (text === undefined) return;
    if (await this.#do(() => this.#lock.setDuress(text), this.#words.pressure.isSet)) this.secret.clear();
  }

  async removeDuress(): Promise<void> {
    await this.#do(() => this.#lock.setDuress(undefined), this.#words.pressure.isRemoved);
  }

  async #do(ask: () => Promise<LockRefusal | undefined>, done: string | undefined): Promise<boolean> {
    if (this.isGoing.value) return false;
    this.isGoing.value = true;
    this.said.value = undefined;
    const refusal = await ask();
    this.isGoing.value = false;
    if (refusal !== undefined) this.said.value = { isTrouble: true, text: this.#words.lock.refusal[refusal.kind] };
    else if (done !== undefined) this.said.value = { isTrouble: false, text: done };
    return refusal === undefined;
  }
}
