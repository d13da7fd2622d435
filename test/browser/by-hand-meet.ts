/**
 * Two people meet with nothing between their phones: the app was opened once, its relay is gone, and what each screen shows is what the other
 * phone's camera sees. Afterwards one code is enough. The film of a fake camera is fixed when the browser opens, but it is read anew whenever
 * the camera starts. Told on one machine and in a lab.
 */
import { join } from 'node:path';
import { type Teller, waitFor } from '../story.ts';
import type { BrowserOptions } from './chromium.ts';
import { film, photographCode } from './film.ts';
import { type House, Phone } from './household.ts';

/** From the second scan until both are told; on a phone it is a fraction of it, on a machine that runs much else it is most of it. */
const CONNECTED_WITHIN_MS = 15_000;

export interface Seeing {
  readonly phone: Phone;
  /** What its camera sees from the next time it starts. */
  see(shown: Phone): Promise<void>;
}

type Where = Pick<BrowserOptions, 'host' | 'names'>;

export async function withCamera(t: Teller, name: string, house: House, where: Where = {}): Promise<Seeing> {
  const tape = join(await t.folder(`film-${name}`), 'camera.y4m');
  await film([Buffer.alloc(640 * 480, 235)], 10, tape);
  const phone = await Phone.open(t, name, house, {
    ...where,
    permissions: ['camera'],
    args: ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${tape}`],
  });
  return {
    phone,
    see: async (shown) => {
      await shown.page.locator('svg.qr').waitFor({ timeout: 20_000 });
      await film([await photographCode(shown.page)], 10, tape);
    },
  };
}

const says = (phone: Phone, words: string | RegExp): Promise<void> =>
  phone.page.getByText(words).first().waitFor({ timeout: CONNECTED_WITHIN_MS });

/** Reads the code on the other's screen, and is told that the phones are connected. */
async function areConnected(one: Phone, other: Phone): Promise<void> {
  await Promise.all([
    says(one, `You and ${other.name} are connected, phone to phone`),
    says(other, `You and ${one.name} are connected, phone to phone`),
  ]);
}

/** The first of two scans. Whoever shows has nobody near, or "Meet" would offer another code first. */
export async function readsCode(house: House, reads: Seeing, shows: Seeing): Promise<void> {
  await shows.phone.page.goto(`${house.origin}/#/meet`);
  await says(shows.phone, 'Then you scan the code on their phone');
  await reads.see(shows.phone);
  await reads.phone.page.goto(`${house.origin}/#/meet/scan`);
  await says(reads.phone, 'Now let them scan this');
}

/** The second; resolves with how long it took from there until both were told, in milliseconds. */
export async function readsAnswer(reads: Seeing, shows: Seeing): Promise<number> {
  await reads.see(shows.phone);
  await reads.phone.page.getByRole('link', { name: 'Scan their code' }).click();
  // From the moment the second code was read.
  await reads.phone.page
    .getByText(/Connecting…|phone to phone/)
    .first()
    .waitFor({ timeout: 20_000 });
  const readMs = performance.now();
  await areConnected(reads.phone, shows.phone);
  return performance.now() - readMs;
}

export async function talk(one: Phone, other: Phone, text: string): Promise<void> {
  await Promise.all([one.openConversation(other.name), other.openConversation(one.name)]);
  await one.write(text);
  await other.sees(text, 10_000);
  await other.write(`${text}, yes`);
  await one.sees(`${text}, yes`, 10_000);
}

/** `leftAlone`: takes away whatever else there is on the network, once the app was opened. */
export async function meetByHand(
  t: Teller,
  house: House,
  [anns, bos]: readonly [Seeing, Seeing],
  leftAlone: () => Promise<void>,
): Promise<void> {
  const [ann, bo] = [anns.phone, bos.phone];
  await t.claim('both open the app once; then the relay is gone, and they open it again without', async () => {
    await Promise.all([ann.begin(), bo.begin()]);
    await house.kill();
    await leftAlone();
    for (const { page } of [ann, bo]) {
      await page.reload();
      await page.getByText('Your end of the string').waitFor({ timeout: 20_000 });
    }
  });
  await t.claim('with nobody near, "Meet" makes a code that ties two phones together, and the other reads it with its camera', () =>
    readsCode(house, bos, anns),
  );
  await t.claim('the answer is scanned in turn, and both are told that they are connected, phone to phone', async () => {
    const tookMs = await readsAnswer(anns, bos);
    t.note(`connected and named on both screens ${Math.round(tookMs)} ms after the second scan`);
  });
  await t.claim('they talk, and it is said truly how', async () => {
    await talk(ann, bo, 'No relay, no internet');
    await Promise.all([ann.isReached('Directly, phone to phone', 10_000), bo.isReached('Directly, phone to phone', 10_000)]);
  });
  await t.claim('both open the app anew: nothing is lost, and for now they are out of reach', async () => {
    await Promise.all([ann.reload(), bo.reload()]);
    await ann.sees('No relay, no internet', 10_000);
    await Promise.all([ann.isReached('Not reachable now', 20_000), bo.isReached('Not reachable now', 20_000)]);
  });
  await t.claim('one code is enough now', async () => {
    await ann.page.getByRole('link', { name: /About Bo/ }).click();
    await ann.page.getByText('One code, and no network needed').waitFor({ timeout: 20_000 });
    await ann.page.getByRole('link', { name: /Connect beside each other/ }).click();
    await says(ann, 'Bo scans this');
    await bos.see(ann);
    await bo.page.goto(`${house.origin}/#/meet/scan`);
    await areConnected(ann, bo);
    await talk(bo, ann, 'Met again');
  });
  await t.claim('by text, too: a code and its answer are copied and pasted', async () => {
    await Promise.all([ann.reload(), bo.reload()]);
    await ann.page.goto(`${house.origin}/#/meet/beside`);
    await ann.page.locator('svg.qr').waitFor({ timeout: 20_000 });
    await ann.browser.context.grantPermissions(['clipboard-read', 'clipboard-write', 'camera'], { origin: house.origin });
    await bo.browser.context.grantPermissions(['clipboard-read', 'clipboard-write', 'camera'], { origin: house.origin });
    await bo.takeUp(await copied(ann));
    await says(bo, 'Now let them scan this');
    const answer = await copied(bo);
    // By the tab, not by the address: the code on the screen is given up when one leaves "Meet".
    await ann.page.getByRole('link', { name: 'Send or paste a link instead' }).click();
    await ann.page.getByLabel('Code or link').fill(answer);
    await ann.page.getByRole('button', { name: 'Meet', exact: true }).click();
    await areConnected(ann, bo);
    await talk(ann, bo, 'Met by text');
  });
  await t.claim('no page reported an error of its own', () => {
    const errors = [...ann.browser.console(), ...bo.browser.console()].filter(
      (line) => line.startsWith('error: ') && !/ERR_|Failed to load|WebSocket connection/.test(line),
    );
    if (errors.length > 0) throw new Error(errors.join(' | '));
  });
}

async function copied(phone: Phone): Promise<string> {
  await phone.page.getByRole('button', { name: 'Copy it as text' }).click();
  await phone.page.getByText('Copied.').waitFor();
  return waitFor(() => phone.page.evaluate(() => navigator.clipboard.readText()), { withinMs: 5000, what: `${phone.name}'s code` });
}
