/**
 * Opens the page of `bench -- connect` in browsers of its own that trust the house: handed to them by the story, at the house's own origin, so that its
 * relay takes them in as it does the app.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openBrowser } from '../browser/chromium.ts';
import type { House } from '../browser/household.ts';
import type { Teller } from '../story.ts';

const PAGE = 'connect.part.page';

export interface ConnectPages {
  open(name: string): Promise<OpenPage>;
}

export interface OpenPage {
  /** Loads it, with this behind the #. */
  load(fragment: string): Promise<void>;
  /** Calls a method of the page. */
  run(method: string, args: readonly unknown[]): Promise<unknown>;
}

export async function buildConnectPages(t: Teller, house: House): Promise<ConnectPages> {
  const folder = await t.folder('connect');
  await build({
    entryPoints: [fileURLToPath(new URL(`${PAGE}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    outdir: folder,
    conditions: ['kith-source'],
    logLevel: 'error',
  });
  const html = `<!doctype html><title>connect</title><link rel="icon" href="data:,"><script type="module" src="./${PAGE}.js"></script>`;
  await writeFile(join(folder, 'index.html'), html);
  const at = `${house.origin}/connect/`;
  return {
    async open(name) {
      const { context, page } = await openBrowser(t, { name, trust: [house.key], names: { [house.name]: '127.0.0.1' } });
      // A page that is handed over counts as one from the internet, and has to ask.
      await context.grantPermissions(['camera', 'local-network-access'], { origin: house.origin });
      await context.route(`${at}**`, async (route) => {
        const file = basename(new URL(route.request().url()).pathname.replace(/\/$/, '/index.html'));
        await route.fulfill({
          body: await readFile(join(folder, file)),
          contentType: file.endsWith('.js') ? 'text/javascript' : 'text/html',
        });
      });
      return {
        load: async (fragment) => {
          await page.goto('about:blank');
          await page.goto(`${at}#${fragment}`);
        },
        run: (method, args) => page.evaluate(callInPage, { method, args }),
      };
    },
  };
}

interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Runs in the page. */
function callInPage({ method, args }: Call): unknown {
  const page: unknown = Reflect.get(globalThis, 'connectPage');
  if (typeof page !== 'object' || page === null) return undefined;
  const call: unknown = Reflect.get(page, method);
  return typeof call === 'function' ? call.apply(page, args) : undefined;
}
