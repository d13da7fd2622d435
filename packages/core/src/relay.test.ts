import { beforeAll, expect, test } from 'vitest';
import { MemoryStore } from './adapters/store-memory/index.ts';
import { loadSodiumSuite } from './crypto/sodium-suite.ts';
import type { Suite } from './crypto/suite.ts';
import { encodeHeader, headerFor, makeEnvelope } from './envelope/envelope.ts';
import { decodeFrame, encodeFrame, giveHead } from './gossip/frames.ts';
import { concat } from './kernel/bytes.ts';
import { type LinkEvent, neighbourId, transportKey } from './node/machine.ts';
import type { Link } from './ports/link.ts';
import { createRelay, type Relay } from './relay.ts';
import { plainHello } from './testing/gossip-holder.ts';
import { SeededRandom } from './testing/index.ts';

const START_MS = 1_800_000_000_000;
let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

/** A relay with one person near, whose clock moves when it is told to. */
class Bench {
  readonly store: MemoryStore = new MemoryStore();
  readonly noted: string[] = [];
  readonly random: SeededRandom = new SeededRandom('relay');
  room: number | Error = Number.MAX_SAFE_INTEGER;
  looks = 0;
  relay: Relay | undefined;
  #nowMs = START_MS;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  #results: string[] = [];
  #tell: (event: LinkEvent) => void = () => {};

  async start(): Promise<void> {
    const link: Link = {
      start: (tell) => {
        this.#tell = tell;
      },
      perform: () => {},
      send: (_to, bytes) => {
        const frame = decodeFrame(bytes);
        if (frame?.kind === 'results') this.#results.push(...frame.results.map(({ result }) => result));
        return 'queued';
      },
      stop: async () => {},
    };
    this.relay = await createRelay({
      link,
      store: this.store,
      entropy: this.random,
      clock: {
        nowMs: () => this.#nowMs,
        at: (atMs, callback) => {
          const timer = { atMs, callback };
          this.#timers.push(timer);
          return () => {
            this.#timers = this.#timers.filter((one) => one !== timer);
          };
        },
      },
      log: { note: (event) => void this.noted.push(event) },
      roomBytes: async () => {
        this.looks++;
        if (this.room instanceof Error) throw this.room;
        return this.room;
      },
    });
    const up = { key: transportKey('ab'.repeat(32)), path: 'direct', dialled: false, frameBytesMax: 65_536 } as const;
    this.#tell({ kind: 'up', neighbour: neighbourId(1), ...up });
    this.#hear(encodeFrame(plainHello('person', 'mailbox', START_MS)));
    await this.pass(100);
  }

  #hear(frame: Uint8Array<ArrayBuffer>): void {
    this.#tell({ kind: 'frame', neighbour: neighbourId(1), frame });
  }

  /** Lets time go by, timer after timer. */
  async pass(ms: number): Promise<void> {
    for (const untilMs = this.#nowMs + ms; ; ) {
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) {
        this.#nowMs = untilMs;
        return;
      }
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#timers = this.#timers.filter((one) => one !== next);
      next.callback();
    }
  }

  /** Deposits an envelope; answers what the relay says of it, `nothing` if it says nothing. */
  async deposit(): Promise<string> {
    const header = headerFor(this.random.bytes(16), this.random.bytes(16), 1, START_MS);
    const envelope = makeEnvelope(suite, header, encodeHeader(header), this.random.bytes(256));
    this.#results = [];
    this.#hear(concat(giveHead(8, 0), envelope.bytes));
    await this.pass(100);
    return this.#results[0] ?? 'nothing';
  }
}

test('what the disk may take is asked at the start, and every minute', async () => {
  const bench = new Bench();
  bench.room = 100_000;
  await bench.start();
  expect([bench.looks, bench.relay?.status().roomBytes]).toEqual([1, 100_000]);
  expect(await bench.deposit()).toBe('accepted');
  bench.room = 0;
  expect(await bench.deposit()).toBe('accepted');
  await bench.pass(60_000);
  expect([bench.looks, bench.relay?.status().roomBytes]).toEqual([2, 0]);
  expect(await bench.deposit()).toBe('full');
  bench.room = 5_000;
  await bench.pass(60_000);
  expect(await bench.deposit()).toBe('accepted');
  expect(bench.noted.filter((event) => event.includes('room'))).toEqual(['no-room', 'room-again']);
});

test('mail is taken up to the room there is, and no further', async () => {
  const bench = new Bench();
  bench.room = 1_000;
  await bench.start();
  expect([await bench.deposit(), await bench.deposit(), await bench.deposit(), await bench.deposit()]).toEqual([
    'accepted',
    'accepted',
    'accepted',
    'full',
  ]);
});

test('a store that says it is full is believed until the next look, and the relay goes on', async () => {
  const bench = new Bench();
  await bench.start();
  expect(await bench.deposit()).toBe('accepted');
  bench.store.failNextCommit('full');
  expect(await bench.deposit()).toBe('nothing');
  expect(await bench.deposit()).toBe('full');
  expect(bench.relay?.status()).toMatchObject({ roomBytes: 0, carriedEnvelopes: 1 });
  await bench.pass(60_000);
  expect(await bench.deposit()).toBe('accepted');
});

test('after any other failure of the store the room is asked for at once', async () => {
  const bench = new Bench();
  await bench.start();
  bench.room = 400;
  bench.store.failNextCommit('failed');
  expect(await bench.deposit()).toBe('nothing');
  expect([await bench.deposit(), await bench.deposit()]).toEqual(['accepted', 'full']);
});

test('a disk that cannot be asked is believed to be as it was', async () => {
  const bench = new Bench();
  bench.room = 700;
  await bench.start();
  bench.room = new Error('gone');
  await bench.pass(60_000);
  expect(bench.relay?.status().roomBytes).toBe(700);
  expect(await bench.deposit()).toBe('accepted');
});

test('a relay that was closed looks no more', async () => {
  const bench = new Bench();
  await bench.start();
  await bench.relay?.close();
  await bench.pass(600_000);
  expect(bench.looks).toBe(1);
});
