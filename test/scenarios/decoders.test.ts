/**
 * Whatever a stranger, a damaged disk or an older program hands to a decoder: it answers, within bounds that the length of its input sets,
 * and changes nothing. Counted, not timed: bytes set aside, steps of the reader, and the size of what comes back.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CONTENT } from '../../packages/core/src/content/content.ts';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import { type Bytes, concat, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { Reader } from '../../packages/core/src/kernel/codec.ts';
import { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import { shipped, textOf } from '../house/tree.ts';
import { castOf } from './decoders/cast.ts';
import type { Decoder } from './decoders/decoder.ts';
import { EXCEPTIONS, OTHER_READERS } from './decoders/exceptions.ts';
import { decodersOf, TABLE } from './decoders/table.ts';

const suite = await loadSodiumSuite();
const decoders = decodersOf(suite);

/** Of each example: places that are changed and cut. Longer ones are sampled evenly, with both ends whole. */
const PLACES_MAX = 80;
const RANDOM_INPUTS = 40;

/** What a call may set aside: this many times its input, and this much more. */
const ALLOCATED_TIMES = 24;
const ALLOCATED_MORE = 16_384;
const STEPS_TIMES = 2;
const STEPS_MORE = 128;
const KEPT_TIMES = 8;
const KEPT_MORE = 8192;

interface Cost {
  allocated: number;
  steps: number;
}

/** Counts what is set aside and read until `afterEach`: what a claimed length would cost shows here, whoever pays for it. */
function counted(): Cost {
  const cost: Cost = { allocated: 0, steps: 0 };
  const Plain = Uint8Array;
  vi.stubGlobal(
    'Uint8Array',
    new Proxy(Plain, {
      construct(target, args, newTarget) {
        const made = Reflect.construct(target, args, newTarget === counting ? target : newTarget) as Uint8Array;
        if (!(args[0] instanceof ArrayBuffer)) cost.allocated += made.length;
        return made;
      },
    }),
  );
  const counting = globalThis.Uint8Array;
  for (const step of ['u8', 'u16', 'u32', 'raw'] as const) {
    const plain = Reader.prototype[step] as (this: Reader, length: number) => number & Bytes;
    vi.spyOn(Reader.prototype, step).mockImplementation(function (this: Reader, length: number) {
      cost.steps++;
      return plain.call(this, length);
    } as never);
  }
  return cost;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Bytes, letters and entries of everything that came back. */
function sizeOf(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null || depth > 8) return 1;
  const parts = value instanceof Map ? [...value.entries()] : Object.values(value);
  return parts.reduce<number>((sum, part) => sum + sizeOf(part, depth + 1), 8);
}

/** Whether an answer says: this is what I read. */
function isTaken(answer: unknown): boolean {
  if (answer === undefined) return false;
  if (Array.isArray(answer)) return answer.length > 0;
  return typeof answer !== 'object' || answer === null || !('ok' in answer) || answer.ok === true;
}

function placesIn(length: number): readonly number[] {
  if (length <= PLACES_MAX) return Array.from({ length }, (_, i) => i);
  const stride = length / PLACES_MAX;
  return Array.from({ length: PLACES_MAX }, (_, i) => Math.floor(i * stride));
}

const with16 = (bytes: Bytes, at: number, value: number): Bytes => {
  const copy = bytes.slice();
  copy[at] = value >> 8;
  if (at + 1 < copy.length) copy[at + 1] = value & 255;
  return copy;
};

/** What comes of an example on its way: cut, changed, lengthened, and with lengths claimed that are not there. */
function* spoilt(example: Bytes): Iterable<Bytes> {
  for (const length of placesIn(example.length)) yield example.slice(0, length);
  for (const at of placesIn(example.length)) {
    yield example.with(at, (example[at] as number) ^ 1);
    yield example.with(at, (example[at] as number) ^ 0x80);
    yield example.with(at, 0);
    yield example.with(at, 0xff);
    yield with16(example, at, 0xffff);
    yield with16(example, at, 0x7fff);
  }
  yield concat(example, new Uint8Array(1));
  yield concat(example, example);
  yield concat(example, new Uint8Array(4096).fill(0xff));
}

/** Nothing like an example, or like one for its first bytes only. */
function* strange(examples: readonly Bytes[]): Iterable<Bytes> {
  const random = new SeededRandom(1);
  const length = (max: number): number => (((random.bytes(1)[0] as number) << 8) | (random.bytes(1)[0] as number)) % max;
  yield new Uint8Array(0);
  for (const fill of [0, 1, 2, 0x7f, 0xff]) for (const bytes of [1, 2, 3, 64, 1000]) yield new Uint8Array(bytes).fill(fill);
  for (let i = 0; i < RANDOM_INPUTS; i++) {
    const any = random.bytes(length(i % 2 === 0 ? 64 : 3000));
    yield any;
    for (const example of examples) yield concat(example.slice(0, 1 + length(Math.min(8, example.length))), any);
  }
}

function answered(decoder: Decoder, bytes: Bytes, cost: Cost): unknown {
  const before = toHex(bytes);
  cost.allocated = 0;
  cost.steps = 0;
  const answer = decoder.read(bytes);
  const about = `${decoder.at} of ${bytes.length} bytes ${before.slice(0, 80)}`;
  const { allocated, steps } = cost;
  if (allocated > ALLOCATED_TIMES * bytes.length + ALLOCATED_MORE + (decoder.spare?.bytes ?? 0))
    expect.fail(`${about}: set ${allocated} bytes aside`);
  if (steps > STEPS_TIMES * bytes.length + STEPS_MORE) expect.fail(`${about}: ${steps} steps`);
  const size = sizeOf(answer);
  if (size > KEPT_TIMES * bytes.length + KEPT_MORE) expect.fail(`${about}: gave back ${size}`);
  if (toHex(bytes) !== before) expect.fail(`${about}: changed its input`);
  return answer;
}

describe.each(decoders.map((decoder) => [decoder.at, decoder] as const))('%s', (_, decoder) => {
  test('takes its examples', () => {
    for (const example of decoder.examples) expect(isTaken(decoder.read(example)), toHex(example).slice(0, 80)).toBe(true);
  });

  test('answers whatever comes of them, within bounds', () => {
    const cost = counted();
    for (const example of decoder.examples) {
      for (const bytes of spoilt(example)) answered(decoder, bytes, cost);
    }
  });

  test('answers anything else, within bounds, and the same each time', () => {
    const cost = counted();
    for (const bytes of strange(decoder.examples)) {
      const [first, again] = [answered(decoder, bytes, cost), answered(decoder, bytes, cost)];
      if (isTaken(first) !== isTaken(again)) expect.fail(`${decoder.at} changed its mind about ${toHex(bytes)}`);
    }
  });

  if (decoder.takesParts === true || decoder.examples.length === 0) return;
  test('takes nothing that ends early', () => {
    for (const example of decoder.examples) expect(isTaken(decoder.read(example.slice(0, -1)))).toBe(false);
  });
});

describe('the table', () => {
  const prefix = 'packages/core/src/';
  const core = shipped.filter((path) => path.startsWith(prefix) && !path.includes('/testing/'));
  const named = /^export (?:async )?function ((?:read|decode|open|unpad|check|accept|from)(?:[A-Z]\w*)?|seedFrom|bytesOfCode)\(/gm;
  const found = core.flatMap((path) => [...textOf(path).matchAll(named)].map((hit) => `${path.slice(prefix.length)} ${hit[1]}`));
  const listed = new Set(decoders.map((decoder) => decoder.at));

  test('has a line for each function that is named like a decoder, or a reason why not', () => {
    expect(found.filter((at) => !listed.has(at) && EXCEPTIONS[at] === undefined)).toEqual([]);
  });

  test('names nothing that is gone, and nothing twice', () => {
    expect([...listed, ...Object.keys(EXCEPTIONS)].filter((at) => !found.includes(at))).toEqual([]);
    expect(decoders.length).toBe(listed.size);
    expect([...listed].filter((at) => EXCEPTIONS[at] !== undefined)).toEqual([]);
  });

  test('keeps the lines of a folder in the file of its name', () => {
    const cast = castOf(suite);
    const strays = Object.entries(TABLE).flatMap(([folder, lines]) => lines(cast).filter((it) => !it.at.startsWith(`${folder}/`)));
    expect(strays.map((it) => it.at)).toEqual([]);
  });

  test('knows every file that makes a reader', () => {
    const files = new Set([...listed, ...Object.keys(EXCEPTIONS)].map((at) => at.split(' ')[0]));
    const readers = core.filter((path) => /new Reader\(/.test(textOf(path))).map((path) => path.slice(prefix.length));
    expect(readers.filter((path) => !files.has(path) && OTHER_READERS[path] === undefined)).toEqual([]);
  });

  test('has an example of each kind of content', () => {
    const numbers = new Set(decoders.find((it) => it.at === 'content/content.ts decodeContent')?.examples.map((example) => example[0]));
    expect(Object.values(CONTENT).filter((codec) => !numbers.has(codec.number))).toEqual([]);
  });
});

describe('the counting itself', () => {
  test('sees a length that is believed, a loop that is not bounded, and an answer that is too large', () => {
    const greedy: Decoder = { at: 'greedy', examples: [], read: (bytes) => new Uint8Array(((bytes[0] as number) << 16) | 1).length };
    const endless: Decoder = {
      at: 'endless',
      examples: [],
      read: (bytes) => {
        const reader = new Reader(bytes);
        for (let i = 0; i < 10_000; i++) reader.u8();
      },
    };
    const large: Decoder = { at: 'large', examples: [], read: () => 'x'.repeat(100_000) };
    const cost = counted();
    const input = new Uint8Array([255, 255]);
    expect(() => answered(greedy, input, cost)).toThrow('aside');
    expect(() => answered(endless, input, cost)).toThrow('steps');
    expect(() => answered(large, input, cost)).toThrow('gave back');
  });
});
