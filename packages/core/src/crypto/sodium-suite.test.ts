/** Every operation of suite 1 against a second implementation (noble) and against the examples its standard prints. */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { argon2id } from '@noble/hashes/argon2.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, bytesOf, concat, EMPTY, fromHex, toHex } from '../kernel/bytes.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import { loadSodiumSuite } from './sodium-suite.ts';
import { type Label, LENGTHS, label, type Suite } from './suite.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const LABEL = label('test/suite');
/** For the examples of standards, which know no labels. */
const NO_LABEL = EMPTY as Label;
const hex = (text: string): Bytes => fromHex(text.replaceAll(/\s/g, '')) as Bytes;
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const text = fc.uint8Array({ maxLength: 300 });
const runs = { seed: 1, numRuns: 60 };
const fewRuns = { seed: 1, numRuns: 15 };

/** Every way to change one bit of `bytes`, sampled so that long ones stay quick. */
function* flipped(bytes: Bytes): Iterable<Bytes> {
  const stride = Math.max(1, Math.floor((bytes.length * 8) / 1200));
  for (let bit = 0; bit < bytes.length * 8; bit += stride) {
    const copy = bytes.slice();
    copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
    yield copy;
  }
}

test('a label is its text behind the name and number of the protocol, and a zero', () => {
  expect(label('a/b')).toEqual(concat(encodeUtf8('kith/1/a/b'), bytesOf([0])));
});

describe('hash and mac (BLAKE2b)', () => {
  test('the second implementation passes the self-test of RFC 7693, appendix E', () => {
    const sequence = (length: number, seed: number): Bytes => {
      const out = new Uint8Array(length);
      let [a, b] = [Math.imul(0xdead_4bad, seed), 1];
      for (let i = 0; i < length; i++) {
        [a, b] = [b, (a + b) | 0];
        out[i] = (b >>> 24) & 255;
      }
      return out;
    };
    const all = blake2b.create({ dkLen: 32 });
    for (const dkLen of [20, 32, 48, 64]) {
      for (const length of [0, 3, 128, 129, 255, 1024]) {
        const input = sequence(length, length);
        all.update(blake2b(input, { dkLen }));
        all.update(blake2b(input, { dkLen, key: sequence(dkLen, dkLen) }));
      }
    }
    expect(toHex(all.digest())).toBe('c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475');
  });

  test('hash is BLAKE2b-256 of label and parts', () => {
    expect(toHex(suite.hash(NO_LABEL, encodeUtf8('abc')))).toBe('bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319');
    fc.assert(
      fc.property(key, text, (a, b) => {
        expect(suite.hash(LABEL, a, b)).toEqual(blake2b(concat(LABEL, a, b), { dkLen: 32 }));
      }),
      runs,
    );
  });

  test('mac is keyed BLAKE2b of label and message, of 16 to 64 bytes', () => {
    fc.assert(
      fc.property(key, text, fc.integer({ min: 16, max: 64 }), (secret, message, length) => {
        expect(suite.mac(secret, LABEL, message, length)).toEqual(blake2b(concat(LABEL, message), { dkLen: length, key: secret }));
      }),
      runs,
    );
    expect(suite.mac(new Uint8Array(32), LABEL, EMPTY)).toHaveLength(32);
    expect(() => suite.mac(new Uint8Array(16), LABEL, EMPTY)).toThrow('a key has 32 bytes');
  });
});

describe('derive (HKDF-SHA256) and step (HMAC-SHA256)', () => {
  test('RFC 5869, test cases 1 and 3', () => {
    const [secret, salt, info] = [new Uint8Array(22).fill(0x0b), hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9')];
    expect(toHex(suite.derive(salt, secret, info as Label, 42))).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
    expect(toHex(suite.derive(EMPTY, secret, NO_LABEL, 42))).toBe(
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    );
  });

  test('RFC 4231, test cases 1 and 2 (keys padded with zeros, as RFC 2104 says)', () => {
    const padded = (bytes: Bytes): Bytes => concat(bytes, new Uint8Array(32 - bytes.length));
    expect(toHex(suite.step(padded(new Uint8Array(20).fill(0x0b)), encodeUtf8('Hi There')))).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
    expect(toHex(suite.step(padded(encodeUtf8('Jefe')), encodeUtf8('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  test('derive is HKDF with the label as info, for every length and salt', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), text, fc.integer({ min: 1, max: 300 }), (salt, secret, length) => {
        expect(suite.derive(salt, secret, LABEL, length)).toEqual(hkdf(sha256, secret, salt, LABEL, length));
      }),
      runs,
    );
    expect(suite.derive(EMPTY, EMPTY, LABEL, 8160)).toEqual(hkdf(sha256, EMPTY, EMPTY, LABEL, 8160));
  });

  test('step is HMAC', () => {
    fc.assert(
      fc.property(key, text, (secret, input) => void expect(suite.step(secret, input)).toEqual(hmac(sha256, secret, input))),
      runs,
    );
  });
});

describe('stretch (Argon2id)', () => {
  test('the second implementation gives what RFC 9106, appendix A.3 prints', () => {
    const [passphrase, salt] = [new Uint8Array(32).fill(1), new Uint8Array(16).fill(2)];
    const options = { t: 3, m: 32, p: 4, key: new Uint8Array(8).fill(3), personalization: new Uint8Array(12).fill(4), dkLen: 32 };
    expect(toHex(bytesOf(argon2id(passphrase, salt, options)))).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
  });

  test('stretch is Argon2id with one lane, for every passphrase, salt and cost', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 8, max: 64 }),
        (passphrase, salt, passes, kib) => {
          const want = argon2id(passphrase, salt, { t: passes, m: kib, p: 1, dkLen: 32 });
          expect(suite.stretch(passphrase, salt, { passes, memoryBytes: kib * 1024 })).toEqual(want);
        },
      ),
      fewRuns,
    );
  });

  test('each part of the input counts, and a salt has 16 bytes', () => {
    const salt = new Uint8Array(16);
    const cost = { passes: 1, memoryBytes: 8192 };
    const all = [
      suite.stretch(encodeUtf8('a'), salt, cost),
      suite.stretch(encodeUtf8('b'), salt, cost),
      suite.stretch(encodeUtf8('a'), salt.with(15, 1), cost),
      suite.stretch(encodeUtf8('a'), salt, { ...cost, passes: 2 }),
      suite.stretch(encodeUtf8('a'), salt, { ...cost, memoryBytes: 9216 }),
    ];
    expect(new Set(all.map(toHex)).size).toBe(all.length);
    expect(() => suite.stretch(EMPTY, new Uint8Array(8), cost)).toThrow('16 bytes');
  });
});

describe('seal and open (XChaCha20-Poly1305)', () => {
  test('draft-irtf-cfrg-xchacha-03, appendix A.3.1', () => {
    const plain = encodeUtf8(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    );
    const secret = bytesOf(Array.from({ length: 32 }, (_, i) => 0x80 + i));
    const nonce = bytesOf(Array.from({ length: 24 }, (_, i) => 0x40 + i));
    const sealed = suite.seal(secret, nonce, hex('50515253c0c1c2c3c4c5c6c7'), plain);
    expect(toHex(sealed)).toBe(
      toHex(
        hex(`bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452
          2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e
          c0875924c1c7987947deafd8780acf49`),
      ),
    );
  });

  test('agree with the second implementation, both ways', () => {
    fc.assert(
      fc.property(key, fc.uint8Array({ minLength: 24, maxLength: 24 }), text, text, (secret, nonce, associated, plain) => {
        const sealed = suite.seal(secret, nonce, associated, plain);
        expect(sealed).toEqual(xchacha20poly1305(secret, nonce, associated).encrypt(plain));
        expect(suite.open(secret, nonce, associated, sealed)).toEqual(bytesOf(plain));
      }),
      runs,
    );
  });

  test('open fails on each flipped bit of key, nonce, associated data and what was sealed', () => {
    const [secret, nonce, associated, plain] = [
      new Uint8Array(32).fill(1),
      new Uint8Array(24).fill(2),
      encodeUtf8('header'),
      encodeUtf8('words'),
    ];
    const sealed = suite.seal(secret, nonce, associated, plain);
    for (const bad of flipped(sealed)) expect(suite.open(secret, nonce, associated, bad)).toBeUndefined();
    for (const bad of flipped(secret)) expect(suite.open(bad, nonce, associated, sealed)).toBeUndefined();
    for (const bad of flipped(nonce)) expect(suite.open(secret, bad, associated, sealed)).toBeUndefined();
    for (const bad of flipped(associated)) expect(suite.open(secret, nonce, bad, sealed)).toBeUndefined();
  });

  test('open answers, and does not throw, for anything of any length', () => {
    fc.assert(
      fc.property(text, (any) => void expect(suite.open(new Uint8Array(32), new Uint8Array(24), EMPTY, any)).toBeUndefined()),
      runs,
    );
  });
});

describe('signing (Ed25519)', () => {
  test('RFC 8032 §7.1, test 1', () => {
    const pair = suite.signingPair(hex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));
    expect(toHex(pair.publicKey)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    const signature = suite.sign(pair.secretKey, NO_LABEL, EMPTY);
    expect(toHex(signature)).toBe(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
  });

  test('agrees with the second implementation, both ways', () => {
    fc.assert(
      fc.property(key, text, (seed, message) => {
        const pair = suite.signingPair(seed);
        const signature = suite.sign(pair.secretKey, LABEL, message);
        expect(pair.publicKey).toEqual(ed25519.getPublicKey(seed));
        expect(signature).toEqual(ed25519.sign(concat(LABEL, message), seed));
        expect(suite.verify(pair.publicKey, LABEL, message, signature)).toBe(true);
      }),
      fewRuns,
    );
  });

  test('verify refuses each flipped bit of key, message and signature, another label, and wrong lengths', () => {
    const pair = suite.signingPair(new Uint8Array(32).fill(7));
    const message = encodeUtf8('words');
    const signature = suite.sign(pair.secretKey, LABEL, message);
    for (const bad of flipped(signature)) expect(suite.verify(pair.publicKey, LABEL, message, bad)).toBe(false);
    for (const bad of flipped(pair.publicKey)) expect(suite.verify(bad, LABEL, message, signature)).toBe(false);
    for (const bad of flipped(message)) expect(suite.verify(pair.publicKey, LABEL, bad, signature)).toBe(false);
    expect(suite.verify(pair.publicKey, label('test/other'), message, signature)).toBe(false);
    expect(suite.verify(pair.publicKey.subarray(1), LABEL, message, signature)).toBe(false);
    expect(suite.verify(pair.publicKey, LABEL, message, signature.subarray(1))).toBe(false);
  });

  test('keys of small order sign nothing', () => {
    const zero = new Uint8Array(32);
    const one = concat(bytesOf([1]), new Uint8Array(31));
    for (const weak of [zero, one]) expect(suite.verify(weak, LABEL, EMPTY, concat(one, zero))).toBe(false);
  });
});

describe('agreement (X25519)', () => {
  test('RFC 7748 §5.2 and §6.1', () => {
    const [scalar, point] = [
      hex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
      hex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
    ];
    expect(toHex(suite.agree(scalar, point) as Bytes)).toBe('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552');
    const bo = suite.agreementPair(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'));
    expect(toHex(bo.publicKey)).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const ann = hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    expect(toHex(suite.agree(bo.secretKey, ann) as Bytes)).toBe('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742');
  });

  test('agrees with the second implementation, and both sides with each other', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const [ann, bo] = [suite.agreementPair(a), suite.agreementPair(b)];
        expect(ann.publicKey).toEqual(x25519.getPublicKey(a));
        expect(suite.agree(ann.secretKey, bo.publicKey)).toEqual(x25519.getSharedSecret(a, bo.publicKey));
        expect(suite.agree(bo.secretKey, ann.publicKey)).toEqual(suite.agree(ann.secretKey, bo.publicKey));
      }),
      fewRuns,
    );
  });

  test.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  ])('refuses the point of small order %s', (point) => {
    expect(suite.agree(new Uint8Array(32).fill(5), hex(point))).toBeUndefined();
  });

  test('refuses a key of another length', () => {
    expect(suite.agree(new Uint8Array(32).fill(5), new Uint8Array(31).fill(9))).toBeUndefined();
  });
});

describe('encapsulation (ML-KEM-768)', () => {
  const seeds = fc.tuple(fc.uint8Array({ minLength: 64, maxLength: 64 }), key);

  test('agrees with the second implementation, both ways', () => {
    fc.assert(
      fc.property(seeds, ([seed, chance]) => {
        const pair = suite.encapsulationPair(seed);
        const other = ml_kem768.keygen(seed);
        expect(pair.publicKey).toEqual(other.publicKey);
        expect(pair.secretKey).toEqual(other.secretKey);
        const made = suite.encapsulate(pair.publicKey, chance);
        const theirs = ml_kem768.encapsulate(pair.publicKey, chance);
        expect(made?.ciphertext).toEqual(theirs.cipherText);
        expect(made?.secret).toEqual(theirs.sharedSecret);
        expect(suite.decapsulate(pair.secretKey, theirs.cipherText as Bytes)).toEqual(theirs.sharedSecret);
      }),
      fewRuns,
    );
  });

  test('lengths are those of FIPS 203, and of the wire', () => {
    const pair = suite.encapsulationPair(new Uint8Array(64));
    expect(pair.publicKey).toHaveLength(LENGTHS.encapsulationKey);
    expect(suite.encapsulate(pair.publicKey, new Uint8Array(32))?.ciphertext).toHaveLength(LENGTHS.encapsulationCiphertext);
  });

  test('a changed ciphertext gives another secret, the same one each time, and the one the second implementation gives', () => {
    const pair = suite.encapsulationPair(new Uint8Array(64).fill(3));
    const made = suite.encapsulate(pair.publicKey, new Uint8Array(32).fill(4));
    const bad = (made?.ciphertext ?? EMPTY).slice();
    bad[700] = (bad[700] as number) ^ 1;
    const secret = suite.decapsulate(pair.secretKey, bad);
    expect(secret).not.toEqual(made?.secret);
    expect(secret).toEqual(ml_kem768.decapsulate(bad, pair.secretKey));
  });

  test('refuses a public key whose numbers are out of range, and wrong lengths', () => {
    const pair = suite.encapsulationPair(new Uint8Array(64));
    const bad = pair.publicKey.slice();
    bad.fill(0xff, 0, 3);
    expect(suite.encapsulate(bad, new Uint8Array(32))).toBeUndefined();
    expect(suite.encapsulate(pair.publicKey.subarray(1), new Uint8Array(32))).toBeUndefined();
    expect(suite.decapsulate(pair.secretKey, new Uint8Array(1087))).toBeUndefined();
  });
});

test('equal compares, and wipe leaves zeros', () => {
  const secret = bytesOf([1, 2, 3]);
  expect(suite.equal(secret, bytesOf([1, 2, 3]))).toBe(true);
  expect(suite.equal(secret, bytesOf([1, 2, 4]))).toBe(false);
  expect(suite.equal(secret, bytesOf([1, 2]))).toBe(false);
  suite.wipe(secret);
  expect(secret).toEqual(bytesOf([0, 0, 0]));
});
