/**
 * Two relays in two networks that see each other by unicast alone, one of them told of the other by name: what a person leaves at one reaches a
 * person at the other, and goes on doing so when the other one's address has changed and its name with it.
 */
import { peerIdOf } from '../../packages/core/src/neighbours/addresses.ts';
import { story } from '../story.ts';
import { labUnavailable } from './lab.ts';
import { must, PersonInLab } from './person-in-lab.ts';
import { relayIn, relayInfo } from './relay-in-lab.ts';
import { openTwoNetworks, RELAY_ADDRESSES } from './relay-peers-lab.ts';

const NAME = 'second.kith.test';
const MEETING_MS = 45_000;
/** A wait for a relay is 8 s at most; one that vanished without a word is missed after 45 s. */
const AGAIN_MS = 30_000;
const MISSED_MS = 90_000;

story('relays that know each other', async (t) => {
  const why = labUnavailable();
  if (why !== undefined) {
    t.skip('what is left at one relay is fetched at another that it was told of', why);
    return;
  }
  const lab = await openTwoNetworks(t);
  const [here, there] = [lab.host('r1'), lab.host('r2')];
  await lab.setName(here, NAME, there.address);
  // It listens wherever it is, because it will be elsewhere.
  const second = await relayIn(t, there, ['--host=0.0.0.0']);
  await second.start();
  const { key } = await relayInfo(second, there);
  const first = await relayIn(t, here, [`--peer=/dns4/${NAME}/tcp/${second.tcpPort}/p2p/${peerIdOf(key)}`]);
  await first.start();

  const [ann, bo] = await Promise.all([PersonInLab.start(t, 'Ann', lab.host('p1')), PersonInLab.start(t, 'Bo', lab.host('p2'))]);
  for (const [person, relay, host] of [
    [ann, first, here],
    [bo, second, there],
  ] as const) {
    must(await person.call('begin', person.name));
    await person.call('useRelay', await relayInfo(relay, host));
  }

  const [toBo, toAnn] = await t.claim('two people meet who can reach only their own relay each', async () => {
    const invitation = must(await ann.call('invite'));
    const taken = must(await bo.call('accept', invitation.text));
    await bo.until('Bo knows Ann', MEETING_MS, () => bo.events.some((event) => event.kind === 'contact-added'));
    await ann.until('Ann knows Bo', MEETING_MS, () => ann.events.some((event) => event.kind === 'contact-added'));
    for (const person of [ann, bo]) {
      const { neighbours } = await person.call('overview');
      if (neighbours.length !== 1 || neighbours[0]?.kind !== 'relay') throw new Error(`${person.name} sees ${JSON.stringify(neighbours)}`);
    }
    return [(await ann.call('overview')).contacts[0]?.account ?? '', taken.account];
  });
  const passes = async (text: string, withinMs: number): Promise<number> => {
    const beganMs = Date.now();
    must(await ann.call('send', toBo, text));
    await bo.until('the message comes', withinMs, () => bo.message(text) !== undefined);
    const tookMs = Date.now() - beganMs;
    must(await bo.call('send', toAnn, `${text}: yes`));
    await ann.until('the answer comes', MEETING_MS, () => ann.message(`${text}: yes`) !== undefined);
    return tookMs;
  };
  await t.claim('a message that is left at one relay reaches a person at the other, and the answer comes back', async () => {
    t.note(`${await passes('is the ferry running', MEETING_MS)} ms from one to the other`);
  });

  const [from, to] = RELAY_ADDRESSES;
  await t.claim('when the other relay is elsewhere and its name says so, it is found again', async () => {
    await second.kill();
    await lab.moveRelay(from, to);
    await second.start();
    await lab.setName(here, NAME, to);
    await bo.call('useRelay', { key, addresses: [`/ip4/${to}/tcp/${second.tcpPort}`] });
    t.note(`${await passes('it has moved', AGAIN_MS)} ms from one to the other after the move`);
  });
  if (!t.long) return;
  await t.claim('so it is when it moves while it runs, without a word', async () => {
    await lab.setName(here, NAME, from);
    await lab.moveRelay(to, from);
    await bo.call('useRelay', { key, addresses: [`/ip4/${from}/tcp/${second.tcpPort}`] });
    t.note(`${await passes('and back again', MISSED_MS)} ms from one to the other after a move that nobody was told of`);
  });
});
