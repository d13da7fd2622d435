/**
 * Suite 1 and the second implementation (noble) against published examples: a mistake in a copied example fails both, one in libsodium
 * only the first. The examples and whence they are: test/vectors/external/.
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
import sodium from 'libsodium-wrappers-sumo';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, bytesOf, concat, EMPTY, fromHex, toHex } from '../kernel/bytes.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import { loadSodiumSuite } from './sodium-suite.ts';
import { type Label, label, type Suite } from './suite.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

/** Standards know no labels. */
const NO_LABEL = EMPTY as Label;
const hex = (text: string): Bytes => fromHex(text) as Bytes;

function published(name: string) {
  return JSON.parse(readFileSync(new URL(`../../../../test/vectors/external/${name}.json`, import.meta.url), 'utf8'));
}

const xdh = published('x25519');
const eddsa = published('ed25519');
const aead = published('xchacha20-poly1305');
const { blake2b: blake, hmacSha256, hkdfSha256, argon2id: argon } = published('hashes');
const kem = published('ml-kem-768');

interface Agreed {
  readonly private: string;
  readonly public: string;
  readonly shared: string;
}

describe('agreement: X25519', () => {
  test.each<Agreed>([...xdh.rfc7748.pairs, ...xdh.wycheproof.agreed])('with $public', (it) => {
    expect(toHex(x25519.scalarMult(hex(it.private), hex(it.public)))).toBe(it.shared);
    expect(toHex(suite.agree(hex(it.private), hex(it.public)) ?? EMPTY)).toBe(it.shared);
  });

  test('RFC 7748 §6.1: two people meet', () => {
    const { alice, bob, shared } = xdh.rfc7748.meeting;
    for (const one of [alice, bob]) expect(toHex(suite.agreementPair(hex(one.private)).publicKey)).toBe(one.public);
    expect(toHex(suite.agree(hex(alice.private), hex(bob.public)) ?? EMPTY)).toBe(shared);
    expect(toHex(suite.agree(hex(bob.private), hex(alice.public)) ?? EMPTY)).toBe(shared);
  });

  test.each<{ times: number; result: string }>(xdh.rfc7748.iterated)('RFC 7748 §5.2: iterated $times times', ({ times, result }) => {
    let [secret, point] = [concat(bytesOf([9]), new Uint8Array(31)), concat(bytesOf([9]), new Uint8Array(31))];
    for (let i = 0; i < times; i++) [secret, point] = [suite.agree(secret, point) ?? EMPTY, secret];
    expect(toHex(secret)).toBe(result);
  });

  test.each<string>(xdh.wycheproof.refused.public)('refuses %s, which agrees on zero with everybody', (point) => {
    expect(suite.agree(hex(xdh.wycheproof.refused.private), hex(point))).toBeUndefined();
    expect(() => x25519.getSharedSecret(hex(xdh.wycheproof.refused.private), hex(point))).toThrow();
  });
});

interface Signed {
  readonly public: string;
  readonly message: string;
  readonly signature: string;
}

/** What suite 1 and, asked to be strict, the second implementation say to a signature. */
function verdicts({ public: key, message, signature }: Signed): { readonly suite: boolean; readonly noble: boolean } {
  return {
    suite: suite.verify(hex(key), NO_LABEL, hex(message), hex(signature)),
    noble: ed25519.verify(hex(signature), hex(message), hex(key), { zip215: false }),
  };
}

describe('signing: Ed25519', () => {
  test.each<Signed & { seed: string }>(eddsa.rfc8032.cases)('RFC 8032 §7.1: the message $message', (it) => {
    const pair = suite.signingPair(hex(it.seed));
    expect(toHex(pair.publicKey)).toBe(it.public);
    expect(toHex(suite.sign(pair.secretKey, NO_LABEL, hex(it.message)))).toBe(it.signature);
    expect(verdicts(it)).toEqual({ suite: true, noble: true });
  });

  const underOneKey = (cases: readonly Omit<Signed, 'public'>[]): readonly Signed[] =>
    cases.map((it) => ({ ...it, public: eddsa.wycheproof.public }));

  test.each<Signed>(underOneKey(eddsa.wycheproof.verified))('takes the signature of $message', (it) => {
    expect(verdicts(it)).toEqual({ suite: true, noble: true });
  });

  test.each<Signed & { comment?: string }>(underOneKey(eddsa.wycheproof.refused))('refuses $comment', (it) => {
    expect(verdicts(it)).toEqual({ suite: false, noble: false });
  });

  test('refuses R and S of special values, in every combination', () => {
    const { message, R, S } = eddsa.wycheproof.specialValues;
    const all = R.flatMap((r: string) => S.map((s: string) => ({ message, signature: r + s })));
    expect(all).toHaveLength(20);
    for (const it of underOneKey(all)) expect(verdicts(it)).toEqual({ suite: false, noble: false });
  });

  test.each<Signed & { comment: string; isTaken: boolean }>(eddsa.speccheck.cases)('$comment: taken is $isTaken', (it) => {
    expect(verdicts(it).suite).toBe(it.isTaken);
  });
});

interface Sealed {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

describe('seal and open: XChaCha20-Poly1305', () => {
  test.each<Sealed>(aead.cases)('example $tcId', (it) => {
    const [key, nonce, associated, plain, sealed] = [hex(it.key), hex(it.iv), hex(it.aad), hex(it.msg), hex(it.ct + it.tag)];
    expect(suite.seal(key, nonce, associated, plain)).toEqual(sealed);
    expect(bytesOf(xchacha20poly1305(key, nonce, associated).encrypt(plain))).toEqual(sealed);
    expect(suite.open(key, nonce, associated, sealed)).toEqual(plain);
    for (const bit of [0, 1, 7, 31, 32, 63, 64, 71, 77, 79, 80, 96, 97, 103, 111, 120, 121, 126, 127]) {
      const bad = sealed.slice();
      const at = sealed.length - 16 + (bit >> 3);
      bad[at] = (bad[at] as number) ^ (1 << (bit & 7));
      expect(suite.open(key, nonce, associated, bad), `bit ${bit} of the tag`).toBeUndefined();
    }
  });
});

describe('hash and mac: BLAKE2b', () => {
  /** The generator of RFC 7693, appendix E. */
  function sequence(length: number): Bytes {
    const out = new Uint8Array(length);
    let [a, b] = [Math.imul(0xdead_4bad, length), 1];
    for (let i = 0; i < length; i++) {
      [a, b] = [b, (a + b) | 0];
      out[i] = (b >>> 24) & 255;
    }
    return out;
  }

  test('the library passes the self-test of RFC 7693, appendix E', () => {
    const results: Uint8Array[] = [];
    for (const length of [20, 32, 48, 64]) {
      for (const inputLength of [0, 3, 128, 129, 255, 1024]) {
        const input = sequence(inputLength);
        results.push(sodium.crypto_generichash(length, input, null), sodium.crypto_generichash(length, input, sequence(length)));
      }
    }
    expect(toHex(sodium.crypto_generichash(32, concat(...results), null))).toBe(blake.selfTest);
  });

  test('the library gives the known answers, with and without a key', () => {
    const key = Uint8Array.from({ length: 64 }, (_, i) => i);
    expect(toHex(sodium.crypto_generichash(64, encodeUtf8('abc'), null))).toBe(blake.abc);
    for (const { message, result } of blake.keyed) {
      expect(toHex(sodium.crypto_generichash(64, hex(message), key))).toBe(result);
      expect(toHex(blake2b(hex(message), { key }))).toBe(result);
    }
  });

  test('the part of that self-test that the suite can ask: 32 bytes, bare and under a key of 32', () => {
    for (const length of [0, 3, 128, 129, 255, 1024]) {
      const [input, key] = [sequence(length), sequence(32)];
      expect(suite.hash(NO_LABEL, input)).toEqual(blake2b(input, { dkLen: 32 }));
      expect(suite.mac(key, NO_LABEL, input)).toEqual(blake2b(input, { dkLen: 32, key }));
    }
  });
});

/** A key as HMAC takes it in (RFC 2104 §2), brought to the 32 bytes that the suite asks for. */
function hmacKey(key: Uint8Array): Bytes {
  const short = key.length > 64 ? sha256(key) : key;
  return concat(short, new Uint8Array(32 - short.length));
}

describe('step and derive: HMAC and HKDF with SHA-256', () => {
  test.each<{ key: string; message: string; result: string }>(hmacSha256.cases)('RFC 4231: the key $key', (it) => {
    const key = it.key === '131 x aa' ? new Uint8Array(131).fill(0xaa) : hex(it.key);
    expect(toHex(hmac(sha256, key, hex(it.message)))).toBe(it.result);
    expect(toHex(suite.step(hmacKey(key), hex(it.message)))).toBe(it.result);
  });

  interface Derived {
    readonly name: string;
    readonly secret: string;
    readonly salt: string;
    readonly info: string;
    readonly length: number;
    readonly result: string;
  }

  test.each<Derived>(hkdfSha256.cases)('RFC 5869, appendix $name', (it) => {
    const [secret, salt, info] = [hex(it.secret), hex(it.salt), hex(it.info)];
    expect(toHex(hkdf(sha256, secret, salt, info, it.length))).toBe(it.result);
    expect(toHex(suite.derive(hmacKey(salt), secret, info as Label, it.length))).toBe(it.result);
    if (salt.length <= 32) expect(toHex(suite.derive(salt, secret, info as Label, it.length))).toBe(it.result);
  });

  test('a label stands where the standard has its info', () => {
    const purpose = label('test/info');
    expect(suite.derive(EMPTY, bytesOf([1]), purpose, 64)).toEqual(hkdf(sha256, bytesOf([1]), EMPTY, purpose, 64));
  });
});

test('stretch: the second implementation gives RFC 9106 §5.3, and the suite gives what it gives', () => {
  const { passes: t, memoryKiB: m, lanes: p } = argon;
  const full = argon2id(hex(argon.password), hex(argon.salt), { t, m, p, key: hex(argon.secret), personalization: hex(argon.associated) });
  expect(toHex(full)).toBe(argon.result);
  for (const [passes, kibibytes] of [
    [1, 8],
    [2, 64],
    [3, 32],
    [4, 256],
  ] as const) {
    const want = argon2id(hex(argon.password), hex(argon.salt), { t: passes, m: kibibytes, p: 1, dkLen: 32 });
    expect(suite.stretch(hex(argon.password), hex(argon.salt), { passes, memoryBytes: kibibytes * 1024 })).toEqual(want);
  }
});

describe('encapsulation: ML-KEM-768', () => {
  interface Made {
    readonly tcId: number;
    readonly seed: string;
    readonly ekBegins: string;
    readonly ekEnds: string;
    readonly dkBegins: string;
    readonly dkEnds: string;
  }

  test.each<Made>(kem.keyGeneration.cases)('keys from the seed of example $tcId', (it) => {
    const pair = suite.encapsulationPair(hex(it.seed));
    const [publicKey, secretKey] = [toHex(pair.publicKey), toHex(pair.secretKey)];
    expect(publicKey.startsWith(it.ekBegins) && publicKey.endsWith(it.ekEnds)).toBe(true);
    expect(secretKey.startsWith(it.dkBegins) && secretKey.endsWith(it.dkEnds)).toBe(true);
    expect([publicKey.length, secretKey.length]).toEqual([2 * 1184, 2 * 2400]);
    expect(pair.secretKey).toEqual(ml_kem768.keygen(hex(it.seed)).secretKey);
  });

  test('NIST encapsulation, example 26', () => {
    for (const it of kem.encapsulation.cases) {
      const made = suite.encapsulate(hex(it.ek), hex(it.m));
      expect(toHex(made?.ciphertext ?? EMPTY).toUpperCase()).toBe(it.c);
      expect(toHex(made?.secret ?? EMPTY).toUpperCase()).toBe(it.k);
      expect(toHex(ml_kem768.encapsulate(hex(it.ek), hex(it.m)).cipherText).toUpperCase()).toBe(it.c);
    }
  });

  test('a ciphertext that is wrong behind a zero byte only gives the secret of implicit rejection', () => {
    for (const it of kem.implicitRejection.cases) {
      const pair = suite.encapsulationPair(hex(it.seed));
      const publicKey = toHex(pair.publicKey);
      expect(publicKey.startsWith(it.ekBegins) && publicKey.endsWith(it.ekEnds)).toBe(true);
      expect(toHex(suite.decapsulate(pair.secretKey, hex(it.c)) ?? EMPTY)).toBe(it.K);
      expect(toHex(ml_kem768.decapsulate(hex(it.c), pair.secretKey))).toBe(it.K);
    }
  });
});
