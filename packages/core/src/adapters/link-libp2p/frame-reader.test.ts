import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, bytesOf, concat, toHex } from '../../kernel/bytes.ts';
import { ASK, FrameReader } from './frame-reader.ts';

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

test('asking is told between frames however the stream was cut, yields no frame, and breaks nothing', () => {
  const question = new Uint8Array(4).fill(0xff);
  expect(new DataView(question.buffer).getUint32(0)).toBe(ASK);
  const stream = concat(framed(new Uint8Array(3)), question, question, framed(new Uint8Array(0)), framed(new Uint8Array(2).fill(0xff)));
  for (let cut = 1; cut <= stream.length; cut++) {
    const heard: string[] = [];
    const reader = new FrameReader(
      10,
      (frame) => heard.push(`frame ${frame.length}`),
      () => heard.push('asked'),
    );
    for (let at = 0; at < stream.length; at += cut) expect(reader.push(stream.subarray(at, at + cut))).toBe(true);
    expect(heard).toEqual(['frame 3', 'asked', 'asked', 'frame 2']);
  }
});

test('a length just below the one that asks is one too large', () => {
  const reader = new FrameReader(10, () => {});
  expect(reader.push(bytesOf([0xff, 0xff, 0xff, 0xfe]))).toBe(false);
});
