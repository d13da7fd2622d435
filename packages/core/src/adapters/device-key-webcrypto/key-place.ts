/** Where the one `CryptoKey` of a device is kept between runs: a database with one row, which goes as a whole when the key is forgotten. */
import { deleteDB, type IDBPDatabase, openDB } from 'idb';

export interface KeyPlace {
  read(): Promise<CryptoKey | undefined>;
  /** Answered when it survives a power cut. */
  write(key: CryptoKey): Promise<void>;
  remove(): Promise<void>;
}

const TABLE = 'key';
const ROW = 'device';
const VERSION = 1;

export function indexedDbKeyPlace(name: string): KeyPlace {
  return {
    read: () =>
      withDatabase(name, async (db) => {
        const found: unknown = await db.get(TABLE, ROW);
        return found === undefined ? undefined : (found as CryptoKey);
      }),
    write: (key) =>
      withDatabase(name, async (db) => {
        const transaction = db.transaction(TABLE, 'readwrite', { durability: 'strict' });
        await Promise.all([transaction.store.put(key, ROW), transaction.done]);
      }),
    async remove() {
      // The row first: deleting a database waits for whoever else has it open.
      await withDatabase(name, async (db) => {
        const transaction = db.transaction(TABLE, 'readwrite', { durability: 'strict' });
        await Promise.all([transaction.store.delete(ROW), transaction.done]);
      });
      await deleteDB(name);
    },
  };
}

/** Open for one question at a time, so that nobody who deletes the site's storage is held up. */
async function withDatabase<Answer>(name: string, ask: (db: IDBPDatabase) => Promise<Answer>): Promise<Answer> {
  const db = await openDB(name, VERSION, { upgrade: (fresh) => void fresh.createObjectStore(TABLE) });
  db.addEventListener('versionchange', () => db.close());
  try {
    return await ask(db);
  } finally {
    db.close();
  }
}
