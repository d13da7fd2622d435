/**
 * The node of this profile: its worker, the link that stands in the page, and the two ports between. Loaded after the first screen.
 * It can be ended at any moment, also while it starts: then its worker is gone before anything else happens.
 */
import { connectMessenger, type Messenger } from '@kith/core';
import { serveLink } from '@kith/core/adapters/link-message-port';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export interface RunningNode {
  readonly kind: 'running';
  readonly messenger: Messenger;
  /** Loads what speaks with the network, if that did not succeed before. */
  retryLink(): void;
  /** Closes node, store and link. Resolves when the store is free for another. */
  stop(): Promise<void>;
}

export interface NoNode {
  readonly kind: 'no-store';
  readonly why: 'newer' | 'locked' | 'failed';
}

/** Ended before it ran. */
export interface EndedNode {
  readonly kind: 'ended';
}

type BrowserLink = Parameters<typeof serveLink>[0];

export interface NodeParts {
  /** Aborted: the profile is another's now. The worker is terminated in the same breath. */
  readonly ending: AbortSignal;
  /** The worker died or lost its store; nothing more will come from it. `taken`: another tab's node has opened the store. */
  readonly onBroken: (why: 'gone' | 'taken') => void;
  /** Whether the part of the program that speaks with the network could be loaded. */
  readonly onLink: (isThere: boolean) => void;
  /** Another's in tests. */
  readonly loadLink?: () => Promise<BrowserLink>;
}

/** A node, or a link, that does not answer by now will not. */
const CLOSING_MS = 3000;

export async function startNode({
  ending,
  onBroken,
  onLink,
  loadLink = loadBrowserLink,
}: NodeParts): Promise<RunningNode | NoNode | EndedNode> {
  if (ending.aborted) return { kind: 'ended' };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'kith' });
  const channel = new MessageChannel();
  const calls = new MessageChannel();
  const link = new PageLink(channel.port1, loadLink, onLink);
  const ended = new Promise<EndedNode>((resolve) => {
    ending.addEventListener('abort', () => {
      worker.terminate();
      void link.stop();
      resolve({ kind: 'ended' });
    });
  });
  const answer = firstAnswer(worker);
  const ports: ToWorker = { link: channel.port2, messenger: calls.port2 };
  worker.postMessage(ports, [channel.port2, calls.port2]);

  // The network stack loads while the worker opens the store; the port keeps what the node says meanwhile.
  link.load();
  const first = await Promise.race([answer, ended]);
  if (first.kind === 'ended') return first;
  if (first.kind !== 'ready') {
    worker.terminate();
    void link.stop();
    return { kind: 'no-store', why: first.kind === 'no-store' ? first.why : 'failed' };
  }
  worker.addEventListener('error', () => onBroken('gone'));
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.kind === 'store-gone') onBroken(data.why);
  });
  const messenger = connectMessenger(calls.port1);
  return {
    kind: 'running',
    messenger,
    retryLink: () => link.load(),
    async stop() {
      if (!ending.aborted) await Promise.race([messenger.close().catch(() => {}), ended, pause()]);
      worker.terminate();
      await Promise.race([link.stop(), pause()]);
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
}

function firstAnswer(worker: Worker): Promise<FromWorker> {
  return new Promise((resolve) => {
    worker.addEventListener('message', (event: MessageEvent<FromWorker>) => resolve(event.data), { once: true });
    worker.addEventListener('error', () => resolve({ kind: 'no-store', why: 'failed' }), { once: true });
  });
}

/** The link's end in the page. It may fail to load (a version that the server no longer has), and is then tried again when asked. */
class PageLink {
  readonly #port: MessagePort;
  readonly #make: () => Promise<BrowserLink>;
  readonly #tell: (isThere: boolean) => void;
  #state: 'absent' | 'loading' | 'served' | 'stopped' = 'absent';
  #stopLink: () => Promise<void> = () => Promise.resolve();

  constructor(port: MessagePort, make: () => Promise<BrowserLink>, tell: (isThere: boolean) => void) {
    this.#port = port;
    this.#make = make;
    this.#tell = tell;
  }

  load(): void {
    if (this.#state !== 'absent') return;
    this.#state = 'loading';
    this.#make().then(
      (link) => {
        if (this.#state === 'stopped') return;
        this.#state = 'served';
        this.#stopLink = serveLink(link, this.#port);
        this.#tell(true);
      },
      () => {
        if (this.#state === 'stopped') return;
        this.#state = 'absent';
        this.#tell(false);
      },
    );
  }

  stop(): Promise<void> {
    this.#state = 'stopped';
    return this.#stopLink();
  }
}

async function loadBrowserLink(): Promise<BrowserLink> {
  const { createBrowserLink } = await import('@kith/core/adapters/link-libp2p/browser');
  return createBrowserLink();
}
