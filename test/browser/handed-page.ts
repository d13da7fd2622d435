/**
 * A page of ours in Chromium with no server and no network: the browser is handed the files. What the page puts under one global name can be
 * called from the story.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Host } from '../network/lab.ts';
import type { Teller } from '../story.ts';
import { openBrowser } from './chromium.ts';

/** Nobody serves it. */
export const NOWHERE = 'http://localhost:9';

export interface HandedPage {
  open(url: string): Promise<void>;
  /** Calls a method of the page's global. */
  run(method: string, args: readonly unknown[]): Promise<unknown>;
}

export interface PageFiles {
  readonly folder: string;
  fileOf(url: string): string;
  typeOf(file: string): string;
  chromium(name: string, options?: { readonly host?: Host; readonly camera?: boolean }): Promise<HandedPage>;
}

/** Bundles `entry` (beside this file). `global`: the name under which its methods stand. */
export async function buildPage(t: Teller, entry: string, global: string): Promise<PageFiles> {
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
    folder,
    fileOf,
    typeOf,
    async chromium(name, { host, camera = false } = {}) {
      const { context, page } = await openBrowser(t, { name, ...(host === undefined ? {} : { host }) });
      await context.route(`${NOWHERE}/**`, async (route) => {
        const file = fileOf(route.request().url());
        await route.fulfill({ body: await readFile(file), contentType: typeOf(file) });
      });
      if (camera) await context.grantPermissions(['camera'], { origin: NOWHERE });
      return {
        open: async (url) => void (await page.goto(url)),
        run: (method, args) => page.evaluate(callInPage, { global, method, args }),
      };
    },
  };
}

/** Runs in the page. The page's functions live there: what is given here is only their names. */
export function callInPage({
  global,
  method,
  args,
}: {
  readonly global: string;
  readonly method: string;
  readonly args: readonly unknown[];
}): unknown {
  const page: unknown = Reflect.get(globalThis, global);
  if (typeof page !== 'object' || page === null) return undefined;
  const call: unknown = Reflect.get(page, method);
  return typeof call === 'function' ? call.apply(page, args) : undefined;
}
