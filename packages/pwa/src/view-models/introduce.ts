/** Bringing two contacts together: to whom, and what became of it. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { MeetWords } from '../locales/meet/words.ts';
import type { AppViewModel } from './app.ts';
import type { AccountId, Contact } from './ports.ts';

export class IntroduceViewModel {
  readonly others: ReadonlySignal<readonly Contact[]>;
  /** Who was asked. */
  readonly asked: Signal<Contact | undefined> = signal(undefined);
  readonly trouble: Signal<string | undefined> = signal(undefined);
  readonly #app: AppViewModel;
  readonly #account: AccountId;
  readonly #said: MeetWords;
  #isAsking = false;

  constructor(app: AppViewModel, account: AccountId, said: MeetWords) {
    this.#app = app;
    this.#account = account;
    this.#said = said;
    // Nothing is sent to somebody for whom another may be speaking.
    this.others = computed(() =>
      (app.overview.value?.contacts ?? [])
        .filter((contact) => contact.account !== account && contact.news?.kind !== 'root-unknown')
        .toSorted((a, b) => a.name.localeCompare(b.name, app.words.tag)),
    );
  }

  async introduceTo(contact: Contact): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.trouble.value = undefined;
    const result = await this.#app.messenger.introduce(this.#account, contact.account);
    this.#isAsking = false;
    if (result.ok) {
      this.asked.value = contact;
      return;
    }
    const said = this.#said.introduce.refusal;
    const { refusal } = result;
    if (refusal.kind === 'not-saved') this.trouble.value = this.#app.words.notSaved[refusal.why];
    else this.trouble.value = refusal.kind === 'unknown-contact' ? said['unknown-contact'] : said['not-reached-yet'](contact.name);
  }

  again(): void {
    this.asked.value = undefined;
  }
}
