/** The node of this profile: its worker, the link that stands in the page, and the two ports between. Loaded after the first screen. */
import { connectMessenger, type Messenger } from '@kith/core';
import { serveLink } from '@kith/core/adapters/link-message-port';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export interface RunningNode {
  readonly kind: 'running';
  readonly messenger: Messenger;
  /** Closes node, store and link. Resolves when the store is free for another. */
  stop(): Promise<void>;
}

export interface NoNode {
  readonly kind: 'no-store';
  readonly why: 'newer' | 'locked' | 'failed';
}

/** A node that does not answer by now will not. */
const CLOSING_MS = 3000;

/** `onBroken`: the worker died or lost its store; nothing more will come from it. */
export async function startNode(onBroken: () => void): Promise<RunningNode | NoNode> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'kith' });
  const answer = firstAnswer(worker);
  const link = new MessageChannel();
  const calls = new MessageChannel();
  const ports: ToWorker = { link: link.port2, messenger: calls.port2 };
  worker.postMessage(ports, [link.port2, calls.port2]);

  // The network stack loads while the worker opens the store; the port keeps what the node says meanwhile.
  const linked = serveBrowserLink(link.port1);
  const first = await answer;
  if (first.kind !== 'ready') {
    worker.terminate();
    void linked.then((stopLink) => stopLink());
    return { kind: 'no-store', why: first.kind === 'no-store' ? first.why : 'failed' };
  }
  worker.addEventListener('error', onBroken);
  worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
    if (event.data.kind === 'store-gone') onBroken();
  });
  const messenger = connectMessenger(calls.port1);
  return {
    kind: 'running',
    messenger,
    async stop() {
      await Promise.race([messenger.close().catch(() => {}), new Promise((resolve) => setTimeout(resolve, CLOSING_MS))]);
      worker.terminate();
      await (await linked)();
    },
  };
}

function firstAnswer(worker: Worker): Promise<FromWorker> {
  return new Promise((resolve) => {
    worker.addEventListener('message', (event: MessageEvent<FromWorker>) => resolve(event.data), { once: true });
    worker.addEventListener('error', () => resolve({ kind: 'no-store', why: 'failed' }), { once: true });
  });
}

async function serveBrowserLink(port: MessagePort): Promise<() => Promise<void>> {
  const { createBrowserLink } = await import('@kith/core/adapters/link-libp2p/browser');
  return serveLink(createBrowserLink(), port);
}
