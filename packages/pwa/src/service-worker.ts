/**
 * Keeps the whole app on the device, so that it opens with the server dead. A newer version is fetched beside the old one and waits
 * until the page says that the old node has stopped. Never touches what is not part of the app.
 */

/** Every file of this build and a hash over them all; written in by the build. */
declare const KITH_PRECACHE: { readonly version: string; readonly files: readonly string[] };

const worker = self as unknown as ServiceWorkerGlobalScope;
const PREFIX = 'kith-app-';
const CACHE: string = PREFIX + KITH_PRECACHE.version;
const SCOPE: string = worker.registration.scope;
const PAGE: string = new URL('index.html', SCOPE).href;

async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Asked for anew, past the browser's own cache: a mixture of two versions must not be kept.
  await cache.addAll(KITH_PRECACHE.files.map((file) => new Request(new URL(file, SCOPE), { cache: 'reload' })));
}

async function dropOlder(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
}

async function answer(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(name)) ?? fetch(request);
}

async function show(about: unknown): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find((client) => client.visibilityState === 'visible') ?? pages[0];
  if (page === undefined) {
    await worker.clients.openWindow(typeof about === 'string' ? `${SCOPE}#/with/${about}` : SCOPE);
    return;
  }
  await page.focus();
  page.postMessage({ about });
}

worker.addEventListener('install', (event) => event.waitUntil(fill()));
worker.addEventListener('activate', (event) => event.waitUntil(dropOlder()));
worker.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(worker.skipWaiting());
});
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || !url.href.startsWith(SCOPE)) return;
  const path = url.href.slice(SCOPE.length).replace(/[?#].*$/, '');
  if (event.request.mode === 'navigate') {
    if (path === '' || path === 'index.html') event.respondWith(answer(event.request, PAGE));
    return;
  }
  if (KITH_PRECACHE.files.includes(path)) event.respondWith(answer(event.request, new URL(path, SCOPE).href));
});
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(show((event.notification.data as { readonly about?: unknown } | null)?.about));
});

export {};
