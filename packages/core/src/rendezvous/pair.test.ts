import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { bytesOf, EMPTY, toHex } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { CERTIFICATES_KEPT } from './limits.ts';
import { type Certificate, NO_PAIR, type Pair, pairHint, pairSecret, readPair, useSecret, withCertificate, writePair } from './pair.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesOf);
const [share, key, nonce] = [fixed(32), fixed(32), fixed(16)];
const certificate: fc.Arbitrary<Certificate> = fc.record({ number: fc.nat(0xffff_ffff), fingerprint: fixed(32) });
const certificates = fc.array(certificate, { maxLength: CERTIFICATES_KEPT });
const pair: fc.Arbitrary<Pair> = fc.record({
  mine: fc.oneof(share, fc.constant(EMPTY)),
  theirs: fc.oneof(share, fc.constant(EMPTY)),
  certificates,
  peerCertificates: certificates,
});

describe('the secret of a pair', () => {
  test('is the same on both sides, and another for every other pair', () => {
    fc.assert(
      fc.property(share, share, share, (ann, bo, cleo) => {
        fc.pre(toHex(bo) !== toHex(cleo));
        const annAndBo = pairSecret(suite, { ...NO_PAIR, mine: ann, theirs: bo });
        expect(annAndBo).toHaveLength(32);
        expect(pairSecret(suite, { ...NO_PAIR, mine: bo, theirs: ann })).toEqual(annAndBo);
        expect(pairSecret(suite, { ...NO_PAIR, mine: ann, theirs: cleo })).not.toEqual(annAndBo);
      }),
      { seed: 1 },
    );
  });

  test('is there only when both have told', () => {
    const told = new Uint8Array(32).fill(1);
    expect(pairSecret(suite, NO_PAIR)).toBeUndefined();
    expect(pairSecret(suite, { ...NO_PAIR, mine: told })).toBeUndefined();
    expect(pairSecret(suite, { ...NO_PAIR, theirs: told })).toBeUndefined();
  });
});

describe('one use of it', () => {
  test('nothing of a code comes twice, and its hint is good for the key beside it alone', () => {
    fc.assert(
      fc.property(share, nonce, nonce, key, key, (secret, one, other, mine, theirs) => {
        fc.pre(toHex(one) !== toHex(other) && toHex(mine) !== toHex(theirs));
        const hint = pairHint(suite, secret, one, mine);
        expect(hint).toHaveLength(16);
        expect(pairHint(suite, secret, other, mine)).not.toEqual(hint);
        expect(pairHint(suite, secret, one, theirs)).not.toEqual(hint);
        expect(useSecret(suite, secret, one)).toHaveLength(32);
        expect(useSecret(suite, secret, other)).not.toEqual(useSecret(suite, secret, one));
        expect(toHex(useSecret(suite, secret, one))).not.toContain(toHex(hint));
      }),
      { seed: 2 },
    );
  });
});

describe('certificates', () => {
  test(`the newest ${CERTIFICATES_KEPT} numbers are kept, the newest first, each once`, () => {
    fc.assert(
      fc.property(fc.array(certificate, { maxLength: 12 }), (told) => {
        const kept = told.reduce<readonly Certificate[]>(withCertificate, []);
        const numbers = [...new Set(told.map(({ number }) => number))].sort((a, b) => b - a).slice(0, CERTIFICATES_KEPT);
        expect(kept.map(({ number }) => number)).toEqual(numbers);
      }),
      { seed: 3 },
    );
  });

  test('a number that is told anew has the fingerprint that was told last', () => {
    const [before, now] = [1, 2].map((fill) => ({ number: 7, fingerprint: new Uint8Array(32).fill(fill) })) as [Certificate, Certificate];
    expect(withCertificate([before], now)).toEqual([now]);
  });
});

test('a pair reads back as it was written, and not if a byte is missing', () => {
  fc.assert(
    fc.property(pair, (it) => {
      const writer = new Writer();
      writePair(writer, it);
      const bytes = writer.finish();
      const reader = new Reader(bytes);
      expect(reader.finish(readPair(reader))).toEqual(it);
      const short = new Reader(bytes.slice(0, -1));
      expect(short.finish(readPair(short))).toBeUndefined();
    }),
    { seed: 4 },
  );
});
