/**
 * Photographs every screen with the fake messenger, on a phone and on a desk, light and dark, to lay beside the mock-ups:
 * `npm run dev` in one terminal, `npm run photograph -- FOLDER [NAMES]` in another.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const folder = process.argv[2] ?? 'pictures';
/** Only screens whose name begins with one of these, divided by commas. */
const only = (process.argv[3] ?? '').split(',');
const address = process.env.KITH_DEV ?? 'http://localhost:5173';
const accountOf = (name) => Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);
const aiko = `#/with/${accountOf('Aiko')}`;

const elif = `#/with/${accountOf('Elif')}`;
const press = (name) => (page) => page.getByRole('button', { name }).click();
const toFoot = (page) =>
  page
    .locator('main')
    .last()
    .evaluate((main) => main.scrollTo(0, main.scrollHeight));
const recoverRefused = async (page) => {
  await page.evaluate(() => {
    fake.messenger.nextRecover = { kind: 'unknown-word', word: 'abandn', position: 7 };
  });
  await page.getByLabel('Your 24 words').fill('1. ability 2. able 3. about 4. above 5. absent 6. absorb 7. abandn 8. absurd');
  await page.getByLabel('Your name').fill('Mira');
  await page.getByRole('button', { name: 'Begin again' }).click();
};
const recoverDone = async (page) => {
  await page.getByLabel('Your name').fill('Mira');
  await page.getByRole('button', { name: 'Begin again' }).click();
};
const answer = (wrong) => async (page) => {
  const list = await page.locator('.words li').evaluateAll((items) => items.map((item) => item.lastChild.textContent));
  await page.getByRole('button', { name: 'I have written them down' }).click();
  for (const field of await page.locator('input').all()) {
    const position = Number((await field.getAttribute('id')).slice('word-'.length));
    await field.fill(wrong && position > 16 ? 'zebra' : list[position - 1]);
  }
  await page.getByRole('button', { name: 'Check, and forget' }).click();
};
const checkWrong = answer(true);
const checkRight = answer(false);
const secret =
  (text, again = text) =>
  async (page) => {
    await page.getByLabel('New passphrase').fill(text);
    await page.getByLabel('The same once more').fill(again);
  };
const setSecret = (name, text, again) => async (page) => {
  await secret(text, again)(page);
  await page.getByRole('button', { name }).click();
};
const wrongPassphrase = async (page) => {
  await page.getByLabel('Passphrase').fill('onetwothree');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
};
const wrongWords = async (page) => {
  await page.evaluate(() => {
    fake.lock.nextUnlock = { kind: 'unknown-word', word: 'abandn', position: 7 };
  });
  await page.getByRole('button', { name: 'Use your 24 words' }).click();
  await page.getByLabel('Your 24 words').fill('ability able about above absent absorb abandn absurd');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
};
const eraseFromOutside = async (page) => {
  await page.getByRole('button', { name: 'Use your 24 words' }).click();
  await page.getByRole('button', { name: 'Erase Kith here' }).click();
};
const holdErase = async (page) => {
  const box = await page.getByRole('button', { name: /Hold to erase/ }).boundingBox();
  await page.mouse.move(box.x + 40, box.y + 20);
  await page.mouse.down();
};
const refuseLink = async (page) => {
  await page.evaluate(() => {
    fake.messenger.nextLink = { kind: 'is-an-invitation' };
  });
  await page.getByLabel('Text of the new device').fill('kithInvitation-1-xK7_qpZ3vN0aR8tYbW2sLdEfGhJmCuQi');
  await page.getByRole('button', { name: 'Link it' }).click();
};
const restoreRefused = async (page) => {
  await page.evaluate(() => {
    fake.messenger.nextRestore = { kind: 'cut-short', bytes: 3_100_000, bytesExpected: 5_200_000 };
    fake.device.files.read = async () => new Uint8Array(3_100_000);
  });
  await page.locator('input[type=file]').setInputFiles({ name: 'kith-2026-11-20.kith', mimeType: 'x/y', buffer: Buffer.from('x') });
  await page.getByLabel('Passphrase of the file').fill('x');
  await page.getByRole('button', { name: 'Bring it back' }).click();
};
const restoreDone = async (page) => {
  await restoreRefused(page);
  await page.getByRole('button', { name: 'Bring it back' }).click();
};
/** A few bytes in place of a file; `refusal`: what the messenger answers. */
const bringIn = (refusal) => async (page) => {
  await page.evaluate((kind) => {
    if (kind !== undefined) fake.messenger.nextImport = { kind };
    fake.device.files.read = async () => new Uint8Array(3_100);
  }, refusal);
  await page.locator('input[type=file]').setInputFiles({ name: 'kith-2026-11-20.kithbundle', mimeType: 'x/y', buffer: Buffer.from('x') });
  await page.locator('main .notice').waitFor();
};
const seeCode = async (page) => {
  await page.locator('svg.qr').waitFor();
};
const seeSteps = async (page) => {
  await seeCode(page);
  for (let i = 0; i < 4; i += 1) await page.getByRole('button', { name: 'Next code' }).click();
};
/** The camera sees so many codes of a loop. */
const readCodes = (count) => async (page) => {
  await page.getByText('Point the camera').waitFor();
  await page.evaluate(async (n) => {
    const pipe = fake.openPipe(Uint8Array.from({ length: 5_000 }, (_, i) => (i * 31) & 255));
    for (let step = 0; step < n; step += 1) {
      fake.device.see(fake.frameAt(pipe, step));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }, count);
};
const readRefused = async (page) => {
  await page.evaluate(() => {
    fake.messenger.nextImport = { kind: 'damaged' };
  });
  await readCodes(40)(page);
};
const toWays = (page) => page.getByText('How messages travel').evaluate((heading) => heading.scrollIntoView());
const openState = (page) => page.locator('a.state').last().click();
const meetPaula = (page) => page.evaluate(() => fake.messenger.meet('Paula', 'direct'));

const answering = (page) =>
  page.evaluate(async () => {
    fake.messenger.nextAnswer = `kithAnswer-${'xK7_qpZ3vN0aR8tYbW2sLdEfGhJmCuQi'.repeat(5)}`;
    await fake.app.meet.accept('kithInvitation-theirs-xK7_qpZ3vN0aR8tY', 'scanned');
  });
const notByHand = (page) =>
  page.evaluate(async () => {
    fake.messenger.nextNotByHand = 'no-address';
    await fake.app.meet.accept('kithInvitation-theirs-xK7_qpZ3vN0aR8tY', 'scanned');
  });
const hand = (step, why) => async (page) => {
  await seeCode(page);
  await page.evaluate(
    ([step, why]) => {
      const account = step === 'failed' ? undefined : fake.messenger.meet('Paula', 'direct');
      fake.messenger.hand({ account, step, why });
    },
    [step, why],
  );
};
const unnamed = async (page) => {
  await seeCode(page);
  await page.evaluate(() => fake.messenger.hand({ account: 'ef'.repeat(32), step: 'connected' }));
};
const connectingAround = (page) => page.evaluate((account) => fake.messenger.hand({ account, step: 'connecting' }), accountOf('Aiko'));

/** name, story, place, and what is done there. */
const screens = [
  ['locked', 'locked', '#/'],
  ['locked-wrong', 'locked', '#/', wrongPassphrase],
  ['locked-words', 'locked', '#/', wrongWords],
  ['locked-erase', 'locked', '#/', eraseFromOutside],
  ['locked-key-lost', 'locked-key-lost', '#/'],
  ['locked-damaged', 'locked-damaged', '#/'],
  ['lock', 'home', '#/settings/lock'],
  ['lock-different', 'home', '#/settings/lock', setSecret('Lock Kith with it', 'one two', 'one too')],
  ['lock-set', 'lock-set', '#/settings/lock'],
  ['lock-set-foot', 'lock-set', '#/settings/lock', toFoot],
  ['lock-remove', 'lock-set', '#/settings/lock', press('Remove the lock')],
  ['lock-by-words', 'lock-words', '#/'],
  ['lock-plain', 'lock-plain', '#/settings/lock'],
  ['pressure', 'lock-set', '#/settings/pressure'],
  ['pressure-same', 'lock-set', '#/settings/pressure', setSecret('Set it', 'one two three')],
  ['pressure-none', 'home', '#/settings/pressure'],
  ['erase', 'home', '#/settings/erase'],
  ['erase-held', 'home', '#/settings/erase', holdErase],
  ['settings-lock-set', 'lock-set', '#/settings'],
  ['devices', 'home', '#/settings/devices'],
  ['devices-remove', 'home', '#/settings/devices', press('Remove device 2')],
  ['devices-second', 'second-device', '#/settings/devices'],
  ['link-old', 'home', '#/settings/link'],
  ['link-old-refused', 'home', '#/settings/link', refuseLink],
  ['link-old-scan', 'no-camera', '#/settings/link', press('Scan its code')],
  ['link-old-waiting', 'link-waiting', '#/settings/link'],
  ['link-old-digits', 'link-digits', '#/settings/link'],
  ['link-old-moving', 'link-moving', '#/settings/link'],
  ['link-old-failed', 'link-failed', '#/settings/link'],
  ['link-new', 'first', '#/first/link'],
  ['link-new-digits', 'link-digits-new', '#/first/link'],
  ['link-new-confirmed', 'link-digits-new', '#/first/link', press('They are the same')],
  ['link-new-differ', 'link-digits-new', '#/first/link', press('They differ')],
  ['link-new-moving', 'link-moving-new', '#/first/link'],
  ['link-new-done', 'link-done', '#/first/link'],
  ['backup', 'home', '#/settings/backup'],
  ['backup-words', 'home', '#/settings/backup', press('Your 24 words')],
  ['backup-done', 'home', '#/settings/backup', setSecret('Make the file', 'correct horse battery staple')],
  ['restore', 'home', '#/settings/restore'],
  ['restore-first', 'first', '#/first/restore'],
  ['restore-refused', 'home', '#/settings/restore', restoreRefused],
  ['restore-done', 'home', '#/settings/restore', restoreDone],
  ['first-run', 'first', '#/'],
  ['first-run-before', 'first', '#/', press('I have used Kith before')],
  ['recover', 'first', '#/first/words'],
  ['recover-refused', 'first', '#/first/words', recoverRefused],
  ['recover-done', 'first', '#/first/words', recoverDone],
  ['words', 'words', '#/words'],
  ['words-check', 'words', '#/words', checkWrong],
  ['words-done', 'words', '#/words', checkRight],
  ['words-gone', 'home', '#/settings/words'],
  ['home-words', 'words', '#/'],
  ['home-words-empty', 'words-empty', '#/'],
  ['home', 'home', '#/'],
  ['home-empty', 'empty', '#/'],
  ['home-relay-off', 'off', '#/'],
  ['home-update', 'update', '#/'],
  ['home-clock', 'clock', '#/'],
  ['home-clock-put-aside', 'clock', '#/', press('Close')],
  ['home-clock-behind', 'clock-behind', '#/'],
  ['conversation', 'home', aiko],
  ['conversation-clock', 'clock', aiko],
  ['conversation-unread', 'home', `#/with/${accountOf('Elif')}`],
  ['where-is-it', 'where', aiko],
  ['where-is-it-crowd', 'where-crowd', aiko, openState],
  ['where-is-it-waiting', 'home', `#/with/${accountOf('Tomas')}`, openState],
  ['where-is-it-devices', 'where-devices', `#/with/${accountOf('Sami')}`, openState],
  ['conversation-away', 'home', `#/with/${accountOf('Tomas')}`],
  ['about', 'home', `${aiko}/about`],
  ['about-safety', 'home', `${aiko}/about`, toFoot],
  ['about-verified', 'verified', `${aiko}/about`],
  ['about-verified-foot', 'verified', `${aiko}/about`, toFoot],
  ['about-new-device', 'new-device', `${aiko}/about`],
  ['about-rotated', 'rotated', `${aiko}/about`],
  ['about-unknown', 'unknown', `${aiko}/about`],
  ['check-show', 'home', `${aiko}/check/show`],
  ['check-scan', 'home', `${aiko}/check/scan`],
  ['check-digits-away', 'home', `${aiko}/check/digits`],
  ['check-digits-begin', 'home', `${elif}/check/digits`],
  ['check-digits-wait', 'comparing', `${elif}/check/digits`],
  ['check-digits', 'digits', `${elif}/check/digits`],
  ['check-digits-broken', 'broken-off', `${elif}/check/digits`],
  ['check-show-broken', 'broken-off', `${elif}/check/show`],
  ['check-sure', 'digits', `${elif}/check/digits`, press('Yes, the same')],
  ['check-between', 'digits', `${elif}/check/digits`, press('No, others')],
  ['conversation-verified', 'verified', aiko],
  ['conversation-new-device', 'new-device', aiko],
  ['conversation-rotated', 'rotated', aiko],
  ['conversation-unknown', 'unknown', aiko],
  ['conversation-comparing', 'comparing', elif],
  ['conversation-removed', 'removed', aiko],
  ['meet-met', 'home', '#/meet', meetPaula],
  ['meet-show', 'home', '#/meet'],
  ['meet-scan', 'no-camera', '#/meet/scan'],
  ['meet-link', 'home', '#/meet/link'],
  ['meet-link-revoked', 'home', '#/meet/link', press('Take back and make another')],
  ['hand-ask', 'alone', '#/meet'],
  ['hand-refused', 'camera-no', '#/meet'],
  ['hand-show', 'hand', '#/meet', seeCode],
  ['hand-show-foot', 'hand', '#/meet', (page) => seeCode(page).then(() => toFoot(page))],
  ['hand-paste', 'hand', '#/meet', (page) => seeCode(page).then(() => page.getByLabel('Send or paste').click())],
  ['hand-plain', 'hand-no-network', '#/meet', seeCode],
  ['hand-answer', 'hand', '#/meet/scan', answering],
  ['hand-not', 'hand', '#/meet/scan', notByHand],
  ['hand-connecting', 'hand', '#/meet', hand('connecting')],
  ['hand-unnamed', 'hand', '#/meet', unnamed],
  ['hand-connected', 'hand', '#/meet', hand('connected')],
  ['hand-failed', 'hand', '#/meet', hand('failed', 'bad-code')],
  ['hand-lapsed', 'hand', '#/meet', hand('failed', 'timed-out')],
  ['beside', 'hand-one-code', `${aiko}/beside`, seeCode],
  ['beside-two', 'hand', `${aiko}/beside`],
  ['beside-about', 'hand-one-code', `${aiko}/about`],
  ['introduce', 'home', `${aiko}/introduce`],
  ['introduce-asked', 'home', `${aiko}/introduce`, press('Elif')],
  ['introduced', 'introduced', `${aiko}/about`],
  ['introduction', 'introductions', '#/'],
  ['introduction-yes', 'introductions', '#/', (page) => press('Yes')(page).then(() => press('Yes')(page))],
  ['meet-taken-up', 'home', '#/meet/scan', (page) => page.evaluate(() => fake.app.meet.accept('kithInvitation-theirs'))],
  [
    'meet-link-refused',
    'home',
    '#/meet/link',
    (page) =>
      page.evaluate(() => {
        fake.messenger.nextAccept = { kind: 'not-for-me' };
        return fake.app.meet.accept('x');
      }),
  ],
  ['around-circuit', 'circuit', '#/around'],
  ['around-connecting', 'home', '#/around', connectingAround],
  ['around', 'home', '#/around'],
  ['settings', 'home', '#/settings'],
  ['settings-ways', 'home', '#/settings', toWays],
  ['carry', 'share', '#/settings/carry'],
  ['carry-foot', 'share', '#/settings/carry', toFoot],
  ['carry-saved', 'home', '#/settings/carry', press('Save a file')],
  ['carry-none', 'carry-none', '#/settings/carry', press('Save a file')],
  ['carry-taken', 'home', '#/settings/carry', bringIn(undefined)],
  ['carry-refused', 'home', '#/settings/carry', bringIn('not-a-bundle')],
  ['carry-show', 'home', '#/settings/carry/show', seeCode],
  ['carry-show-steps', 'home', '#/settings/carry/show', seeSteps],
  ['carry-show-moving', 'home', '#/settings/carry/show', press('Let it move')],
  ['carry-show-none', 'carry-none', '#/settings/carry/show'],
  ['carry-scan', 'camera', '#/settings/carry/scan', readCodes(0)],
  ['carry-scan-going', 'camera', '#/settings/carry/scan', readCodes(6)],
  ['carry-scan-done', 'camera', '#/settings/carry/scan', readCodes(40)],
  ['carry-scan-refused', 'camera', '#/settings/carry/scan', readRefused],
  ['carry-scan-no-camera', 'home', '#/settings/carry/scan'],
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
    for (const [name, story, place, act] of screens.filter(([name]) => only.some((start) => name.startsWith(start)))) {
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
      await page.goto(`${address}/?fake=${story}${place}`);
      await page.locator('h1, .msg').first().waitFor({ state: 'attached' });
      await page.locator('main[aria-busy]').waitFor({ state: 'detached' });
      await act?.(page);
      if (name === 'where-is-it') await page.locator('a.state').last().click();
      if (name === 'meet-show') await page.locator('svg.qr').waitFor();
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
