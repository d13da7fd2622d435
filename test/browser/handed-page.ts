/**
 * A page of ours in Chromium, needing no server and no network: the browser is handed the files; or in Firefox. What the page puts under one
 * global name can be called from the story.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launch } from 'puppeteer-core';
import type { Host } from '../network/lab.ts';
import type { Teller } from '../story.ts';
import { openBrowser } from './chromium.ts';

/** Nobody serves it. */
const NOWHERE = 'http://localhost:9';

const FIREFOX = process.env['FIREFOX'] ?? '/usr/bin/firefox-esr';

/** The reason why no Firefox can be opened here, or `undefined`. */
export function firefoxUnavailable(): string | undefined {
  return existsSync(FIREFOX) ? undefined : 'Firefox is not installed (apt-get install firefox-esr, or set FIREFOX to its path)';
}

export interface HandedPage {
  /** Loads it anew, with this behind the #. */
  load(fragment: string): Promise<void>;
  /** Calls a method of the page's global. */
  run(method: string, args: readonly unknown[]): Promise<unknown>;
}

export interface Pages {
  chromium(name: string, options?: { readonly host?: Host; readonly camera?: boolean }): Promise<HandedPage>;
  /** On this machine. */
  firefox(): Promise<HandedPage>;
}

/** Bundles `entry` (beside this file). `global`: the name under which its methods stand. */
export async function buildPage(t: Teller, entry: string, global: string): Promise<Pages> {
  const folder = await t.folder(entry);
  await build({
    entryPoints: [fileURLToPath(new URL(`${entry}.ts`, import.meta.url))],
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: folder,
    conditions: ['kith-source'],
    logLevel: 'error',
  });
  const html = `<!doctype html><title>${entry}</title><link rel="icon" href="data:,"><script type="module" src="/${entry}.js"></script>`;
  await writeFile(join(folder, 'index.html'), html);
  const fileOf = (url: string): string => join(folder, basename(new URL(url, NOWHERE).pathname) || 'index.html');
  const typeOf = (file: string): string => (file.endsWith('.html') ? 'text/html' : 'text/javascript');
  return {
    async chromium(name, { host, camera = false } = {}) {
      const { context, page } = await openBrowser(t, { name, ...(host === undefined ? {} : { host }) });
      await context.route(`${NOWHERE}/**`, async (route) => {
        const file = fileOf(route.request().url());
        await route.fulfill({ body: await readFile(file), contentType: typeOf(file) });
      });
      if (camera) await context.grantPermissions(['camera'], { origin: NOWHERE });
      return {
        load: async (fragment) => {
          await page.goto('about:blank');
          await page.goto(`${NOWHERE}/#${fragment}`);
        },
        run: (method, args) => page.evaluate(callInPage, { global, method, args }),
      };
    },
    async firefox() {
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
      const browser = await launch({ browser: 'firefox', executablePath: FIREFOX, headless: true, userDataDir: await t.folder('firefox') });
      t.cleanup(() => browser.close());
      const page = await browser.newPage();
      const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
      return {
        load: async (fragment) => {
          await page.goto('about:blank');
          await page.goto(`${origin}/#${fragment}`);
        },
        run: (method, args) => page.evaluate(callInPage, { global, method, args }),
      };
    },
  };
}

interface Call {
  readonly global: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Runs in the page. The page's functions live there: what is given here is only their names. */
function callInPage({ global, method, args }: Call): unknown {
  const page: unknown = Reflect.get(globalThis, global);
  if (typeof page !== 'object' || page === null) return undefined;
  const call: unknown = Reflect.get(page, method);
  return typeof call === 'function' ? call.apply(page, args) : undefined;
}
