/**
 * The service worker: it makes the app open with no server, and a newer version wait until the person says so. A new version is
 * never used while an older node runs: the node is closed first.
 */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { takeOver } from './take-over.ts';

/** Asking the server for a newer version, while the app stays open. */
const ASK_EVERY_MS = 3_600_000;

export interface Updates {
  /** The way to use the version that waits, when one does. */
  readonly ready: ReadonlySignal<(() => void) | undefined>;
}

/** `stop` closes the node and its store before the newer version takes over. */
export function watchUpdates(stop: () => Promise<void>, onTapped: (about: string) => void): Updates {
  const ready: Signal<(() => void) | undefined> = signal(undefined);
  const workers = (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (workers === undefined || !import.meta.env.PROD) return { ready };

  let isTakingOver = false;
  const offer = (waiting: ServiceWorker | null): void => {
    // With no controller this is the first version, and there is nothing older to wait for.
    if (waiting === null || workers.controller === null) return;
    ready.value = () => {
      if (isTakingOver) return;
      isTakingOver = true;
      takeOver(stop, waiting, () => location.reload()).catch(() => location.reload());
    };
  };

  workers.addEventListener('controllerchange', () => {
    if (isTakingOver) location.reload();
  });
  workers.addEventListener('message', (event) => {
    const data: unknown = event.data;
    if (typeof data === 'object' && data !== null && 'about' in data && typeof data.about === 'string') onTapped(data.about);
  });
  void register(workers, offer);
  return { ready };
}

async function register(workers: ServiceWorkerContainer, offer: (waiting: ServiceWorker | null) => void): Promise<void> {
  let registration: ServiceWorkerRegistration;
  try {
    registration = await workers.register(new URL('./service-worker.js', document.baseURI), { updateViaCache: 'none' });
  } catch {
    // A certificate that was clicked away, or no file at this host: the app works, but will not open without its server.
    return;
  }
  offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed') offer(registration.waiting);
    });
  });
  let askedAt = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || Date.now() - askedAt < ASK_EVERY_MS) return;
    askedAt = Date.now();
    registration.update().catch(() => {
      // No server now: the version that is here goes on.
    });
  });
}
