/** The page of stories about people without the app's screens: a messenger over the browser's link and store, where the story can reach it. */
import { createMessenger, type Messenger, type MessengerEvent } from '@kith/core';
import { createBrowserLink } from '@kith/core/adapters/link-libp2p/browser';
import { openIndexedDbStore } from '@kith/core/adapters/store-indexeddb';
import { consoleLog, systemClock, systemEntropy } from '@kith/core/adapters/system';

const events: MessengerEvent[] = [];

const starting: Promise<Messenger> = (async () => {
  const store = await openIndexedDbStore('person');
  const messenger = await createMessenger({
    link: createBrowserLink(),
    store,
    clock: systemClock(),
    entropy: systemEntropy(),
    log: consoleLog(),
  });
  messenger.subscribe((event) => events.push(event));
  return messenger;
})();

export interface PersonPage {
  /** Calls the messenger. */
  call(method: string, args: readonly unknown[]): Promise<unknown>;
  told(): readonly MessengerEvent[];
}

const page: PersonPage = {
  async call(method, args) {
    const messenger = await starting;
    const does: unknown = Reflect.get(messenger, method);
    if (typeof does !== 'function') throw new Error(`a messenger has no ${method}`);
    return does.apply(messenger, args);
  },
  told: () => events,
};

Object.assign(globalThis, { person: page });
