/** The store exam over Chromium's own IndexedDB, a full quota included: the fake of the unit tests is kinder than a browser. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { story } from '../story.ts';
import { chromiumUnavailable, openBrowser } from './chromium.ts';
import { freePort } from './ports.ts';
import type { StorePage } from './store-page.ts';

declare const storePage: StorePage;

story('the store in a browser', async (t) => {
  const why = chromiumUnavailable(false);
  if (why !== undefined) {
    t.skip('the store exam over IndexedDB', why);
    return;
  }
  const folder = await t.folder('store');
  await build({
    entryPoints: [fileURLToPath(new URL('store-page.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    outdir: folder,
    conditions: ['kith-source'],
    logLevel: 'error',
  });
  const script = await readFile(join(folder, 'store-page.js'));
  const port = await freePort();
  const server = createServer((request, response) => {
    const isScript = request.url === '/store-page.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><title>store</title><script type="module" src="/store-page.js"></script>');
  }).listen(port, '127.0.0.1');
  t.cleanup(() => server.close());

  const { page, context } = await openBrowser(t, { name: 'store' });
  const origin = `http://127.0.0.1:${port}`;
  // Said before anything is stored: a quota that changes under an open database is not noticed.
  const device = await context.newCDPSession(page);
  await device.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 16_000_000 });
  await page.goto(origin);
  await page.waitForFunction(() => 'storePage' in globalThis);
  const cases = await page.evaluate(() => storePage.cases);
  for (const [at, { name, skipped }] of cases.entries()) {
    if (skipped !== undefined) t.skip(`IndexedDB: ${name}`, skipped);
    else {
      await t.claim(`IndexedDB: ${name}`, async () => {
        const wrong = await page.evaluate((index) => storePage.run(index), at);
        if (wrong !== undefined) throw new Error(wrong);
      });
    }
  }
});
