import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { nameFrom } from './card.ts';
import type { ContentCodec } from './codec.ts';
import { CONTENT, type Content, decodeContent, encodeContent } from './content.ts';
import {
  CARD_ADDRESS_BYTES_MAX,
  CARD_ADDRESSES_MAX,
  CARD_DAYS_MAX,
  CARD_MINUTES,
  CARD_RELAYS_MAX,
  NAME_LENGTH_MAX,
  RECEIPT_MESSAGES_MAX,
  SPARES_MAX,
  TEXT_BYTES_MAX,
} from './limits.ts';
import { textRefusal } from './text.ts';

const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytesOf);
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesOf);
const NO_DAYS = { firstDay: 0, minute: 0, keys: [] };
const eight = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(bytesOf);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 }).map(bytesOf);
const some = fc.uint8Array({ maxLength: 60 }).map(bytesOf);
const words = fc.string({ unit: 'grapheme', maxLength: 40 });
const name = words.map((text) => nameFrom(`n${text}`)).map((it) => ('name' in it ? it.name : 'n'));
const address = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
const days = fc.record({
  firstDay: fc.nat(0xffff_ffff),
  minute: fc.nat(CARD_MINUTES - 1),
  keys: fc.array(key, { maxLength: CARD_DAYS_MAX }),
});
const relay = fc.record({ key, addresses: fc.array(address, { maxLength: CARD_ADDRESSES_MAX }) });

type Arbitraries = { readonly [Kind in Content['kind']]: fc.Arbitrary<Extract<Content, { kind: Kind }>> };

/** What each type may say. A new type of content does not compile without its line here, and is tested by it. */
const SAID: Arbitraries = {
  text: fc.record({ kind: fc.constant('text'), id, sentAtMs: fc.maxSafeNat(), text: words }),
  receipt: fc.record({
    kind: fc.constant('receipt'),
    what: fc.constantFrom('delivered', 'read'),
    atMs: fc.maxSafeNat(),
    messages: fc.array(id, { maxLength: 5 }),
  }),
  card: fc.record({ kind: fc.constant('card'), name, days, relays: fc.array(relay, { maxLength: CARD_RELAYS_MAX }) }),
  keys: fc.record({
    kind: fc.constant('keys'),
    contactKey: key,
    listRecord: some,
    spares: fc.array(some, { maxLength: SPARES_MAX }),
    removed: fc.array(fc.record({ signingKey: key, isStolen: fc.boolean() }), { maxLength: 3 }),
  }),
  sync: fc.record({ kind: fc.constant('sync'), account: key, said: some }),
  archive: fc
    .record({ kind: fc.constant('archive'), part: fc.nat(9), parts: fc.nat(9), records: some })
    .map((it) => ({ ...it, part: Math.min(it.part, it.parts) })),
  meet: fc.record({ kind: fc.constant('meet'), share: key, number: fc.nat(0xffff_ffff), fingerprint: key }),
  signal: fc.record({
    kind: fc.constant('signal'),
    step: fc.constantFrom('offer', 'answer'),
    id: eight,
    atMs: fc.maxSafeNat(),
    transportKey: key,
    code: some,
  }),
  introduction: fc.oneof(
    fc.record({
      kind: fc.constant('introduction'),
      step: fc.constant('ask'),
      id: eight,
      name,
      account: key,
      invitation: fc.constant(bytesOf([])),
    }),
    fc.record({ kind: fc.constant('introduction'), step: fc.constant('pass'), id: eight, name, account: key, invitation: bytes }),
    fc.record({
      kind: fc.constant('introduction'),
      step: fc.constant('give'),
      id: eight,
      name: fc.constant(''),
      account: key,
      invitation: bytes,
    }),
  ),
  anew: fc.record({ kind: fc.constant('anew'), lost: fc.array(id, { maxLength: 4 }) }),
  comparison: fc.record({ kind: fc.constant('comparison'), step: fc.constantFrom('commit', 'answer', 'reveal'), bytes: key }),
  linking: fc.oneof(
    fc.record({ kind: fc.constant('linking'), step: fc.constantFrom('commit', 'answer', 'reveal'), bytes: key }),
    fc.record({ kind: fc.constant('linking'), step: fc.constant('welcome'), bytes: some }),
    fc.record({ kind: fc.constant('linking'), step: fc.constant('refuse'), bytes: fc.constant(bytesOf([])) }),
  ),
};

const kinds = Object.keys(CONTENT) as Content['kind'][];

describe.each(kinds)('content of type %s', (kind) => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(SAID[kind] as fc.Arbitrary<Content>, (content) => {
        expect(decodeContent(encodeContent(content))).toEqual(content);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('cut short or longer by a byte is nothing', () => {
    fc.assert(
      fc.property(SAID[kind] as fc.Arbitrary<Content>, fc.nat(200), (content, cut) => {
        const bytes = encodeContent(content);
        expect(decodeContent(bytes.slice(0, cut % bytes.length))).toBeUndefined();
        expect(decodeContent(bytesOf([...bytes, 0]))).toBeUndefined();
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test('any bytes are answered, and what is read could have been written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (any) => {
        const content = decodeContent(bytesOf([CONTENT[kind].number, ...any]));
        if (content !== undefined) expect(decodeContent(encodeContent(content))).toEqual(content);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

test('numbers on the wire are given once, and those given are never changed', () => {
  expect(Object.fromEntries(kinds.map((kind) => [kind, CONTENT[kind].number]))).toEqual({
    text: 1,
    receipt: 2,
    card: 3,
    keys: 4,
    sync: 5,
    archive: 6,
    comparison: 7,
    linking: 8,
    anew: 9,
    meet: 10,
    signal: 11,
    introduction: 12,
  });
});

test('a type that is unknown here is nothing', () => {
  for (const number of [0, 4, 255]) expect(decodeContent(bytesOf([number, 1, 2, 3]))).toBeUndefined();
  expect(decodeContent(bytesOf([]))).toBeUndefined();
});

describe('limits', () => {
  function written<Type>(codec: ContentCodec<Type>, content: Type) {
    const writer = new Writer();
    codec.write(writer, content);
    return writer.finish();
  }

  test('of a text', () => {
    const text = (length: number) => ({ kind: 'text' as const, id: new Uint8Array(16), sentAtMs: 1, text: 'é'.repeat(length) });
    expect(decodeContent(encodeContent(text(TEXT_BYTES_MAX / 2)))).toBeDefined();
    expect(decodeContent(encodeContent(text(TEXT_BYTES_MAX / 2 + 1)))).toBeUndefined();
    expect(textRefusal('é'.repeat(TEXT_BYTES_MAX / 2))).toBeUndefined();
    expect(textRefusal('é'.repeat(TEXT_BYTES_MAX / 2 + 1))).toEqual({ kind: 'too-long', bytes: 16_002, bytesMax: 16_000 });
    expect(textRefusal(' \n')).toEqual({ kind: 'empty' });
  });

  test('of a receipt', () => {
    const receipt = (count: number) => ({
      kind: 'receipt' as const,
      what: 'read' as const,
      atMs: 1,
      messages: Array.from({ length: count }, () => new Uint8Array(16)),
    });
    expect(decodeContent(encodeContent(receipt(RECEIPT_MESSAGES_MAX)))).toBeDefined();
    expect(decodeContent(encodeContent(receipt(RECEIPT_MESSAGES_MAX + 1)))).toBeUndefined();
    const odd = written(CONTENT.receipt, receipt(0));
    odd[0] = 2;
    expect(decodeContent(bytesOf([2, ...odd]))).toBeUndefined();
  });

  test('of a card: more than may stand in it is left out by the writer and refused by the reader', () => {
    const addresses = ['x'.repeat(CARD_ADDRESS_BYTES_MAX + 1), ...Array.from({ length: 9 }, (_, i) => `/${i}`)];
    const card = {
      kind: 'card' as const,
      name: 'Ann',
      days: NO_DAYS,
      relays: Array.from({ length: 9 }, (_, i) => ({ key: new Uint8Array(32).fill(i), addresses })),
    };
    const read = decodeContent(encodeContent(card));
    expect(read?.kind === 'card' && read.relays.map((relay) => relay.addresses)).toEqual(
      Array.from({ length: CARD_RELAYS_MAX }, () => ['/0', '/1', '/2', '/3']),
    );
    const bytes = encodeContent({ ...card, relays: [] });
    expect(bytes.at(-1)).toBe(0);
    bytes[bytes.length - 1] = CARD_RELAYS_MAX + 1;
    const reader = new Reader(bytes.subarray(1));
    CONTENT.card.read(reader);
    expect(reader.failed).toBe(true);
  });

  test('an address that is longer in UTF-8 than it looks does not make a card unreadable', () => {
    const card = (address: string) => ({
      kind: 'card' as const,
      name: 'Ann',
      days: NO_DAYS,
      relays: [{ key: new Uint8Array(32), addresses: [address] }],
    });
    expect(decodeContent(encodeContent(card('é'.repeat(CARD_ADDRESS_BYTES_MAX - 1))))).toBeDefined();
  });
});

describe('a name', () => {
  test.each([
    ['  Ann \n', { name: 'Ann' }],
    ['', { refusal: { kind: 'empty' } }],
    [' \t ', { refusal: { kind: 'empty' } }],
    ['𝐀'.repeat(NAME_LENGTH_MAX), { name: '𝐀'.repeat(NAME_LENGTH_MAX) }],
    ['a'.repeat(NAME_LENGTH_MAX + 1), { refusal: { kind: 'too-long', lengthMax: NAME_LENGTH_MAX } }],
  ])('%j', (text, expected) => {
    expect(nameFrom(text)).toEqual(expected);
  });

  test('that may be kept can be sent, whatever its letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
        const named = nameFrom(text);
        if (!('name' in named)) return;
        const card = { kind: 'card' as const, name: named.name, days: { firstDay: 1, minute: 2, keys: [] }, relays: [] };
        expect(decodeContent(encodeContent(card))).toEqual(card);
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
