/**
 * Three hosts, never connected all at once and without any relay: somebody who knows neither carries a message from Ann to Cleo, and
 * the receipt back. They find each other on the local network alone; nothing has a way out of the lab.
 */
import { story } from '../story.ts';
import { labUnavailable, openLab } from './lab.ts';
import { must, PersonInLab } from './person-in-lab.ts';

/** Local discovery asks every 10 s, a cable that was pulled is missed after 4 s, and a dial may be waited for. */
const MEETING_MS = 45_000;
const TEXT = 'the boat leaves at seven, from the old pier';
const ANSWER = 'I shall be there';

story('three hosts that are never connected all at once', async (t) => {
  const why = labUnavailable();
  if (why !== undefined) {
    t.skip('a message and its receipt are carried by somebody who knows neither', why);
    return;
  }
  const lab = await openLab(t, ['a', 'b', 'c'], { defaultRoute: false });
  const hosts = [lab.host('a'), lab.host('b'), lab.host('c')] as const;
  // Discovery sends where the kernel has a route for multicast; a house without a way out needs this one.
  for (const host of hosts) await host.run('ip', ['route', 'add', '224.0.0.0/4', 'dev', 'eth0']);
  await hosts[1].cut();
  const [ann, bo, cleo] = await Promise.all([
    PersonInLab.start(t, 'Ann', hosts[0]),
    PersonInLab.start(t, 'Bo', hosts[1]),
    PersonInLab.start(t, 'Cleo', hosts[2]),
  ]);
  for (const person of [ann, bo, cleo]) must(await person.call('begin', person.name));

  const [toCleo, toAnn] = await t.claim('two programs on one network, without a relay, find each other and meet', async () => {
    const invitation = must(await ann.call('invite'));
    const taken = must(await cleo.call('accept', invitation.text));
    await cleo.until('Cleo knows Ann', MEETING_MS, () => cleo.events.some((event) => event.kind === 'contact-added'));
    await ann.until('Ann knows Cleo', MEETING_MS, () => ann.events.some((event) => event.kind === 'contact-added'));
    await ann.untilOverview('Ann reaches Cleo directly', MEETING_MS, ({ contacts }) => contacts[0]?.reach.kind === 'direct');
    return [(await ann.call('overview')).contacts[0]?.account ?? '', taken.account];
  });
  await t.claim('they write to each other as long as they are connected', async () => {
    must(await ann.call('send', toCleo, 'good morning'));
    await cleo.until('the message comes', MEETING_MS, () => cleo.message('good morning') !== undefined);
    await ann.until('its receipt comes', MEETING_MS, () => ann.message('good morning')?.state?.kind === 'delivered');
  });

  await t.claim('a message to somebody who is away is taken along by a stranger who is near', async () => {
    await hosts[2].cut();
    await ann.untilOverview('Ann misses Cleo', MEETING_MS, ({ contacts }) => contacts[0]?.reach.kind === 'not-now');
    must(await ann.call('send', toCleo, TEXT));
    if (ann.message(TEXT)?.state?.kind !== 'waiting') throw new Error('somebody took it though nobody was there');
    await hosts[1].restore();
    await ann.until('Bo takes it', MEETING_MS, () => ann.message(TEXT)?.state?.kind === 'carried');
  });
  await t.claim('who carries it knows neither of them, and cannot read it', async () => {
    const { contacts, neighbours } = await bo.call('overview');
    if (contacts.length > 0) throw new Error('Bo knows somebody');
    if (neighbours.length !== 1 || neighbours[0]?.kind !== 'stranger') throw new Error(`Bo sees ${JSON.stringify(neighbours)}`);
    if (bo.events.some((event) => event.kind === 'message-changed')) throw new Error('Bo was shown a message');
    if (!(await ann.holds(TEXT))) throw new Error('Ann keeps her message where this story cannot see it');
    if (await bo.holds(TEXT)) throw new Error('it lies open in what Bo keeps');
  });

  await t.claim('the stranger hands it over to whom it is for, whom its writer never came near again', async () => {
    await hosts[0].cut();
    await ann.untilOverview('Ann is alone', MEETING_MS, ({ neighbours }) => neighbours.length === 0);
    await hosts[2].restore();
    await cleo.until('the message comes', MEETING_MS, () => cleo.message(TEXT) !== undefined);
    const state = ann.message(TEXT)?.state?.kind;
    if (state !== 'carried') throw new Error(`Ann, who is alone, was told that it is ${state}`);
  });
  await t.claim('the receipt and an answer come back the same way', async () => {
    must(await cleo.call('send', toAnn, ANSWER));
    await cleo.until('Bo takes the answer', MEETING_MS, () => cleo.message(ANSWER)?.state?.kind === 'carried');
    await hosts[2].cut();
    await cleo.untilOverview('Cleo is alone', MEETING_MS, ({ neighbours }) => neighbours.length === 0);
    await hosts[0].restore();
    await ann.until('the receipt comes', MEETING_MS, () => ann.message(TEXT)?.state?.kind === 'delivered');
    await ann.until('the answer comes', MEETING_MS, () => ann.message(ANSWER)?.mine === false);
  });
  await t.claim('each message was shown once', () => {
    for (const [person, text] of [
      [cleo, TEXT],
      [ann, ANSWER],
    ] as const) {
      const times = person.timesShown(text);
      if (times !== 1) throw new Error(`${person.name} was shown “${text}” ${times} times`);
    }
  });
  await t.claim('nothing was sent to anybody outside', async () => {
    if ((await lab.packets()) < 100) throw new Error('no packets were counted');
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join('; '));
  });
});
