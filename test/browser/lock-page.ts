/** Runs in a page of its own: makes a profile as versions before the vault did, unsealed. Built for `lock.story.ts` alone. */
import { createMessenger, type Link } from '@kith/core';
import { openIndexedDbStore } from '@kith/core/adapters/store-indexeddb';
import { systemClock, systemEntropy } from '@kith/core/adapters/system';

export interface LockPage {
  /** Begins an account under this name and closes it again. */
  beginUnsealed(name: string): Promise<void>;
}

const nobody: Link = { start: () => {}, perform: () => {}, send: () => 'gone', stop: () => Promise.resolve() };

const lockPage: LockPage = {
  async beginUnsealed(name) {
    const store = await openIndexedDbStore('kith');
    const messenger = await createMessenger({ link: nobody, store, clock: systemClock(), entropy: systemEntropy() });
    const begun = await messenger.begin(name);
    await messenger.close();
    if (!begun.ok) throw new Error(begun.refusal.kind);
  },
};

Object.assign(globalThis, { lockPage });
