/**
 * Our relay as a mailbox: the program as it is built, durable, with one client that deposits and one that comes for its mail. Envelopes are
 * made before, of random bytes under random tags, as a text of 100 bytes is sealed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import { BUILT_RELAY, Depositor, Fetcher, RelayProgram, sealedMail } from '../relay-clients.ts';
import type { Mailbox, Queued } from './queue.part.mailbox.ts';
import { residentMib } from './relay.part.server.ts';

/** What `npm start` gives to Node. */
const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { scripts: { start: string } };
export const NODE_ARGS: readonly string[] = scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** Another build may be named, to compare two. */
export const MAIN: string = process.env['KITH_BENCH_RELAY'] ?? BUILT_RELAY;

export async function startKithMailbox(): Promise<Mailbox> {
  if (!existsSync(MAIN)) throw new Error('the relay is not built: npm run build:relay');
  const data = await mkdtemp(join(tmpdir(), 'kith-bench-queue-'));
  const relay = await RelayProgram.on({ main: MAIN, data, nodeArgs: NODE_ARGS });
  const suite = await loadSodiumSuite();
  await relay.start();
  return {
    name: 'kith',
    pid: () => relay.pid,
    async queue(count): Promise<Queued> {
      const mail = Array.from({ length: count }, () => sealedMail(suite));
      const depositor = await Depositor.open(relay.host, relay.httpsPort);
      const startMs = performance.now();
      depositor.deposit(...mail);
      await depositor.idle();
      const queueMs = performance.now() - startMs;
      const refused = mail.filter(({ id }) => depositor.results.get(id) !== 'accepted');
      if (refused.length > 0)
        throw new Error(`${refused.length} of ${count} were not accepted: ${depositor.results.get(refused[0]?.id ?? '') ?? 'no answer'}`);
      depositor.close();
      return {
        queueMs,
        residentMib: residentMib(relay.pid),
        async deliver() {
          const fetcher = await Fetcher.open(suite, relay.host, relay.httpsPort);
          const askedMs = performance.now();
          const all = new Promise<void>((resolve) => {
            fetcher.onMail = () => {
              if (fetcher.fetched.size === count) resolve();
            };
          });
          fetcher.ask(mail.map(({ tag }) => tag));
          await Promise.race([all, fetcher.until(count)]);
          const deliverMs = performance.now() - askedMs;
          fetcher.forget(mail);
          await fetcher.answered();
          fetcher.close();
          return deliverMs;
        },
      };
    },
    async stop() {
      await relay.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
