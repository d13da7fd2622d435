/** Two pages meet: by WebSocket at a relay, from there directly by WebRTC; and stay together when the relay is killed and comes back. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { transportKeyOfSeed } from '../../packages/core/src/adapters/link-libp2p/transport-identity.ts';
import { copyBytes } from '../../packages/core/src/kernel/bytes.ts';
import type { LinkEvent } from '../../packages/core/src/node/machine.ts';
import { type Spoken, story, type Teller, waitFor } from '../story.ts';
import { chromiumUnavailable, openBrowser } from './chromium.ts';
import type { LinkPage } from './link-page.ts';

declare const linkPage: LinkPage;

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

async function startRelay(
  t: Teller,
  folder: string,
  seed: string,
  port: number,
): Promise<{ readonly process: Spoken; readonly port: number }> {
  const relay = t.spawn(process.execPath, [
    '--conditions=kith-source',
    '--import',
    'tsx',
    here('link-relay.ts'),
    folder,
    seed,
    String(port),
  ]);
  const said = await waitFor(() => /port (\d+)/.exec(relay.output()), { withinMs: 30_000, what: 'the relay listens', seen: relay.output });
  return { process: relay, port: Number(said[1]) };
}

type Kind = LinkEvent['kind'];
type Of<K extends Kind> = Extract<LinkEvent, { kind: K }>;

/** The newest event of a kind, from the `from`-th event on, with these fields. */
async function told<K extends Kind>(page: Page, kind: K, fields: object, withinMs: number, from = 0): Promise<Of<K>> {
  const look = (): Promise<LinkEvent | undefined> =>
    page.evaluate(
      ({ kind, fields, from }) =>
        linkPage.events
          .slice(from)
          .findLast((event) => event.kind === kind && Object.entries(fields).every(([name, value]) => Reflect.get(event, name) === value)),
      { kind, fields, from },
    );
  const seen = (): unknown => `${kind} ${JSON.stringify(fields)}`;
  return (await waitFor(look, { withinMs, what: `the page is told ${kind}`, seen })) as Of<K>;
}

const count = (page: Page): Promise<number> => page.evaluate(() => linkPage.events.length);

/** One numbered byte each way, each by the other's neighbour. */
async function exchange(ann: Page, annsBo: number, bo: Page, bosAnn: number): Promise<void> {
  const value = randomBytes(1).readUInt8();
  const before = [await count(ann), await count(bo)] as const;
  const send = ({ to, value }: { to: number; value: number }): string => linkPage.link.send(to as never, new Uint8Array([value]));
  if ((await ann.evaluate(send, { to: annsBo, value })) !== 'queued') throw new Error('ann could not send');
  if ((await bo.evaluate(send, { to: bosAnn, value })) !== 'queued') throw new Error('bo could not send');
  await told(ann, 'frame', { neighbour: annsBo }, 5_000, before[0]);
  await told(bo, 'frame', { neighbour: bosAnn }, 5_000, before[1]);
}

story('two pages meet', async (t) => {
  const why = chromiumUnavailable(false);
  if (why !== undefined) {
    t.skip('two pages meet by WebRTC', why);
    return;
  }
  const folder = await t.folder('link');
  await build({
    entryPoints: [here('link-page.ts')],
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: folder,
    conditions: ['kith-source'],
    logLevel: 'error',
  });
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>link</title><script type="module" src="/link-page.js"></script>');
  const seed = randomBytes(32).toString('hex');
  const relay = await startRelay(t, folder, seed, 0);
  const address = `/ip4/127.0.0.1/tcp/${relay.port}/ws`;

  const seeds = { ann: randomBytes(32), bo: randomBytes(32) };
  const openPage = async (name: 'ann' | 'bo'): Promise<Page> => {
    const { page } = await openBrowser(t, { name });
    await page.goto(`http://127.0.0.1:${relay.port}/#${seeds[name].toString('hex')}`);
    await page.waitForFunction(() => 'linkPage' in globalThis);
    return page;
  };
  const [ann, bo] = await Promise.all([openPage('ann'), openPage('bo')]);

  await t.claim('both pages reach the relay by WebSocket, behind the port that serves them', async () => {
    for (const page of [ann, bo]) {
      await page.evaluate((address) => linkPage.link.perform({ kind: 'dial', id: 1, address }), address);
      await told(page, 'up', { dial: 1, path: 'relay' }, 10_000);
    }
  });
  const reachable = await t.claim('a page with a reservation can be reached through the relay', async () => {
    await bo.evaluate((address) => linkPage.link.perform({ kind: 'reserve', address }), address);
    const isThere = async (): Promise<string | undefined> => (await told(bo, 'addresses', {}, 5_000)).addresses[0];
    return waitFor(isThere, { withinMs: 10_000, what: 'an address' });
  });
  const key = await transportKeyOfSeed(copyBytes(seeds.bo));
  const [annsBo, bosAnn] = await t.claim('they connect directly by WebRTC, and frames pass both ways', async () => {
    const before = await count(bo);
    await ann.evaluate(({ reachable, key }) => linkPage.link.perform({ kind: 'dial', id: 2, address: reachable, expectedKey: key }), {
      reachable,
      key,
    });
    const near = await told(ann, 'up', { dial: 2, path: 'direct' }, 15_000);
    const far = await told(bo, 'up', { dialled: false, path: 'direct' }, 15_000, before);
    await exchange(ann, near.neighbour, bo, far.neighbour);
    return [near.neighbour, far.neighbour] as const;
  });
  await t.claim('when the relay is killed they stay together, and neither says it can be reached by it', async () => {
    const before = await count(bo);
    await relay.process.stop('SIGKILL');
    for (const page of [ann, bo]) await told(page, 'down', {}, 10_000);
    await waitFor(async () => (await told(bo, 'addresses', {}, 5_000, before)).addresses.length === 0, {
      withinMs: 10_000,
      what: 'no addresses',
    });
    await exchange(ann, annsBo, bo, bosAnn);
  });
  await t.claim('when the relay comes back the reservation does too, and a second direct connection can be made', async () => {
    const before = await count(bo);
    await startRelay(t, folder, seed, relay.port);
    // Whoever uses a link dials again; the link only keeps the reservation on what is connected.
    await bo.evaluate((address) => linkPage.link.perform({ kind: 'dial', id: 9, address }), address);
    await waitFor(async () => (await told(bo, 'addresses', {}, 20_000, before)).addresses.length > 0, {
      withinMs: 20_000,
      what: 'addresses',
    });
    await ann.evaluate(({ reachable, key }) => linkPage.link.perform({ kind: 'dial', id: 3, address: reachable, expectedKey: key }), {
      reachable,
      key,
    });
    await told(ann, 'up', { dial: 3, path: 'direct' }, 15_000);
    await exchange(ann, annsBo, bo, bosAnn);
  });
});
