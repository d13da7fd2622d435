/** Two pages with nothing between them connect by what one shows and the other reads: Chromium with Chromium, and with Firefox both ways. */
import { decodeOffer } from '../../packages/core/src/adapters/link-libp2p/by-hand/code.ts';
import { fromHex } from '../../packages/core/src/kernel/bytes.ts';
import { story, type Teller } from '../story.ts';
import { buildPages, certify, codeOf, exchange, type HandPhone, meet, meetAgain, tells } from './by-hand-phones.ts';
import { chromiumUnavailable } from './chromium.ts';
import { firefoxUnavailable } from './handed-page.ts';

const AGAIN_TIMES = 5;

async function passExam(who: HandPhone): Promise<void> {
  const failed = await who.call('examine');
  if (failed.length > 0) throw new Error(failed.join('; '));
}

/** Two codes, then one code after a reload of both. */
async function acrossBrowsers(t: Teller, ann: HandPhone, bo: HandPhone): Promise<void> {
  const prints = await t.claim(`${ann.name} begins, ${bo.name} answers: connected, and frames pass both ways`, async () => {
    await exchange(ann, bo, await meet(ann, bo, 1));
    return certify(ann, bo);
  });
  await t.claim(`after a reload of both, one code of ${ann.name}'s is enough`, async () => {
    await Promise.all([ann.reload(), bo.reload()]);
    const again = await certify(ann, bo);
    if (again.join() !== prints.join()) throw new Error('the certificates changed');
    await exchange(ann, bo, await meetAgain(ann, bo, 2, prints));
  });
}

story('by hand', async (t) => {
  const why = chromiumUnavailable(false);
  if (why !== undefined) {
    t.skip('two pages connect by hand', why);
    return;
  }
  const pages = await buildPages(t);
  const [ann, bo] = await Promise.all([pages.chromium('ann'), pages.chromium('bo')]);
  await t.claim('two links in one page of Chromium pass the exam of links that connect by hand', () => passExam(ann));
  await acrossBrowsers(t, ann, bo);
  await t.claim('a code is used once: five more meetings are five codes, no two alike', async () => {
    const prints = await certify(ann, bo);
    const codes = new Set<string>();
    for (let hand = 10; hand < 10 + AGAIN_TIMES; hand++) {
      const met = await meetAgain(ann, bo, hand, prints);
      for (const code of met.codes) codes.add(code);
      await exchange(ann, bo, met);
      await ann.call('close', met.near);
      await Promise.all([tells(ann, 'down', { neighbour: met.near }), tells(bo, 'down', { neighbour: met.far })]);
    }
    if (codes.size !== AGAIN_TIMES) throw new Error(`${codes.size} codes`);
  });
  await t.claim('whoever is not whom the other expects is refused, and both are told why', async () => {
    await ann.call('offer', 20);
    await bo.call('answer', 20, await codeOf(ann, 20), ann.key);
    await ann.call('accept', 20, await codeOf(bo, 20), ann.key.replace(/^../, '00'));
    for (const who of [ann, bo]) await tells(who, 'hand-failed', { hand: 20, reason: 'wrong-key' });
  });
  await t.claim('a code that is none is refused, and so is the answer to another offer', async () => {
    await bo.call('answer', 21, 'ff'.repeat(70), ann.key);
    await tells(bo, 'hand-failed', { hand: 21, reason: 'bad-code' });
    for (const hand of [22, 23]) await ann.call('offer', hand);
    await bo.call('answer', 22, await codeOf(ann, 22), ann.key);
    await codeOf(ann, 23);
    await ann.call('accept', 23, await codeOf(bo, 22), bo.key);
    await tells(ann, 'hand-failed', { hand: 23, reason: 'bad-code' });
  });
  await t.claim('a page that may use the camera shows addresses instead of names', async () => {
    const cy = await pages.chromium('cy', { camera: true });
    await cy.call('offer', 1);
    const families = decodeOffer(fromHex(await codeOf(cy, 1)) ?? new Uint8Array(0))?.candidates.map(({ family }) => family) ?? [];
    if (families.length === 0 || families.includes('name')) throw new Error(`its code holds ${families.join() || 'nothing'}`);
    await exchange(cy, bo, await meet(cy, bo, 24));
  });

  const whyNoFirefox = firefoxUnavailable();
  if (whyNoFirefox !== undefined) {
    t.skip('Firefox and Chromium connect by hand', whyNoFirefox);
    return;
  }
  const fay = await pages.firefox('fay');
  await t.claim('two links in one page of Firefox pass the exam too', () => passExam(fay));
  await acrossBrowsers(t, fay, ann);
  await acrossBrowsers(t, bo, fay);
});
