/** The main story of the house: two people open the page, meet, talk, and go on talking when the relay is gone. */
import type { Teller } from '../story.ts';
import type { House, Phone } from './household.ts';

export async function twoPhones(t: Teller, house: House, ann: Phone, bo: Phone): Promise<void> {
  await t.claim('both phones load the app at its one address, and it is ready to open without the relay', async () => {
    await Promise.all([ann.begin(), bo.begin()]);
  });
  await t.claim('one sends the other a link, and both know each other', async () => {
    const link = await ann.invitationLink();
    await bo.takeUp(link);
    await Promise.all([bo.openConversation('Ann'), ann.openConversation('Bo')]);
  });
  await t.claim('they write to each other, and both see that it was delivered', async () => {
    await ann.write('Is the bread out?');
    await bo.sees('Is the bread out?', 10_000);
    await bo.write('Just now, come by');
    await ann.sees('Just now, come by', 10_000);
    await bo.lastState(/^(Delivered|Read)$/, 10_000);
  });
  await t.claim('the direct connection comes up and both are told so', async () => {
    await Promise.all([ann.isReached('Directly, phone to phone', 30_000), bo.isReached('Directly, phone to phone', 30_000)]);
  });
  await t.claim('the relay is killed and they go on writing, both ways', async () => {
    await house.kill();
    await ann.write('The relay is gone');
    await bo.sees('The relay is gone', 10_000);
    await bo.write('We are not');
    await ann.sees('We are not', 10_000);
  });
  await t.claim('reloaded with the relay dead, the app opens and says truly that the other is out of reach', async () => {
    await Promise.all([ann.reload(), bo.reload()]);
    await Promise.all([ann.isReached('Not reachable now', 20_000), bo.isReached('Not reachable now', 20_000)]);
  });
  await t.claim('what is written now waits on the phone, a reload in between loses nothing', async () => {
    await ann.write('For when you are back');
    await ann.lastState(/^Waiting on this phone$/, 5_000);
    await ann.reload();
    await ann.sees('For when you are back', 10_000);
    await bo.write('I have bread for you');
  });
  await t.claim('the relay returns, and within 20 s all is delivered with nobody pressing anything', async () => {
    await house.start();
    await Promise.all([bo.sees('For when you are back', 20_000), ann.sees('I have bread for you', 20_000)]);
    await ann.lastState(/^(Delivered|Read)$/, 20_000);
  });
  await t.claim('nothing is shown twice', async () => {
    for (const phone of [ann, bo]) {
      for (const text of [
        'Is the bread out?',
        'Just now, come by',
        'The relay is gone',
        'We are not',
        'For when you are back',
        'I have bread for you',
      ]) {
        const count = await phone.count(text);
        if (count !== 1) throw new Error(`${phone.name} shows "${text}" ${count} times`);
      }
    }
  });
  await t.claim('a message to somebody whose page is closed is delivered when it opens again', async () => {
    await bo.page.goto('about:blank');
    await ann.write('Read this when you wake');
    await ann.lastState(/^Carried by \d/, 20_000);
    await bo.openConversation('Ann');
    await bo.sees('Read this when you wake', 20_000);
    await ann.lastState(/^(Delivered|Read)$/, 20_000);
  });
  await t.claim('no page ever asked anybody but the house', () => {
    const strangers = [...ann.browser.requests(), ...bo.browser.requests()].filter(
      (url) => !url.startsWith(house.origin) && !url.startsWith('blob:') && !url.startsWith('data:') && url !== 'about:blank',
    );
    if (strangers.length > 0) throw new Error(strangers.join(' '));
  });
  await t.claim('no page reported an error of its own', async () => {
    const errors = [...ann.browser.console(), ...bo.browser.console()].filter(
      (line) => line.startsWith('error: ') && !/ERR_|Failed to load|WebSocket connection/.test(line),
    );
    if (errors.length > 0) throw new Error(errors.join(' | '));
  });
}
