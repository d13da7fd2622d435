/** A relay that kept 100,000 envelopes of mixed sizes, started again: how long until it is ready, and what it takes then. */
import { randomFillSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openLevelStore } from '../../packages/core/src/adapters/store-leveldb/index.ts';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import { encodeHeader, HEADER_BYTES, headerFor, hourOf, makeEnvelope } from '../../packages/core/src/envelope/envelope.ts';
import { BODY_BYTES } from '../../packages/core/src/envelope/limits.ts';
import { depositorOf, encodeCarried } from '../../packages/core/src/gossip/carried.ts';
import { type Bytes, toHex } from '../../packages/core/src/kernel/bytes.ts';
import type { Write } from '../../packages/core/src/node/machine.ts';
import { RelayProgram } from '../relay-clients.ts';
import { MAIN, NODE_ARGS } from './queue.part.kith.ts';
import { residentMib } from './relay.part.server.ts';

const BATCH = 1000;
const DEPOSITORS = 50;
const SETTLE_MS = 1500;

/** Of twenty: mostly text, some pictures; 140 MB in all for 100,000. */
const SIZES: readonly number[] = [256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 512, 512, 1024, 4096, 4096, 8192];

const random = (bytes: number): Bytes => randomFillSync(new Uint8Array(bytes));

export async function fill(folder: string, count: number): Promise<void> {
  const suite = await loadSodiumSuite();
  const nowMs = Date.now();
  const store = await openLevelStore(folder);
  for (let from = 0; from < count; from += BATCH) {
    const writes: Write[] = [];
    for (let n = from; n < Math.min(count, from + BATCH); n++) {
      const header = headerFor(random(16), random(16), 1, nowMs);
      const bodyBytes = n % 1000 === 0 ? 32_768 : (SIZES[n % SIZES.length] as number);
      const { id, bytes } = makeEnvelope(suite, header, encodeHeader(header), random(bodyBytes));
      const size = BODY_BYTES.indexOf(bytes.length - HEADER_BYTES);
      const { tag, class: envelopeClass, expiryHour } = header;
      const depositor = depositorOf(toHex(Uint8Array.from({ length: 32 }, () => n % DEPOSITORS)));
      const hop = { own: false, copies: 8, ageHours: 0, arrivedHour: hourOf(nowMs), tier: 'stranger', depositor } as const;
      const row = encodeCarried({ id, tag, class: envelopeClass, size, expiryHour, ...hop });
      writes.push({ space: 'bodies', key: id, value: bytes }, { space: 'carried', key: id, value: row });
    }
    await store.commit(writes, 'relaxed');
  }
  await store.close();
}

export interface Restarts {
  readonly readyMs: readonly number[];
  readonly emptyMs: readonly number[];
  readonly residentMib: number;
}

/** In turns with a relay that keeps nothing, to tell what the envelopes cost. */
export async function restarts(count: number, runs: number, progress: (text: string) => void): Promise<Restarts> {
  const [readyMs, emptyMs]: [number[], number[]] = [[], []];
  let resident = Number.NaN;
  const data = await mkdtemp(join(tmpdir(), 'kith-bench-restart-'));
  try {
    const full = await RelayProgram.on({ main: MAIN, data: join(data, 'full'), nodeArgs: NODE_ARGS });
    const empty = await RelayProgram.on({ main: MAIN, data: join(data, 'empty'), nodeArgs: NODE_ARGS });
    // The first start makes the household's keys.
    for (const relay of [full, empty]) {
      await relay.start();
      await relay.stop();
    }
    await fill(join(data, 'full', 'store'), count);
    for (let run = 0; run < runs; run++) {
      for (const [relay, list] of [
        [full, readyMs],
        [empty, emptyMs],
      ] as const) {
        const startMs = performance.now();
        await relay.start();
        list.push(performance.now() - startMs);
        if (relay === full) {
          await pause(SETTLE_MS);
          resident = residentMib(relay.pid);
        }
        await relay.kill();
      }
      progress(`restart: ${readyMs.at(-1)?.toFixed(0)} ms with ${count}, ${emptyMs.at(-1)?.toFixed(0)} ms with none`);
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
  return { readyMs, emptyMs, residentMib: resident };
}
