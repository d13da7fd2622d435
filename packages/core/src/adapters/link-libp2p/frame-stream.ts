/**
 * Frames over one libp2p stream: written in batches, read without copying twice, kept alive by heartbeats inside the framing.
 * Frame: 4-byte big-endian length, then the bytes. Length 0: heartbeat; the largest: asks for one. Never decides who the neighbour is.
 */
import type { Stream } from '@libp2p/interface';
import type { Bytes } from '../../kernel/bytes.ts';
import { ASK, FrameReader, LENGTH_BYTES } from './frame-reader.ts';

export interface FrameStreamLimits {
  readonly frameBytesMax: number;
  /** Bytes that may wait for the stream; beyond them `send` answers `full`. */
  readonly queueBytesMax: number;
  /** After this long without sending, a heartbeat goes out. */
  readonly keepAliveMs: number;
  /** After this long without hearing anything, the far side counts as gone. */
  readonly silentMs: number;
}

export interface FrameStreamListener {
  frame(frame: Bytes): void;
  drained(): void;
  /** Told once: the stream ended, or the far side broke the rules or fell silent. */
  ended(reason: 'closed' | 'broke-framing' | 'silent'): void;
}

/** What one `stream.send` carries at most: a little under one noise message, so that a batch is not cut into a large and a tiny one. */
const BATCH_BYTES = 65_000;

/** What a slow road takes at the least: 8 KiB a second, a phone at the edge of its network. */
const SLOWEST_BYTES_PER_MS = 8.192;

const HEARTBEAT: Bytes = new Uint8Array(LENGTH_BYTES);
const QUESTION: Bytes = new Uint8Array(LENGTH_BYTES).fill(ASK & 0xff);

export class FrameStream {
  readonly #stream: Stream;
  readonly #limits: FrameStreamLimits;
  readonly #listener: FrameStreamListener;
  readonly #reader: FrameReader;
  #queue: Bytes[] = [];
  #queueBytes = 0;
  #isFlushing = false;
  #isStreamFull = false;
  #wantsDrained = false;
  #hasEnded = false;
  readonly #nowMs: () => number;
  #sentAtMs: number;
  #heardAtMs: number;
  /** Of what was sent, bytes that may still be under way on the slowest road, as of `#sentAtMs`. */
  #underWayBytes = 0;

  /** Listens at once: a libp2p stream loses what arrives before somebody listens. */
  constructor(stream: Stream, limits: FrameStreamLimits, listener: FrameStreamListener, nowMs: () => number) {
    this.#stream = stream;
    this.#limits = limits;
    this.#listener = listener;
    this.#nowMs = nowMs;
    this.#sentAtMs = nowMs();
    this.#heardAtMs = this.#sentAtMs;
    this.#reader = new FrameReader(
      limits.frameBytesMax,
      (frame) => {
        if (!this.#hasEnded) listener.frame(frame);
      },
      () => this.#beat(HEARTBEAT),
    );
    stream.addEventListener('message', (event) => this.#hear(event.data));
    stream.addEventListener('drain', () => {
      this.#isStreamFull = false;
      this.#flush();
    });
    stream.addEventListener('remoteCloseWrite', () => this.end('closed'));
    stream.addEventListener('close', () => this.end('closed'));
    if (stream.status !== 'open') queueMicrotask(() => this.end('closed'));
  }

  /** Keeps the frame until its batch is made, and copies it then: a frame that was sent is not changed by anybody. */
  send(frame: Bytes): 'queued' | 'full' | 'gone' {
    if (this.#hasEnded) return 'gone';
    if (this.#queueBytes > 0 && this.#queueBytes + frame.length > this.#limits.queueBytesMax) {
      this.#wantsDrained = true;
      return 'full';
    }
    this.#queue.push(frame);
    this.#queueBytes += frame.length;
    this.#flushSoon();
    return 'queued';
  }

  /** Called now and then: sends a heartbeat that is due, notices silence. */
  tick(): void {
    if (this.#hasEnded) return;
    const nowMs = this.#nowMs();
    if (nowMs - this.#heardAtMs >= this.#limits.silentMs) return this.end('silent');
    const isIdle = this.#queue.length === 0 && !this.#isStreamFull;
    if (isIdle && nowMs - this.#sentAtMs >= this.#limits.keepAliveMs) this.#write(HEARTBEAT);
  }

  /** Asks the far side for a sign of life; whether one came is seen by `heardAtMs`. */
  ask(): void {
    this.#beat(QUESTION);
  }

  /** When the far side was last heard, by the clock that was given. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** How much longer an answer may take because of what was sent before the question and may still be under way. */
  get backlogMs(): number {
    return Math.max(0, (this.#underWayBytes + this.#queueBytes) / SLOWEST_BYTES_PER_MS - (this.#nowMs() - this.#sentAtMs));
  }

  /** Between batches. Where a batch waits, what leaves with it is sign enough. */
  #beat(beat: Bytes): void {
    if (!this.#hasEnded && !this.#isStreamFull) this.#write(beat);
  }

  /** Stops telling anything; the stream itself is closed by whoever owns the connection. */
  end(reason: 'closed' | 'broke-framing' | 'silent'): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#queue = [];
    this.#listener.ended(reason);
  }

  #hear(data: Uint8Array | Iterable<Uint8Array>): void {
    if (this.#hasEnded) return;
    this.#heardAtMs = this.#nowMs();
    // a list is walked piece by piece: its own subarray() would copy everything into one
    const pieces = data instanceof Uint8Array ? [data] : data;
    for (const piece of pieces) if (!this.#reader.push(piece)) return this.end('broke-framing');
  }

  /** All that is sent in one turn of the loop leaves as one batch. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    let next = 0;
    while (next < this.#queue.length && !this.#isStreamFull && !this.#hasEnded) {
      const first = next;
      let bytes = 0;
      while (next < this.#queue.length) {
        const size = LENGTH_BYTES + (this.#queue[next] as Bytes).length;
        if (next > first && bytes + size > BATCH_BYTES) break;
        bytes += size;
        next++;
      }
      this.#write(batchOf(this.#queue, first, next, bytes));
      this.#queueBytes -= bytes - LENGTH_BYTES * (next - first);
    }
    if (this.#hasEnded) return;
    if (next > 0) this.#queue = this.#queue.slice(next);
    if (this.#wantsDrained && this.#queueBytes * 2 <= this.#limits.queueBytesMax) {
      this.#wantsDrained = false;
      this.#listener.drained();
    }
  }

  #write(batch: Bytes): void {
    try {
      this.#isStreamFull = !this.#stream.send(batch);
      const nowMs = this.#nowMs();
      this.#underWayBytes = Math.max(0, this.#underWayBytes - (nowMs - this.#sentAtMs) * SLOWEST_BYTES_PER_MS) + batch.length;
      this.#sentAtMs = nowMs;
    } catch {
      // the stream closed between its last event and this write; its close event may still be under way
      this.end('closed');
    }
  }
}

function batchOf(queue: readonly Bytes[], from: number, to: number, bytes: number): Bytes {
  const batch = new Uint8Array(bytes);
  const view = new DataView(batch.buffer);
  let at = 0;
  for (let i = from; i < to; i++) {
    const frame = queue[i] as Bytes;
    view.setUint32(at, frame.length);
    batch.set(frame, at + LENGTH_BYTES);
    at += LENGTH_BYTES + frame.length;
  }
  return batch;
}
