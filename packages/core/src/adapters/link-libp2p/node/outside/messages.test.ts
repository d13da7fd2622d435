import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, bytesOf, concat, fromHex, toHex } from '../../../../kernel/bytes.ts';
import { FIELDS_MAX } from './limits.ts';
import {
  decodeObserved,
  decodePunch,
  decodeQuestion,
  decodeVerdict,
  encodePunch,
  encodeQuestion,
  encodeVerdict,
  type Verdict,
} from './messages.ts';
import { encodePlace, isOutside, type Place } from './place.ts';
import { readFields, writeFields } from './protobuf.ts';

const PLACE: Place = { host: '9.8.7.6', port: 4001 };
const PEER = bytesOf([0x00, 0x24, 0x08, 0x01, 0x12, 0x20, ...Array.from({ length: 32 }, (_, at) => at)]);
const bytes = fc.uint8Array({ maxLength: 200 });
const places = fc.array(fc.record({ host: fc.ipV4(), port: fc.integer({ min: 0, max: 65_535 }) }), { maxLength: 8 });
const hex = (text: string): Bytes => fromHex(text.replaceAll(' ', '')) as Bytes;

describe('what is written', () => {
  test('is read back', () => {
    fc.assert(
      fc.property(places, (list) => {
        expect(decodeQuestion(encodeQuestion({ peer: PEER, places: list }))).toEqual({ peer: PEER, places: list });
        expect(decodePunch(encodePunch({ kind: 'connect', places: list }))).toEqual({ kind: 'connect', places: list });
      }),
      { seed: 7, numRuns: 200 },
    );
    expect(decodePunch(encodePunch({ kind: 'sync' }))).toEqual({ kind: 'sync' });
    for (const verdict of ['reached', 'in-vain', 'refused', 'wrong'] satisfies Verdict[])
      expect(decodeVerdict(encodeVerdict(verdict, PLACE))).toBe(verdict);
  });

  test('has the bytes that other implementations write', () => {
    expect(toHex(encodePunch({ kind: 'connect', places: [PLACE] }))).toBe('086412080409080706060fa1');
    expect(toHex(encodePunch({ kind: 'sync' }))).toBe('08ac02');
    expect(toHex(encodeVerdict('in-vain', PLACE))).toBe('08011a0c08641a080409080706060fa1');
    expect(toHex(encodeVerdict('reached', undefined))).toBe('08011a020800');
    expect(toHex(encodeQuestion({ peer: PEER, places: [PLACE] }))).toBe(`080012340a320a26${toHex(PEER)}12080409080706060fa1`);
  });
});

describe('what others write', () => {
  test('an address may have a peer behind it, and one that is no IPv4 with a TCP port is passed over', () => {
    const p2p = concat(encodePlace(PLACE), bytesOf([0xa5, 0x03, 38]), PEER);
    const udp = hex('04 09080706 9102 0fa1');
    const name = hex('36 03 612e62 06 0fa1');
    const behind = hex('04 09080706 06 0fa1 dd03');
    const written = writeFields([{ number: 1, value: 100 }, ...[udp, p2p, name, behind, hex('')].map((value) => ({ number: 2, value }))]);
    expect(decodePunch(written)).toEqual({ kind: 'connect', places: [PLACE] });
  });

  test('of an answer of identify only the address is read, in whatever order it stands', () => {
    const answer = writeFields([
      { number: 5, value: bytesOf([1, 2, 3]) },
      { number: 4, value: encodePlace(PLACE) },
      { number: 3, value: bytesOf([47, 97]) },
    ]);
    expect(decodeObserved(answer)).toEqual(PLACE);
    expect(decodeObserved(writeFields([{ number: 5, value: PEER }]))).toBeUndefined();
  });

  test('fields of every kind are passed over, and too many are none', () => {
    expect(readFields(hex('09 0000000000000000 15 00000000 08 64'))).toEqual([{ number: 1, value: 100 }]);
    const many = Array.from({ length: FIELDS_MAX + 1 }, () => ({ number: 1, value: 100 }));
    expect(readFields(writeFields(many.slice(1)))).toHaveLength(FIELDS_MAX);
    expect(readFields(writeFields(many))).toBeUndefined();
  });

  test.each(['08', '12ff', '12ffffffff0f00', '0b', '08ffffffffffffffffffff01', '0f00'])('%s is no message', (text) => {
    expect(readFields(hex(text))).toBeUndefined();
  });

  test('whatever the bytes are, nothing is thrown', () => {
    fc.assert(
      fc.property(bytes, (any) => {
        for (const decode of [decodeQuestion, decodeVerdict, decodePunch, decodeObserved]) expect(() => decode(any)).not.toThrow();
      }),
      { seed: 8, numRuns: 2_000 },
    );
  });
});

describe('outside', () => {
  test.each(['9.8.7.6', '1.1.1.1', '223.255.255.254'])('is %s', (host) => {
    expect(isOutside({ host, port: 4001 })).toBe(true);
  });

  test.each([
    '10.0.0.1',
    '127.0.0.1',
    '192.168.1.1',
    '172.20.0.1',
    '169.254.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.251',
    '255.255.255.255',
  ])('is not %s', (host) => {
    expect(isOutside({ host, port: 4001 })).toBe(false);
  });

  test.each([0, 22, 1023])('is no port of a system, such as %i', (port) => {
    expect(isOutside({ host: '9.8.7.6', port })).toBe(false);
  });
});
