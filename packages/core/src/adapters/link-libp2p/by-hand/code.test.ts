import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, bytesOf, fromHex, toHex } from '../../../kernel/bytes.ts';
import { Reader } from '../../../kernel/codec.ts';
import { decodeAside, encodeAside } from './aside.ts';
import { type Candidate, candidateOfLine, choose, lineOf, readCandidate } from './candidate.ts';
import { decodeAgain, decodeAnswer, decodeOffer, encodeAgain, encodeAnswer, encodeOffer, type Side } from './code.ts';
import { readDescription, writeDescription } from './session-description.ts';

const SEED = { seed: 20_261_121 };

const ip4 = (text: string, port = 50_000, type: Candidate['type'] = 'host'): Candidate => ({
  family: 'ip4',
  type,
  address: bytesOf(text.split('.').map(Number)),
  port,
});
const name = (fill: number, port = 50_001): Candidate => ({ family: 'name', type: 'host', address: new Uint8Array(16).fill(fill), port });
const ip6 = (fill: number): Candidate => ({ family: 'ip6', type: 'host', address: new Uint8Array(16).fill(fill), port: 50_002 });

const chromium = { fragment: 'aB+/', password: 'abcdefghijklmnopqrstuv+/' };
const firefox = { fragment: '0a1b2c3d', password: '00112233445566778899aabbccddeeff' };
const another = { fragment: 'someFragment', password: 'aPasswordOfTwentyTwo00+/' };
const side = (candidates: readonly Candidate[], credentials = chromium): Side => ({
  credentials,
  fingerprint: new Uint8Array(32).fill(0xf1),
  candidates,
});

const anyCandidate: fc.Arbitrary<Candidate> = fc
  .record({
    family: fc.constantFrom('ip4', 'ip6', 'name'),
    type: fc.constantFrom('host', 'srflx', 'relay'),
    bytes: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    port: fc.integer({ min: 1, max: 65_535 }),
  })
  .map(({ family, type, bytes, port }) => {
    // a first byte that is neither loopback nor for many
    const address = bytesOf(bytes.slice(0, family === 'ip4' ? 4 : 16));
    address[0] = 10;
    return { family, type, address, port };
  });
const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'];
const anyText = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...characters), { minLength, maxLength }).map((letters) => letters.join(''));
const anySide: fc.Arbitrary<Side> = fc.record({
  credentials: fc.record({ fragment: anyText(4, 32), password: anyText(22, 64) }),
  fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesOf),
  candidates: fc.array(anyCandidate, { minLength: 1, maxLength: 16 }),
});

describe('a code', () => {
  test('has at most 80 bytes with one candidate, whichever browser made it and whatever the candidate', () => {
    for (const credentials of [chromium, firefox]) {
      for (const candidate of [ip4('192.168.1.5'), name(7), ip6(0x20)]) {
        expect(encodeOffer(side([candidate], credentials), 80)?.length).toBeLessThanOrEqual(80);
        expect(encodeAnswer({ mark: bytesOf([1, 2]), ...side([candidate], credentials) }, 80)?.length).toBeLessThanOrEqual(80);
        expect(encodeAgain([candidate], 20)?.length).toBeLessThanOrEqual(20);
      }
    }
    expect(encodeOffer(side([ip4('192.168.1.5')]), 80)?.length).toBe(61);
    expect(encodeOffer(side([name(7)]), 80)?.length).toBe(73);
    expect(encodeAgain([ip4('192.168.1.5')], 20)?.length).toBe(8);
  });

  test('is read back as it was written', () => {
    fc.assert(
      fc.property(anySide, fc.uint8Array({ minLength: 2, maxLength: 2 }).map(bytesOf), (any, mark) => {
        const [offer, answer] = [encodeOffer(any, 512), encodeAnswer({ mark, ...any }, 512)];
        const chosen = choose(any.candidates, 512 - (offer?.length ?? 0) + any.candidates.length * 19, 16);
        expect(decodeOffer(offer as Bytes)).toEqual({ ...any, candidates: chosen });
        expect(decodeAnswer(answer as Bytes)).toEqual({ mark, ...any, candidates: chosen });
        const again = encodeAgain(any.candidates, 512);
        expect(decodeAgain(again as Bytes)).toEqual(chosen);
      }),
      SEED,
    );
  });

  test('keeps credentials of any kind', () => {
    for (const credentials of [chromium, firefox, another]) {
      const code = encodeOffer(side([ip4('10.0.0.1')], credentials), 200);
      expect(decodeOffer(code as Bytes)?.credentials).toEqual(credentials);
    }
  });

  test('holds as many candidates as there is room for, the best of each kind first', () => {
    const many = [ip4('10.0.0.1'), ip4('10.0.0.2'), ip4('10.0.0.3'), name(1), ip6(0x20), ip4('203.0.113.9', 1_000, 'srflx')];
    const read = (bytesMax: number): unknown => decodeOffer(encodeOffer(side(many), bytesMax) as Bytes)?.candidates;
    expect(read(61)).toEqual([many[0]]);
    expect(read(80)).toEqual([many[0], many[3]]);
    expect(read(200)).toEqual([many[0], many[3], many[4], many[5], many[1], many[2]]);
  });

  test('is none without an address, or without room for one', () => {
    expect(encodeOffer(side([]), 80)).toBeUndefined();
    expect(encodeOffer(side([ip4('10.0.0.1')]), 60)).toBeUndefined();
    expect(encodeAgain([name(1)], 12)).toBeUndefined();
  });

  test('of one kind is not read as another, and another version is not read', () => {
    const offer = encodeOffer(side([ip4('10.0.0.1')]), 80) as Bytes;
    expect(decodeAnswer(offer)).toBeUndefined();
    expect(decodeAgain(offer)).toBeUndefined();
    expect(decodeOffer(bytesOf([(offer[0] as number) + 16, ...offer.slice(1)]))).toBeUndefined();
  });

  test('that is cut anywhere, or longer by a byte, is none', () => {
    const offer = encodeOffer(side([ip4('10.0.0.1')]), 80) as Bytes;
    for (let length = 0; length < offer.length; length++) expect(decodeOffer(offer.slice(0, length))).toBeUndefined();
    expect(decodeOffer(bytesOf([...offer, 0]))).toBeUndefined();
  });

  test('never sends a browser to itself, to everybody, or to nowhere', () => {
    for (const address of ['127.0.0.1', '0.0.0.0', '224.0.0.251', '255.255.255.255']) {
      const code = fromHex(`12 00 ${toHex(ip4(address).address)} c350`.replaceAll(' ', '')) as Bytes;
      expect(decodeAgain(code)).toBeUndefined();
    }
    for (const address of [
      '00000000000000000000000000000001',
      '00000000000000000000ffff7f000001',
      'fe800000000000000000000000000001',
      'ff02'.padEnd(32, '0'),
    ])
      expect(decodeAgain(fromHex(`1201${address}c350`) as Bytes)).toBeUndefined();
    expect(decodeAgain(fromHex('12000a0000010000') as Bytes)).toBeUndefined();
  });
});

describe('what a hostile code holds', () => {
  test('answers with a code or nothing, and every line of the description made of it is one of the template', () => {
    const template = new RegExp(
      `^(v=0|o=- 1 1 IN IP4 127\\.0\\.0\\.1|s=-|t=0 0|a=group:BUNDLE 0|m=application 9 UDP/DTLS/SCTP webrtc-datachannel|c=IN IP4 0\\.0\\.0\\.0` +
        `|a=candidate:\\d+ 1 udp \\d+ [0-9a-f.:-]+(\\.local)? \\d+ typ (host|(srflx|relay) raddr 0\\.0\\.0\\.0 rport 9)` +
        `|a=ice-ufrag:[A-Za-z0-9+/]{4,32}|a=ice-pwd:[A-Za-z0-9+/]{22,64}|a=ice-options:trickle|a=fingerprint:sha-256 [0-9A-F:]{95}` +
        '|a=setup:(actpass|active)|a=mid:0|a=sctp-port:5000|a=max-message-size:262144|)$',
    );
    const changed = fc.tuple(anySide, fc.nat(), fc.integer({ min: 1, max: 255 })).map(([any, at, change]) => {
      const code = encodeOffer(any, 512) as Bytes;
      code[at % code.length] = (code[at % code.length] as number) ^ change;
      return code;
    });
    // credentials as free text: the one place where a code holds any
    const ascii = (minLength: number): fc.Arbitrary<Bytes> =>
      fc.array(fc.constantFrom(10, 13, 32, 47, 58, 61, 65, 97), { minLength, maxLength: minLength + 8 }).map(bytesOf);
    const spoken = fc.tuple(ascii(4), ascii(22)).map(([short, long]) => {
      const end = [...new Array<number>(32).fill(1), 0, 10, 0, 0, 1, 1, 1];
      return bytesOf([0x18, short.length, ...short, long.length, ...long, ...end]);
    });
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(changed, spoken, fc.uint8Array({ maxLength: 600 }).map(bytesOf)), (code) => {
        decodeAgain(code);
        for (const theirs of [decodeOffer(code), decodeAnswer(code)]) {
          if (theirs === undefined) continue;
          read++;
          expect(theirs.candidates.length).toBeLessThanOrEqual(16);
          for (const line of (writeDescription('offer', theirs).sdp ?? '').split('\r\n')) expect(line).toMatch(template);
        }
      }),
      { ...SEED, numRuns: 3_000 },
    );
    expect(read).toBeGreaterThan(0);
  });

  test('is read on the channel aside as words of ours or as nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }).map(bytesOf), (words) => void decodeAside(words)),
      SEED,
    );
    const candidates = [ip4('10.0.0.1'), name(3)];
    expect(decodeAside(encodeAside({ kind: 'candidates', candidates }) as Bytes)).toEqual({ kind: 'candidates', candidates });
    expect(decodeAside(encodeAside({ kind: 'candidates', candidates: [] }) as Bytes)).toEqual({ kind: 'candidates', candidates: [] });
    expect(decodeAside(encodeAside({ kind: 'welcome' }) as Bytes)).toEqual({ kind: 'welcome' });
    expect(decodeAside(bytesOf([1, 0]))).toBeUndefined();
    for (const kind of ['renew', 'renewed'] as const)
      expect(decodeAside(encodeAside({ kind, side: side(candidates) }) as Bytes)).toEqual({ kind, side: side(candidates) });
    expect(encodeAside({ kind: 'renew', side: side([]) })).toBeUndefined();
    for (const kind of [0, 3, 4, 5]) expect(decodeAside(bytesOf([kind]))).toBeUndefined();
  });
});

describe('a candidate line', () => {
  test('of a browser is read, and written so that it reads the same', () => {
    const lines = [
      'a=candidate:1452636445 1 udp 2122260223 10.77.0.2 41856 typ host generation 0 network-id 1',
      'candidate:0 1 UDP 2122252543 01234567-89ab-cdef-0123-456789abcdef.local 60102 typ host',
      'candidate:3 1 udp 2122197247 2001:db8::1 50000 typ host',
      'candidate:4 1 udp 1677732095 203.0.113.7 61000 typ srflx raddr 192.168.1.2 rport 50000',
      'candidate:5 1 udp 8331263 203.0.113.8 49160 typ relay raddr 203.0.113.7 rport 61000',
    ];
    for (const line of lines) {
      const read = candidateOfLine(line);
      expect(read).toBeDefined();
      for (const round of [0, 1, 4_000]) expect(candidateOfLine(lineOf(read as Candidate, 3, round))).toEqual(read);
    }
  });

  test('that no code carries is passed over', () => {
    const lines = [
      'candidate:1 1 tcp 1518280447 10.77.0.1 9 typ host tcptype active',
      'candidate:1 2 udp 2122260222 10.77.0.2 41857 typ host',
      'candidate:1 1 udp 2122260223 fe80::1 41856 typ host',
      'candidate:1 1 udp 2122260223 10.77.0.256 41856 typ host',
      'candidate:1 1 udp 2122260223 10.77.0.2 0 typ host',
      'candidate:1 1 udp 2122260223 example.org 41856 typ host',
      'candidate:1 1 udp 2122260223 1:2:3:4:5:6:7:8:9 41856 typ host',
      'candidate:1 1 udp 2122260223 2001:db8::1::2 41856 typ host',
      'a=ice-ufrag:abcd',
      '',
    ];
    for (const line of lines) expect(candidateOfLine(line)).toBeUndefined();
  });

  test('that is tried again is another line each time, with a priority that a browser takes', () => {
    const seen = new Set<string>();
    for (let round = 0; round <= 4_000; round++) for (let rank = 0; rank < 4; rank++) seen.add(lineOf(ip4('10.0.0.1'), rank, round));
    expect(seen.size).toBe(4 * 4_001);
    const priorities = [...seen].map((line) => Number(line.split(' ')[3]));
    expect(Math.min(...priorities)).toBeGreaterThan(126 * 0x100_0000);
    expect(Math.max(...priorities)).toBeLessThan(0x8000_0000);
  });

  test('of any bytes reads as one or not at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (any) => {
        const candidate = readCandidate(new Reader(any));
        if (candidate !== undefined) expect(candidateOfLine(lineOf(candidate, 0, 0))).toEqual(candidate);
      }),
      SEED,
    );
  });
});

test('a description that was written is read back', () => {
  fc.assert(
    fc.property(anySide, (any) => {
      expect(readDescription(writeDescription('answer', any).sdp ?? '')).toEqual(any);
    }),
    SEED,
  );
});
