/**
 * Somebody with Firefox and somebody with Chromium, and nothing between them: two codes and they talk; both reload, one code, and they talk
 * again. The messengers run without the app's screens. story-timeout: 300 s
 */
import { story } from '../story.ts';
import { chromiumUnavailable } from './chromium.ts';
import { firefoxUnavailable } from './handed-page.ts';
import { meetAgain, openPeople, type PersonInPage, says, scanEachOther } from './person-in-page.ts';

story('Firefox and Chromium', async (t) => {
  const why = chromiumUnavailable(false) ?? firefoxUnavailable();
  if (why !== undefined) {
    t.skip('they meet by two codes, write, reload, and meet again by one', why);
    return;
  }
  const people = await openPeople(t);
  const ann = await people.chromium('Ann');
  const fay = await people.firefox('Fay');

  const knows = async (one: PersonInPage, other: PersonInPage): Promise<void> => {
    const account = await other.account();
    await one.until(`one code is enough for ${other.name}`, ({ contacts }) =>
      contacts.some((contact) => contact.account === account && contact.meetsByOneCode),
    );
  };

  await t.claim('the one in Firefox shows a code, the one in Chromium answers, and they are connected', () => scanEachOther(fay, ann));
  await t.claim('they write to each other', async () => {
    await says(ann, fay, 'from Chromium');
    await says(fay, ann, 'from Firefox');
  });
  for (const [shows, reads] of [[ann, fay] as const, [fay, ann] as const]) {
    await t.claim(`after both have reloaded, one code that ${shows.name} shows is enough, and they write on`, async () => {
      await knows(shows, reads);
      await knows(reads, shows);
      await Promise.all([shows.load(), reads.load()]);
      await meetAgain(shows, reads);
      await says(reads, shows, `${reads.name} is back`);
      await says(shows, reads, `${shows.name} is back`);
    });
  }
});
