/** One person, several devices: a backup made and brought back, a tablet linked and removed, a new phone from file and words. On loopback. */
import { join } from 'node:path';
import { story, waitFor } from '../story.ts';
import { chromiumUnavailable } from './chromium.ts';
import { openHouse, Phone } from './household.ts';
import { freePort } from './ports.ts';

const PASSPHRASE = 'correct horse battery staple window';
const BEFORE = 'written before the tablet';

story('several devices of one person', async (t) => {
  const why = chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('backup, linking, removing, a new phone', why);
    return;
  }
  const house = await openHouse(t, { http: await freePort(), https: await freePort() });
  const options = { args: ['--disable-features=WebRtcHideLocalIpsWithMdns'] };
  const open = (name: string): Promise<Phone> => Phone.open(t, name, house, options);
  const [ann, bo, tablet] = await Promise.all([open('Annegret'), open('Boleslav'), open('Tablet')]);
  const file = join(await t.folder('backup'), 'mine.kith');
  await Promise.all([ann.begin(), bo.begin()]);
  await bo.takeUp(await ann.invitationLink());
  await ann.openConversation('Boleslav');
  await ann.write(BEFORE);
  const { page } = ann;
  await page.goto(`${house.origin}/#/settings/words`);
  const list = page.locator('.words li');
  await waitFor(async () => (await list.count()) === 24, { withinMs: 10_000, what: 'the words stand there', seen: () => 'no words' });
  const words = (await list.evaluateAll((items) => items.map((item) => item.lastChild?.textContent ?? ''))).join(' ');

  await t.claim('a backup is a file that the browser saves', async () => {
    await page.goto(`${house.origin}/#/settings/backup`);
    await page.getByLabel('New passphrase').fill(PASSPHRASE);
    await page.getByLabel('The same once more').fill(PASSPHRASE);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Make the file' }).click()]);
    await page.getByRole('heading', { name: 'The file is made' }).waitFor({ timeout: 20_000 });
    if (!/^kith-\d{4}-\d{2}-\d{2}\.kith$/.test(download.suggestedFilename())) throw new Error(download.suggestedFilename());
    await download.saveAs(file);
  });

  await t.claim('a wrong passphrase brings nothing back, the right one does', async () => {
    await page.goto(`${house.origin}/#/settings/restore`);
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByLabel('Passphrase of the file').fill('correct house');
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await page.getByText('That passphrase does not open this file').waitFor({ timeout: 20_000 });
    await page.getByLabel('Passphrase of the file').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await page.getByRole('heading', { name: 'It is back' }).waitFor({ timeout: 20_000 });
  });

  await t.claim('a code that links and one that invites are told apart, in either place', async () => {
    await tablet.page.goto(`${house.origin}/#/first/link`);
    await tablet.page.locator('svg.qr').waitFor({ timeout: 20_000 });
    await ann.takeUp(await tablet.page.getByLabel('Or paste this text there').inputValue());
    await page.getByText('This code links devices of one person').waitFor();
    const invitation = (await ann.invitationLink()).split('#/meet/')[1] ?? '';
    await page.goto(`${house.origin}/#/settings/link`);
    await page.getByLabel('Text of the new device').fill(invitation);
    await page.getByRole('button', { name: 'Link it' }).click();
    await page.getByText('That is an invitation of somebody to meet').waitFor();
  });

  await t.claim('a tablet is linked by its text and six digits, and what was written before is there', async () => {
    await page.getByLabel('Text of the new device').fill(await tablet.page.getByLabel('Or paste this text there').inputValue());
    await page.getByRole('button', { name: 'Link it' }).click();
    const question = { name: 'Do both show these six digits?' };
    await page.getByRole('heading', question).waitFor({ timeout: 40_000 });
    await tablet.page.getByRole('heading', question).waitFor({ timeout: 20_000 });
    const [here, there] = await Promise.all([page.locator('.six').innerText(), tablet.page.locator('.six').innerText()]);
    if (here !== there) throw new Error(`${here} and ${there}`);
    await tablet.page.getByRole('button', { name: 'They are the same' }).click();
    await tablet.page.getByRole('heading', { name: 'Now say so on your other device' }).waitFor({ timeout: 20_000 });
    await page.getByRole('button', { name: 'They are the same' }).click();
    await page.getByRole('heading', { name: 'The new device is yours now' }).waitFor({ timeout: 40_000 });
    await tablet.page.getByRole('heading', { name: 'This device is yours now' }).waitFor({ timeout: 40_000 });
    await tablet.page.getByRole('link', { name: 'To the messages' }).click();
    await tablet.openConversation('Boleslav');
    await tablet.sees(BEFORE, 20_000);
  });

  await t.claim('it stands among the devices, and is taken off with the reason', async () => {
    await page.getByRole('link', { name: 'To your devices' }).click();
    await page.getByRole('button', { name: 'Remove device 2' }).click();
    await page.getByRole('button', { name: /lost or stolen/ }).click();
    await page.getByText('Removed. Your people hear of it').waitFor({ timeout: 20_000 });
    if ((await page.getByRole('button', { name: /^Remove device/ }).count()) !== 0) throw new Error('it still stands there');
  });

  await t.claim('a new phone begins again from the file and the words', async () => {
    const next = await open('Next');
    await next.page.goto(`${house.origin}/#/first/restore`);
    await next.page.locator('input[type=file]').setInputFiles(file);
    await next.page.getByLabel('Passphrase of the file').fill(PASSPHRASE);
    await next.page.getByRole('button', { name: 'Bring it back' }).click();
    await next.page.getByText('On a new phone your 24 words are needed, too').waitFor({ timeout: 20_000 });
    await next.page.getByLabel('Your 24 words, too').fill(words);
    await next.page.getByRole('button', { name: 'Bring it back' }).click();
    await next.page.getByRole('heading', { name: 'It is back' }).waitFor({ timeout: 30_000 });
    await next.page.getByRole('link', { name: 'To the messages' }).click();
    await next.openConversation('Boleslav');
    await next.sees(BEFORE, 20_000);
  });
});
