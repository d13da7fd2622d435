/**
 * The suite for crowds in the simulator: lengths and refusals of suite 1, a hundredth of its cost, and NO secrecy whatever. It still fails on
 * a wrong key, a changed bit and a wrong signature, so that a protocol that mixes them up fails here too. Never for anything people use.
 * The mixing is our own and proven against nobody. Interface: crypto/suite.ts.
 */
import { type KeyPair, type Label, LENGTHS, type StretchCost, type Suite } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import { type Bytes, bytesOf, concat, sameBytes } from '../kernel/bytes.ts';
import { Sponge } from './toy-sponge.ts';

/** Keeps one operation from giving the bytes of another. */
const FOR = {
  hash: 1,
  mac: 2,
  derive: 3,
  stretch: 4,
  step: 5,
  stream: 6,
  tag: 7,
  signingKey: 8,
  signature: 9,
  agreementKey: 10,
  encapsulationKey: 11,
  keyTail: 12,
  ciphertext: 13,
  secret: 14,
  rejected: 15,
} as const;

const DECAPSULATION_KEY_BYTES = 2400;
const KEY_TAIL_BYTES = 32;

class ToySuite implements Suite {
  /** Says that it is suite 1: protocols write the number into what they sign. */
  readonly id = 1;
  readonly #sponge: Sponge = new Sponge();

  #mix(purpose: number, length: number, ...parts: readonly Uint8Array[]): Bytes {
    return this.#sponge.begin(purpose).takeAll(parts).give(length);
  }

  hash(label: Label, ...parts: readonly Uint8Array[]): Bytes {
    return this.#sponge.begin(FOR.hash).take(label).takeAll(parts).give(LENGTHS.hash);
  }

  mac(key: Uint8Array, label: Label, message: Uint8Array, length: number = LENGTHS.hash): Bytes {
    assert(key.length === LENGTHS.key, 'a key has 32 bytes');
    return this.#mix(FOR.mac, length, key, label, message);
  }

  derive(salt: Uint8Array, secret: Uint8Array, label: Label, length: number): Bytes {
    assert(salt.length <= 32, 'a salt has at most 32 bytes');
    return this.#mix(FOR.derive, length, bytesOf([salt.length]), salt, label, secret);
  }

  stretch(passphrase: Uint8Array, salt: Uint8Array, cost: StretchCost): Bytes {
    assert(salt.length === 16, 'a salt for stretching has 16 bytes');
    const numbers = bytesOf([
      cost.passes & 0xff,
      cost.memoryBytes >>> 24,
      cost.memoryBytes >>> 16,
      cost.memoryBytes >>> 8,
      cost.memoryBytes,
    ]);
    return this.#mix(FOR.stretch, LENGTHS.key, numbers, salt, passphrase);
  }

  step(key: Uint8Array, input: Uint8Array): Bytes {
    return this.#mix(FOR.step, LENGTHS.hash, key, input);
  }

  seal(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, plaintext: Uint8Array): Bytes {
    assert(key.length === LENGTHS.key && nonce.length === LENGTHS.nonce, 'a key has 32 bytes, a nonce 24');
    const sealed = new Uint8Array(plaintext.length + LENGTHS.sealTag);
    this.#streamed(key, nonce, plaintext, sealed);
    sealed.set(this.#tag(key, nonce, associated, sealed.subarray(0, plaintext.length)), plaintext.length);
    return sealed;
  }

  open(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Bytes | undefined {
    if (sealed.length < LENGTHS.sealTag || key.length !== LENGTHS.key || nonce.length !== LENGTHS.nonce) return undefined;
    const ciphertext = sealed.subarray(0, sealed.length - LENGTHS.sealTag);
    if (!sameBytes(this.#tag(key, nonce, associated, ciphertext), sealed.subarray(ciphertext.length))) return undefined;
    const plaintext = new Uint8Array(ciphertext.length);
    this.#streamed(key, nonce, ciphertext, plaintext);
    return plaintext;
  }

  #streamed(key: Uint8Array, nonce: Uint8Array, from: Uint8Array, to: Uint8Array): void {
    this.#sponge.begin(FOR.stream).take(key).take(nonce).cover(from, to);
  }

  #tag(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Bytes {
    const length = associated.length;
    this.#sponge
      .begin(FOR.tag)
      .take(key)
      .take(nonce)
      .take(bytesOf([length >>> 16, length >>> 8, length]));
    return this.#sponge.take(associated).take(ciphertext).give(LENGTHS.sealTag);
  }

  signingPair(seed: Uint8Array): KeyPair {
    const publicKey = this.#mix(FOR.signingKey, LENGTHS.publicKey, seed);
    return { publicKey, secretKey: concat(seed, publicKey) };
  }

  sign(secretKey: Uint8Array, label: Label, message: Uint8Array): Bytes {
    return this.#mix(FOR.signature, LENGTHS.signature, secretKey.subarray(32), label, message);
  }

  verify(publicKey: Uint8Array, label: Label, message: Uint8Array, signature: Uint8Array): boolean {
    if (publicKey.length !== LENGTHS.publicKey || signature.length !== LENGTHS.signature) return false;
    return sameBytes(this.#mix(FOR.signature, LENGTHS.signature, publicKey, label, message), signature);
  }

  agreementPair(seed: Uint8Array): KeyPair {
    assert(seed.length === LENGTHS.key, 'a seed has 32 bytes');
    return { publicKey: multiplied(this.#factors(seed), BASE), secretKey: bytesOf(seed) };
  }

  agree(secretKey: Uint8Array, publicKey: Uint8Array): Bytes | undefined {
    if (publicKey.length !== LENGTHS.publicKey || publicKey.every((byte) => byte === 0)) return undefined;
    return multiplied(this.#factors(secretKey), publicKey);
  }

  #factors(seed: Uint8Array): Bytes {
    return this.#mix(FOR.agreementKey, LENGTHS.key, seed);
  }

  encapsulationPair(seed: Uint8Array): KeyPair {
    assert(seed.length === LENGTHS.encapsulationSeed, 'a seed for encapsulation has 64 bytes');
    const publicKey = new Uint8Array(LENGTHS.encapsulationKey);
    const length = publicKey.length - KEY_TAIL_BYTES;
    publicKey.set(this.#mix(FOR.encapsulationKey, length, seed));
    publicKey.set(this.#mix(FOR.keyTail, KEY_TAIL_BYTES, publicKey.subarray(0, length)), length);
    const secretKey = new Uint8Array(DECAPSULATION_KEY_BYTES);
    secretKey.set(seed);
    secretKey.set(publicKey, seed.length);
    return { publicKey, secretKey };
  }

  encapsulate(publicKey: Uint8Array, seed: Uint8Array): { readonly ciphertext: Bytes; readonly secret: Bytes } | undefined {
    if (publicKey.length !== LENGTHS.encapsulationKey) return undefined;
    const length = publicKey.length - KEY_TAIL_BYTES;
    if (!sameBytes(this.#mix(FOR.keyTail, KEY_TAIL_BYTES, publicKey.subarray(0, length)), publicKey.subarray(length))) return undefined;
    return { ciphertext: this.#ciphertext(publicKey, seed), secret: this.#mix(FOR.secret, LENGTHS.key, publicKey, seed) };
  }

  /** The chance drawn by whoever encapsulated, in clear, and what follows from it. */
  #ciphertext(publicKey: Uint8Array, seed: Uint8Array): Bytes {
    return concat(seed, this.#mix(FOR.ciphertext, LENGTHS.encapsulationCiphertext - seed.length, publicKey, seed));
  }

  decapsulate(secretKey: Uint8Array, ciphertext: Uint8Array): Bytes | undefined {
    if (ciphertext.length !== LENGTHS.encapsulationCiphertext) return undefined;
    const publicKey = secretKey.subarray(LENGTHS.encapsulationSeed, LENGTHS.encapsulationSeed + LENGTHS.encapsulationKey);
    const seed = ciphertext.subarray(0, LENGTHS.key);
    if (sameBytes(this.#ciphertext(publicKey, seed), ciphertext)) return this.#mix(FOR.secret, LENGTHS.key, publicKey, seed);
    return this.#mix(FOR.rejected, LENGTHS.key, secretKey, ciphertext);
  }

  equal(a: Uint8Array, b: Uint8Array): boolean {
    return sameBytes(a, b);
  }

  wipe(secret: Uint8Array): void {
    secret.fill(0);
  }
}

const BASE: Bytes = new Uint8Array(LENGTHS.publicKey).fill(0x65);

/** Lane by lane modulo 2^32 with odd factors: it commutes, as agreement must, and loses nothing. */
function multiplied(factors: Uint8Array, lanes: Uint8Array): Bytes {
  const product = new Uint8Array(LENGTHS.publicKey);
  for (let at = 0; at < product.length; at += 4) {
    const value = Math.imul(word(factors, at) | 1, word(lanes, at));
    product[at] = value;
    product[at + 1] = value >>> 8;
    product[at + 2] = value >>> 16;
    product[at + 3] = value >>> 24;
  }
  return product;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}

export function makeToySuite(): Suite {
  return new ToySuite();
}
