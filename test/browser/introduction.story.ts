/**
 * Ann and Bo have scanned each other, and Bo and Cleo; there is no relay. Bo introduces Ann and Cleo, by what stands on the three screens:
 * a no of either is told to nobody and leaves nothing, and two times yes ties the two together.
 */
import { story } from '../story.ts';
import { readsAnswer, readsCode, talk, withCamera } from './by-hand-meet.ts';
import { chromiumUnavailable } from './chromium.ts';
import { openHouse } from './household.ts';
import { introduces, knowsOnly, opensAlone, passOn, readsWho, saysNotNow, saysYes, turnsThereAndBack } from './introduction.ts';
import { freePort } from './ports.ts';

story('an introduction', async (t) => {
  const why = chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('somebody brings two people together, on their screens', why);
    return;
  }
  const house = await openHouse(t, { http: await freePort(), https: await freePort() });
  const everybody = await Promise.all(['Ann', 'Bo', 'Cleo'].map((name) => withCamera(t, name, house)));
  const [anns, bos, cleos] = everybody;
  if (anns === undefined || bos === undefined || cleos === undefined) throw new Error('three were opened');
  const [ann, bo, cleo] = [anns.phone, bos.phone, cleos.phone];

  await t.claim('three open the app once; the relay is gone, and Bo ties his phone to those of Ann and Cleo by hand', async () => {
    await Promise.all(everybody.map(({ phone }) => phone.begin()));
    await house.kill();
    await Promise.all(everybody.map(({ phone }) => opensAlone(phone)));
    await readsCode(house, bos, anns);
    await readsAnswer(anns, bos);
    await bo.openConversation('Ann');
    await readsCode(house, bos, cleos);
    await readsAnswer(cleos, bos);
  });
  await t.claim('Bo chooses Cleo on the page about Ann, and still reads whom he asked when his screen is turned, and back', async () => {
    await introduces(bo, ann, cleo);
    await turnsThereAndBack(bo, 'Asked Cleo. When both say yes, they find each other.');
  });
  await t.claim('Cleo says not now, and Ann never hears of it', async () => {
    await saysNotNow(house, cleo, bo, ann);
    await passOn([cleo, bo, ann], 'Not today');
    await Promise.all([knowsOnly(house, ann, [bo]), knowsOnly(house, cleo, [bo])]);
  });
  await t.claim('the next time Cleo says yes and Ann not now: nothing comes of it, and nothing is left on either home', async () => {
    await introduces(bo, ann, cleo);
    await saysYes(house, cleo, bo, ann);
    await saysNotNow(house, ann, bo, cleo);
    await passOn([ann, bo, cleo], 'Some other time');
    await Promise.all([knowsOnly(house, ann, [bo]), knowsOnly(house, cleo, [bo])]);
  });
  await t.claim('the third time both say yes, each of them sees the other appear, and write to each other', async () => {
    await introduces(bo, ann, cleo);
    await saysYes(house, cleo, bo, ann);
    await saysYes(house, ann, bo, cleo);
    await talk(ann, cleo, 'Bo says you bake');
  });
  await t.claim('their phones are tied together, though they never scanned each other', async () => {
    await Promise.all([ann.isReached('Directly, phone to phone', 30_000), cleo.isReached('Directly, phone to phone', 30_000)]);
  });
  await t.claim('each reads who brought them together, and that it is not made sure yet', async () => {
    await Promise.all([readsWho(ann, cleo, bo), readsWho(cleo, ann, bo)]);
  });
  await t.claim('both open the app anew: they know each other, and nobody is asked again', async () => {
    await Promise.all([ann.page.reload(), cleo.page.reload()]);
    await Promise.all([knowsOnly(house, ann, [bo, cleo]), knowsOnly(house, cleo, [ann, bo])]);
    await Promise.all([readsWho(ann, cleo, bo), readsWho(cleo, ann, bo)]);
  });
  await t.claim('no page reported an error of its own', () => {
    const errors = [ann, bo, cleo]
      .flatMap(({ browser }) => browser.console())
      .filter((line) => line.startsWith('error: ') && !/ERR_|Failed to load|WebSocket connection/.test(line));
    if (errors.length > 0) throw new Error(errors.join(' | '));
  });
});
