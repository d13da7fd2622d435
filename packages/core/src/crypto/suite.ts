/**
 * The cryptography a protocol may use, by purpose and not by algorithm. Suite 1 is `sodium-suite.ts`; crowds in the simulator use
 * `testing/toy-suite.ts`. Every hash, key and signature carries a label, so that one key never serves two purposes.
 * Rule: docs/protocol/cryptography.md.
 */
import { type Bytes, concat } from '../kernel/bytes.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';

/** A purpose in bytes: the label's UTF-8 and a zero, so that no label is the beginning of another. */
export type Label = Bytes & { readonly label: unique symbol };

export function label(text: string): Label {
  return concat(encodeUtf8(`kith/1/${text}`), new Uint8Array(1)) as Label;
}

export interface KeyPair {
  readonly publicKey: Bytes;
  readonly secretKey: Bytes;
}

/** What stretching a passphrase costs whoever tries one. */
export interface StretchCost {
  /** Passes over the memory, at least 1. */
  readonly passes: number;
  /** At least 8 KiB; whole KiB count. */
  readonly memoryBytes: number;
}

export interface Suite {
  /** Number of the suite on the wire. */
  readonly id: number;

  /** A 32-byte hash of `parts` in order. Parts other than the last are of fixed length, so that no two lists run together. */
  hash(label: Label, ...parts: readonly Uint8Array[]): Bytes;

  /** A pseudo-random function under a 32-byte key; `length` 16 to 64, 32 unless told. Parts as for `hash`. */
  mac(key: Uint8Array, label: Label, message: Uint8Array, length?: number): Bytes;

  /** HKDF-SHA256 (RFC 5869): `length` up to 8,160 bytes from `secret`, bound to `salt` and the label. */
  derive(salt: Uint8Array, secret: Uint8Array, label: Label, length: number): Bytes;

  /** Argon2id (RFC 9106), one lane: 32 bytes from a passphrase, slowly. `salt` has 16 bytes. Throws when the device has not that much memory. */
  stretch(passphrase: Uint8Array, salt: Uint8Array, cost: StretchCost): Bytes;

  /** HMAC-SHA256 (RFC 2104): the step of a message chain. */
  step(key: Uint8Array, input: Uint8Array): Bytes;

  /** Authenticated encryption: 32-byte key, 24-byte nonce, 16-byte tag at the end. A (key, nonce) pair is used once. */
  seal(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, plaintext: Uint8Array): Bytes;
  /** `undefined` if a single bit differs; costs nothing else. */
  open(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Bytes | undefined;

  /** A signing pair from a 32-byte seed. */
  signingPair(seed: Uint8Array): KeyPair;
  sign(secretKey: Uint8Array, label: Label, message: Uint8Array): Bytes;
  verify(publicKey: Uint8Array, label: Label, message: Uint8Array, signature: Uint8Array): boolean;

  /** A key-agreement pair from a 32-byte seed. */
  agreementPair(seed: Uint8Array): KeyPair;
  /** `undefined` for a public key that would give an all-zero secret. */
  agree(secretKey: Uint8Array, publicKey: Uint8Array): Bytes | undefined;

  /** A key-encapsulation pair from a 64-byte seed. */
  encapsulationPair(seed: Uint8Array): KeyPair;
  /** With 32 bytes of chance; `undefined` for a public key that is not one. */
  encapsulate(publicKey: Uint8Array, seed: Uint8Array): { readonly ciphertext: Bytes; readonly secret: Bytes } | undefined;
  /** A wrong ciphertext of the right length gives another secret, never a sign (implicit rejection); `undefined` for a wrong length. */
  decapsulate(secretKey: Uint8Array, ciphertext: Uint8Array): Bytes | undefined;

  /** Comparison in constant time. */
  equal(a: Uint8Array, b: Uint8Array): boolean;

  /** Overwrites a secret that is no longer needed. What the engine copied elsewhere it cannot reach. */
  wipe(secret: Uint8Array): void;
}

/** Lengths in bytes that the wire depends on. */
export const LENGTHS: {
  readonly hash: 32;
  readonly key: 32;
  readonly nonce: 24;
  readonly sealTag: 16;
  readonly signature: 64;
  readonly publicKey: 32;
  readonly encapsulationKey: 1184;
  readonly encapsulationCiphertext: 1088;
  readonly encapsulationSeed: 64;
} = {
  hash: 32,
  key: 32,
  nonce: 24,
  sealTag: 16,
  signature: 64,
  publicKey: 32,
  encapsulationKey: 1184,
  encapsulationCiphertext: 1088,
  encapsulationSeed: 64,
};
