/**
 * The exam every link passes: what `ports/link.ts` promises, asked of a real pair. A harness says how to make the pair; the cases
 * throw `AssertionFailed` with the claim that did not hold. Knows no test runner.
 */
import { assert } from '../kernel/assert.ts';
import { type Bytes, sameBytes } from '../kernel/bytes.ts';
import type { Link, NeighbourId, TransportKey } from '../ports/link.ts';
import { ExamSide, type UpEvent } from './link-exam-side.ts';

export interface ExamNode {
  /** Not started yet. */
  readonly link: Link;
  readonly seed: Bytes;
  /** The transport key that belongs to the seed. */
  readonly key: TransportKey;
}

export interface ExamPair {
  readonly dialler: ExamNode;
  readonly listener: ExamNode;
  /** Under which the dialler reaches the listener. Asked after both were told to listen. */
  address(): Promise<string>;
  /** Well formed, and nobody listens there. */
  readonly nowhere: string;
  /** Plays a stranger who connects to the listener and misbehaves; resolves when it has done its worst. */
  attack?(kind: 'garbage' | 'oversized'): Promise<void>;
  /** Releases what the harness itself opened. The links are stopped already. */
  close(): Promise<void>;
}

export interface LinkExamHarness {
  open(): Promise<ExamPair>;
  /** How long a case waits for an event before it fails. Default 15 s. */
  readonly patienceMs?: number;
  /** Frames in the flood of the backpressure case. Default 400. */
  readonly floodFrames?: number;
}

export interface LinkExamCase {
  readonly name: string;
  run(): Promise<void>;
}

export interface Bench {
  readonly pair: ExamPair;
  /** Of the dialler. */
  readonly a: ExamSide;
  readonly b: ExamSide;
}

/** A case in which two started links listen; both are stopped at its end. */
export function examCase(harness: LinkExamHarness, name: string, body: (bench: Bench) => Promise<void>): LinkExamCase {
  const patienceMs = harness.patienceMs ?? 15_000;
  return {
    name,
    run: async (): Promise<void> => {
      const pair = await harness.open();
      const a = new ExamSide(pair.dialler.link, patienceMs);
      const b = new ExamSide(pair.listener.link, patienceMs);
      try {
        b.link.perform({ kind: 'listen', seed: pair.listener.seed });
        a.link.perform({ kind: 'listen', seed: pair.dialler.seed });
        await body({ pair, a, b });
      } finally {
        await Promise.all([a.link.stop(), b.link.stop()]);
        await pair.close();
      }
    },
  };
}

const BAD_ADDRESSES = [
  '',
  'nonsense',
  '/ip4/999.1.1.1/tcp/1',
  '/ip4/127.0.0.1/tcp/99999',
  `/dns4/${'x'.repeat(20_000)}/tcp/1`,
  '\u0000\u{1f600}',
];

/** The cases, in the order in which a new adapter is best made to pass them. */
export function linkExam(harness: LinkExamHarness): readonly LinkExamCase[] {
  const floodFrames = harness.floodFrames ?? 400;

  const exam = (name: string, body: (bench: Bench & { readonly address: string }) => Promise<void>): LinkExamCase =>
    examCase(harness, name, async (bench) => body({ ...bench, address: await bench.pair.address() }));

  return [
    exam('two links come up with each other’s key, and each knows who dialled', async ({ pair, a, b, address }) => {
      const { near, far } = await connect(a, b, address, { expectedKey: pair.listener.key, dial: 7 });
      assert(near.key === pair.listener.key, 'the dialler is told the listener’s key');
      assert(far.key === pair.dialler.key, 'the listener is told the dialler’s key');
      assert(near.dialled && near.dial === 7, 'the dialler is told the id of its dial');
      assert(!far.dialled && far.dial === undefined, 'the listener did not dial');
      assert(near.frameBytesMax >= 1024 && far.frameBytesMax >= 1024, 'frames of a kilobyte fit');
    }),

    exam('frames arrive in order and whole, both ways, from 1 byte to the largest', async ({ a, b, address }) => {
      const { near, far } = await connect(a, b, address);
      const sizes = [1, 2, 350, 1024, 16_383, 16_384, near.frameBytesMax - 1, near.frameBytesMax, 3];
      const frames = sizes.map((size, at) => filled(size, at));
      await Promise.all([a.sendAll(near.neighbour, frames), b.sendAll(far.neighbour, frames)]);
      const [atB, atA] = await Promise.all([b.frames(far.neighbour, sizes.length), a.frames(near.neighbour, sizes.length)]);
      for (const [at, frame] of frames.entries()) {
        assert(sameBytes(frame, atB[at] as Bytes), `frame ${at} of ${frame.length} bytes arrived as it was sent`);
        assert(sameBytes(frame, atA[at] as Bytes), `frame ${at} of ${frame.length} bytes came back as it was sent`);
      }
    }),

    exam('sending leaves the caller’s frame alone, though it is a part of a larger buffer', async ({ a, b, address }) => {
      const { near, far } = await connect(a, b, address);
      const whole = filled(100, 5);
      const part = whole.subarray(10, 20);
      const expected = part.slice();
      assert(a.link.send(near.neighbour, part) === 'queued', 'a small frame is queued');
      assert(part.length === 10 && whole.length === 100, 'the frame still belongs to its sender');
      await a.sendAll(near.neighbour, [expected]);
      const got = await b.frames(far.neighbour, 2);
      assert(sameBytes(got[0] as Bytes, expected) && sameBytes(got[1] as Bytes, expected), 'exactly the part arrived, both times');
    }),

    exam('a flood is answered with full, then drained; nothing is lost or changes places', async ({ a, b, address }) => {
      const { near, far } = await connect(a, b, address);
      const size = near.frameBytesMax;
      let sent = 0;
      let timesFull = 0;
      while (sent < floodFrames) {
        const answer = a.link.send(near.neighbour, numbered(size, sent));
        assert(answer !== 'gone', 'the neighbour stays');
        if (answer === 'queued') sent++;
        else {
          timesFull++;
          await a.drained(near.neighbour, timesFull);
        }
      }
      assert(timesFull > 0, 'a flood meets full');
      const got = await b.frames(far.neighbour, floodFrames);
      for (const [at, frame] of got.entries())
        assert(frame.length === size && numberOf(frame) === at, `frame ${at} of the flood is in its place`);
    }),

    exam('closing tells both sides once, and what is sent after it is gone', async ({ a, b, address }) => {
      const { near, far } = await connect(a, b, address);
      a.link.perform({ kind: 'close', neighbour: near.neighbour });
      await Promise.all([a.down(near.neighbour), b.down(far.neighbour)]);
      assert(a.link.send(near.neighbour, filled(5, 1)) === 'gone', 'the closer’s neighbour is gone');
      assert(b.link.send(far.neighbour, filled(5, 1)) === 'gone', 'the other’s neighbour is gone');
      a.link.perform({ kind: 'close', neighbour: near.neighbour });
      b.link.perform({ kind: 'close', neighbour: far.neighbour });
      await exchange(a, b, await connect(a, b, address));
      assert(a.countDown(near.neighbour) === 1 && b.countDown(far.neighbour) === 1, 'down is told once');
    }),

    exam('the listening side can close too', async ({ a, b, address }) => {
      const { near, far } = await connect(a, b, address);
      b.link.perform({ kind: 'close', neighbour: far.neighbour });
      await Promise.all([a.down(near.neighbour), b.down(far.neighbour)]);
    }),

    exam('ids of neighbours are never used again', async ({ a, b, address }) => {
      const seen = new Set<NeighbourId>();
      for (let round = 0; round < 4; round++) {
        const { near, far } = await connect(a, b, address, { dial: round });
        assert(!seen.has(near.neighbour), 'a new connection has a new id');
        seen.add(near.neighbour);
        a.link.perform({ kind: 'close', neighbour: near.neighbour });
        await Promise.all([a.down(near.neighbour), b.down(far.neighbour)]);
      }
    }),

    exam('two connections between the same two are two neighbours', async ({ a, b, address }) => {
      const first = await connect(a, b, address, { dial: 1 });
      const second = await connect(a, b, address, { dial: 2 });
      assert(first.near.neighbour !== second.near.neighbour && first.far.neighbour !== second.far.neighbour, 'each has its own id');
      await exchange(a, b, first);
      await exchange(a, b, second);
      a.link.perform({ kind: 'close', neighbour: first.near.neighbour });
      await Promise.all([a.down(first.near.neighbour), b.down(first.far.neighbour)]);
      await exchange(a, b, second);
    }),

    exam('a dial to where nobody is fails, and says which dial', async ({ pair, a }) => {
      a.link.perform({ kind: 'dial', id: 31, address: pair.nowhere });
      const failed = await a.dialFailed(31);
      assert(failed.reason !== 'wrong-key' && failed.reason !== 'bad-address', `the reason is not ${failed.reason}`);
    }),

    exam('a dial that meets another key fails as wrong-key, and the dialler gets no neighbour', async ({ pair, a, b, address }) => {
      a.link.perform({ kind: 'dial', id: 41, address, expectedKey: pair.dialler.key });
      assert((await a.dialFailed(41)).reason === 'wrong-key', 'its own key is not the other’s');
      const { key } = await otherKey(harness);
      a.link.perform({ kind: 'dial', id: 42, address, expectedKey: key });
      assert((await a.dialFailed(42)).reason === 'wrong-key', 'a third key is refused');
      assert(a.countUps() === 0, 'nobody came up');
      await exchange(a, b, await connect(a, b, address, { dial: 43, expectedKey: pair.listener.key }));
    }),

    exam('a bad address is refused in words, not by throwing', async ({ a, b, address }) => {
      for (const [at, bad] of BAD_ADDRESSES.entries()) {
        a.link.perform({ kind: 'dial', id: 100 + at, address: bad });
        assert((await a.dialFailed(100 + at)).reason === 'bad-address', `address number ${at} is bad`);
      }
      await exchange(a, b, await connect(a, b, address));
    }),

    exam('nothing is told after stop, and the other side hears down', async ({ a, b, address }) => {
      const { near, far } = await connect(a, b, address);
      await a.sendAll(near.neighbour, [filled(10, 1)]);
      await b.frames(far.neighbour, 1);
      await a.link.stop();
      const told = a.events.length;
      await b.down(far.neighbour);
      a.link.perform({ kind: 'dial', id: 9, address });
      assert(b.link.send(far.neighbour, filled(3, 3)) === 'gone', 'the stopped one is gone');
      await b.link.stop();
      assert(a.events.length === told, 'no event came after stop');
    }),

    ...(['garbage', 'oversized'] as const).map((kind) =>
      exam(
        `a stranger who sends ${kind === 'garbage' ? 'garbage' : 'an oversized length'} loses only its own connection`,
        async ({ pair, a, b, address }) => {
          const good = await connect(a, b, address);
          const ups = b.countUps();
          if (pair.attack === undefined) return;
          await pair.attack(kind);
          await exchange(a, b, good);
          assert(b.countDown(good.far.neighbour) === 0, 'the honest neighbour is still there');
          for (const up of b.ups().slice(ups)) await b.down(up.neighbour);
          assert(b.framesFromOthers(good.far.neighbour) === 0, 'nothing of the stranger’s got through');
        },
      ),
    ),
  ];
}

export interface Connected {
  readonly near: UpEvent;
  readonly far: UpEvent;
}

async function connect(
  a: ExamSide,
  b: ExamSide,
  address: string,
  options: { readonly dial?: number; readonly expectedKey?: TransportKey } = {},
): Promise<Connected> {
  const id = options.dial ?? 1;
  const upsBefore = b.countUps();
  const dial = { kind: 'dial', id, address } as const;
  a.link.perform(options.expectedKey === undefined ? dial : { ...dial, expectedKey: options.expectedKey });
  const [near, far] = await Promise.all([a.upOfDial(id), b.upNumber(upsBefore)]);
  return { near, far };
}

/** One frame each way. */
export async function exchange(a: ExamSide, b: ExamSide, { near, far }: Connected): Promise<void> {
  const before = [a.countFrames(near.neighbour), b.countFrames(far.neighbour)] as const;
  await Promise.all([a.sendAll(near.neighbour, [filled(350, 1)]), b.sendAll(far.neighbour, [filled(350, 2)])]);
  await Promise.all([a.frames(near.neighbour, before[0] + 1), b.frames(far.neighbour, before[1] + 1)]);
}

/** A key that neither of a pair has. */
export async function otherKey(harness: LinkExamHarness): Promise<{ readonly key: TransportKey }> {
  const third = await harness.open();
  await Promise.all([third.dialler.link.stop(), third.listener.link.stop()]);
  await third.close();
  return { key: third.dialler.key };
}

function filled(size: number, salt: number): Bytes {
  const frame = new Uint8Array(size);
  for (let i = 0; i < size; i++) frame[i] = (i * 31 + salt * 7 + 1) & 0xff;
  return frame;
}

function numbered(size: number, value: number): Bytes {
  const frame = new Uint8Array(size);
  new DataView(frame.buffer).setUint32(0, value);
  return frame;
}

function numberOf(frame: Bytes): number {
  return new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
}
