import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssertionFailed } from './assert.ts';
import { bytesOf } from './bytes.ts';
import { Reader, Writer } from './codec.ts';

type Field =
  | { readonly kind: 'u8' | 'u16' | 'u32' | 'u64'; readonly value: number }
  | { readonly kind: 'raw' | 'bytes16'; readonly value: Uint8Array }
  | { readonly kind: 'text16'; readonly value: string };

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ kind: fc.constant('u8' as const), value: fc.nat(0xff) }),
  fc.record({ kind: fc.constant('u16' as const), value: fc.nat(0xffff) }),
  fc.record({ kind: fc.constant('u32' as const), value: fc.integer({ min: 0, max: 0xffff_ffff }) }),
  fc.record({ kind: fc.constant('u64' as const), value: fc.maxSafeNat() }),
  fc.record({ kind: fc.constantFrom('raw' as const, 'bytes16' as const), value: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ kind: fc.constant('text16' as const), value: fc.string({ unit: 'grapheme', maxLength: 20 }) }),
);

function write(writer: Writer, it: Field): void {
  if (typeof it.value === 'string') writer.text16(it.value);
  else if (typeof it.value !== 'number') writer[it.kind === 'raw' ? 'raw' : 'bytes16'](it.value);
  else if (it.kind !== 'raw' && it.kind !== 'bytes16' && it.kind !== 'text16') writer[it.kind](it.value);
}

function read(reader: Reader, it: Field): unknown {
  if (it.kind === 'raw') return reader.raw((it.value as Uint8Array).length);
  return reader[it.kind]();
}

describe('a writer and a reader', () => {
  test('agree on any list of fields, to the last byte', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), (fields) => {
        const writer = new Writer(1);
        for (const it of fields) write(writer, it);
        const reader = new Reader(writer.finish());
        const found = fields.map((it) => read(reader, it));
        expect(reader.finish(found)).toEqual(fields.map((it) => (typeof it.value === 'object' ? bytesOf(it.value) : it.value)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('write big-endian', () => {
    expect(new Writer().u8(1).u16(0x0203).u32(0x04050607).u64(0x08_090a0b0c0d0e).finish()).toEqual(
      bytesOf([1, 2, 3, 4, 5, 6, 7, 0, 8, 9, 10, 11, 12, 13, 14]),
    );
    expect(
      new Writer()
        .bytes16(bytesOf([9]))
        .text16('é')
        .finish(),
    ).toEqual(bytesOf([0, 1, 9, 0, 2, 0xc3, 0xa9]));
  });

  test('a number out of range is a mistake of ours', () => {
    for (const write of [
      () => new Writer().u8(256),
      () => new Writer().u16(-1),
      () => new Writer().u32(2 ** 32),
      () => new Writer().u64(2 ** 53),
      () => new Writer().u8(1.5),
      () => new Writer().bytes16(new Uint8Array(65_536)),
    ])
      expect(write).toThrow(AssertionFailed);
  });
});

describe('a reader of a stranger’s bytes', () => {
  const ask = fc.constantFrom<(reader: Reader) => unknown>(
    (it) => it.u8(),
    (it) => it.u16(),
    (it) => it.u32(),
    (it) => it.u64(),
    (it) => it.raw(7),
    (it) => it.bytes16(),
    (it) => it.bytes16(3),
    (it) => it.text16(),
    (it) => it.rest(),
  );

  test('never throws, never reads past the end, and once failed stays failed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(ask, { maxLength: 12 }), (bytes, asks) => {
        const reader = new Reader(bytes);
        let hasFailed = false;
        for (const one of asks) {
          one(reader);
          expect(reader.left).toBeGreaterThanOrEqual(0);
          if (hasFailed) expect(reader.failed).toBe(true);
          hasFailed = reader.failed;
        }
        if (hasFailed) expect(reader.finish(1)).toBeUndefined();
        else expect(reader.finish(1)).toBe(reader.left === 0 ? 1 : undefined);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  test('answers zeros and nothing after it has failed', () => {
    const reader = new Reader(bytesOf([1, 2, 3, 4, 5, 6, 7, 8]));
    reader.fail();
    expect([reader.u8(), reader.u16(), reader.u32(), reader.u64(), reader.raw(2).length, reader.text16()]).toEqual([0, 0, 0, 0, 0, '']);
  });

  test.each([
    ['a length that is not there', [0, 5, 1, 2], (it: Reader) => it.bytes16()],
    ['a length over the limit', [0, 2, 1, 2], (it: Reader) => it.bytes16(1)],
    ['text that is not UTF-8', [0, 1, 0xff], (it: Reader) => it.text16()],
    ['a number past 2^53 - 1', [0, 0x20, 0, 0, 0, 0, 0, 0], (it: Reader) => it.u64()],
    ['bytes left over', [1, 2], (it: Reader) => it.u8()],
  ])('refuses %s', (_, bytes, ask) => {
    const reader = new Reader(bytesOf(bytes));
    ask(reader);
    expect(reader.finish(true)).toBeUndefined();
  });

  test('what it gave out does not change when the input is used again', () => {
    const input = bytesOf([0, 2, 7, 8]);
    const taken = new Reader(input).bytes16();
    input.fill(0);
    expect([...taken]).toEqual([7, 8]);
  });
});
