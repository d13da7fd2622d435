/** The main story on loopback, for machines that have no root. */
import { story } from '../story.ts';
import { chromiumUnavailable } from './chromium.ts';
import { openHouse, Phone } from './household.ts';
import { freePort } from './ports.ts';
import { twoPhones } from './two-phones.ts';

story('two phones on loopback', async (t) => {
  const why = chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('two phones meet, talk, and outlive the relay', why);
    return;
  }
  const house = await openHouse(t, { http: await freePort(), https: await freePort() });
  // Real addresses in place of multicast names: nothing is multicast on this machine's own network.
  const options = { args: ['--disable-features=WebRtcHideLocalIpsWithMdns'] };
  const [ann, bo] = await Promise.all([Phone.open(t, 'Ann', house, options), Phone.open(t, 'Bo', house, options)]);
  await twoPhones(t, house, ann, bo);
});
