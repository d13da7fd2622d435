/**
 * The second composition root: node, cryptography and store, off the page's thread. The link stays in the page, because only a page
 * has WebRTC; its port and the messenger's come in one message.
 */
import { createMessenger, serveMessenger } from '@kith/core';
import { LinkPortClient } from '@kith/core/adapters/link-message-port';
import { openIndexedDbStore } from '@kith/core/adapters/store-indexeddb';
import { consoleLog, systemClock, systemEntropy } from '@kith/core/adapters/system';
import type { FromWorker, ToWorker } from './worker-messages.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

function tell(message: FromWorker): void {
  scope.postMessage(message);
}

function whyNot(error: unknown): 'newer' | 'locked' | 'failed' {
  const name = error instanceof Error ? error.name : '';
  return name === 'StoreNewer' ? 'newer' : name === 'StoreLocked' ? 'locked' : 'failed';
}

async function start({ link, messenger }: ToWorker): Promise<void> {
  try {
    const store = await openIndexedDbStore('kith', {
      onTerminated: (why) => tell({ kind: 'store-gone', why: why === 'another-owner' ? 'taken' : 'gone' }),
    });
    const node = await createMessenger({
      link: new LinkPortClient(link),
      store,
      clock: systemClock(),
      entropy: systemEntropy(),
      log: consoleLog(),
    });
    serveMessenger(node, messenger);
    tell({ kind: 'ready' });
  } catch (error) {
    console.error(error);
    tell({ kind: 'no-store', why: whyNot(error) });
  }
}

scope.addEventListener('message', (event: MessageEvent<ToWorker>) => void start(event.data), { once: true });
