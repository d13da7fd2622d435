/** Two people meet by a code held up to a camera: what one screen really shows is what the other phone's camera sees. On loopback. */
import { join } from 'node:path';
import { story, waitFor } from '../story.ts';
import { chromiumUnavailable } from './chromium.ts';
import { film, photographCode } from './film.ts';
import { openHouse, Phone } from './household.ts';
import { freePort } from './ports.ts';

const LINK_BY_REAL_ADDRESSES = '--disable-features=WebRtcHideLocalIpsWithMdns';

story('meeting by a code', async (t) => {
  const why = chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('two people meet by scanning a code', why);
    return;
  }
  const house = await openHouse(t, { http: await freePort(), https: await freePort() });
  const ann = await Phone.open(t, 'Ann', house, { args: [LINK_BY_REAL_ADDRESSES] });
  await ann.begin();
  const tape = join(await t.folder('film'), 'code.y4m');
  await t.claim('a phone shows its code, black on white, large enough for a camera', async () => {
    await ann.page.goto(`${house.origin}/#/meet/show`);
    await ann.page.locator('svg.qr').waitFor();
    await film([await photographCode(ann.page)], 10, tape);
  });
  const bo = await Phone.open(t, 'Bo', house, {
    permissions: ['camera'],
    args: [LINK_BY_REAL_ADDRESSES, '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${tape}`],
  });
  await bo.begin();
  await t.claim('the other phone reads it with its camera, and they know each other', async () => {
    await bo.page.goto(`${house.origin}/#/meet/scan`);
    await waitFor(async () => (await bo.page.getByText(/You and Ann|Ann/).count()) > 0, { withinMs: 30_000, what: 'Bo has met Ann' });
    await Promise.all([bo.openConversation('Ann'), ann.openConversation('Bo')]);
    await bo.write('Met by a code');
    await ann.sees('Met by a code', 10_000);
  });
  await t.claim('the same code cannot be used by a third person', async () => {
    const cy = await Phone.open(t, 'Cy', house, {
      permissions: ['camera'],
      args: [LINK_BY_REAL_ADDRESSES, '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${tape}`],
    });
    await cy.begin();
    await cy.page.goto(`${house.origin}/#/meet/scan`);
    // Cy's phone has read the code and asks; only then does it mean something that Ann does not know Cy.
    await cy.page
      .getByText(/as soon as your phones, or the relay, find each other/)
      .first()
      .waitFor({ timeout: 30_000 });
    await ann.write('Still only us');
    await bo.sees('Still only us', 10_000);
    await ann.page.goto(`${house.origin}/#/messages`);
    if ((await ann.page.getByRole('link', { name: 'Cy' }).count()) !== 0) throw new Error('Ann knows Cy');
  });
});
