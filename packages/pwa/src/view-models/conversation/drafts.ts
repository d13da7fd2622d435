/** What was typed and not sent, one text a contact, kept on this device until it was sent. At most 100, the oldest forgotten first. */
import type { AccountId, Drawer } from '../ports.ts';

const DRAFTS_MAX = 100;
/** Beyond this a message could not be sent anyhow. */
const LENGTH_MAX = 64_000;
const INDEX = 'drafts';
const nameOf = (account: AccountId): string => `draft.${account}`;

export class Drafts {
  readonly #drawer: Drawer;

  constructor(drawer: Drawer) {
    this.#drawer = drawer;
  }

  read(account: AccountId): string {
    return this.#drawer.read(nameOf(account)) ?? '';
  }

  write(account: AccountId, text: string): void {
    const others = this.#accounts().filter((known) => known !== account);
    if (text === '') {
      this.#drawer.write(nameOf(account), undefined);
      this.#drawer.write(INDEX, others.length === 0 ? undefined : others.join(' '));
      return;
    }
    const kept = [...others, account];
    for (const forgotten of kept.splice(0, Math.max(0, kept.length - DRAFTS_MAX))) this.#drawer.write(nameOf(forgotten), undefined);
    this.#drawer.write(nameOf(account), text.slice(0, LENGTH_MAX));
    this.#drawer.write(INDEX, kept.join(' '));
  }

  #accounts(): readonly AccountId[] {
    return (this.#drawer.read(INDEX) ?? '').split(' ').filter((account) => account !== '');
  }
}
