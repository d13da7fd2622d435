/**
 * The node of this profile: its worker, the link that stands in the page, and the two ports between. Loaded after the first screen.
 * It can be ended at any moment, also while it starts or waits to be unlocked: then its worker is gone before anything else happens.
 */
import { connectMessenger, type Messenger } from '@kith/core';
import { serveLink } from '@kith/core/adapters/link-message-port';
import { CERTIFICATES, DEVICE_KEY, PROFILE } from './databases.ts';
import { deviceEraser, type Eraser } from './device/eraser.ts';
import { deviceFinger, type Finger } from './device/finger.ts';
import { PageLock } from './lock.ts';
import type { Drawer, Lock } from './view-models/ports.ts';
import type { Answer, Asked, FromWorker, ToWorker } from './worker-messages.ts';

export interface RunningNode {
  readonly kind: 'running';
  readonly messenger: Messenger;
  readonly lock: Lock;
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
  readonly drawer: Drawer;
  /** Aborted: the profile is another's now. The worker is terminated in the same breath. */
  readonly ending: AbortSignal;
  /** There is no node until the person has opened the lock. */
  readonly onLocked: (lock: Lock) => void;
  /** Nothing readable may stand on the screen from here on. */
  readonly hide: () => void;
  readonly restart: () => void;
  /** The worker died or lost its store; nothing more will come from it. `taken`: another tab's node has opened the store. */
  readonly onBroken: (why: 'gone' | 'taken') => void;
  /** Whether the part of the program that speaks with the network could be loaded. */
  readonly onLink: (isThere: boolean) => void;
  /** Others' in tests. */
  readonly loadLink?: () => Promise<BrowserLink>;
  readonly finger?: Finger;
  readonly eraser?: Eraser;
}

/** A node, or a link, that does not answer by now will not. */
const CLOSING_MS = 3000;

export async function startNode(parts: NodeParts): Promise<RunningNode | NoNode | EndedNode> {
  const { ending, drawer, onBroken } = parts;
  if (ending.aborted) return { kind: 'ended' };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'kith' });
  const channel = new MessageChannel();
  const calls = new MessageChannel();
  const link = new PageLink(channel.port1, parts.loadLink ?? loadBrowserLink, parts.onLink);
  const ended = new Promise<EndedNode>((resolve) => {
    ending.addEventListener('abort', () => {
      worker.terminate();
      void link.stop();
      resolve({ kind: 'ended' });
    });
  });
  let isOver = false;
  const end = async (): Promise<void> => {
    isOver = true;
    worker.terminate();
    await Promise.race([link.stop(), pause()]);
  };
  const lock = new PageLock({
    drawer,
    finger: parts.finger ?? deviceFinger(drawer),
    eraser: parts.eraser ?? deviceEraser([PROFILE, DEVICE_KEY, CERTIFICATES]),
    ask: askingOf(worker),
    hide: parts.hide,
    end,
    restart: parts.restart,
  });
  const answer = firstAnswer(worker, lock, () => parts.onLocked(lock));
  const start: ToWorker = { kind: 'start', link: channel.port2, messenger: calls.port2, witnessed: PageLock.witnessed(drawer) };
  worker.postMessage(start, [channel.port2, calls.port2]);

  // The network stack loads while the worker opens the store; the port keeps what the node says meanwhile.
  link.load();
  const first = await Promise.race([answer, ended]);
  if (first.kind === 'ended') return first;
  if (first.kind !== 'ready') {
    await end();
    return { kind: 'no-store', why: first.kind === 'no-store' ? first.why : 'failed' };
  }
  worker.addEventListener('error', () => {
    if (!isOver) onBroken('gone');
  });
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.kind === 'store-gone' && !isOver) onBroken(data.why);
  });
  const messenger = connectMessenger(calls.port1);
  return {
    kind: 'running',
    messenger,
    lock,
    retryLink: () => link.load(),
    async stop() {
      if (!ending.aborted && !isOver) await Promise.race([messenger.close().catch(() => {}), ended, pause()]);
      await end();
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
}

/** The worker's word on whether there is a node: at once, or when it was unlocked. */
function firstAnswer(worker: Worker, lock: PageLock, onLocked: () => void): Promise<FromWorker> {
  return new Promise((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      lock.hears(data);
      if (data.kind === 'locked') onLocked();
      if (data.kind === 'ready' || data.kind === 'no-store' || data.kind === 'store-gone') resolve(data);
    });
    worker.addEventListener('error', () => resolve({ kind: 'no-store', why: 'failed' }), { once: true });
  });
}

/** Asks and waits for the answer of the same number. Ends with the worker: then there is nobody left to tell. */
function askingOf(worker: Worker): (asked: Asked) => Promise<Answer> {
  const waiting = new Map<number, (answer: Answer) => void>();
  let next = 1;
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.kind !== 'answer') return;
    waiting.get(data.id)?.(data.answer);
    waiting.delete(data.id);
  });
  return (asked) =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      const moved = 'secret' in asked && asked.secret !== undefined ? [asked.secret.buffer] : [];
      worker.postMessage({ kind: 'ask', id, asked } satisfies ToWorker, moved);
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
  return createBrowserLink({ certificatesName: CERTIFICATES });
}
