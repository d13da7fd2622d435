/**
 * Takes away what the browser keeps of Kith, once it is unreadable. Only what bears Kith's name: an origin may be shared. What a browser
 * writes down by itself (its history) is out of reach, and said so where it matters.
 */

const OURS = 'kith';
/** A deletion that something blocks is left to the browser after this; the keys are gone by then. */
const DELETING_MS = 3000;

export interface Eraser {
  /** Databases and what was noted beside them: enough to start as new, and the app still opens without a server. */
  eraseData(): Promise<void>;
  /** The app itself, too. */
  eraseAll(): Promise<void>;
}

export function deviceEraser(databases: readonly string[]): Eraser {
  const eraseData = async (): Promise<void> => {
    for (const storage of [localStorage, sessionStorage])
      for (const name of Object.keys(storage)) if (name.startsWith(`${OURS}.`)) storage.removeItem(name);
    await deleteDatabases(databases);
  };
  return {
    eraseData: () => calmly(eraseData),
    async eraseAll() {
      await calmly(eraseData);
      await calmly(deleteCaches);
      await calmly(unregister);
    },
  };
}

/** One thing that cannot be deleted must not keep the others from going. */
async function calmly(erase: () => Promise<void>): Promise<void> {
  try {
    await erase();
  } catch (error) {
    console.error(error);
  }
}

async function deleteDatabases(known: readonly string[]): Promise<void> {
  const listed = await indexedDB.databases?.().catch((): IDBDatabaseInfo[] => []);
  const names = new Set([...known, ...(listed ?? []).map(({ name }) => name ?? '').filter((name) => name.startsWith(OURS))]);
  await Promise.all([...names].map(deleteDatabase));
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve) => {
    const deleting = indexedDB.deleteDatabase(name);
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => resolve();
    setTimeout(resolve, DELETING_MS);
  });
}

async function deleteCaches(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(`${OURS}-`)) await caches.delete(name);
}

async function unregister(): Promise<void> {
  const workers = (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  for (const registration of (await workers?.getRegistrations()) ?? [])
    if (registration.scope.startsWith(new URL('./', document.baseURI).href)) await registration.unregister();
}
