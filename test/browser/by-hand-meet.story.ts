/** Meeting by hand on one machine, the relay gone. story-timeout: 420 s */
import { story } from '../story.ts';
import { meetByHand, withCamera } from './by-hand-meet.ts';
import { chromiumUnavailable } from './chromium.ts';
import { openHouse } from './household.ts';
import { freePort } from './ports.ts';

story('meeting by hand', async (t) => {
  const why = chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('two phones meet with nothing between them', why);
    return;
  }
  const house = await openHouse(t, { http: await freePort(), https: await freePort() });
  await meetByHand(t, house, await Promise.all([withCamera(t, 'Ann', house), withCamera(t, 'Bo', house)]), async () => {});
});
