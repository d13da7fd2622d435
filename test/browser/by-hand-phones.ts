/** Opens the page of connections made by hand in Chromium, needing no server and no network, or in Firefox; and what every story does with two of them. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launch } from 'puppeteer-core';
import { transportKeyOfSeed } from '../../packages/core/src/adapters/link-libp2p/transport-identity.ts';
import { bytesOf } from '../../packages/core/src/kernel/bytes.ts';
import type { Host } from '../network/lab.ts';
import { type Teller, waitFor } from '../story.ts';
import type { ByHandPage, PlainEvent } from './by-hand-page.ts';
import { openBrowser } from './chromium.ts';

/** Nobody serves it: the browser is handed the files. */
const NOWHERE = 'http://localhost:9';
const HTML = '<!doctype html><title>by hand</title><link rel="icon" href="data:,"><script type="module" src="/by-hand-page.js"></script>';

type Method = Exclude<keyof ByHandPage, 'told'>;

export interface HandPhone {
  readonly name: string;
  /** Its transport key. */
  readonly key: string;
  call<M extends Method>(method: M, ...args: Parameters<ByHandPage[M]>): Promise<Awaited<ReturnType<ByHandPage[M]>>>;
  told(): Promise<readonly PlainEvent[]>;
  reload(): Promise<void>;
}

export interface Pages {
  chromium(name: string, options?: { readonly host?: Host; readonly camera?: boolean }): Promise<HandPhone>;
  firefox(name: string, executable: string): Promise<HandPhone>;
}

export async function buildPages(t: Teller): Promise<Pages> {
  const folder = await t.folder('by-hand');
  await build({
    entryPoints: [fileURLToPath(new URL('by-hand-page.ts', import.meta.url))],
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: folder,
    conditions: ['kith-source'],
    logLevel: 'error',
  });
  await writeFile(join(folder, 'index.html'), HTML);
  const fileOf = (url: string): string => join(folder, basename(new URL(url, NOWHERE).pathname) || 'index.html');
  const typeOf = (file: string): string => (file.endsWith('.html') ? 'text/html' : 'text/javascript');
  return {
    async chromium(name, { host, camera = false } = {}) {
      const browser = await openBrowser(t, { name, ...(host === undefined ? {} : { host }) });
      await browser.context.route(`${NOWHERE}/**`, async (route) => {
        const file = fileOf(route.request().url());
        await route.fulfill({ body: await readFile(file), contentType: typeOf(file) });
      });
      if (camera) await browser.context.grantPermissions(['camera'], { origin: NOWHERE });
      const { page } = browser;
      return phone(name, NOWHERE, {
        open: async (url) => void (await page.goto(url)),
        // the page's functions live on the page: what is given here is only their names
        run: (method, args) => page.evaluate(callInPage, { method, args }),
      });
    },
    async firefox(name, executable) {
      const server = createServer(async (request, response) => {
        const file = fileOf(request.url ?? '/');
        response.setHeader('content-type', typeOf(file));
        response.end(await readFile(file).catch(() => ''));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      t.cleanup(() => {
        server.closeAllConnections();
        server.close();
      });
      const browser = await launch({
        browser: 'firefox',
        executablePath: executable,
        headless: true,
        userDataDir: await t.folder('firefox'),
      });
      t.cleanup(() => browser.close());
      const page = await browser.newPage();
      return phone(name, `http://localhost:${(server.address() as AddressInfo).port}`, {
        open: async (url) => void (await page.goto(url)),
        run: (method, args) => page.evaluate(callInPage, { method, args }),
      });
    },
  };
}

interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Runs in the page. */
function callInPage({ method, args }: Call): unknown {
  const page: unknown = Reflect.get(globalThis, 'byHand');
  if (typeof page !== 'object' || page === null) return undefined;
  const call: unknown = Reflect.get(page, method);
  return typeof call === 'function' ? call(...args) : undefined;
}

interface Surface {
  open(url: string): Promise<void>;
  run(method: string, args: readonly unknown[]): Promise<unknown>;
}

async function phone(name: string, origin: string, { open, run }: Surface): Promise<HandPhone> {
  const seed = randomBytes(32);
  const told = async (): Promise<readonly PlainEvent[]> => (await run('told', [])) as readonly PlainEvent[];
  const load = async (): Promise<void> => {
    await open('about:blank');
    await open(`${origin}/#${seed.toString('hex')}`);
    await waitFor(async () => (await told()) !== undefined, { withinMs: 30_000, what: `${name}'s page is there` });
  };
  await load();
  return {
    name,
    key: await transportKeyOfSeed(bytesOf(seed)),
    call: (method, ...args) => run(method, args) as never,
    told,
    reload: load,
  };
}

/** Waits for an event of this kind with these fields; says what else came when it does not. */
export async function tells(
  who: HandPhone,
  kind: PlainEvent['kind'],
  fields: Readonly<Record<string, unknown>>,
  withinMs = 20_000,
): Promise<PlainEvent> {
  let seen: readonly PlainEvent[] = [];
  const look = async (): Promise<PlainEvent | undefined> => {
    seen = await who.told();
    return seen.findLast((event) => event.kind === kind && Object.entries(fields).every(([name, value]) => event[name] === value));
  };
  return waitFor(look, { withinMs, what: `${who.name} is told ${kind} ${JSON.stringify(fields)}`, seen: () => seen.slice(-6) });
}

/** The code of an attempt, or the reason why there is none, thrown. */
export async function codeOf(who: HandPhone, hand: number): Promise<string> {
  return textOf((await tells(who, 'hand-code', { hand }))['code']);
}

export function textOf(value: PlainEvent[string]): string {
  if (typeof value !== 'string') throw new Error(`no text but ${value}`);
  return value;
}

export interface Met {
  readonly near: number;
  readonly far: number;
  readonly codes: readonly string[];
}

/** Two codes. */
export async function meet(ann: HandPhone, bo: HandPhone, hand: number): Promise<Met> {
  await ann.call('offer', hand);
  const offer = await codeOf(ann, hand);
  await bo.call('answer', hand, offer, ann.key);
  const answer = await codeOf(bo, hand);
  await ann.call('accept', hand, answer, bo.key);
  return { ...(await up(ann, bo, hand)), codes: [offer, answer] };
}

/** One code, of two who certified before. */
export async function meetAgain(ann: HandPhone, bo: HandPhone, hand: number, prints: readonly [string, string]): Promise<Met> {
  const secret = randomBytes(32).toString('hex');
  await ann.call('again', hand, { secret, certificate: 'pair', peerFingerprint: prints[1] });
  const shown = await codeOf(ann, hand);
  await bo.call('again', hand, { secret, certificate: 'pair', peerFingerprint: prints[0], shown, expectedKey: ann.key });
  return { ...(await up(ann, bo, hand)), codes: [shown] };
}

async function up(ann: HandPhone, bo: HandPhone, hand: number): Promise<{ readonly near: number; readonly far: number }> {
  const [near, far] = await Promise.all([
    tells(ann, 'up', { hand, key: bo.key, dialled: true, path: 'direct' }),
    tells(bo, 'up', { hand, key: ann.key, dialled: false, path: 'direct' }),
  ]);
  return { near: Number(near['neighbour']), far: Number(far['neighbour']) };
}

export async function certify(ann: HandPhone, bo: HandPhone): Promise<readonly [string, string]> {
  await Promise.all([ann.call('certify', 'pair'), bo.call('certify', 'pair')]);
  const print = async (who: HandPhone): Promise<string> => textOf((await tells(who, 'hand-certificate', { name: 'pair' }))['fingerprint']);
  return Promise.all([print(ann), print(bo)]);
}

/** A frame each way, to each other's neighbour. */
export async function exchange(ann: HandPhone, bo: HandPhone, { near, far }: Met, withinMs = 10_000): Promise<void> {
  const frame = [...randomBytes(40)];
  const hex = Buffer.from(frame).toString('hex');
  for (const [who, neighbour] of [[ann, near] as const, [bo, far] as const]) {
    const answer = await who.call('send', neighbour, frame);
    if (answer !== 'queued') throw new Error(`${who.name} could not send: ${answer}`);
  }
  await Promise.all([
    tells(ann, 'frame', { neighbour: near, frame: hex }, withinMs),
    tells(bo, 'frame', { neighbour: far, frame: hex }, withinMs),
  ]);
}
