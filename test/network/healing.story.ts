/**
 * Connections heal: two phones write to each other without a pause while cables are pulled, packets lost, roads grow long, and their relay is restarted,
 * moved, and replaced from a copy. Nothing is lost, doubled or out of order; how long it took is printed. story-timeout: 1500 s
 */
import { chromiumUnavailable } from '../browser/chromium.ts';
import { Phone } from '../browser/household.ts';
import { story } from '../story.ts';
import { HealingHouse } from './healing-house.ts';
import { type Reading, Talk } from './healing-talk.ts';
import { labUnavailable, openLab } from './lab.ts';
import { delayUnavailable } from './lab-air.ts';

/** Everybody writes for so long before something breaks, and after it is whole. */
const BEFORE_MS = 3_000;
const AFTER_MS = 8_000;
/** Chromium does not ask again where a name leads within a minute; a relay is seldom lost within the minute after it was dialled. */
const NAME_BELIEVED_MS = 62_000;
/** In this time all has come, or it is lost. */
const WITHIN_MS = 120_000;
const LOSS_PERCENT = 20;
const DELAY_MS = 300;

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Told {
  readonly what: string;
  readonly online: string;
  readonly readings: readonly Reading[];
}

story('connections that heal', async (t) => {
  const why = labUnavailable() ?? chromiumUnavailable(true);
  if (why !== undefined) {
    t.skip('two phones lose nothing while cables are pulled and their relay goes and comes', why);
    return;
  }
  const lab = await openLab(t, ['srv', 'a', 'b', 'spare', 'third']);
  const house = await HealingHouse.open(t, lab.host('srv'));
  const [ann, bo] = await Promise.all([
    Phone.open(t, 'Ann', house, { host: house.seenFrom(lab.host('a')) }),
    Phone.open(t, 'Bo', house, { host: house.seenFrom(lab.host('b')) }),
  ]);
  const a = lab.host('a');
  const only = process.env['KITH_ONLY']?.split(',');
  const table: Told[] = [];

  const talk = await t.claim('two phones meet, connect directly, and write', async () => {
    await Promise.all([ann.begin(), bo.begin()]);
    await bo.takeUp(await ann.invitationLink());
    await Promise.all([bo.openConversation('Ann'), ann.openConversation('Bo')]);
    await Promise.all([ann.isReached('Directly, phone to phone', 60_000), bo.isReached('Directly, phone to phone', 60_000)]);
    return Talk.open(ann, bo);
  });

  /** `mend` resolves when the network is back. */
  const trouble = async (what: string, breakIt: () => Promise<void>, mend: () => Promise<void>, restMs = 0): Promise<void> => {
    if (only !== undefined && !only.some((part) => what.includes(part))) return;
    await after(restMs);
    await t.claim(`${what}: nothing is lost, doubled or out of order`, async () => {
      const newsBefore = (await talk.news()).map((news) => news.length);
      talk.begin(what);
      await after(BEFORE_MS);
      const brokenAtMs = Date.now();
      await breakIt();
      await mend();
      const backAtMs = Date.now();
      await after(AFTER_MS);
      const readings = await talk.end(what, { brokenAtMs, backAtMs }, WITHIN_MS);
      const news = (await talk.news()).map((one, at) => one.slice(newsBefore[at]).map((word) => nearTo(word, backAtMs)));
      const online = ['Ann', 'Bo'].flatMap((name, at) => (news[at] ?? []).map((word) => `${name} ${word}`)).join(', ');
      table.push({ what, online, readings });
      t.note(row(table.at(-1) as Told));
    });
  };
  const outFor = (ms: number, cut: () => Promise<void>, mend: () => Promise<void>): [() => Promise<void>, () => Promise<void>] => [
    async () => {
      await cut();
      await after(ms);
    },
    mend,
  ];
  const dropAll = (): Promise<void> =>
    lab.nft(`add table bridge gone
add chain bridge gone pass { type filter hook forward priority 0; }
add rule bridge gone pass iifname "p-a" drop
add rule bridge gone pass oifname "p-a" drop`);
  const dropNothing = (): Promise<void> => lab.nft('delete table bridge gone');

  await trouble(
    'no trouble',
    async () => {},
    async () => {},
  );
  type Cut = readonly ['interface off' | 'cable out' | 'silence', number];
  const cuts = async (how: string, short: readonly Cut[]): Promise<void> => {
    const every = [3, 20, 300].flatMap((s): readonly Cut[] => [
      ['interface off', s],
      ['cable out', s],
      ['silence', s],
    ]);
    for (const [what, s] of t.long ? every : short) {
      const title = `${how}, ${what} for ${s} s`;
      if (what === 'interface off') await trouble(title, ...outFor(s * 1_000, a.interfaceDown, a.interfaceUp));
      else if (what === 'cable out') await trouble(title, ...outFor(s * 1_000, a.cut, a.restore));
      else await trouble(title, ...outFor(s * 1_000, dropAll, dropNothing));
    }
    if (!t.long) t.skip(`${how}: every kind of cut for 3 s, 20 s and 5 min`, 'told with --long');
  };
  await cuts('direct', [
    ['interface off', 3],
    ['cable out', 20],
  ]);

  await lab.nft(`add table bridge apart
add chain bridge apart pass { type filter hook forward priority 0; }
add rule bridge apart pass iifname "p-a" oifname "p-b" drop
add rule bridge apart pass iifname "p-b" oifname "p-a" drop`);
  await t.claim('kept apart, each sees that the other is not reached directly any more', () =>
    Promise.all([ann.isReached('Carried by others', 90_000), bo.isReached('Carried by others', 90_000)]),
  );
  await cuts('by the relay', [
    ['silence', 3],
    ['interface off', 20],
  ]);
  await trouble(
    'relay restarted',
    () => house.end(),
    () => house.start(),
  );
  await trouble(
    'relay killed and started',
    () => house.kill(),
    () => house.start(),
  );
  await trouble(
    'relay moved to another address',
    async () => {
      await house.end();
      await house.move('10.77.0.101');
    },
    () => house.start(),
    NAME_BELIEVED_MS,
  );
  if (!t.long) t.skip('a relay moved while it ran, and again within a minute', 'told with --long');
  else {
    await trouble(
      'relay moved while it ran',
      async () => {},
      () => house.move('10.77.0.102'),
      NAME_BELIEVED_MS,
    );
    await trouble(
      'relay moved again within a minute',
      async () => {},
      () => house.move('10.77.0.103'),
    );
  }
  const copy = await t.claim('the relay is backed up', () => house.backUp());
  await trouble(
    'relay replaced from its backup',
    // What it takes from now on is in no backup.
    () => after(3_000),
    () => house.replace(lab.host('spare'), copy),
    NAME_BELIEVED_MS,
  );
  await t.claim(
    'what lay on a relay alone, its reader away, comes though the relay was lost and replaced from an older backup',
    async () => {
      const older = await house.backUp();
      await bo.page.goto('about:blank');
      const text = await talk.write('for later', ann);
      await ann.lastState(/^Carried by \d/, 60_000);
      await house.replace(lab.host('third'), older);
      await bo.openConversation('Ann');
      await bo.sees(text, WITHIN_MS);
      if ((await bo.count(text)) !== 1) throw new Error('it is shown twice');
      await talk.watch();
    },
  );

  await lab.nft('delete table bridge apart');
  await t.claim('they are let together, and are direct again', () =>
    Promise.all([ann.isReached('Directly, phone to phone', 90_000), bo.isReached('Directly, phone to phone', 90_000)]),
  );
  await trouble(
    `${LOSS_PERCENT} % of packets lost`,
    async () => {
      await lab.loss(LOSS_PERCENT);
      await after(20_000);
    },
    () => lab.loss(0),
  );
  const noDelay = delayUnavailable();
  if (noDelay !== undefined) t.skip(`a road of ${DELAY_MS} ms`, noDelay);
  else
    await trouble(
      `a road of ${DELAY_MS} ms`,
      async () => {
        await lab.delay(DELAY_MS);
        await after(20_000);
      },
      () => lab.delay(0),
    );
  for (const told of table) console.log(`note - ${row(told)}`);
});

/** `online 1763751000000` → `online +40 ms`. */
function nearTo(word: string, backAtMs: number): string {
  const [kind, atMs] = word.split(' ');
  const ms = Number(atMs) - backAtMs;
  return `${kind} ${ms < 0 ? '' : '+'}${ms} ms`;
}

function row({ what, online, readings }: Told): string {
  const one = ({ reader, written, firstMs, stillMs, longestMs }: Reading): string =>
    `${reader} reads after ${firstMs} ms (still ${stillMs}, longest ${longestMs}, of ${written})`;
  return `${what}: ${readings.map(one).join('; ')}${online === '' ? '' : ` [${online}]`}`;
}
