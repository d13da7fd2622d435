/**
 * Making sure who somebody is: by their code, by eye, or by six digits that both see at once. What does not fit ends on one plain
 * screen, and takes back that they were made sure of. Rule: docs/protocol/identity.md.
 */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { PersonWords } from '../../locales/person/words.ts';
import type { Words } from '../../locales/words.ts';
import { isLive } from '../home.ts';
import { ScanViewModel } from '../meet/scan.ts';
import type { AccountId, Comparison, Contact, Device, Messenger, Overview, VerifyRefusal } from '../ports.ts';
import { SafetyViewModel } from './safety.ts';

export type CheckOutcome =
  | { readonly kind: 'sure' }
  /** Somebody may stand between. */
  | { readonly kind: 'between'; readonly why: string };

export interface CheckParts {
  readonly messenger: Messenger;
  readonly overview: ReadonlySignal<Overview | undefined>;
  readonly device: Device;
  readonly words: Words;
}

export class CheckViewModel {
  readonly account: AccountId;
  readonly safety: SafetyViewModel;
  readonly scan: ScanViewModel;
  readonly contact: ReadonlySignal<Contact | undefined>;
  readonly name: ReadonlySignal<string>;
  readonly outcome: Signal<CheckOutcome | undefined> = signal(undefined);
  /** Their code is being compared. */
  readonly isReading: Signal<boolean> = signal(false);
  /** Why the last code that was seen says nothing. */
  readonly trouble: Signal<string | undefined> = signal(undefined);
  readonly comparison: ReadonlySignal<Comparison | undefined>;
  /** Six digits need both at once. */
  readonly canCompare: ReadonlySignal<boolean>;
  readonly #parts: CheckParts;
  readonly #person: PersonWords;

  constructor(account: AccountId, parts: CheckParts, person: PersonWords) {
    const { messenger, overview, device, words } = parts;
    this.account = account;
    this.#parts = parts;
    this.#person = person;
    this.safety = new SafetyViewModel(account, messenger);
    this.scan = new ScanViewModel(device.camera, words, (text) => this.read(text));
    this.contact = computed(() => overview.value?.contacts.find((contact) => contact.account === account));
    this.name = computed(() => this.contact.value?.name ?? words.nameless);
    this.comparison = computed(() => this.contact.value?.comparison);
    this.canCompare = computed(() => this.contact.value !== undefined && isLive(this.contact.value));
  }

  /** A code that the camera saw; says whether it was of use. */
  async read(code: string): Promise<boolean> {
    if (this.isReading.value || this.outcome.value !== undefined) return false;
    this.isReading.value = true;
    this.trouble.value = undefined;
    const result = await this.#parts.messenger.verifyByCode(this.account, code.trim());
    this.isReading.value = false;
    if (result.ok) this.outcome.value = { kind: 'sure' };
    else if (result.refusal.kind === 'mismatch') await this.#differ(this.#person.check.betweenCode(this.name.value));
    else this.trouble.value = this.#why(result.refusal);
    return this.outcome.value !== undefined;
  }

  /** Compared by eye or ear, digit by digit. */
  async decide(isSame: boolean): Promise<void> {
    if (!isSame) return this.#differ(this.#person.check.betweenEye(this.name.value));
    await this.#parts.messenger.setVerified(this.account, true);
    this.outcome.value = { kind: 'sure' };
  }

  async takeBack(): Promise<void> {
    await this.#parts.messenger.setVerified(this.account, false);
  }

  async compare(): Promise<void> {
    if (this.canCompare.value && this.comparison.value === undefined) await this.#parts.messenger.compare(this.account);
  }

  /** Ends it on this side, also one that was broken off. That says nothing about them: what was made sure of before stays. */
  async stopComparing(): Promise<void> {
    await this.#parts.messenger.endComparison(this.account, false);
  }

  async decideDigits(isSame: boolean): Promise<void> {
    await this.#parts.messenger.endComparison(this.account, isSame);
    if (isSame) this.outcome.value = { kind: 'sure' };
    else await this.#differ(this.#person.check.betweenEye(this.name.value));
  }

  /** Away from the screen that said how it ended. */
  again(): void {
    this.outcome.value = undefined;
    this.trouble.value = undefined;
  }

  close(): void {
    this.scan.stop();
  }

  async #differ(why: string): Promise<void> {
    this.outcome.value = { kind: 'between', why };
    if (this.contact.value?.verified !== undefined) await this.takeBack();
  }

  #why(refusal: Exclude<VerifyRefusal, { kind: 'mismatch' }>): string {
    const said = this.#person.check.refusal;
    switch (refusal.kind) {
      case 'not-saved':
        return this.#parts.words.notSaved[refusal.why];
      case 'other-people':
        return said['other-people'](this.name.value);
      case 'unknown-contact':
      case 'not-a-safety-code':
      case 'newer-version':
        return said[refusal.kind];
    }
  }
}
