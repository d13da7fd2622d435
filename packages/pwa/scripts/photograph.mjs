/**
 * Photographs every screen with the fake messenger, on a phone and on a desk, light and dark, to lay beside the mock-ups:
 * `npm run dev` in one terminal, `npm run photograph -- FOLDER` in another.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const folder = process.argv[2] ?? 'pictures';
const address = process.env.KITH_DEV ?? 'http://localhost:5173';
const accountOf = (name) => Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);
const aiko = `#/with/${accountOf('Aiko')}`;

/** name, story, place. */
const screens = [
  ['first-run', 'first', '#/'],
  ['home', 'home', '#/'],
  ['home-empty', 'empty', '#/'],
  ['home-relay-off', 'off', '#/'],
  ['home-update', 'update', '#/'],
  ['conversation', 'home', aiko],
  ['conversation-unread', 'home', `#/with/${accountOf('Elif')}`],
  ['where-is-it', 'home', aiko],
  ['about', 'home', `${aiko}/about`],
  ['meet-show', 'home', '#/meet'],
  ['meet-scan', 'no-camera', '#/meet/scan'],
  ['meet-link', 'home', '#/meet/link'],
  ['around', 'home', '#/around'],
  ['settings', 'home', '#/settings'],
  ['learn', 'home', '#/settings/learn'],
];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [width, height] of [
  [360, 780],
  [1280, 800],
]) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' });
    for (const [name, story, place] of screens) {
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
      await page.goto(`${address}/?fake=${story}${place}`);
      await page.locator('h1, .msg').first().waitFor({ state: 'attached' });
      if (name === 'where-is-it') await page.locator('a.state').last().click();
      if (name === 'meet-show') await page.locator('svg.qr').waitFor();
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
