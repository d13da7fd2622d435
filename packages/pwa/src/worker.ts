/**
 * The second composition root: node, cryptography and store, off the page's thread. The link stands in the page, because only a page
 * has WebRTC; its port and the messenger's come in the first message. What the lock asks for comes in later ones.
 */
import { createMessenger, loadSodiumSuite, type RollbackWitness, serveMessenger, type VaultPorts } from '@kith/core';
import { openDeviceKey } from '@kith/core/adapters/device-key-webcrypto';
import { LinkPortClient } from '@kith/core/adapters/link-message-port';
import { openIndexedDbStore } from '@kith/core/adapters/store-indexeddb';
import { consoleLog, systemClock, systemEntropy } from '@kith/core/adapters/system';
import { DEVICE_KEY, PROFILE } from './databases.ts';
import { Profile } from './profile.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
let profile: Profile | undefined;

function tell(message: FromWorker): void {
  scope.postMessage(message);
}

function whyNot(error: unknown): 'newer' | 'locked' | 'failed' {
  const name = error instanceof Error ? error.name : '';
  return name === 'StoreNewer' ? 'newer' : name === 'StoreLocked' ? 'locked' : 'failed';
}

/** The page keeps it: a worker has no storage besides the very one that is watched. */
function pageWitness(witnessed: number | undefined): RollbackWitness {
  return {
    read: () => Promise.resolve(witnessed),
    write(generation) {
      tell({ kind: 'witness', generation });
      return Promise.resolve();
    },
  };
}

async function start({ link, messenger, witnessed }: Extract<ToWorker, { kind: 'start' }>): Promise<void> {
  try {
    // Side by side: neither waits for the other.
    const suiteLoading = loadSodiumSuite();
    const inner = await openIndexedDbStore(PROFILE, {
      onTerminated: (why) => tell({ kind: 'store-gone', why: why === 'another-owner' ? 'taken' : 'gone' }),
    });
    const entropy = systemEntropy();
    const ports: VaultPorts = {
      inner,
      suite: await suiteLoading,
      entropy,
      deviceKey: openDeviceKey(DEVICE_KEY),
      witness: pageWitness(witnessed),
    };
    profile = new Profile({
      ports,
      start: (store, wasRolledBack) =>
        createMessenger({ link: new LinkPortClient(link), store, clock: systemClock(), entropy, log: consoleLog(), wasRolledBack }),
      serve: (node) => serveMessenger(node, messenger),
      tell,
    });
    await profile.begin();
  } catch (error) {
    console.error(error);
    tell({ kind: 'no-store', why: whyNot(error) });
  }
}

async function answer({ id, asked }: Extract<ToWorker, { kind: 'ask' }>): Promise<void> {
  try {
    if (profile === undefined) throw new Error('asked before there is a profile');
    tell({ kind: 'answer', id, answer: await profile.ask(asked) });
  } catch (error) {
    console.error(error);
    const why = { kind: 'failed' } as const;
    tell({ kind: 'answer', id, answer: asked.kind === 'open' ? { kind: 'not-opened', why } : { kind: 'not-set', why: 'failed' } });
  }
}

scope.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => void (data.kind === 'start' ? start(data) : answer(data)));
