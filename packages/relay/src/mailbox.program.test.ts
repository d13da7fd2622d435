import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildRelay, Depositor, Fetcher, RelayProgram, type SealedMail, sealedMail } from '../../../test/relay-clients.ts';
import { loadSodiumSuite } from '../../core/src/crypto/sodium-suite.ts';
import type { Suite } from '../../core/src/crypto/suite.ts';
import { SeededRandom } from '../../core/src/testing/index.ts';

/** `KITH_KILLS=500` asks longer. */
const KILLS = Number(process.env['KITH_KILLS'] ?? 10);
const CLIENTS = 6;
/** More than one client gets rid of before the relay dies. */
const MAIL_PER_CLIENT = 400;
/** Of what a household writes: mostly text, some pictures; those past 4 KiB lie in files beside LevelDB. */
const BODY_BYTES = [256, 256, 512, 1024, 256, 4096, 8192, 32_768] as const;

const base = mkdtempSync(join(tmpdir(), 'kith-mailbox-'));
const relays: RelayProgram[] = [];
const smallDisk = mountSmallDisk(join(base, 'disk'));
let suite: Suite;
let built: Awaited<ReturnType<typeof buildRelay>>;

beforeAll(async () => {
  suite = await loadSodiumSuite();
  built = await buildRelay();
}, 60_000);
afterAll(async () => {
  for (const relay of relays) await relay.kill();
  built.remove();
  if (smallDisk) spawnSync('umount', ['-l', smallDisk]);
  rmSync(base, { recursive: true, force: true });
});

/** A disk of 112 MiB in memory, where root may have one: the store's reserve, and some mail. */
function mountSmallDisk(at: string): string | undefined {
  mkdirSync(at);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=112m', 'tmpfs', at]).status === 0 ? at : undefined;
}

async function relayOn(folder: string): Promise<RelayProgram> {
  const relay = await RelayProgram.on({ main: built.main, data: join(base, folder) });
  relays.push(relay);
  return relay;
}

const mailOf = (count: number): SealedMail[] =>
  [...Array(count).keys()].map((n) => sealedMail(suite, BODY_BYTES[n % BODY_BYTES.length] as number));

/** Clients deposit until the relay has promised `promises` pieces, and dies. Answers all that it promised, to the last frame that was read. */
async function depositUntilKilled(relay: RelayProgram, promises: number): Promise<SealedMail[]> {
  const clients = await Promise.all([...Array(CLIENTS)].map(() => Depositor.open(relay.host, relay.httpsPort)));
  const mail = clients.map(() => mailOf(MAIL_PER_CLIENT));
  let heard = 0;
  await new Promise<void>((resolve) => {
    for (const client of clients)
      client.onResult = () => {
        if (++heard === promises) resolve();
      };
    for (const [at, client] of clients.entries()) client.deposit(...(mail[at] as SealedMail[]));
  });
  await relay.kill();
  for (const client of clients) await client.ended();
  return clients.flatMap((client, at) => (mail[at] as SealedMail[]).filter(({ id }) => client.results.get(id) === 'accepted'));
}

async function expectFetched(relay: RelayProgram, promised: readonly SealedMail[]): Promise<void> {
  const fetcher = await Fetcher.open(suite, relay.host, relay.httpsPort);
  const wanted = new Set(promised.map(({ id }) => id));
  for (let from = 0; from < promised.length; from += 1000) {
    const page = promised.slice(from, from + 1000);
    fetcher.ask(page.map(({ tag }) => tag));
    await fetcher.until(Math.min(from + page.length, wanted.size)).catch(() => {});
  }
  fetcher.close();
  expect([...wanted].filter((id) => !fetcher.fetched.has(id))).toEqual([]);
}

test(
  `a relay that is killed ${KILLS} times while mail comes in still has every piece it said it had accepted`,
  async () => {
    const random = new SeededRandom('kills');
    const relay = await relayOn('killed');
    const promised: SealedMail[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      await relay.start();
      if (kill > 0) await expectFetched(relay, promised.slice(-500));
      const [roll] = random.bytes(1) as unknown as [number];
      const kept = await depositUntilKilled(relay, 1 + roll);
      expect(kept.length).toBeGreaterThan(0);
      promised.push(...kept);
    }
    expect(promised.length).toBeGreaterThan(50 * KILLS);
    await relay.start();
    await expectFetched(relay, promised);
    await relay.stop();
  },
  60_000 + 20_000 * KILLS,
);

async function deposited(relay: RelayProgram, mail: readonly SealedMail[]): Promise<ReadonlyMap<string, string>> {
  const depositor = await Depositor.open(relay.host, relay.httpsPort);
  depositor.deposit(...mail);
  await depositor.idle();
  expect(depositor.isOver).toBe(false);
  depositor.close();
  return depositor.results;
}

test('a relay that may take nothing more says so to whoever deposits and to its keeper, and hands on what it has', async () => {
  const [kept, refused] = [mailOf(8), mailOf(4)];
  const relay = await relayOn('kept-free');
  await relay.start(['--keep-free=0']);
  expect([...(await deposited(relay, kept)).values()]).toEqual(kept.map(() => 'accepted'));
  expect(await relay.readiness()).toEqual({ ready: true, troubles: [] });
  await relay.stop();
  await relay.start(['--keep-free=90000000']);
  expect([...(await deposited(relay, refused)).values()]).toEqual(refused.map(() => 'full'));
  expect(await relay.readiness()).toEqual({ ready: false, troubles: [expect.stringContaining('no new mail is taken')] });
  await expectFetched(relay, kept);
  await relay.stop();
}, 60_000);

test.skipIf(!smallDisk)(
  'a relay that fills its disk refuses what there is no room for, keeps the floor free, and loses nothing',
  async () => {
    const relay = await relayOn('disk/data');
    await relay.start(['--keep-free=8']);
    const mail = [...Array(1_600).keys()].map(() => sealedMail(suite, 32_768));
    const results = await deposited(relay, mail);
    const accepted = mail.filter(({ id }) => results.get(id) === 'accepted');
    expect(new Set(results.values())).toEqual(new Set(['accepted', 'full']));
    expect(accepted.length).toBeGreaterThan(500);
    const disk = statfsSync(smallDisk as string);
    expect(disk.bavail * disk.bsize).toBeGreaterThan(4 << 20);
    await relay.kill();
    await relay.start();
    await expectFetched(relay, accepted);
    await relay.stop();
  },
  120_000,
);
