import type { Stream } from '@libp2p/interface';
import { describe, expect, test } from 'vitest';
import { type Bytes, bytesOf, concat } from '../../kernel/bytes.ts';
import { FrameStream } from './frame-stream.ts';

const LIMITS = { frameBytesMax: 100, queueBytesMax: 250, keepAliveMs: 15, silentMs: 45 };
const frame = (size: number, fill = 1): Bytes => new Uint8Array(size).fill(fill);

/** A stream that keeps what is written and says it is full when told to. */
function world(): {
  frames: FrameStream;
  told: string[];
  written: Uint8Array[];
  hear(...bytes: number[]): void;
  setFull(isFull: boolean): void;
  at(nowMs: number): void;
  turn(): Promise<void>;
} {
  const target = new EventTarget();
  const written: Uint8Array[] = [];
  const told: string[] = [];
  let isFull = false;
  let nowMs = 0;
  const stream = Object.assign(target, {
    status: 'open',
    send: (bytes: Uint8Array): boolean => {
      written.push(bytes);
      return !isFull;
    },
  }) as unknown as Stream;
  const listener = {
    frame: (got: Bytes) => void told.push(`frame ${got.length}`),
    drained: () => void told.push('drained'),
    ended: (reason: string) => void told.push(`ended ${reason}`),
  };
  return {
    frames: new FrameStream(stream, LIMITS, listener, () => nowMs),
    told,
    written,
    hear: (...bytes) => void target.dispatchEvent(Object.assign(new Event('message'), { data: bytesOf(bytes) })),
    setFull: (full) => {
      isFull = full;
      if (!full) target.dispatchEvent(new Event('drain'));
    },
    at: (now) => {
      nowMs = now;
    },
    turn: () => Promise.resolve(),
  };
}

describe('writing', () => {
  test('all frames of one turn leave as one batch', async () => {
    const { frames, written, turn } = world();
    frames.send(frame(2, 7));
    frames.send(frame(1, 9));
    expect(written).toEqual([]);
    await turn();
    expect(written).toEqual([bytesOf([0, 0, 0, 2, 7, 7, 0, 0, 0, 1, 9])]);
  });

  test('while the stream is full, frames wait; beyond the bound send answers full, and drained follows once', async () => {
    const { frames, written, told, setFull, turn } = world();
    setFull(true);
    expect(frames.send(frame(100))).toBe('queued');
    await turn();
    expect([frames.send(frame(100)), frames.send(frame(100)), frames.send(frame(100))]).toEqual(['queued', 'queued', 'full']);
    await turn();
    expect(written).toHaveLength(1);
    setFull(false);
    expect(told).toEqual(['drained']);
    expect(concat(...written.slice(1))).toHaveLength(208);
    expect(frames.send(frame(100))).toBe('queued');
  });
});

describe('liveness', () => {
  test('a heartbeat leaves when nothing else did for the interval, and not otherwise', async () => {
    const { frames, written, turn, at } = world();
    at(10);
    frames.send(frame(1));
    await turn();
    at(20);
    frames.tick();
    expect(written).toHaveLength(1);
    at(25);
    frames.tick();
    expect(written[1]).toEqual(bytesOf([0, 0, 0, 0]));
  });

  test('a neighbour whose heartbeats are heard stays, one that is silent too long ends', () => {
    const { frames, told, hear, at } = world();
    at(40);
    hear(0, 0, 0, 0);
    at(84);
    frames.tick();
    expect(told).toEqual([]);
    at(85);
    frames.tick();
    frames.tick();
    expect(told).toEqual(['ended silent']);
  });
});

describe('a sign of life', () => {
  const [QUESTION, HEARTBEAT] = [bytesOf([0xff, 0xff, 0xff, 0xff]), bytesOf([0, 0, 0, 0])];

  test('is asked for at once, and given at once to who asks', () => {
    const { frames, written, told, hear } = world();
    frames.ask();
    expect(written).toEqual([QUESTION]);
    hear(0xff, 0xff, 0xff, 0xff);
    expect(written).toEqual([QUESTION, HEARTBEAT]);
    expect(told).toEqual([]);
  });

  test('is whatever is heard, and when it was heard is known', () => {
    const { frames, hear, at } = world();
    at(10);
    expect(frames.heardAtMs).toBe(0);
    hear(0, 0, 0, 0);
    expect(frames.heardAtMs).toBe(10);
    at(20);
    hear(0, 0, 0, 9, 1);
    expect(frames.heardAtMs).toBe(20);
  });

  test('adds nothing to a stream that is full: what leaves it next is sign enough', async () => {
    const { frames, written, hear, setFull, turn } = world();
    setFull(true);
    frames.send(frame(1, 8));
    await turn();
    hear(0xff, 0xff, 0xff, 0xff);
    frames.ask();
    expect(written).toEqual([bytesOf([0, 0, 0, 1, 8])]);
  });

  test('may take longer while much that was sent before may still be under way, however slow the road', async () => {
    const { frames, at, turn } = world();
    expect(frames.backlogMs).toBe(0);
    for (let times = 0; times < 2; times++) frames.send(frame(100));
    const both = frames.backlogMs;
    await turn();
    expect(both).toBeGreaterThan(2 * (100 / 8.192) - 1);
    expect(frames.backlogMs).toBeGreaterThanOrEqual(both);
    at(10);
    frames.send(frame(100));
    await turn();
    expect(frames.backlogMs).toBeGreaterThan(3 * (100 / 8.192) - 11);
    at(1_000);
    expect(frames.backlogMs).toBe(0);
  });

  test('is neither asked for nor given once the stream has ended', () => {
    const { frames, written, hear } = world();
    frames.end('closed');
    frames.ask();
    hear(0xff, 0xff, 0xff, 0xff);
    expect(written).toEqual([]);
  });
});

test('an announced length beyond the maximum ends the stream, and nothing is told after it', () => {
  const { frames, told, hear } = world();
  hear(0, 0, 0, 1, 5, 0, 0, 0, 101, 1, 2);
  hear(0, 0, 0, 1, 5);
  expect(told).toEqual(['frame 1', 'ended broke-framing']);
  expect(frames.send(frame(1))).toBe('gone');
});
