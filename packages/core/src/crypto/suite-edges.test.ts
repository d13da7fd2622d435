/**
 * Where two implementations of one algorithm disagree first: block borders, values out of range, encodings that are not canonical.
 * Suite 1 against the second implementation (noble), and against what the standard says; random inputs are in sodium-suite.test.ts.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat, EMPTY, sameBytes, toHex } from '../kernel/bytes.ts';
import { loadSodiumSuite } from './sodium-suite.ts';
import { type Label, label, type Suite } from './suite.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const LABEL = label('test/edges');
const NO_LABEL = EMPTY as Label;
const counting = (length: number): Bytes => Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
const near = (...borders: readonly number[]): readonly number[] =>
  borders.flatMap((border) => [border - 1, border, border + 1]).filter((it) => it >= 0);

function little(value: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

describe('lengths around the borders of blocks and of joined inputs', () => {
  /** Short inputs are joined in one place that is used again and again: 1,024 bytes, the label included. */
  test('hash, in one part and in many', () => {
    for (const length of [...near(0, 64, 128, 256), ...near(1024 - LABEL.length, 1024, 4096)]) {
      const input = counting(length);
      const want = blake2b(concat(LABEL, input), { dkLen: 32 });
      expect(suite.hash(LABEL, input), `${length} bytes`).toEqual(want);
      const [a, b] = [Math.floor(length / 3), Math.floor(length / 2)];
      expect(suite.hash(LABEL, input.subarray(0, a), input.subarray(a, b), EMPTY, input.subarray(b)), `${length} in parts`).toEqual(want);
    }
  });

  test('a hash that was given does not change when the next one is made', () => {
    const first = suite.hash(LABEL, counting(100));
    const before = toHex(first);
    suite.hash(LABEL, counting(101));
    expect(toHex(first)).toBe(before);
  });

  test('mac, of every length it may have', () => {
    const key = counting(32);
    for (let length = 16; length <= 64; length++) {
      const want = blake2b(concat(LABEL, counting(130)), { dkLen: length, key });
      expect(suite.mac(key, LABEL, counting(130), length)).toEqual(want);
    }
    for (const length of near(0, 64, 128, 1024)) {
      expect(suite.mac(key, LABEL, counting(length))).toEqual(blake2b(concat(LABEL, counting(length)), { dkLen: 32, key }));
    }
  });

  test('derive, up to the most that HKDF gives', () => {
    for (const length of [...near(32, 64, 96), 8159, 8160]) {
      expect(suite.derive(counting(32), counting(40), LABEL, length)).toEqual(hkdf(sha256, counting(40), counting(32), LABEL, length));
    }
    for (let salt = 0; salt <= 32; salt++) {
      expect(suite.derive(counting(salt), counting(40), LABEL, 33)).toEqual(hkdf(sha256, counting(40), counting(salt), LABEL, 33));
    }
    expect(() => suite.derive(counting(33), EMPTY, LABEL, 32)).toThrow('32 bytes');
  });

  test('step', () => {
    for (const length of near(0, 55, 64, 119, 128)) {
      expect(suite.step(counting(32), counting(length))).toEqual(hmac(sha256, counting(32), counting(length)));
    }
  });

  test('seal and open', () => {
    const [key, nonce] = [counting(32), counting(24)];
    for (const length of near(0, 16, 64, 128, 256, 32_768)) {
      for (const associated of [EMPTY, counting(15), counting(16), counting(44)]) {
        const sealed = suite.seal(key, nonce, associated, counting(length));
        expect(sealed).toHaveLength(length + 16);
        expect(sameBytes(sealed, xchacha20poly1305(key, nonce, associated).encrypt(counting(length)))).toBe(true);
        expect(sameBytes(suite.open(key, nonce, associated, sealed) ?? EMPTY, counting(length))).toBe(true);
        expect(suite.open(key, nonce, associated, sealed.subarray(0, -1))).toBeUndefined();
      }
    }
    for (let length = 0; length < 16; length++) expect(suite.open(key, nonce, EMPTY, counting(length))).toBeUndefined();
  });
});

describe('X25519: public keys that are no canonical points', () => {
  const secret = counting(32);

  test('each of the 19 numbers from p to 2^255 - 1 means what it is modulo p, and the top bit means nothing (RFC 7748 §5)', () => {
    for (let above = 0n; above < 19n; above++) {
      const [odd, plain] = [little(P + above), little(above)];
      const marked = odd.with(31, 0xff);
      const want = suite.agree(secret, plain);
      expect(suite.agree(secret, odd)).toEqual(want);
      expect(suite.agree(secret, marked)).toEqual(want);
      if (above > 1n) expect(want).toEqual(x25519.getSharedSecret(secret, plain));
      else expect(want).toBeUndefined();
    }
  });

  test('secret keys are clamped: the bits that do not count change nothing', () => {
    const other = suite.agreementPair(counting(32)).publicKey;
    const loose = secret.with(0, (secret[0] as number) ^ 7).with(31, (secret[31] as number) ^ 0x80);
    expect(suite.agree(loose, other)).toEqual(suite.agree(secret, other));
    expect(suite.agreementPair(loose).publicKey).toEqual(suite.agreementPair(secret).publicKey);
  });
});

describe('Ed25519: what only a lax verifier takes', () => {
  const message = counting(50);

  test('S + L, for any key and message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array({ maxLength: 100 }), (seed, said) => {
        const pair = suite.signingPair(seed);
        const signature = suite.sign(pair.secretKey, LABEL, said);
        const s = signature.subarray(32).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
        expect(s < L).toBe(true);
        for (let times = 1n; times <= 7n; times++) {
          expect(suite.verify(pair.publicKey, LABEL, said, concat(signature.subarray(0, 32), little(s + times * L)))).toBe(false);
        }
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  test('keys that are not canonical: every y from p to 2^255 - 1, with either sign', () => {
    const signature = suite.sign(suite.signingPair(counting(32)).secretKey, NO_LABEL, message);
    const neutral = concat(little(1n), little(0n));
    for (let above = 0n; above < 19n; above++) {
      for (const sign of [0n, 2n ** 255n]) {
        const key = little(P + above + sign);
        expect(suite.verify(key, NO_LABEL, message, signature)).toBe(false);
        expect(suite.verify(key, NO_LABEL, message, neutral)).toBe(false);
      }
    }
  });

  test('the eight points of small order, as key and as R: R = their own point and S = 0 fit without being signed', () => {
    const order8 = [
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    ];
    const hex = (text: string): bigint => BigInt(`0x${(text.match(/../g) ?? []).reverse().join('')}`);
    const weak = [0n, 1n, P - 1n, ...order8.map(hex)].flatMap((y) => [little(y), little(y + 2n ** 255n)]);
    for (const key of weak) {
      for (const r of weak) {
        expect(suite.verify(key, NO_LABEL, message, concat(r, little(0n)))).toBe(false);
        expect(suite.verify(key, NO_LABEL, message, concat(r, little(1n)))).toBe(false);
      }
    }
    // lax verifiers do take some of them: the claim above is worth making
    expect(ed25519.verify(concat(little(1n), little(0n)), message, little(1n), { zip215: true })).toBe(true);
  });
});

describe('ML-KEM-768: keys and ciphertexts a stranger made up', () => {
  const pair = (): { publicKey: Bytes; secretKey: Bytes } => suite.encapsulationPair(counting(64));
  const chance = counting(32);

  /** An encapsulation key holds 768 numbers of 12 bits, two in three bytes (FIPS 203, ByteEncode). */
  function withNumber(key: Bytes, index: number, value: number): Bytes {
    const copy = key.slice();
    const at = 3 * (index >> 1);
    const middle = copy[at + 1] as number;
    if (index % 2 === 0) copy.set([value & 255, (middle & 0xf0) | (value >> 8)], at);
    else copy.set([(middle & 0x0f) | ((value & 15) << 4), value >> 4], at + 1);
    return copy;
  }

  test('a number of 3,329 or more, wherever it stands, makes the key no key (FIPS 203 §7.2)', () => {
    const { publicKey } = pair();
    for (let index = 0; index < 768; index++) {
      const value = [3329, 3330, 4095][index % 3] as number;
      expect(suite.encapsulate(withNumber(publicKey, index, value), chance), `number ${index} is ${value}`).toBeUndefined();
    }
    const high = withNumber(publicKey, 0, 3329);
    expect(() => ml_kem768.encapsulate(high, chance)).toThrow();
  });

  test('3,328 is the greatest number a key may hold', () => {
    const { publicKey } = pair();
    for (const index of [0, 1, 255, 256, 767]) {
      const key = withNumber(publicKey, index, 3328);
      const [made, theirs] = [suite.encapsulate(key, chance), ml_kem768.encapsulate(key, chance)];
      expect([made?.ciphertext, made?.secret]).toEqual([theirs.cipherText, theirs.sharedSecret]);
    }
  });

  test('every ciphertext of the right length gives a secret, the one that the second implementation gives, and no two the same', () => {
    const { secretKey, publicKey } = pair();
    const good = suite.encapsulate(publicKey, chance);
    const ciphertexts = [new Uint8Array(1088), new Uint8Array(1088).fill(255), counting(1088)];
    for (let at = 0; at < 1088; at += 64) ciphertexts.push((good?.ciphertext ?? EMPTY).with(at, ((good?.ciphertext[at] ?? 0) + 1) & 255));
    const secrets = ciphertexts.map((ciphertext) => {
      const secret = suite.decapsulate(secretKey, ciphertext);
      expect(secret).toEqual(ml_kem768.decapsulate(ciphertext, secretKey));
      return toHex(secret ?? EMPTY);
    });
    expect(new Set([...secrets, toHex(good?.secret ?? EMPTY)]).size).toBe(ciphertexts.length + 1);
  });

  test('no other length is a key or a ciphertext', () => {
    const { publicKey, secretKey } = pair();
    const long = concat(publicKey, counting(2400));
    for (const length of [0, 1, 1087, 1089, 1183, 1185, 2400]) {
      expect(suite.decapsulate(secretKey, long.slice(0, length))).toBeUndefined();
      expect(suite.encapsulate(long.slice(0, length), chance)).toBeUndefined();
    }
  });
});
