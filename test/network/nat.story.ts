/**
 * Two phones at home behind two different routers, the relay outside: they find each other directly where the routers allow it, through TURN where
 * they do not, and by the relay's mail alone where nothing but the app's own port is open. The app says which. story-timeout: 420 s
 */
import { chromiumUnavailable } from '../browser/chromium.ts';
import { openHouse, Phone } from '../browser/household.ts';
import { story, type Teller, waitFor } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';
import type { Host } from './lab-host.ts';
import { openPrivateNetwork } from './lab-nat.ts';

const TURN_PORT = 4_003;
const RELAYED = 'udp dport 20000-20999';

/** Counts what reaches the relay's machine for TURN to carry on. */
async function countRelayed(srv: Host): Promise<() => Promise<number>> {
  await srv.nft(`add table inet turn
add counter inet turn carried
add chain inet turn in { type filter hook input priority 0; }
add rule inet turn in ${RELAYED} counter name carried`);
  return async () => Number(/packets (\d+)/.exec(await srv.run('nft', ['list', 'counter', 'inet', 'turn', 'carried']))?.[1]);
}

async function talk(from: Phone, to: Phone, text: string): Promise<void> {
  await from.write(text);
  await to.sees(text, 45_000);
  await from.lastState(/^(Delivered|Read)$/, 45_000);
}

async function both(t: Teller, claim: string, phones: readonly Phone[], words: string): Promise<void> {
  await t.claim(claim, async () => {
    await Promise.all(phones.map((phone) => phone.isReached(words, 40_000)));
  });
}

story('phones behind routers', async (t) => {
  const why = labUnavailable() ?? chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('two phones behind two routers find a way to each other', why);
    return;
  }
  const lab = await openLab(t, ['srv', 'ra', 'rb']);
  const srv = lab.host('srv');
  const house = await openHouse(t, { http: 8080, https: 8443 }, srv, ['--origin', `https://${srv.address}:8443`]);
  const left = await openPrivateNetwork(t, lab, 'ra', 1, ['a'], 'plain');
  const right = await openPrivateNetwork(t, lab, 'rb', 2, ['b'], 'plain');
  const routers = [left, right];
  const [ann, bo] = await Promise.all([
    Phone.open(t, 'Ann', house, { host: left.host('a') }),
    Phone.open(t, 'Bo', house, { host: right.host('b') }),
  ]);
  const phones = [ann, bo];
  const again = async (): Promise<void> => void (await Promise.all(phones.map((phone) => phone.reload())));

  await t.claim('two phones behind two routers meet by a link', async () => {
    await Promise.all(phones.map((phone) => phone.begin()));
    await bo.takeUp(await ann.invitationLink());
    await Promise.all([bo.openConversation('Ann'), ann.openConversation('Bo')]);
    await talk(ann, bo, 'Behind my router');
    await talk(bo, ann, 'Behind mine');
  });
  if (!house.output().includes('(coturn)')) {
    t.skip('they reach each other directly by STUN, and through TURN', 'coturn is not installed (apt-get install coturn)');
  } else {
    const carried = await countRelayed(srv);
    await both(
      t,
      'routers that keep a phone’s port let them through: both are told that they are connected directly',
      phones,
      'Directly, phone to phone',
    );
    await t.claim('the relay carries nothing of what they write then', async () => {
      await Promise.all(routers.map((router) => router.onlyUdpBesides([srv.address])));
      await talk(ann, bo, 'Nobody in between');
      await Promise.all(routers.map((router) => router.allowAll()));
    });
    await t.claim(
      'when nothing passes from one home to the other any more, both are told within a minute that it goes through the relay',
      async () => {
        const beginMs = Date.now();
        await Promise.all([left.forbid(`ip daddr ${right.router.address}`), right.forbid(`ip daddr ${left.router.address}`)]);
        await Promise.all(phones.map((phone) => phone.isReached('Through the relay', 60_000)));
        t.note(`told ${Date.now() - beginMs} ms after the direct way was forbidden`);
        await talk(bo, ann, 'Not from home to home');
        await Promise.all(routers.map((router) => router.allowAll()));
      },
    );
    let before = 0;
    await t.claim('behind routers that give out ports by chance both are told that it goes through the relay', async () => {
      await Promise.all(routers.map((router) => router.nat('random')));
      await again();
      before = await carried();
      await Promise.all(phones.map((phone) => phone.isReached('Through the relay', 40_000)));
    });
    await t.claim('and it does: through TURN, sealed, while the way to the relay’s mail is cut', async () => {
      await waitFor(async () => (await carried()) > before + 20, { withinMs: 20_000, what: 'TURN carries', seen: () => 'next to nothing' });
      await Promise.all(routers.map((router) => router.onlyUdpTo(TURN_PORT)));
      await talk(bo, ann, 'Through TURN');
      await Promise.all(phones.map((phone) => phone.isReached('Through the relay', 5_000)));
      await Promise.all(routers.map((router) => router.allowAll()));
    });
  }
  await t.claim('where no UDP passes they go on writing, and are told that it goes through the relay', async () => {
    await Promise.all(routers.map((router) => router.forbidUdp()));
    await again();
    await talk(ann, bo, 'No UDP here');
    await talk(bo, ann, 'Nor here');
    await Promise.all(phones.map((phone) => phone.isReached('Through the relay', 20_000)));
  });
  await t.claim('where nothing passes but the app’s own port they go on writing by the relay’s mail, and are told so', async () => {
    await Promise.all(routers.map((router) => router.onlyTcpTo([8443])));
    await again();
    await talk(ann, bo, 'Only the app');
    await talk(bo, ann, 'And its mail');
    await Promise.all(phones.map((phone) => phone.isReached('Through the relay', 20_000)));
  });
  await t.claim('nothing is shown twice, and nobody called outside', async () => {
    for (const text of ['Behind my router', 'No UDP here', 'Only the app']) {
      const count = await bo.count(text);
      if (count !== 1) throw new Error(`Bo shows "${text}" ${count} times`);
    }
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join('; '));
  });
});
