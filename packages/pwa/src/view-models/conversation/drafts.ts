/**
 * What was typed and not sent, one text a contact, kept on this device until it was sent. At most 100, the oldest forgotten first.
 * With an app lock they are kept in memory alone: the drawer is not sealed, and a draft is a message.
 */
import type { AccountId, Drawer } from '../ports.ts';

const DRAFTS_MAX = 100;
/** Beyond this a message could not be sent anyhow. */
const LENGTH_MAX = 64_000;
const INDEX = 'drafts';
const nameOf = (account: AccountId): string => `draft.${account}`;

export class Drafts {
  readonly #drawer: Drawer;
  readonly #memory: Drawer = memoryDrawer();
  #place: Drawer;

  constructor(drawer: Drawer) {
    this.#drawer = drawer;
    this.#place = drawer;
  }

  /** Whether they may lie on the disk. What lies elsewhere moves along, and leaves nothing behind. */
  keepOnDisk(isAllowed: boolean): void {
    const from = this.#place;
    const to = isAllowed ? this.#drawer : this.#memory;
    if (from === to) return;
    const drafts = this.#accounts().map((account) => [account, this.read(account)] as const);
    for (const [account] of drafts) this.write(account, '');
    this.#place = to;
    for (const [account, text] of drafts) this.write(account, text);
  }

  read(account: AccountId): string {
    return this.#place.read(nameOf(account)) ?? '';
  }

  write(account: AccountId, text: string): void {
    const others = this.#accounts().filter((known) => known !== account);
    if (text === '') {
      this.#place.write(nameOf(account), undefined);
      this.#place.write(INDEX, others.length === 0 ? undefined : others.join(' '));
      return;
    }
    const kept = [...others, account];
    for (const forgotten of kept.splice(0, Math.max(0, kept.length - DRAFTS_MAX))) this.#place.write(nameOf(forgotten), undefined);
    this.#place.write(nameOf(account), text.slice(0, LENGTH_MAX));
    this.#place.write(INDEX, kept.join(' '));
  }

  #accounts(): readonly AccountId[] {
    return (this.#place.read(INDEX) ?? '').split(' ').filter((account) => account !== '');
  }
}

function memoryDrawer(): Drawer {
  const kept = new Map<string, string>();
  return {
    read: (name) => kept.get(name),
    write: (name, value) => (value === undefined ? void kept.delete(name) : void kept.set(name, value)),
  };
}
