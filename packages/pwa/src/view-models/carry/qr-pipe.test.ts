import fc from 'fast-check';
import { encodeQR } from 'qr';
import { decodeQR } from 'qr/decode.js';
import { expect, test } from 'vitest';
import { type Caught, frameAt, isFrame, openPipe, PIPE_BYTES_MAX, type Pipe, PipeCatch } from './qr-pipe.ts';
import { fromQrText, toQrText } from './qr-text.ts';

const SEED = { seed: 45, numRuns: 60 };
const aBundle = fc.uint8Array({ minLength: 1, maxLength: 9_000 });

function pipeOf(bytes: Uint8Array): Pipe {
  const pipe = openPipe(bytes);
  if (pipe === undefined) throw new Error('there is no such pipe');
  return pipe;
}

/** Noise without a source of chance: every byte differs from its neighbours, and no piece is like another. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** Takes frames until they are enough; how many it took, or nothing when they never were. */
function read(pipe: Pipe, steps: Iterable<number>): { readonly bytes: Uint8Array; readonly frames: number } | undefined {
  const seen = new PipeCatch();
  let frames = 0;
  for (const step of steps) {
    frames += 1;
    const caught = seen.take(frameAt(pipe, step));
    if (caught.kind === 'done') return { bytes: caught.bytes, frames };
  }
  return undefined;
}

test('whatever goes in comes out, wherever one begins to look', () => {
  fc.assert(
    fc.property(aBundle, fc.nat(500), (bytes, start) => {
      const all = Array.from({ length: 200 }, (_, i) => start + i);
      expect(read(pipeOf(bytes), all)?.bytes).toEqual(bytes);
    }),
    SEED,
  );
});

test('frames in any order, seen twice or missed by half, are enough within a loop and a half', () => {
  fc.assert(
    fc.property(aBundle, fc.array(fc.boolean(), { minLength: 200, maxLength: 200 }), (bytes, isSeen) => {
      const pipe = pipeOf(bytes);
      const shown = isSeen.flatMap((seen, step) => (seen ? [step, step] : [])).toReversed();
      const result = read(pipe, shown);
      expect(result?.bytes).toEqual(bytes);
    }),
    SEED,
  );
});

test('32 KiB through mixed codes alone take at most eight codes more than there are pieces', () => {
  const bytes = noise(PIPE_BYTES_MAX);
  const pipe = pipeOf(bytes);
  const mixed = Array.from({ length: 200 }, (_, i) => 2 * i + 1);
  const result = read(pipe, mixed);
  expect(result?.bytes).toEqual(bytes);
  expect(result?.frames).toBeLessThanOrEqual(pipe.pieces.length + 8);
});

test('a missed code costs one more code and no loop', () => {
  const bytes = noise(8_000);
  const pipe = pipeOf(bytes);
  const all = Array.from({ length: 80 }, (_, i) => i);
  const whole = read(pipe, all)?.frames ?? 0;
  const third = all.filter((step) => step % 3 !== 0);
  expect(read(pipe, third)?.frames).toBeLessThanOrEqual(whole + 4);
});

test('how far it is grows and never falls', () => {
  const pipe = pipeOf(noise(4_000));
  const seen = new PipeCatch();
  const far: number[] = [];
  for (let step = 0; step < 8; step += 1) {
    const caught = seen.take(frameAt(pipe, step));
    if (caught.kind === 'going') far.push(caught.pieces);
  }
  expect(far).toEqual(far.toSorted((a, b) => a - b));
  expect(far.at(-1)).toBeGreaterThan(5);
});

test('another loop before the camera begins anew, and the first is not mixed in', () => {
  const [first, second] = [noise(3_000), noise(3_500)];
  const seen = new PipeCatch();
  for (let step = 0; step < 5; step += 1) seen.take(frameAt(pipeOf(first), step));
  let last: Caught = { kind: 'not-a-frame' };
  for (let step = 0; step < 60 && last.kind !== 'done'; step += 1) last = seen.take(frameAt(pipeOf(second), step));
  expect(last).toEqual({ kind: 'done', bytes: second });
});

test('a code that was misread is found at the end, and the next loop mends it', () => {
  const bytes = noise(1_500);
  const pipe = pipeOf(bytes);
  const seen = new PipeCatch();
  const changed = fromQrText(frameAt(pipe, 0)) ?? new Uint8Array();
  changed[20] = (changed[20] ?? 0) ^ 1;
  const kinds: string[] = [seen.take(toQrText(changed)).kind];
  let last: Caught = { kind: 'not-a-frame' };
  for (let step = 1; step < 60 && last.kind !== 'done'; step += 1) {
    last = seen.take(frameAt(pipe, step));
    kinds.push(last.kind);
  }
  expect(kinds).toContain('damaged');
  expect(last).toEqual({ kind: 'done', bytes });
});

test('no text whatever throws, and what is no frame is said to be none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 300 }), fc.uint8Array({ maxLength: 200 }).map(toQrText)), (text) => {
      expect(new PipeCatch().take(text).kind).toBe('not-a-frame');
    }),
    SEED,
  );
});

test('a frame with any head is taken or refused, and asks for no more than is allowed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 9, maxLength: 120 }), (rest) => {
      const caught = new PipeCatch().take(toQrText(Uint8Array.of(0x6b, 0x71, 1, ...rest)));
      if (caught.kind === 'going') expect(caught.of).toBeLessThanOrEqual(256);
      if (caught.kind === 'done') expect(caught.bytes.length).toBeLessThanOrEqual(PIPE_BYTES_MAX);
    }),
    { seed: 45, numRuns: 500 },
  );
});

test('nothing, and more than 32 KiB, are not shown', () => {
  expect(openPipe(new Uint8Array())).toBeUndefined();
  expect(openPipe(new Uint8Array(PIPE_BYTES_MAX + 1))).toBeUndefined();
});

test('an invitation is not taken for a frame', () => {
  expect(isFrame('https://kith-abc.local:8443/#/meet/xK7_qpZ3vN0aR8tYbW2sLdEfGhJmCuQi')).toBe(false);
});

test('a frame survives being drawn and read as a code, which has at most 69 modules a side', () => {
  const text = frameAt(pipeOf(noise(PIPE_BYTES_MAX)), 7);
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: 4 });
  expect(rows.length - 8).toBeLessThanOrEqual(69);
  const scale = 4;
  const side = rows.length * scale;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  rows.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (isDark !== true) return;
      for (let dy = 0; dy < scale; dy += 1)
        for (let dx = 0; dx < scale; dx += 1)
          data.fill(0, ((y * scale + dy) * side + x * scale + dx) * 4, ((y * scale + dy) * side + x * scale + dx) * 4 + 3);
    });
  });
  expect(decodeQR({ width: side, height: side, data })).toBe(text);
});
