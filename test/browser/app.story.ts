/** What the app does when things are not as they should be: a second tab, a full phone, a relay that says nothing. On loopback. */
import type { Page } from 'playwright-core';
import { story, waitFor } from '../story.ts';
import { chromiumUnavailable } from './chromium.ts';
import { openHouse, Phone } from './household.ts';
import { freePort } from './ports.ts';

story('the app on a bad day', async (t) => {
  const why = chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('a second tab, a full phone, a wrong code', why);
    return;
  }
  const house = await openHouse(t, { http: await freePort(), https: await freePort() });
  const options = { args: ['--disable-features=WebRtcHideLocalIpsWithMdns'] };
  const [ann, bo] = await Promise.all([Phone.open(t, 'Ann', house, options), Phone.open(t, 'Bo', house, options)]);
  // A small phone, said before anything is stored: a quota that changes under an open database is not noticed.
  const device = await ann.browser.context.newCDPSession(ann.page);
  await device.send('Storage.overrideQuotaForOrigin', { origin: house.origin, quotaSize: 12_000_000 });
  await Promise.all([ann.begin(), bo.begin()]);

  await t.claim('a text that is no invitation is refused in words, and nothing happens', async () => {
    await bo.takeUp('https://example.org/#/meet/hello');
    await bo.page
      .getByRole('alert')
      .or(bo.page.getByText(/not a .*(code|link|invitation)/i))
      .first()
      .waitFor();
  });
  await t.claim('their own link is refused in words', async () => {
    const own = await bo.invitationLink();
    await bo.takeUp(own);
    await bo.page
      .getByText(/your own/i)
      .first()
      .waitFor();
  });

  await bo.takeUp(await ann.invitationLink());
  await Promise.all([bo.openConversation('Ann'), ann.openConversation('Bo')]);

  await t.claim('a second tab is calm, and can take over', async () => {
    const second = await ann.browser.context.newPage();
    await second.goto(`${house.origin}/`);
    await second.getByRole('heading', { name: 'Kith is open in another tab' }).waitFor();
    await second.getByRole('button', { name: 'Continue here' }).click();
    await second.getByRole('heading', { name: 'Messages' }).waitFor({ timeout: 15_000 });
    await ann.page.getByRole('heading', { name: 'Kith is open in another tab' }).waitFor();
    await ann.page.getByRole('button', { name: 'Continue here' }).click();
    await ann.page.getByRole('log').waitFor({ timeout: 15_000 });
    await second.close();
  });

  await t.claim('a draft survives leaving the conversation and a reload', async () => {
    await ann.page.getByLabel('Message', { exact: true }).fill('half a thou');
    await ann.page.goto(`${house.origin}/#/messages`);
    await ann.page.reload();
    await ann.openConversation('Bo');
    const field = ann.page.getByLabel('Message', { exact: true });
    await waitFor(async () => (await field.inputValue()) === 'half a thou', { withinMs: 5000, what: 'the draft is back' });
  });

  await t.claim('on a full phone the draft comes back with the reason, and goes out when there is room', async () => {
    const { page } = ann;
    await fillUp(page);
    const field = page.getByLabel('Message', { exact: true });
    await field.fill('when there is room');
    await page.getByRole('button', { name: 'Send' }).click();
    await page
      .getByText(/This phone is full/)
      .first()
      .waitFor({ timeout: 15_000 });
    await waitFor(async () => (await field.inputValue()) === 'when there is room', {
      withinMs: 5000,
      what: 'the draft is back in the field',
    });
    if ((await ann.count('when there is room')) !== 0) throw new Error('it stands in the conversation as if it had been sent');
    await makeRoom(page);
    await page.reload();
    await page.getByRole('log').waitFor();
    await waitFor(async () => (await field.inputValue()) === 'when there is room', { withinMs: 5000, what: 'the draft is still there' });
    await page.getByRole('button', { name: 'Send' }).click();
    await bo.sees('when there is room', 15_000);
  });
});

/** Fills what is left of the origin's quota with a database of its own, down to the last few bytes. */
async function fillUp(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('ballast', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('rows', { autoIncrement: true });
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    // Halves what it adds until not even 64 bytes go in.
    for (let bytes = 65_536; bytes >= 64; ) {
      const fits = await new Promise<boolean>((resolve) => {
        const transaction = database.transaction('rows', 'readwrite');
        transaction.objectStore('rows').add(crypto.getRandomValues(new Uint8Array(bytes)));
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = () => resolve(false);
      });
      if (!fits) bytes /= 2;
    }
    database.close();
  });
}

async function makeRoom(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const deleting = indexedDB.deleteDatabase('ballast');
        deleting.onsuccess = () => resolve();
        deleting.onerror = () => reject(deleting.error);
      }),
  );
}
