/** What a screen shows, as a film for Chromium's fake camera: codes one after the other, as somebody who holds a phone before it would see them. */
import { writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES_A_SECOND = 10;

/** The brightness of each pixel of the code on the screen, in the middle of a camera's picture. */
export async function photographCode(page: Page): Promise<Buffer> {
  const png = await page.locator('svg.qr').screenshot();
  const luma = await page.evaluate(
    async ({ picture, width, height }) => {
      const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.fillStyle = 'white';
      context.fillRect(0, 0, width, height);
      const side = height - 40;
      context.drawImage(image, (width - side) / 2, 20, side, side);
      const { data } = context.getImageData(0, 0, width, height);
      // As a text: a list of so many numbers takes a second on its way out of the page.
      let text = '';
      for (let at = 0; at < width * height; at += 1) text += String.fromCharCode(data[at * 4 + 1] ?? 0);
      return btoa(text);
    },
    { picture: png.toString('base64'), width: WIDTH, height: HEIGHT },
  );
  return Buffer.from(luma, 'base64');
}

/** Grey, as YUV4MPEG2. Each picture stands for `frames` tenths of a second; the camera begins again at the end. */
export async function film(pictures: readonly Buffer[], frames: number, file: string): Promise<void> {
  const grey = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const shown = pictures.flatMap((picture) => Array<Buffer>(frames).fill(Buffer.concat([Buffer.from('FRAME\n'), picture, grey])));
  const head = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_A_SECOND}:1 Ip A1:1 C420mpeg2\n`;
  await writeFile(file, Buffer.concat([Buffer.from(head), ...shown]));
}
