/**
 * Suite 1 on libsodium: BLAKE2b, HKDF-SHA256, Argon2id, XChaCha20-Poly1305, Ed25519, X25519, ML-KEM-768 (FIPS 203).
 * The only file of the product that names algorithms. Rule: docs/protocol/cryptography.md; choice: docs/decisions/0002-libsodium.md.
 */
import sodium from 'libsodium-wrappers-sumo';
import { assert } from '../kernel/assert.ts';
import { type Bytes, bytesOf, concat } from '../kernel/bytes.ts';
import type { KeyPair, Label, StretchCost, Suite } from './suite.ts';
import { LENGTHS } from './suite.ts';

/** libsodium's types allow shared memory; what it returns never is. The one cast of the folder. */
function own(bytes: Uint8Array): Bytes {
  return bytes as Bytes;
}

/** For operations that libsodium refuses by throwing when a peer's value is bad. */
function unlessRefused<Value>(operation: () => Value): Value | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}

/** Where short inputs of hashes are joined: libsodium copies them from there, so it can be used again at once. */
const SCRATCH: Bytes = new Uint8Array(1024);

function joined(label: Label, parts: readonly Uint8Array[]): Uint8Array {
  let length = label.length;
  for (const part of parts) length += part.length;
  if (length > SCRATCH.length) return concat(label, ...parts);
  SCRATCH.set(label);
  let at = label.length;
  for (const part of parts) {
    SCRATCH.set(part, at);
    at += part.length;
  }
  return SCRATCH.subarray(0, length);
}

class SodiumSuite implements Suite {
  readonly id = 1;

  hash(label: Label, ...parts: readonly Uint8Array[]): Bytes {
    return own(sodium.crypto_generichash(LENGTHS.hash, joined(label, parts), null));
  }

  mac(key: Uint8Array, label: Label, message: Uint8Array, length: number = LENGTHS.hash): Bytes {
    assert(key.length === LENGTHS.key, 'a key has 32 bytes');
    return own(sodium.crypto_generichash(length, concat(label, message), key));
  }

  derive(salt: Uint8Array, secret: Uint8Array, label: Label, length: number): Bytes {
    const extracted = sodium.crypto_auth_hmacsha256(secret, this.#hmacKey(salt));
    const out = new Uint8Array(length);
    let block: Uint8Array = new Uint8Array(0);
    for (let at = 0, count = 1; at < length; at += 32, count++) {
      block = sodium.crypto_auth_hmacsha256(concat(block, label, bytesOf([count])), extracted);
      out.set(block.subarray(0, Math.min(32, length - at)), at);
    }
    return out;
  }

  /** HMAC pads a short key with zeros; libsodium's one-shot form wants exactly 32 bytes. Longer salts are not used. */
  #hmacKey(salt: Uint8Array): Uint8Array {
    assert(salt.length <= 32, 'a salt has at most 32 bytes');
    return salt.length === 32 ? salt : concat(salt, new Uint8Array(32 - salt.length));
  }

  stretch(passphrase: Uint8Array, salt: Uint8Array, cost: StretchCost): Bytes {
    assert(salt.length === sodium.crypto_pwhash_SALTBYTES, 'a salt for stretching has 16 bytes');
    const { passes, memoryBytes } = cost;
    return own(sodium.crypto_pwhash(LENGTHS.key, passphrase, salt, passes, memoryBytes, sodium.crypto_pwhash_ALG_ARGON2ID13));
  }

  step(key: Uint8Array, input: Uint8Array): Bytes {
    return own(sodium.crypto_auth_hmacsha256(input, key));
  }

  seal(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, plaintext: Uint8Array): Bytes {
    return own(sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated, null, nonce, key));
  }

  open(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Bytes | undefined {
    if (sealed.length < LENGTHS.sealTag) return undefined;
    return unlessRefused(() => own(sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, associated, nonce, key)));
  }

  signingPair(seed: Uint8Array): KeyPair {
    const pair = sodium.crypto_sign_seed_keypair(seed);
    return { publicKey: own(pair.publicKey), secretKey: own(pair.privateKey) };
  }

  sign(secretKey: Uint8Array, label: Label, message: Uint8Array): Bytes {
    return own(sodium.crypto_sign_detached(concat(label, message), secretKey));
  }

  verify(publicKey: Uint8Array, label: Label, message: Uint8Array, signature: Uint8Array): boolean {
    if (publicKey.length !== LENGTHS.publicKey || signature.length !== LENGTHS.signature) return false;
    return unlessRefused(() => sodium.crypto_sign_verify_detached(signature, concat(label, message), publicKey)) ?? false;
  }

  agreementPair(seed: Uint8Array): KeyPair {
    assert(seed.length === LENGTHS.key, 'a seed has 32 bytes');
    return { publicKey: own(sodium.crypto_scalarmult_base(seed)), secretKey: bytesOf(seed) };
  }

  agree(secretKey: Uint8Array, publicKey: Uint8Array): Bytes | undefined {
    if (publicKey.length !== LENGTHS.publicKey) return undefined;
    return unlessRefused(() => own(sodium.crypto_scalarmult(secretKey, publicKey)));
  }

  encapsulationPair(seed: Uint8Array): KeyPair {
    const pair = sodium.crypto_kem_mlkem768_seed_keypair(seed);
    return { publicKey: own(pair.publicKey), secretKey: own(pair.privateKey) };
  }

  encapsulate(publicKey: Uint8Array, seed: Uint8Array): { readonly ciphertext: Bytes; readonly secret: Bytes } | undefined {
    if (publicKey.length !== LENGTHS.encapsulationKey) return undefined;
    return unlessRefused(() => {
      const made = sodium.crypto_kem_mlkem768_enc_deterministic(publicKey, seed);
      return { ciphertext: own(made.ciphertext), secret: own(made.sharedSecret) };
    });
  }

  decapsulate(secretKey: Uint8Array, ciphertext: Uint8Array): Bytes | undefined {
    if (ciphertext.length !== LENGTHS.encapsulationCiphertext) return undefined;
    return unlessRefused(() => own(sodium.crypto_kem_mlkem768_dec(ciphertext, secretKey)));
  }

  equal(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && sodium.memcmp(a, b);
  }

  wipe(secret: Uint8Array): void {
    sodium.memzero(secret);
  }
}

/** Suite 1, once its WebAssembly is ready (about 40 ms); synchronous from then on. */
export async function loadSodiumSuite(): Promise<Suite> {
  await sodium.ready;
  return new SodiumSuite();
}
