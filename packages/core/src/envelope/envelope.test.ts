import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { AssertionFailed } from '../kernel/assert.ts';
import { type Bytes, bytesOf, concat, EMPTY, sameBytes, toHex } from '../kernel/bytes.ts';
import {
  bodyOf,
  checkPurgeToken,
  type Envelope,
  type EnvelopeClass,
  encodeHeader,
  HEADER_BYTES,
  headerBytesOf,
  headerFor,
  hourOf,
  makeEnvelope,
  makePurgeToken,
  PURGE_TOKEN_BYTES,
  purgeHashOf,
  readEnvelope,
} from './envelope.ts';
import { BODY_BYTES, BODY_BYTES_MAX, LIFETIME_HOURS } from './limits.ts';
import { pad, unpad } from './padding.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const NOW_MS = 1_800_000_000_000;

function make(
  value: number,
  options: { readonly envelopeClass?: EnvelopeClass; readonly bodyBytes?: number } = {},
): {
  readonly envelope: Envelope;
  readonly purgeKey: Bytes;
} {
  const purgeKey = new Uint8Array(32).fill(value);
  const header = headerFor(new Uint8Array(16).fill(value), purgeHashOf(suite, purgeKey), options.envelopeClass ?? 1, NOW_MS);
  const body = new Uint8Array(options.bodyBytes ?? 256).fill(value);
  return { envelope: makeEnvelope(suite, header, encodeHeader(header), body), purgeKey };
}

describe('an envelope', () => {
  test('reads back as it was made, for every class and length', () => {
    for (const envelopeClass of [1, 2, 3] as const) {
      for (const bodyBytes of BODY_BYTES) {
        const { envelope } = make(3, { envelopeClass, bodyBytes });
        expect(readEnvelope(suite, envelope.bytes)).toEqual({ ok: true, value: envelope });
        expect(headerBytesOf(envelope)).toHaveLength(HEADER_BYTES);
        expect(bodyOf(envelope)).toHaveLength(bodyBytes);
        expect(envelope.header.expiryHour - hourOf(NOW_MS)).toBe(LIFETIME_HOURS[envelopeClass]);
      }
    }
  });

  test('has an id that covers every bit', () => {
    const { envelope } = make(4);
    const ids = new Set([toHex(envelope.id)]);
    for (let bit = 0; bit < envelope.bytes.length * 8; bit++) {
      const bytes = envelope.bytes.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      const read = readEnvelope(suite, bytes);
      if (!read.ok) continue;
      expect(ids.has(toHex(read.value.id)), `bit ${bit}`).toBe(false);
      ids.add(toHex(read.value.id));
    }
    expect(ids.size).toBeGreaterThan(256 * 8);
  });

  test('says why it is refused: length, version, class, lifetime', () => {
    const { envelope } = make(5);
    const at = (position: number, value: number): Bytes => {
      const copy = envelope.bytes.slice();
      copy[position] = value;
      return copy;
    };
    expect(readEnvelope(suite, envelope.bytes.slice(1))).toEqual({ ok: false, refusal: { kind: 'wrong-length', bytes: 255 } });
    expect(readEnvelope(suite, EMPTY)).toEqual({ ok: false, refusal: { kind: 'wrong-length', bytes: -44 } });
    expect(readEnvelope(suite, at(0, 2))).toEqual({ ok: false, refusal: { kind: 'unknown-version', found: 2 } });
    expect(readEnvelope(suite, at(1, 4))).toEqual({ ok: false, refusal: { kind: 'unknown-class', found: 4 } });
    expect(readEnvelope(suite, at(1, 2))).toEqual({ ok: false, refusal: { kind: 'wrong-lifetime', hours: 336, expected: 168 } });
  });

  test('any bytes of an allowed length are read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: HEADER_BYTES, maxLength: HEADER_BYTES }), fc.constantFrom(...BODY_BYTES), (head, body) => {
        const read = readEnvelope(suite, concat(head, new Uint8Array(body)));
        if (read.ok) expect(encodeHeader(read.value.header)).toEqual(bytesOf(head));
      }),
      { seed: 1, numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (any) => void readEnvelope(suite, bytesOf(any))),
      { seed: 2, numRuns: 200 },
    );
  });

  test('a body of another length is a mistake of ours', () => {
    const { header } = make(1).envelope;
    expect(() => makeEnvelope(suite, header, encodeHeader(header), new Uint8Array(257))).toThrow(AssertionFailed);
  });
});

describe('padding', () => {
  test('fills the smallest body that the content fits, and comes off again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(2500), (content, overhead) => {
        const padded = pad(content, overhead) as Bytes;
        const body = padded.length + overhead;
        expect(body).toBe(BODY_BYTES.find((bytes) => bytes >= content.length + 1 + overhead));
        expect(unpad(padded)).toEqual(bytesOf(content));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('content that ends like padding keeps its end', () => {
    for (const content of [[0x80], [0x80, 0, 0], [0, 0, 0], []]) expect(unpad(pad(bytesOf(content), 0) as Bytes)).toEqual(bytesOf(content));
  });

  test('what fits no body, and what has no padding, is refused', () => {
    expect(pad(new Uint8Array(BODY_BYTES_MAX - 16), 16)).toBeUndefined();
    expect(pad(new Uint8Array(BODY_BYTES_MAX - 17), 16)).toHaveLength(BODY_BYTES_MAX - 16);
    for (const bad of [[], [0, 0], [1], [0x80, 1], [0x80, 0x81, 0]]) expect(unpad(bytesOf(bad))).toBeUndefined();
  });
});

describe('a purge token', () => {
  test('lets go exactly the envelope it was made for', () => {
    const { envelope, purgeKey } = make(6);
    const token = makePurgeToken(suite, envelope, purgeKey);
    expect(token).toHaveLength(PURGE_TOKEN_BYTES);
    expect(checkPurgeToken(suite, token)).toEqual({ id: envelope.id, expiryHour: envelope.header.expiryHour });
  });

  test('with a wrong key, or a header of another envelope, is none', () => {
    const [one, other] = [make(6), make(7)];
    expect(checkPurgeToken(suite, makePurgeToken(suite, one.envelope, other.purgeKey))).toBeUndefined();
    const mixed = concat(headerBytesOf(other.envelope), makePurgeToken(suite, one.envelope, one.purgeKey).subarray(HEADER_BYTES));
    expect(checkPurgeToken(suite, mixed)).toBeUndefined();
  });

  test('with any byte changed lets go nothing, or nothing that exists', () => {
    const { envelope, purgeKey } = make(8);
    const token = makePurgeToken(suite, envelope, purgeKey);
    for (let at = 0; at < token.length; at++) {
      const bad = token.slice();
      bad[at] = (bad[at] as number) ^ 1;
      const checked = checkPurgeToken(suite, bad);
      if (checked !== undefined) expect(sameBytes(checked.id, envelope.id)).toBe(false);
    }
  });

  test('any bytes are answered', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: PURGE_TOKEN_BYTES + 2 }), (any) => {
        expect(checkPurgeToken(suite, bytesOf(any))).toBeUndefined();
      }),
      { seed: 4 },
    );
  });
});
