import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../../kernel/bytes.ts';
import { decodeBeacon, encodeBeacon } from './packet.ts';

const KEY = fromHex('0123456789abcdef'.repeat(4)) as Uint8Array<ArrayBuffer>;

test('a packet is magic, version, key and port, and nothing else', () => {
  expect(toHex(encodeBeacon(KEY, 4001))).toBe(`4b49544801${'0123456789abcdef'.repeat(4)}0fa1`);
  expect(decodeBeacon(encodeBeacon(KEY, 4001))).toEqual({ key: toHex(KEY), tcpPort: 4001 });
});

test('anything else is none', () => {
  const packet = encodeBeacon(KEY, 4001);
  for (let length = 0; length < packet.length; length++) expect(decodeBeacon(packet.subarray(0, length))).toBeUndefined();
  expect(decodeBeacon(Uint8Array.of(...packet, 0))).toBeUndefined();
  expect(decodeBeacon(encodeBeacon(KEY, 0))).toBeUndefined();
  for (const at of [0, 1, 2, 3, 4]) expect(decodeBeacon(packet.with(at, 0xff))).toBeUndefined();
});

test('for no bytes at all does it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      decodeBeacon(bytes);
    }),
    { seed: 14, numRuns: 500 },
  );
});
