/** The toy suite fails where suite 1 fails, gives what suite 1 gives in length, and gives the same twice. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, concat, sameBytes, toHex } from '../kernel/bytes.ts';
import { SeededRandom } from './seeded-random.ts';
import { makeToySuite } from './toy-suite.ts';

const suite = makeToySuite();
let real: Suite;
beforeAll(async () => {
  real = await loadSodiumSuite();
});

const LABEL = label('test/toy');
const OTHER = label('test/other');
const chance = new SeededRandom('toy suite');
const [KEY, NONCE, SEED64] = [chance.bytes(32), chance.bytes(24), chance.bytes(64)];
const seeded = { seed: 41, numRuns: 200 };

function withBitChanged(bytes: Bytes, bit: number): Bytes {
  const changed = bytes.slice();
  const at = bit % (8 * bytes.length);
  changed[at >>> 3] = (changed[at >>> 3] as number) ^ (1 << (at & 7));
  return changed;
}

describe('sealing', () => {
  test('what is sealed opens again, and is longer by the tag', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 60 }), (plain, associated) => {
        const sealed = suite.seal(KEY, NONCE, associated, plain);
        expect(sealed.length).toBe(plain.length + LENGTHS.sealTag);
        expect(suite.open(KEY, NONCE, associated, sealed)).toEqual(plain);
      }),
      seeded,
    );
  });

  test('one changed bit of key, nonce, associated data or ciphertext opens nothing', () => {
    const [plain, associated] = [chance.bytes(70), chance.bytes(44)];
    const sealed = suite.seal(KEY, NONCE, associated, plain);
    fc.assert(
      fc.property(fc.nat(), (bit) => {
        expect(suite.open(withBitChanged(KEY, bit), NONCE, associated, sealed)).toBeUndefined();
        expect(suite.open(KEY, withBitChanged(NONCE, bit), associated, sealed)).toBeUndefined();
        expect(suite.open(KEY, NONCE, withBitChanged(associated, bit), sealed)).toBeUndefined();
        expect(suite.open(KEY, NONCE, associated, withBitChanged(sealed, bit))).toBeUndefined();
      }),
      seeded,
    );
  });

  test('where associated data ends and ciphertext begins is part of it', () => {
    const sealed = suite.seal(KEY, NONCE, concat(NONCE, KEY), KEY);
    expect(suite.open(KEY, NONCE, NONCE, concat(KEY, sealed))).toBeUndefined();
  });

  test('a ciphertext is not its plaintext', () => {
    const plain = new Uint8Array(64);
    const sealed = suite.seal(KEY, NONCE, new Uint8Array(0), plain);
    expect(new Set(sealed.subarray(0, 64)).size).toBeGreaterThan(32);
  });
});

describe('signing', () => {
  const pair = suite.signingPair(KEY);
  const message = chance.bytes(100);
  const signature = suite.sign(pair.secretKey, LABEL, message);

  test('a signature holds for its key, its purpose and its message', () => {
    expect(suite.verify(pair.publicKey, LABEL, message, signature)).toBe(true);
    expect(suite.verify(pair.publicKey, OTHER, message, signature)).toBe(false);
    fc.assert(
      fc.property(fc.nat(), (bit) => {
        expect(suite.verify(withBitChanged(pair.publicKey, bit), LABEL, message, signature)).toBe(false);
        expect(suite.verify(pair.publicKey, LABEL, withBitChanged(message, bit), signature)).toBe(false);
        expect(suite.verify(pair.publicKey, LABEL, message, withBitChanged(signature, bit))).toBe(false);
      }),
      seeded,
    );
    expect(suite.verify(pair.publicKey, LABEL, message, signature.subarray(1))).toBe(false);
  });
});

describe('agreeing', () => {
  test('two sides come to one secret, a third to another', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const forked = new SeededRandom(seed);
        const [a, b, c] = [1, 2, 3].map(() => suite.agreementPair(forked.bytes(32))) as [
          { publicKey: Bytes; secretKey: Bytes },
          { publicKey: Bytes; secretKey: Bytes },
          { publicKey: Bytes; secretKey: Bytes },
        ];
        const secret = suite.agree(a.secretKey, b.publicKey) as Bytes;
        expect(suite.agree(b.secretKey, a.publicKey)).toEqual(secret);
        expect(suite.agree(c.secretKey, b.publicKey)).not.toEqual(secret);
        expect(suite.agree(a.secretKey, withBitChanged(b.publicKey, seed >>> 1))).not.toEqual(secret);
      }),
      seeded,
    );
  });

  test('a public key of nothing but zeros, or of another length, agrees with nobody', () => {
    expect(suite.agree(KEY, new Uint8Array(32))).toBeUndefined();
    expect(suite.agree(KEY, new Uint8Array(31))).toBeUndefined();
  });
});

describe('encapsulating', () => {
  const pair = suite.encapsulationPair(SEED64);
  const made = suite.encapsulate(pair.publicKey, KEY) as { ciphertext: Bytes; secret: Bytes };

  test('whoever holds the key comes to the same secret', () => {
    expect(suite.decapsulate(pair.secretKey, made.ciphertext)).toEqual(made.secret);
  });

  test('a changed ciphertext and a wrong key give another secret, never a sign', () => {
    const other = suite.encapsulationPair(chance.bytes(64));
    expect(suite.decapsulate(other.secretKey, made.ciphertext)).toHaveLength(32);
    expect(suite.decapsulate(other.secretKey, made.ciphertext)).not.toEqual(made.secret);
    fc.assert(
      fc.property(fc.nat(), (bit) => {
        const found = suite.decapsulate(pair.secretKey, withBitChanged(made.ciphertext, bit));
        expect(found).toHaveLength(32);
        expect(found).not.toEqual(made.secret);
      }),
      seeded,
    );
  });

  test('what is no key, and what has another length, is refused', () => {
    expect(suite.encapsulate(withBitChanged(pair.publicKey, 77), KEY)).toBeUndefined();
    expect(suite.encapsulate(pair.publicKey.slice(1), KEY)).toBeUndefined();
    expect(suite.decapsulate(pair.secretKey, made.ciphertext.slice(1))).toBeUndefined();
  });
});

describe('beside suite 1', () => {
  test('every length is the same', () => {
    for (const one of [suite, real]) {
      expect(one.hash(LABEL, KEY)).toHaveLength(32);
      for (const length of [16, 32, 64]) expect(one.mac(KEY, LABEL, NONCE, length)).toHaveLength(length);
      for (const length of [1, 32, 33, 8160]) expect(one.derive(KEY, KEY, LABEL, length)).toHaveLength(length);
      expect(one.step(KEY, NONCE)).toHaveLength(32);
      expect(one.stretch(KEY, KEY.subarray(16), { passes: 1, memoryBytes: 8192 })).toHaveLength(32);
    }
    const lengths = (one: Suite) => {
      const [signing, agreement, encapsulation] = [one.signingPair(KEY), one.agreementPair(KEY), one.encapsulationPair(SEED64)];
      const pairs = [signing, agreement, encapsulation].map((pair) => [pair.publicKey.length, pair.secretKey.length]);
      const made = one.encapsulate(encapsulation.publicKey, KEY);
      return [...pairs, made?.ciphertext.length, made?.secret.length, one.sign(signing.secretKey, LABEL, KEY).length, one.id];
    };
    expect(lengths(suite)).toEqual(lengths(real));
  });

  test('parts of a hash are one input wherever they are divided, and another label is another hash', () => {
    const input = chance.bytes(90);
    const whole = suite.hash(LABEL, input);
    for (let at = 0; at <= input.length; at++) expect(suite.hash(LABEL, input.subarray(0, at), input.subarray(at))).toEqual(whole);
    expect(suite.hash(OTHER, input)).not.toEqual(whole);
  });

  test('the same input gives the same, on every instance', () => {
    expect(toHex(makeToySuite().hash(LABEL, KEY))).toBe(toHex(suite.hash(LABEL, KEY)));
  });

  test('no two of a hundred thousand short inputs fall together, not even in their first eight bytes', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100_000; i++) {
      seen.add(toHex(suite.hash(LABEL, Uint8Array.of(i & 255, (i >>> 8) & 255, i >>> 16, 0)).subarray(0, 8)));
    }
    expect(seen.size).toBe(100_000);
  });

  test('another cost stretches to another key, and what is wiped is gone', () => {
    const salt = KEY.subarray(16);
    const stretched = suite.stretch(KEY, salt, { passes: 1, memoryBytes: 8192 });
    expect(sameBytes(stretched, suite.stretch(KEY, salt, { passes: 2, memoryBytes: 8192 }))).toBe(false);
    suite.wipe(stretched);
    expect(stretched.every((byte) => byte === 0)).toBe(true);
  });
});
