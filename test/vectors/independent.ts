/**
 * The operations of a second implementation, written from docs/protocol/ alone: nothing of the product, and another library for all
 * cryptography. What is built on them stands in the tests whose names begin with `independent`.
 */
import { readFileSync } from 'node:fs';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { argon2id } from '@noble/hashes/argon2.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { expect } from 'vitest';

export type Bytes = Uint8Array;

export const vectors = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')).vectors;
export const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'hex'));
export const toHex = (bytes: Bytes): string => Buffer.from(bytes).toString('hex');
export const join = (...parts: readonly Bytes[]): Bytes => Uint8Array.from(Buffer.concat(parts));
export const u8 = (value: number): Bytes => Uint8Array.of(value);
export const u16 = (value: number): Bytes => Uint8Array.of(value >>> 8, value & 255);
export const u32 = (value: number): Bytes => join(u16(value >>> 16), u16(value & 0xffff));
export const NOTHING = new Uint8Array(0);
export const ZEROS = new Uint8Array(24);

/** README.md, Labels. */
export const label = (text: string): Bytes => join(new TextEncoder().encode(`kith/1/${text}`), u8(0));

/** cryptography.md §1-§5. */
export const hash = (name: string, ...parts: readonly Bytes[]): Bytes => blake2b(join(label(name), ...parts), { dkLen: 32 });
export const mac = (key: Bytes, name: string, message: Bytes, n = 32): Bytes => blake2b(join(label(name), message), { dkLen: n, key });
export const derive = (salt: Bytes, secret: Bytes, name: string, n: number): Bytes => hkdf(sha256, secret, salt, label(name), n);
export const step = (key: Bytes, input: number): Bytes => hmac(sha256, key, u8(input));
export const seal = (key: Bytes, nonce: Bytes, associated: Bytes, plain: Bytes): Bytes =>
  xchacha20poly1305(key, nonce, associated).encrypt(plain);
export const open = (key: Bytes, nonce: Bytes, associated: Bytes, sealed: Bytes): Bytes =>
  xchacha20poly1305(key, nonce, associated).decrypt(sealed);
export const stretch = (passphrase: string, salt: Bytes, passes: number, memoryBytes: number): Bytes =>
  argon2id(new TextEncoder().encode(passphrase), salt, { t: passes, m: Math.floor(memoryBytes / 1024), p: 1, dkLen: 32 });
export const verify = (key: Bytes, name: string, message: Bytes, signature: Bytes): boolean =>
  ed25519.verify(signature, join(label(name), message), key, { zip215: false });
export const agree = (secret: Bytes, key: Bytes): Bytes => x25519.getSharedSecret(secret, key);

/** Takes fields from the front; all must be there. */
export class Taker {
  readonly #bytes: Bytes;
  at = 0;
  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }
  raw(length: number): Bytes {
    if (this.at + length > this.#bytes.length) throw new Error('malformed');
    this.at += length;
    return this.#bytes.slice(this.at - length, this.at);
  }
  number(length: number): number {
    return this.raw(length).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  bytes16(): Bytes {
    return this.raw(this.number(2));
  }
  rest(): Bytes {
    return this.raw(this.#bytes.length - this.at);
  }
}

/** envelope.md §1 and §3. */
export function readEnvelope(bytes: Bytes): { readonly header: Bytes; readonly tag: string; readonly body: Bytes; readonly id: string } {
  const [header, body] = [bytes.slice(0, 44), bytes.slice(44)];
  expect([header[0], header[1]]).toEqual([1, 1]);
  return { header, tag: toHex(header.slice(4, 20)), body, id: toHex(hash('envelope/id', header, hash('envelope/body', body))) };
}

export function unpad(padded: Bytes): Bytes {
  const end = padded.findLastIndex((byte) => byte !== 0);
  expect(padded[end]).toBe(0x80);
  return padded.slice(0, end);
}

export function pad(content: Bytes, overhead: number): Bytes {
  const length = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768].find((one) => one >= content.length + 1 + overhead) as number;
  return join(content, u8(0x80), new Uint8Array(length - overhead - content.length - 1));
}

export const u64 = (value: number): Bytes => join(u32(Math.floor(value / 2 ** 32)), u32(value % 2 ** 32));
export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
export const bytes16 = (bytes: Bytes): Bytes => join(u16(bytes.length), bytes);
export const sign = (seed: Bytes, name: string, message: Bytes): Bytes => ed25519.sign(join(label(name), message), seed);

export interface Pair {
  readonly secret: Bytes;
  readonly key: Bytes;
}
export const pairOf = (seed: Bytes): Pair => ({ secret: seed, key: x25519.getPublicKey(seed) });

/** identity.md §3, from the seed that their owner keeps. */
export function prekeysFrom(seed: Bytes) {
  const bytes = derive(NOTHING, seed, 'identity/prekey-seed', 128);
  const [signed, oneTime] = [pairOf(bytes.slice(0, 32)), pairOf(bytes.slice(32, 64))];
  const kem = ml_kem768.keygen(bytes.slice(64));
  const id = mac(seed, 'identity/prekey-id', NOTHING, 16);
  return { id, signed, oneTime, kem, fields: join(id, signed.key, oneTime.key, kem.publicKey) };
}
