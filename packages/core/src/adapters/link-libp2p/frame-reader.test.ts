import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, concat, toHex } from '../../kernel/bytes.ts';
import { FrameReader } from './frame-reader.ts';

function framed(frame: Uint8Array): Bytes {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, frame.length);
  return concat(length, frame);
}

test('frames come out whole however the stream was cut, from views with an offset too, and heartbeats yield nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.array(fc.integer({ min: 1, max: 50 })), (frames, cuts) => {
      const stream = concat(...frames.map(framed));
      const offset = concat(new Uint8Array(7), stream);
      const got: string[] = [];
      const reader = new FrameReader(40, (frame) => {
        expect(frame.byteLength).toBe(frame.buffer.byteLength);
        got.push(toHex(frame));
      });
      let at = 0;
      for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
        expect(reader.push(offset.subarray(7 + at, Math.min(7 + at + cut, offset.length)))).toBe(true);
        at = Math.min(at + cut, stream.length);
      }
      expect(got).toEqual(frames.filter((frame) => frame.length > 0).map(toHex));
    }),
  );
});

test('a length beyond the maximum breaks the stream before any of its bytes are kept, and for good', () => {
  const got: Bytes[] = [];
  const reader = new FrameReader(10, (frame) => got.push(frame));
  expect(reader.push(concat(framed(new Uint8Array(10)), framed(new Uint8Array(11))))).toBe(false);
  expect(reader.push(framed(new Uint8Array(3)))).toBe(false);
  expect(got).toHaveLength(1);
});
