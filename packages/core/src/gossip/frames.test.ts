import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PURGE_TOKEN_BYTES } from '../envelope/envelope.ts';
import { type Bytes, bytesOf, concat } from '../kernel/bytes.ts';
import { decodeFrame, encodeFrame, type Frame, giveHead, isAnswered, pushHead } from './frames.ts';
import { LIST_MAX, WORK_IDS_MAX } from './limits.ts';
import { RESULTS } from './refusals.ts';

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesOf);
const byte = fc.nat(255);
const list = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 8 });

const number = fc.nat(0xffff_ffff);
const summary = fc.record({ count: number, digest: fixed(32) });
const cursor = fc.record({ incarnation: fixed(8), number: fc.nat(2 ** 53 - 1) });
const set = fc.constantFrom('held' as const, 'tokens' as const);

/** What each kind of frame may say. A new kind does not compile without its line here, and is tested by it. */
const SAID: { readonly [Kind in Frame['kind']]: fc.Arbitrary<Extract<Frame, { kind: Kind }>> } = {
  hello: fc.record({
    kind: fc.constant('hello'),
    role: fc.constantFrom('person', 'relay'),
    pull: fc.constantFrom('cover', 'mailbox'),
    hour: number,
    held: summary,
    tokens: summary,
    since: cursor,
    work: fc.record({ bits: byte, challenge: fixed(16) }),
  }),
  have: fc.record({
    kind: fc.constant('have'),
    entries: list(fc.record({ id: fixed(32), tag: fixed(16), class: byte, size: byte, copies: byte })),
  }),
  want: fc.record({ kind: fc.constant('want'), ids: list(fixed(32)) }),
  give: fc.record({
    kind: fc.constant('give'),
    copies: byte,
    ageHours: fc.nat(0xffff),
    envelope: fc.uint8Array({ maxLength: 300 }).map(bytesOf),
  }),
  results: fc.record({ kind: fc.constant('results'), results: list(fc.record({ id: fixed(32), result: fc.constantFrom(...RESULTS) })) }),
  forget: fc.record({ kind: fc.constant('forget'), tokens: list(fixed(PURGE_TOKEN_BYTES)) }),
  tags: fc.record({ kind: fc.constant('tags'), replace: fc.boolean(), tags: list(fixed(16)) }),
  push: fc.record({
    kind: fc.constant('push'),
    hops: byte,
    copies: byte,
    ageHours: fc.nat(0xffff),
    envelope: fc.uint8Array({ maxLength: 300 }).map(bytesOf),
  }),
  announce: fc.record({ kind: fc.constant('announce'), ids: list(fixed(32)) }),
  prune: fc.record({ kind: fc.constant('prune'), hops: byte }),
  graft: fc.record({ kind: fc.constant('graft'), ids: list(fixed(32)) }),
  sketch: fc.record({
    kind: fc.constant('sketch'),
    set,
    size: number,
    digest: fixed(32),
    salt: fixed(16),
    exceptions: list(fixed(32)),
  }),
  symbols: fc.record({ kind: fc.constant('symbols'), set, cells: fc.uint8Array({ maxLength: 300 }).map(bytesOf) }),
  stop: fc.record({ kind: fc.constant('stop'), set, isDecoded: fc.boolean() }),
  lacks: fc.record({ kind: fc.constant('lacks'), set, shorts: list(fixed(8)) }),
  upto: fc.record({ kind: fc.constant('upto'), cursor }),
  stamp: fc.record({ kind: fc.constant('stamp'), nonce: fc.nat(2 ** 53 - 1), ids: list(fixed(32)) }),
};

function encode(frame: Frame): Bytes {
  if (frame.kind === 'give') return concat(giveHead(frame.copies, frame.ageHours), frame.envelope);
  if (frame.kind === 'push') return concat(pushHead(frame.hops, frame.copies, frame.ageHours), frame.envelope);
  return encodeFrame(frame);
}
const kinds = Object.keys(SAID) as Frame['kind'][];

describe.each(kinds)('a frame of kind %s', (kind) => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(SAID[kind] as fc.Arbitrary<Frame>, (frame) => {
        expect(decodeFrame(encode(frame))).toEqual(frame);
      }),
      { seed: 1 },
    );
  });

  test('any bytes behind its number are answered, and what is read is written the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        const bytes = bytesOf([kinds.indexOf(kind) + 1, ...any]);
        const frame = decodeFrame(bytes);
        // A byte that says yes or no may be written by others as any number but 1.
        if (frame !== undefined && frame.kind !== 'tags') expect(encode(frame)).toEqual(bytes);
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe('a frame of lists', () => {
  test.each([
    ['have', 2, 51, []],
    ['want', 3, 32, []],
    ['results', 5, 33, []],
    ['forget', 6, PURGE_TOKEN_BYTES, []],
    ['tags', 7, 16, [1]],
    ['announce', 9, 32, []],
    ['graft', 11, 32, []],
    ['lacks', 15, 8, [0]],
  ] as const)('%s of %i: more than a thousand, more than there is, or less, is refused whole', (_, number, itemBytes, before) => {
    const frame = (said: number, items: number) =>
      bytesOf([number, ...before, said >> 8, said & 255, ...new Uint8Array(items * itemBytes)]);
    expect(decodeFrame(frame(2, 2))).toBeDefined();
    expect(decodeFrame(frame(LIST_MAX, LIST_MAX))).toBeDefined();
    expect(decodeFrame(frame(LIST_MAX + 1, LIST_MAX + 1))).toBeUndefined();
    expect(decodeFrame(frame(3, 2))).toBeUndefined();
    expect(decodeFrame(frame(1, 2))).toBeUndefined();
    expect(decodeFrame(frame(0xffff, 0))).toBeUndefined();
  });

  test('stays under the frames of every link at its largest', () => {
    const entry = { id: new Uint8Array(32), tag: new Uint8Array(16), class: 1, size: 0, copies: 8 };
    expect(encodeFrame({ kind: 'have', entries: Array.from({ length: LIST_MAX }, () => entry) }).length).toBeLessThan(65_536);
    const tokens = Array.from({ length: LIST_MAX / 2 }, () => new Uint8Array(PURGE_TOKEN_BYTES));
    expect(encodeFrame({ kind: 'forget', tokens }).length).toBeLessThan(65_536);
  });
});

test.each([
  ['nothing', []],
  ['a kind that is unknown', [18, 0, 0]],
  ['kind 0', [0]],
  ['a hello of version 1', [1, 1, 0, 0]],
  ['a hello of another version', [1, 3, 0, 0, ...new Uint8Array(109)]],
  ['a hello of another role', [1, 2, 2, 0, ...new Uint8Array(109)]],
  ['a hello of another pull', [1, 2, 0, 2, ...new Uint8Array(109)]],
  ['a hello that asks for nothing and does not say so', [1, 2, 0, 0, ...new Uint8Array(92)]],
  ['a hello with more behind it', [1, 2, 0, 0, ...new Uint8Array(110)]],
  ['a stamp for more than there may be', [17, ...new Uint8Array(9), WORK_IDS_MAX + 1, ...new Uint8Array((WORK_IDS_MAX + 1) * 32)]],
  ['a stamp whose number does not fit', [17, 0, 32, ...new Uint8Array(8)]],
  ['a sketch of a set that does not exist', [12, 2, ...new Uint8Array(54)]],
  ['a sketch with more exceptions than there may be', [12, 0, ...new Uint8Array(52), 0, 65, ...new Uint8Array(65 * 32)]],
  ['a stop that says neither', [14, 0, 2]],
  ['a push without its head', [8, 1, 1, 0]],
  ['a result that has no name', [5, 0, 1, ...new Uint8Array(32), 7]],
  ['a give without its head', [4, 1]],
])('%s is no frame', (_, bytes) => {
  expect(decodeFrame(bytesOf(bytes))).toBeUndefined();
});

test('an age beyond what fits is written as the largest that does', () => {
  expect(decodeFrame(giveHead(1, 1e9))).toMatchObject({ ageHours: 0xffff });
});

test('what may be carried is answered, what is to be read by somebody is not, nor is anything else', () => {
  for (const copies of [0, 1, 255]) {
    expect(isAnswered(giveHead(copies, 7))).toBe(copies > 0);
    expect(isAnswered(pushHead(3, copies, 7))).toBe(copies > 0);
  }
  expect(isAnswered(encodeFrame({ kind: 'want', ids: [] }))).toBe(false);
  expect(isAnswered(bytesOf([]))).toBe(false);
});
