/** The main story on loopback, for machines that have no root. */
import { createServer } from 'node:net';
import { story } from '../story.ts';
import { chromiumUnavailable } from './chromium.ts';
import { openHouse, Phone } from './household.ts';
import { twoPhones } from './two-phones.ts';

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

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
