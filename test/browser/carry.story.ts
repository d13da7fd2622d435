/** Nothing between two phones but somebody's pocket: a file there and one back, then a code that moves from screen to camera. On loopback. */
import { join } from 'node:path';
import { story, type Teller, waitFor } from '../story.ts';
import { chromiumUnavailable } from './chromium.ts';
import { film, photographCode } from './film.ts';
import { type House, openHouse, Phone } from './household.ts';
import { freePort } from './ports.ts';

const LINK_BY_REAL_ADDRESSES = '--disable-features=WebRtcHideLocalIpsWithMdns';
/** A camera misses some; what it missed comes round again. */
const CODES_SPARE = 4;
const BY_FILE = 'This comes in your pocket';
const FOR_LATER = 'No hurry with this one';
const BY_CAMERA = 'And this from my screen';

/** Opens the page for carrying by the quiet offer under the conversation, and saves a file. */
async function saveFile(phone: Phone, to: string): Promise<void> {
  await phone.page.getByRole('link', { name: 'Carry by hand' }).click();
  const given = phone.page.waitForEvent('download');
  await phone.page.getByRole('button', { name: 'Save a file' }).click();
  const download = await given;
  if (!/^kith-\d{4}-\d\d-\d\d\.kithbundle$/.test(download.suggestedFilename())) throw new Error(download.suggestedFilename());
  await download.saveAs(to);
}

/** Opens a file on the page for carrying; what is said about it. */
async function openFile(phone: Phone, house: House, file: string): Promise<string> {
  // A page of its own in between: what was said about an earlier file is gone.
  await phone.page.goto(`${house.origin}/#/messages`);
  await phone.page.goto(`${house.origin}/#/settings/carry`);
  await phone.page.locator('input[type=file]').setInputFiles(file);
  const said = phone.page.locator('main .notice');
  await said.waitFor({ timeout: 10_000 });
  return said.innerText();
}

/** Asks the way of the newest message, by a tap or by the keyboard; the sheet, once it says so. Escape closes it again. */
async function whereIs(phone: Phone, text: string, says: RegExp, how: 'tap' | 'Enter' | 'ContextMenu' = 'tap'): Promise<string> {
  const { page } = phone;
  if (how === 'tap') await phone.log().getByText(text, { exact: true }).click();
  else {
    await page.getByLabel('Message', { exact: true }).press('ArrowUp');
    await page.keyboard.press(how);
  }
  const sheet = page.getByRole('dialog', { name: 'Where is it?' });
  await sheet.waitFor();
  if (!(await sheet.innerText()).includes(text)) throw new Error('the sheet is about another message');
  const fact = sheet.getByRole('status');
  await waitFor(async () => says.test(await fact.innerText()), {
    withinMs: 10_000,
    what: `${phone.name} reads ${says}`,
    seen: () => fact.innerText(),
  });
  const shown = await sheet.innerText();
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  if (how !== 'tap' && (await page.locator('.msg:focus').count()) !== 1) throw new Error('the focus did not return to the message');
  return shown;
}

/** The codes on the screen, turned by hand: some more than are needed, as a film of five a second. */
async function filmLoop(t: Teller, phone: Phone, tape: string): Promise<void> {
  const { page } = phone;
  await page.locator('svg.qr').waitFor();
  const where = page.getByText(/^Code \d+\. About \d+ are needed/);
  const needed = Number(/About (\d+)/.exec(await where.innerText())?.[1]);
  const pictures: Buffer[] = [];
  for (let i = 0; i < needed + CODES_SPARE; i += 1) {
    pictures.push(await photographCode(page));
    const before = await page.locator('svg.qr path').getAttribute('d');
    await page.getByRole('button', { name: 'Next code' }).click();
    await waitFor(async () => (await page.locator('svg.qr path').getAttribute('d')) !== before, {
      withinMs: 5_000,
      what: 'the next code is drawn',
    });
  }
  t.note(`${needed} codes are needed, ${pictures.length} were filmed`);
  await film(pictures, 2, tape);
}

story('carrying by hand', async (t) => {
  const why = chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('sealed messages in a file and from screen to camera', why);
    return;
  }
  const house = await openHouse(t, { http: await freePort(), https: await freePort() });
  const folder = await t.folder('pocket');
  const tape = join(folder, 'loop.y4m');
  const ann = await Phone.open(t, 'Ann', house, { args: [LINK_BY_REAL_ADDRESSES] });
  const bo = await Phone.open(t, 'Bo', house, {
    permissions: ['camera'],
    args: [LINK_BY_REAL_ADDRESSES, '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${tape}`],
  });
  await t.claim('two people meet through the relay and write to each other', async () => {
    await Promise.all([ann.begin(), bo.begin()]);
    await bo.takeUp(await ann.invitationLink());
    await Promise.all([bo.openConversation('Ann'), ann.openConversation('Bo')]);
    await ann.write('Good morning');
    await bo.sees('Good morning', 10_000);
    await bo.write('Morning');
    await ann.sees('Morning', 10_000);
    await bo.lastState(/^(Delivered|Read)$/, 10_000);
  });
  await t.claim('the relay goes away, and they are out of reach of each other', async () => {
    await house.kill();
    await Promise.all([ann.reload(), bo.reload()]);
    await Promise.all([ann.isReached('Not reachable now', 20_000), bo.isReached('Not reachable now', 20_000)]);
  });
  await t.claim('what is written now waits on the phone, and a tap on it says so', async () => {
    await ann.write(BY_FILE);
    await whereIs(ann, BY_FILE, /Waiting on this phone/);
  });
  await t.claim('the conversation offers to carry it by hand, and a file is saved', async () => {
    await saveFile(ann, join(folder, 'there.kithbundle'));
    await ann.page.getByText(/sealed packets?, .*from you/).waitFor();
  });
  await t.claim('the other opens the file and reads the message', async () => {
    const said = await openFile(bo, house, join(folder, 'there.kithbundle'));
    if (!/for you\./.test(said)) throw new Error(said);
    await bo.openConversation('Ann');
    await bo.sees(BY_FILE, 5_000);
  });
  await t.claim('the same file once more changes nothing and says so', async () => {
    const said = await openFile(bo, house, join(folder, 'there.kithbundle'));
    if (!/here before\./.test(said) || /for you\./.test(said)) throw new Error(said);
    await bo.openConversation('Ann');
    if ((await bo.count(BY_FILE)) !== 1) throw new Error('shown twice');
  });
  await t.claim('a file that is none is refused in words', async () => {
    const said = await openFile(bo, house, house.key);
    if (!/no file of sealed messages/.test(said)) throw new Error(said);
  });
  await t.claim('the writer does not know yet, asked by the keyboard alone', async () => {
    await ann.openConversation('Bo');
    await whereIs(ann, BY_FILE, /Waiting on this phone/, 'Enter');
    await whereIs(ann, BY_FILE, /Waiting on this phone/, 'ContextMenu');
  });
  await t.claim('the other’s own file brings back word that it has arrived', async () => {
    await bo.openConversation('Ann');
    await saveFile(bo, join(folder, 'back.kithbundle'));
    await openFile(ann, house, join(folder, 'back.kithbundle'));
    await ann.openConversation('Bo');
    await whereIs(ann, BY_FILE, /Bo has (it|read it)\./);
  });
  await t.claim('one phone shows a code that moves', async () => {
    await ann.write(BY_CAMERA);
    await ann.page.goto(`${house.origin}/#/settings/carry/show`);
    await filmLoop(t, ann, tape);
  });
  await t.claim('the other reads it with its camera, and the message is there', async () => {
    await bo.page.goto(`${house.origin}/#/settings/carry/scan`);
    await bo.page
      .getByRole('status')
      .filter({ hasText: /for you\./ })
      .waitFor({ timeout: 60_000 });
    await bo.openConversation('Ann');
    await bo.sees(BY_CAMERA, 5_000);
  });
  await t.claim('the relay returns, and nothing that was carried is shown twice', async () => {
    await house.start();
    await ann.openConversation('Bo');
    await ann.lastState(/^(Delivered|Read)$/, 30_000);
    for (const text of [BY_FILE, BY_CAMERA]) if ((await bo.count(text)) !== 1) throw new Error(`"${text}" is shown twice`);
  });
  await t.claim('with the other away, the sheet names the relay as the carrier, and how long it is kept', async () => {
    await bo.page.goto('about:blank');
    await ann.write(FOR_LATER);
    const shown = await whereIs(ann, FOR_LATER, /On its way to Bo\. One device is known to carry a sealed copy\./);
    if (!/A relay/.test(shown) || !/13 days left/.test(shown)) throw new Error(shown);
  });
  await t.claim('who lets the relay send only what is theirs finds it so after a reload, and still gets their messages', async () => {
    const choice = ann.page.getByRole('radio', { name: 'Fetch only what is mine' });
    await ann.page.goto(`${house.origin}/#/settings`);
    await choice.check();
    await ann.page.reload();
    await choice.waitFor({ timeout: 20_000 });
    await waitFor(() => choice.isChecked(), { withinMs: 5_000, what: 'the choice stands' });
    await bo.openConversation('Ann');
    await ann.openConversation('Bo');
    await bo.write('Here again');
    await ann.sees('Here again', 20_000);
  });
  await t.claim('no page reported an error of its own', () => {
    const errors = [...ann.browser.console(), ...bo.browser.console()].filter(
      (line) => line.startsWith('error: ') && !/ERR_|Failed to load|WebSocket connection/.test(line),
    );
    if (errors.length > 0) throw new Error(errors.join(' | '));
  });
});
