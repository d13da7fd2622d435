/** The main story in three namespaces: the relay in one, a phone in each of the others, and every packet that leaves the lab counted. */
import { chromiumUnavailable } from '../browser/chromium.ts';
import { openHouse, Phone } from '../browser/household.ts';
import { twoPhones } from '../browser/two-phones.ts';
import { story } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';

story('two phones in a house of namespaces', async (t) => {
  const why = labUnavailable() ?? chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('two phones in network namespaces meet, talk, and outlive the relay', why);
    return;
  }
  const lab = await openLab(t, ['srv', 'a', 'b']);
  const srv = lab.host('srv');
  const house = await openHouse(t, { http: 8080, https: 8443 }, srv);
  const names = { [house.name]: srv.address };
  const [ann, bo] = await Promise.all([
    Phone.open(t, 'Ann', house, { host: lab.host('a'), names }),
    Phone.open(t, 'Bo', house, { host: lab.host('b'), names }),
  ]);
  await twoPhones(t, house, ann, bo);
  await t.claim('nothing ever left for a host outside the house', async () => {
    if ((await lab.packets()) < 100) throw new Error('no packets were counted');
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join('; '));
  });
});
