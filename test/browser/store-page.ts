/** The page of `store.story.ts`: the store exam over a real IndexedDB, its quota filled by a database beside it. */
import { openIndexedDbStore } from '@kith/core/adapters/store-indexeddb';
import { storeExam } from '@kith/core/testing';
import { encodeVersionRow } from '../../packages/core/src/adapters/version-row.ts';
import type { Store } from '../../packages/core/src/ports/store.ts';

let names = 0;
let current: Store | undefined;
const nameNow = (): string => `exam-${names}`;

function opened(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onupgradeneeded = () => {
      if (name === 'ballast') opening.result.createObjectStore('rows', { autoIncrement: true });
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function putMeta(row: unknown): Promise<void> {
  const database = await opened(nameNow());
  await new Promise<void>((resolve, reject) => {
    const transaction = database.transaction('meta', 'readwrite');
    transaction.objectStore('meta').put(row, 'version');
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  database.close();
}

async function fill(): Promise<void> {
  const database = await opened('ballast');
  for (let bytes = 1 << 20; bytes >= 256; ) {
    const block = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(block.subarray(at, at + 65_536));
    const fits = await new Promise<boolean>((resolve) => {
      const transaction = database.transaction('rows', 'readwrite');
      transaction.objectStore('rows').add(block);
      transaction.oncomplete = () => resolve(true);
      transaction.onabort = () => resolve(false);
    });
    if (!fits) bytes /= 2;
  }
  database.close();
}

function free(): Promise<void> {
  return new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase('ballast');
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => reject(deleting.error);
  });
}

export interface StorePage {
  readonly cases: readonly { readonly name: string; readonly skipped: string | undefined }[];
  /** What went wrong, or `undefined`. */
  run(at: number): Promise<string | undefined>;
}

const exam = storeExam({
  async open() {
    await current?.close();
    names++;
    current = await openIndexedDbStore(nameNow());
    return current;
  },
  async reopen() {
    await current?.close();
    current = await openIndexedDbStore(nameNow());
    return current;
  },
  faults: {
    crashDuringCommit: { cannot: 'a page cannot kill itself between two writes; the main story reloads in the middle of work instead' },
    fullDisk: { fill, free },
    otherVersion: (version) => putMeta(encodeVersionRow(version)),
    secondOpener: { cannot: 'IndexedDB lets several tabs in; one worker a profile is kept by a Web Lock' },
    damage: () => putMeta('not bytes'),
  },
});

const storePage: StorePage = {
  cases: exam.map(({ name, skipped }) => ({ name, skipped })),
  run: (at) =>
    (exam[at]?.run() ?? Promise.reject(new Error('no such case'))).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    ),
};
Object.assign(globalThis, { storePage });
