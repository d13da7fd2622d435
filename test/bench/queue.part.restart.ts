/**
 * A relay that kept 100,000 envelopes of mixed sizes, started again: how long until it is ready, and what it takes then. Once as one that has let
 * nothing go yet, once with as many ids seen as it remembers, each with its purge token, as one that has been used for long.
 */
import { randomFillSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openLevelStore } from '../../packages/core/src/adapters/store-leveldb/index.ts';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import {
  encodeHeader,
  HEADER_BYTES,
  headerFor,
  hourOf,
  makeEnvelope,
  PURGE_TOKEN_BYTES,
} from '../../packages/core/src/envelope/envelope.ts';
import { BODY_BYTES } from '../../packages/core/src/envelope/limits.ts';
import { depositorOf, encodeCarried } from '../../packages/core/src/gossip/carried.ts';
import { SeenSet } from '../../packages/core/src/gossip/seen.ts';
import { type Bytes, toHex } from '../../packages/core/src/kernel/bytes.ts';
import type { Write } from '../../packages/core/src/node/machine.ts';
import { RelayProgram } from '../relay-clients.ts';
import { MAIN, NODE_ARGS } from './queue.part.kith.ts';
import { cpuMs, residentMib } from './relay.part.server.ts';

const BATCH = 1000;
const DEPOSITORS = 50;
const SETTLE_MS = 1500;

/** Of twenty: mostly text, some pictures; 140 MB in all for 100,000. */
const SIZES: readonly number[] = [256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 256, 512, 512, 1024, 4096, 4096, 8192];

const random = (bytes: number): Bytes => randomFillSync(new Uint8Array(bytes));

/** How much a relay holds before it is started again. */
export interface Kept {
  readonly carried: number;
  readonly seen: number;
}

export async function fill(folder: string, { carried: count, seen }: Kept): Promise<void> {
  const suite = await loadSodiumSuite();
  const nowMs = Date.now();
  const store = await openLevelStore(folder);
  for (let from = 0; from < seen; from += BATCH) {
    const writes = Array.from({ length: Math.min(BATCH, seen - from) }, (): Write => {
      const id = random(32);
      const { row } = new SeenSet(1).remember(id, hourOf(nowMs) + 300, random(PURGE_TOKEN_BYTES), true);
      return { space: 'seen', key: id, value: row };
    });
    await store.commit(writes, 'relaxed');
  }
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

/** What one relay took, start by start. */
export interface Restarted {
  readonly readyMs: number[];
  /** Processor time until it was ready, all threads: what others do on the machine is hardly in it. */
  readonly cpuMs: number[];
  readonly residentMib: number[];
}

/** Relays with each of `kinds`, in turns, so that what else the machine does meets them alike. */
export async function restarts<Kind extends string>(
  kinds: Readonly<Record<Kind, Kept>>,
  runs: number,
  progress: (text: string) => void,
): Promise<Readonly<Record<Kind, Restarted>>> {
  const data = await mkdtemp(join(tmpdir(), 'kith-bench-restart-'));
  const names = Object.keys(kinds) as Kind[];
  const took = Object.fromEntries(names.map((name) => [name, { readyMs: [], cpuMs: [], residentMib: [] }])) as unknown as Record<
    Kind,
    Restarted
  >;
  try {
    const relays: (readonly [Kind, RelayProgram])[] = [];
    for (const name of names) {
      const relay = await RelayProgram.on({ main: MAIN, data: join(data, name), nodeArgs: NODE_ARGS });
      // The first start makes the household's keys.
      await relay.start();
      await relay.stop();
      await fill(join(data, name, 'store'), kinds[name]);
      relays.push([name, relay]);
    }
    for (let run = 0; run < runs; run++) {
      for (const [name, relay] of relays) {
        const startMs = performance.now();
        await relay.start();
        took[name].readyMs.push(performance.now() - startMs);
        took[name].cpuMs.push(cpuMs(relay.pid));
        await pause(SETTLE_MS);
        took[name].residentMib.push(residentMib(relay.pid));
        await relay.kill();
      }
      progress(
        `restart: ${names.map((name) => `${name} ${took[name].readyMs.at(-1)?.toFixed(0)} ms (${took[name].cpuMs.at(-1)} of the processor)`).join(', ')}`,
      );
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
  return took;
}
