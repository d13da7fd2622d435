import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { label, type Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, concat } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import { bundleFile, readBundleFile } from './bundle.ts';
import { BUNDLE_BYTES_MAX, BUNDLE_FRAME_BYTES_MIN } from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const frame = (first: number, length = 120): Bytes => bytesOf(Uint8Array.from({ length }, (_, i) => first + i));
const frames = fc.array(fc.uint8Array({ minLength: BUNDLE_FRAME_BYTES_MIN, maxLength: 400 }).map(bytesOf), { maxLength: 6 });
const kindOf = (file: Bytes): string => {
  const read = readBundleFile(suite, file);
  return read.ok ? 'read' : read.refusal.kind;
};

/** A file as somebody might write it who keeps to the form as far as it suits them: the hash is right. */
function forged(fields: { readonly version?: number; readonly count: number; readonly body: Bytes }): Bytes {
  const writer = new Writer(64)
    .raw(encodeUtf8('KITHHAND'))
    .u8(fields.version ?? 1)
    .u32(7)
    .u32(fields.count)
    .raw(fields.body);
  const whole = writer.finish();
  return concat(whole, suite.hash(label('bundle/file'), whole));
}

test('a bundle file gives back its frames, each as bytes of its own', () => {
  fc.assert(
    fc.property(frames, fc.nat(0xffff_ffff), (some, hour) => {
      const read = readBundleFile(suite, bundleFile(suite, hour, some));
      if (!read.ok) throw new Error(read.refusal.kind);
      const found = [...read.value.frames];
      expect([read.value.createdHour, read.value.count, found]).toEqual([hour, some.length, some]);
      for (const one of found) expect(one.buffer.byteLength).toBe(one.length);
    }),
    { seed: 1 },
  );
});

describe('what was changed on the way', () => {
  test('is damaged, wherever it was cut, and no bundle where its beginning is missing', () => {
    const file = bundleFile(suite, 5, [frame(1), frame(2, 200)]);
    for (let cut = 0; cut < file.length; cut++) expect(kindOf(file.slice(0, cut)), `${cut}`).toBe(cut < 8 ? 'not-a-bundle' : 'damaged');
    expect(kindOf(concat(file, bytesOf([0])))).toBe('damaged');
    expect(kindOf(file.slice(1))).toBe('not-a-bundle');
  });

  test('is damaged, whichever byte it was', () => {
    const file = bundleFile(suite, 5, [frame(1), frame(2, 200)]);
    for (let at = 0; at < file.length; at++) {
      const changed = file.slice();
      changed[at] = (changed[at] as number) ^ 1;
      // The version 1 with its last bit taken is 0.
      expect(kindOf(changed), `${at}`).toBe(at < 8 ? 'not-a-bundle' : 'damaged');
    }
    const later = file.slice();
    later[8] = 2;
    expect(kindOf(later)).toBe('newer-version');
  });

  test('any bytes are answered, behind the right beginning as well', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
        expect(kindOf(bytesOf(any))).toBe('not-a-bundle');
        expect(['damaged', 'newer-version']).toContain(kindOf(concat(encodeUtf8('KITHHAND'), any)));
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe('whoever can make the hash', () => {
  test.each([
    ['counts more frames than there are', 2, [0, 120, ...frame(1)]],
    ['counts fewer frames than there are', 0, [0, 120, ...frame(1)]],
    ['says a frame is longer than the file', 1, [255, 255, ...frame(1)]],
    ['says a frame ends inside the hash', 1, [0, 140, ...frame(1)]],
    ['leaves a byte over', 1, [0, 120, ...frame(1), 0]],
    ['hides a frame that is too short for a token', 1, [0, 110, ...frame(1, 110)]],
    ['fills the file with frames of nothing', 4, [0, 0, 0, 0, 0, 0, 0, 0]],
  ])('and %s, has made a damaged file', (_, count, body) => {
    expect(kindOf(forged({ count, body: bytesOf(body) }))).toBe('damaged');
  });

  test('and keeps to the form, is read', () => {
    expect(kindOf(forged({ count: 1, body: bytesOf([0, 120, ...frame(1)]) }))).toBe('read');
    expect(kindOf(forged({ count: 0, body: bytesOf([]) }))).toBe('read');
    expect(kindOf(forged({ version: 0, count: 0, body: bytesOf([]) }))).toBe('damaged');
  });
});

test('a file beyond the bound is refused with the bound, before it is looked through', () => {
  const file = new Uint8Array(BUNDLE_BYTES_MAX + 1);
  file.set(bundleFile(suite, 5, []));
  expect(readBundleFile(suite, file)).toEqual({ ok: false, refusal: { kind: 'too-large', bytesMax: BUNDLE_BYTES_MAX } });
});
