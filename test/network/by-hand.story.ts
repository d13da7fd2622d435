/**
 * Two hosts on one switch and nothing else: no server, no relay, no default route. Their pages connect by two codes, keep the connection through a cable that is
 * out for a while, and meet again by one code. story-timeout: 1200 s
 */

import type { PlainEvent } from '../browser/by-hand-page.ts';
import { buildPages, certify, codeOf, exchange, type HandPhone, meet, meetAgain, tells } from '../browser/by-hand-phones.ts';
import { chromiumUnavailable } from '../browser/chromium.ts';
import { story, waitFor } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';

/** How long a code stands on a screen before somebody reads it. */
const SLOW_READER_MS = 30_000;

/** A browser takes some seconds to notice that its network is back. */
async function hasAddress(who: HandPhone): Promise<void> {
  let hand = 100;
  const look = async (): Promise<boolean> => {
    hand++;
    await who.call('offer', hand);
    const answered = async (): Promise<PlainEvent | undefined> => (await who.told()).find((event) => event['hand'] === hand);
    const answer = await waitFor(answered, { withinMs: 5_000, what: 'an answer to an offer' });
    await who.call('drop', hand);
    return answer.kind === 'hand-code';
  };
  await waitFor(look, { withinMs: 15_000, everyMs: 500, what: `${who.name} has an address` });
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

story('by hand, with nothing else on the network', async (t) => {
  const why = labUnavailable() ?? chromiumUnavailable(false);
  if (why !== undefined) {
    t.skip('two hosts with nothing but each other connect by hand', why);
    return;
  }
  const lab = await openLab(t, ['a', 'b'], { defaultRoute: false });
  await lab.dropMulticastDns();
  const pages = await buildPages(t);
  const [ann, bo] = await Promise.all([
    pages.chromium('ann', { host: lab.host('a'), camera: true }),
    pages.chromium('bo', { host: lab.host('b'), camera: true }),
  ]);

  const met = await t.claim('by two codes they are connected, with no address of either known before', async () => {
    const beginMs = Date.now();
    const made = await meet(ann, bo, 1);
    t.note(`from the button to both being told: ${Date.now() - beginMs} ms, with both codes carried at once`);
    await exchange(ann, bo, made);
    return made;
  });
  const prints = await certify(ann, bo);

  await t.claim('a code may stand on a screen for a while before it is read: the two, and the one', async () => {
    await ann.call('offer', 2);
    await bo.call('answer', 2, await codeOf(ann, 2), ann.key);
    const answer = await codeOf(bo, 2);
    const secret = '5a'.repeat(32);
    await ann.call('again', 3, { secret, certificate: 'pair', peerFingerprint: prints[1] });
    const shown = await codeOf(ann, 3);
    await after(SLOW_READER_MS);
    await ann.call('accept', 2, answer, bo.key);
    await bo.call('again', 3, { secret, certificate: 'pair', peerFingerprint: prints[0], shown, expectedKey: ann.key });
    for (const hand of [2, 3]) {
      const ups = await Promise.all([tells(ann, 'up', { hand }), tells(bo, 'up', { hand })]);
      const [near, far] = ups.map((up) => Number(up['neighbour']));
      await exchange(ann, bo, { near: near ?? 0, far: far ?? 0, codes: [] });
    }
  });

  const apart = async (ms: number, begin: () => Promise<void>, end: () => Promise<void>): Promise<void> => {
    await begin();
    await after(ms);
    await end();
    const backAtMs = Date.now();
    await exchange(ann, bo, met, 60_000);
    t.note(`${ms / 1_000} s apart: a frame each way ${Date.now() - backAtMs} ms after the way was back`);
    for (const who of [ann, bo]) {
      const lost = (await who.told()).filter(({ kind }) => kind === 'down');
      if (lost.length > 0) throw new Error(`${who.name} lost its neighbour`);
    }
  };
  const cut = (ms: number, name: 'a' | 'b'): Promise<void> => {
    const host = lab.host(name);
    return apart(
      ms,
      () => host.cut(),
      () => host.restore(),
    );
  };
  await t.claim('a cable that is out for 3 s changes nothing', () => cut(3_000, 'b'));
  await t.claim('the same for 10 s', () => cut(10_000, 'b'));
  await t.claim('for 20 s, when the browser has given up: the same neighbours, and frames flow again', () => cut(20_000, 'b'));
  await t.claim('the same on the side that began', () => cut(20_000, 'a'));
  if (t.long) {
    await t.claim('and when for 5 min nothing passes between them', () =>
      apart(
        300_000,
        () => lab.nft('add table bridge wall\nadd chain bridge wall pass { type filter hook forward priority 0; policy drop; }'),
        () => lab.nft('delete table bridge wall'),
      ),
    );
  } else t.skip('and when for 5 min nothing passes between them', 'told with --long');

  await t.claim('reloaded, they meet again by one code', async () => {
    await Promise.all([ann.reload(), bo.reload()]);
    for (const who of [ann, bo]) await hasAddress(who);
    await exchange(ann, bo, await meetAgain(ann, bo, 4, prints));
  });
  await t.claim('neither called anybody outside', async () => {
    if ((await lab.packets()) < 10) throw new Error('no packets were counted');
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join('; '));
  });
});
