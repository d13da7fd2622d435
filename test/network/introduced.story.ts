/**
 * Four phones in a row, nothing else on the network: Ann and Bo, Bo and Cy, Cy and Dan have scanned each other. Somebody who knows both brings
 * two together; what is carried first goes directly as soon as there is a way; and it stays when the one between leaves. story-timeout: 600 s
 */
import { chromiumUnavailable } from '../browser/chromium.ts';
import { must, openPeople, type PersonInPage, reached, says, scanEachOther } from '../browser/person-in-page.ts';
import { story } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';

/** One introduces, both say yes. */
async function introduce(by: PersonInPage, one: PersonInPage, other: PersonInPage): Promise<void> {
  must(await by.call('introduce', await one.account(), await other.account()));
  for (const asked of [other, one]) {
    await asked.until('is asked', ({ introductions }) => introductions.length === 1, 30_000);
    const [introduction] = (await asked.call('overview')).introductions;
    await asked.call('answerIntroduction', introduction?.id ?? '', true);
  }
  const account = await other.account();
  await one.until(`knows ${other.name}`, ({ contacts }) => contacts.some((it) => it.account === account && it.name === other.name), 60_000);
}

story('brought together by others', async (t) => {
  const why = labUnavailable() ?? chromiumUnavailable(false);
  if (why !== undefined) {
    t.skip('somebody connected to both brings two together', why);
    return;
  }
  const lab = await openLab(t, ['a', 'b', 'c', 'd'], { defaultRoute: false });
  const people = await openPeople(t);
  const ann = await people.chromium('Ann', lab.host('a'));
  const bo = await people.chromium('Bo', lab.host('b'));
  const cy = await people.chromium('Cy', lab.host('c'));
  const dan = await people.chromium('Dan', lab.host('d'));

  await t.claim('four phones with nothing but each other, three pairs of scans', async () => {
    await scanEachOther(ann, bo);
    await scanEachOther(bo, cy);
    await scanEachOther(cy, dan);
  });
  await t.claim('Bo brings Ann and Cy together, and they are connected without a scan', async () => {
    await introduce(bo, ann, cy);
    await says(ann, cy, 'Bo said we should talk');
    await says(cy, ann, 'we should');
    await reached(ann, cy);
  });
  await t.claim('Cy brings Ann and Dan together: what Ann writes is carried to Dan, and then goes directly', async () => {
    await introduce(cy, ann, dan);
    await says(ann, dan, 'we have never met');
    await says(dan, ann, 'now we have');
    await reached(ann, dan);
  });
  await t.claim('who was introduced is said to be, and is not verified', async () => {
    const [danSees] = (await dan.call('overview')).contacts.filter(({ name }) => name === 'Ann');
    if (danSees?.introducedBy !== (await cy.account()) || danSees.verified !== undefined) throw new Error(JSON.stringify(danSees));
  });
  await t.claim('those between leave, and the two still write to each other', async () => {
    await lab.host('b').cut();
    await lab.host('c').cut();
    await says(ann, dan, 'still here');
    await says(dan, ann, 'me too');
  });
  await t.claim('nobody called anybody outside', async () => {
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join('; '));
  });
});
