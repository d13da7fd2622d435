/**
 * Draws the PNG icons from the mark with the system's Chromium: `node scripts/draw-icons.mjs`. Run by hand when the mark changes;
 * the pictures are committed, so a build needs no browser.
 */
import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const mark =
  '<path d="M8 13c4 16 20 16 24 0" fill="none" stroke="#ad6c00" stroke-width="2.75" stroke-linecap="round"/>' +
  '<circle cx="8" cy="12" r="4.75" fill="#1e2a2d"/><circle cx="32" cy="12" r="4.75" fill="#1e2a2d"/>';

/** `room`: how much of the square the mark fills; a maskable icon keeps it within the middle 80 %. */
const drawings = [
  { file: 'icon-192.png', side: 192, corner: 0.22, room: 0.78 },
  { file: 'icon-512.png', side: 512, corner: 0.22, room: 0.78 },
  { file: 'icon-maskable-512.png', side: 512, corner: 0, room: 0.62 },
  { file: 'apple-touch-icon.png', side: 180, corner: 0, room: 0.72 },
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const { file, side, corner, room } of drawings) {
  const scale = (side * room) / 40;
  const x = (side - 40 * scale) / 2;
  const y = side / 2 - 16.5 * scale;
  await page.setViewportSize({ width: side, height: side });
  await page.setContent(
    `<body style="margin:0"><svg width="${side}" height="${side}" style="display:block"><rect width="${side}" height="${side}" rx="${side * corner}" fill="#f3f1ea"/><g transform="translate(${x} ${y}) scale(${scale})">${mark}</g></svg>`,
  );
  writeFileSync(new URL(`../public/${file}`, import.meta.url), await page.screenshot({ omitBackground: true }));
}
await browser.close();
