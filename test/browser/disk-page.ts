/** Runs in a page of the app: looks at what lies in its databases, as somebody with the disk would. Built for the stories about the lock. */

export interface DiskPage {
  /** Looks through every row of every database for texts as UTF-8, and for 64 hexadecimal digits also as bytes. */
  search(texts: readonly string[]): Promise<{ readonly rows: number; readonly hits: readonly string[] }>;
  /** Every row of the profile: its space and key, in hexadecimal. */
  rowKeys(): Promise<readonly string[]>;
  /** What the device's key is, as far as a script of this origin can learn. */
  deviceKey(): Promise<string>;
  loseDeviceKey(): Promise<void>;
}

const PROFILE = 'kith';
const DEVICE_KEY = 'kith-key';

function answer<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

interface Found {
  readonly space: string;
  readonly key: unknown;
  readonly value: unknown;
}

async function rowsOf(name: string): Promise<readonly Found[]> {
  const database = await answer(indexedDB.open(name));
  const found: Found[] = [];
  for (const space of Array.from(database.objectStoreNames)) {
    const store = database.transaction(space).objectStore(space);
    const [keys, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll() as IDBRequest<unknown[]>)]);
    for (const [at, key] of keys.entries()) found.push({ space, key, value: values[at] });
  }
  database.close();
  return found;
}

/** One letter a byte. */
function latin(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function flat(value: unknown): string {
  if (value instanceof ArrayBuffer) return latin(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) return latin(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  return value instanceof CryptoKey ? '' : String(JSON.stringify(value));
}

function needlesOf(text: string): readonly string[] {
  const plain = latin(new TextEncoder().encode(text));
  if (!/^[0-9a-f]{64}$/.test(text)) return [plain];
  return [plain, (text.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join('')];
}

const diskPage: DiskPage = {
  async search(texts) {
    const hits: string[] = [];
    let rows = 0;
    for (const { name = '' } of await indexedDB.databases()) {
      for (const { space, key, value } of await rowsOf(name)) {
        rows += 1;
        const row = `${flat(key)}|${flat(value)}`;
        for (const text of texts) if (needlesOf(text).some((needle) => row.includes(needle))) hits.push(`${text} in ${name}/${space}`);
      }
    }
    return { rows, hits };
  },
  async rowKeys() {
    const hex = (bytes: ArrayBuffer): string => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
    return (await rowsOf(PROFILE)).map(({ space, key }) => `${space}/${key instanceof ArrayBuffer ? hex(key) : String(key)}`);
  },
  async deviceKey() {
    const keys = (await rowsOf(DEVICE_KEY)).map(({ value }) => value).filter((value) => value instanceof CryptoKey);
    const [key] = keys;
    if (key === undefined || keys.length !== 1) return `${keys.length} keys`;
    const wasTaken = await crypto.subtle.exportKey('raw', key).then(
      () => true,
      () => false,
    );
    return `${key.algorithm.name}, ${key.extractable || wasTaken ? 'extractable' : 'not extractable'}`;
  },
  loseDeviceKey: () =>
    new Promise((resolve, reject) => {
      const deleting = indexedDB.deleteDatabase(DEVICE_KEY);
      deleting.onsuccess = () => resolve();
      deleting.onerror = () => reject(deleting.error ?? new Error('not deleted'));
      deleting.onblocked = () => reject(new Error('something holds the key open'));
    }),
};

Object.assign(globalThis, { diskPage });
