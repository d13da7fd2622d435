/**
 * The certificates by which two who know each other find each other again with one code. The browser keeps the private half to itself; the
 * objects lie in an IndexedDB database of their own, because only a page may hold them. Bounded: the oldest goes. Never holds a name of a person.
 */
import { CERTIFICATE_LIFE_MS, CERTIFICATE_REST_MS, CERTIFICATES_MAX } from './limits.ts';

const STORE = 'certificates';
const BY_AGE = 'madeAtMs';

interface Row {
  readonly certificate: RTCCertificate;
  readonly madeAtMs: number;
}

export class HandCertificates {
  readonly #databaseName: string;
  readonly #nowMs: () => number;
  #database: Promise<IDBDatabase> | undefined;

  constructor(databaseName: string, nowMs: () => number) {
    this.#databaseName = databaseName;
    this.#nowMs = nowMs;
  }

  /** `undefined` when there is none under this name, or it ends soon. Rejects when nothing can be kept here. */
  async find(name: string): Promise<RTCCertificate | undefined> {
    const rows = await this.#rows('readonly');
    const row = (await answered(rows.get(name))) as Row | undefined;
    return row !== undefined && row.certificate.expires > this.#nowMs() + CERTIFICATE_REST_MS ? row.certificate : undefined;
  }

  /** The one that is kept under this name, or a new one. */
  async keep(name: string): Promise<RTCCertificate> {
    const kept = await this.find(name);
    if (kept !== undefined) return kept;
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', expires: CERTIFICATE_LIFE_MS };
    const certificate = await RTCPeerConnection.generateCertificate(algorithm);
    const rows = await this.#rows('readwrite');
    await answered(rows.put({ certificate, madeAtMs: this.#nowMs() } satisfies Row, name));
    const count = await answered(rows.count());
    const oldest = await answered(rows.index(BY_AGE).getAllKeys(null, Math.max(1, count - CERTIFICATES_MAX)));
    if (count > CERTIFICATES_MAX) for (const one of oldest) rows.delete(one);
    await committed(rows.transaction);
    return certificate;
  }

  async forget(name: string): Promise<void> {
    const rows = await this.#rows('readwrite');
    rows.delete(name);
    await committed(rows.transaction);
  }

  async close(): Promise<void> {
    const database = await this.#database?.catch(() => undefined);
    database?.close();
    this.#database = undefined;
  }

  async #rows(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    this.#database ??= this.#open();
    const database = await this.#database;
    return database.transaction(STORE, mode).objectStore(STORE);
  }

  #open(): Promise<IDBDatabase> {
    const opening = indexedDB.open(this.#databaseName, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE).createIndex(BY_AGE, BY_AGE);
    const opened = answered(opening).then((database) => {
      const leave = (): void => {
        database.close();
        this.#database = undefined;
      };
      database.onversionchange = leave; // somebody wipes it
      database.onclose = leave;
      return database;
    });
    opened.catch(() => {
      this.#database = undefined;
    });
    return opened;
  }
}

function answered<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
