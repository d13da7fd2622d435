/**
 * Two phones at home behind two routers, connected by hand and directly; of the relay outside they reach nothing then but STUN and TURN. Later the
 * routers let nothing pass from one home to the other, and then they do again: the connection stays, and the app says which way it takes now.
 * story-timeout: 420 s
 */
import { withCamera } from '../browser/by-hand-meet.ts';
import { chromiumUnavailable } from '../browser/chromium.ts';
import { openHouse, type Phone } from '../browser/household.ts';
import { story, waitFor } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';
import type { Host } from './lab-host.ts';
import { openPrivateNetwork, type PrivateNetwork } from './lab-nat.ts';

const TURN_PORT = 4_003;
/** A browser takes some ten seconds to give up on a pair; then others are tried every three, and one that is relayed counts after two. */
const NOTICED_WITHIN_MS = 90_000;
/** For so long nothing passes at all, so that the browser gives up on the pair it has. */
const OUT_MS = 15_000;

/** Counts what asks at the relay's machine for STUN and TURN, from one router. */
async function countAsking(srv: Host, from: string): Promise<() => Promise<number>> {
  await srv.nft(`add table inet asking
add counter inet asking asked
add chain inet asking in { type filter hook input priority 0; }
add rule inet asking in ip saddr ${from} udp dport ${TURN_PORT} counter name asked`);
  return async () => Number(/packets (\d+)/.exec(await srv.run('nft', ['list', 'counter', 'inet', 'asking', 'asked']))?.[1]);
}

async function copied(phone: Phone): Promise<string> {
  await phone.page.getByRole('button', { name: 'Copy it as text' }).click();
  await phone.page.getByText('Copied.').waitFor();
  return waitFor(() => phone.page.evaluate(() => navigator.clipboard.readText()), { withinMs: 5_000, what: `${phone.name}'s code` });
}

async function talk(from: Phone, to: Phone, text: string): Promise<void> {
  await from.write(text);
  await to.sees(text, 30_000);
}

/** The words at the head of the conversation themselves; those for screen readers follow when they have stayed for a while. */
async function areTold(phones: readonly Phone[], words: string, withinMs: number): Promise<void> {
  const told = phones.map(({ name, page }) => {
    const said = async (): Promise<string> => (await page.locator('.reach').first().textContent()) ?? '';
    return waitFor(async () => (await said()) === words, {
      withinMs,
      everyMs: 50,
      what: `${name} is told "${words}"`,
      seen: () => 'other words',
    });
  });
  await Promise.all(told);
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

story('the way between two phones changes', async (t) => {
  const why = labUnavailable() ?? chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('the app says which way a connection takes when that changes', why);
    return;
  }
  const lab = await openLab(t, ['srv', 'ra', 'rb']);
  const srv = lab.host('srv');
  const house = await openHouse(t, { http: 8080, https: 8443 }, srv, ['--origin', `https://${srv.address}:8443`]);
  if (!house.output().includes('(coturn)')) {
    t.skip('the app says which way a connection takes when that changes', 'coturn is not installed (apt-get install coturn)');
    return;
  }
  const left = await openPrivateNetwork(t, lab, 'ra', 1, ['a'], 'plain');
  const right = await openPrivateNetwork(t, lab, 'rb', 2, ['b'], 'plain');
  const [ann, bo] = (
    await Promise.all([withCamera(t, 'Ann', house, { host: left.host('a') }), withCamera(t, 'Bo', house, { host: right.host('b') })])
  ).map(({ phone }) => phone) as [Phone, Phone];
  const phones = [ann, bo];
  /** So that nothing of what is said goes by mail, and nothing but codes brings the two together. */
  const noMail = [`ip daddr ${srv.address} meta l4proto tcp`, `ip daddr ${srv.address} udp dport != ${TURN_PORT}`];
  const noWayOver = (to: PrivateNetwork): string => `ip daddr ${to.router.address} meta l4proto udp`;

  await t.claim('two phones behind two routers meet by two codes, and are connected directly', async () => {
    await Promise.all(phones.map((phone) => phone.begin()));
    for (const { browser } of phones)
      await browser.context.grantPermissions(['clipboard-read', 'clipboard-write', 'camera'], { origin: house.origin });
    const asked = await countAsking(srv, left.router.address);
    const askedForOne = async (): Promise<boolean> => {
      const before = await asked();
      await ann.page.goto(`${house.origin}/#/messages`);
      await ann.page.goto(`${house.origin}/#/meet/beside`);
      await ann.page.locator('svg.qr').waitFor({ timeout: 20_000 });
      return (await asked()) > before;
    };
    await waitFor(askedForOne, { withinMs: 40_000, everyMs: 1_000, what: 'the code is made with the help of STUN and TURN' });
    const code = await copied(ann);
    await Promise.all([left, right].map((router) => router.forbid(...noMail)));
    await bo.takeUp(code);
    await bo.page.getByText('Now let them scan this').waitFor({ timeout: 20_000 });
    const answer = await copied(bo);
    await ann.page.getByRole('link', { name: 'Send or paste a link instead' }).click();
    await ann.page.getByLabel('Code or link').fill(answer);
    await ann.page.getByRole('button', { name: 'Meet', exact: true }).click();
    const connected = phones.map(({ page }) => page.getByText(/You and (Ann|Bo) are connected, phone to phone/).first());
    await Promise.all(connected.map((words) => words.waitFor({ timeout: 30_000 })));
    await Promise.all([bo.openConversation('Ann', 30_000), ann.openConversation('Bo', 30_000)]);
    await talk(ann, bo, 'From my home to yours');
    await areTold(phones, 'Directly, phone to phone', 20_000);
  });
  await t.claim('when nothing passes between the homes any more, both are told that it goes through the relay, and it does', async () => {
    const beginMs = Date.now();
    await Promise.all([left.forbid(...noMail, noWayOver(right)), right.forbid(...noMail, noWayOver(left))]);
    await areTold(phones, 'Through the relay', NOTICED_WITHIN_MS);
    t.note(`told ${Date.now() - beginMs} ms after the direct way was forbidden`);
    await talk(bo, ann, 'Round by the relay');
    await talk(ann, bo, 'And back');
  });
  await t.claim('when it does again, and the connection was out for a moment, both are told that they are connected directly', async () => {
    await Promise.all([left.forbid('meta l4proto { tcp, udp }'), right.forbid('meta l4proto { tcp, udp }')]);
    await after(OUT_MS);
    await areTold(phones, 'Through the relay', 1_000);
    const beginMs = Date.now();
    await Promise.all([left.forbid(...noMail), right.forbid(...noMail)]);
    await areTold(phones, 'Directly, phone to phone', NOTICED_WITHIN_MS);
    t.note(`told ${Date.now() - beginMs} ms after the way was open again`);
    await talk(ann, bo, 'As before');
  });
  await t.claim('nothing was lost on the way, and nothing is shown twice', async () => {
    for (const text of ['From my home to yours', 'Round by the relay', 'And back', 'As before']) {
      const count = await bo.count(text);
      if (count !== 1) throw new Error(`Bo shows "${text}" ${count} times`);
    }
  });
});
