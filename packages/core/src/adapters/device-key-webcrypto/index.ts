/**
 * A device key in a browser: an AES-GCM key that WebCrypto made and hands out to nobody, kept in an IndexedDB database of its own.
 * Copying the rows of a profile does not copy it; copying the whole profile of the browser does, for browsers keep such keys in
 * files. It is no hardware. Rule: docs/protocol/vault.md §2.
 */
import { type Bytes, bytesOf, concat } from '../../kernel/bytes.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';
import type { DeviceKey } from '../../ports/device-key.ts';
import { indexedDbKeyPlace, type KeyPlace } from './key-place.ts';

export type { KeyPlace } from './key-place.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE: Bytes = encodeUtf8('kith/1/vault/device-key\0');

/** The device key under this database name; `place` is where its key is kept instead, for whoever tests it. */
export function openDeviceKey(name: string, place: KeyPlace = indexedDbKeyPlace(name)): DeviceKey {
  return new WebCryptoDeviceKey(place);
}

class WebCryptoDeviceKey implements DeviceKey {
  readonly #place: KeyPlace;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(place: KeyPlace) {
    this.#place = place;
  }

  /** A nonce serves once: chosen anew for each of the few values that a profile ever wraps. */
  wrap(bytes: Bytes): Promise<Bytes> {
    return this.#inTurn(async () => {
      const key = (await this.#place.read()) ?? (await this.#made());
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: PURPOSE }, key, bytes);
      return concat(nonce, new Uint8Array(sealed));
    });
  }

  unwrap(wrapped: Bytes): Promise<Bytes | undefined> {
    return this.#inTurn(async () => {
      const key = await this.#place.read();
      if (key === undefined || wrapped.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const [nonce, sealed] = [wrapped.slice(0, NONCE_BYTES), wrapped.slice(NONCE_BYTES)];
      try {
        return bytesOf(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: PURPOSE }, key, sealed)));
      } catch (error) {
        // What WebCrypto throws when the tag does not fit, and only then.
        if ((error as { name?: unknown }).name === 'OperationError') return undefined;
        throw error;
      }
    });
  }

  forget(): Promise<void> {
    return this.#inTurn(() => this.#place.remove());
  }

  async #made(): Promise<CryptoKey> {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    await this.#place.write(key);
    return key;
  }

  #inTurn<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const turn = this.#turn.then(ask);
    // Whoever asked hears of a failure; the next one only waits for its end.
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
