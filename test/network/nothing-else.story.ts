/**
 * Two phones that opened the app once, and then nothing else on the network: the relay is gone, and so is every way out. Everything they say to
 * each other from then on goes from the one namespace to the other. story-timeout: 420 s
 */
import { meetByHand, withCamera } from '../browser/by-hand-meet.ts';
import { chromiumUnavailable } from '../browser/chromium.ts';
import { openHouse } from '../browser/household.ts';
import { story } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';

story('two phones and nothing else', async (t) => {
  const why = labUnavailable() ?? chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('two phones on a network with nothing else meet, talk, and meet again', why);
    return;
  }
  const lab = await openLab(t, ['srv', 'a', 'b']);
  const house = await openHouse(t, { http: 8080, https: 8443 }, lab.host('srv'));
  const names = { [house.name]: lab.host('srv').address };
  const phones = await Promise.all([
    withCamera(t, 'Ann', house, { host: lab.host('a'), names }),
    withCamera(t, 'Bo', house, { host: lab.host('b'), names }),
  ]);
  await meetByHand(t, house, phones, async () => {
    await lab.host('srv').cut();
    for (const name of ['a', 'b']) await lab.host(name).run('ip', ['route', 'delete', 'default']);
  });
  await t.claim('nothing ever left for a host outside', async () => {
    if ((await lab.packets()) < 100) throw new Error('no packets were counted');
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join('; '));
  });
});
