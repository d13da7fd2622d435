/**
 * Strangers on the network learn nothing that lasts from pages either: two phones meet through a relay and write, on two days, under other transport
 * keys; all that passes the bridge is kept (signalling, what browsers say of themselves, the direct connection) and searched. What two others of the
 * same kind say too, who have nothing in common with them but the network and the house, names nobody.
 */
import { chromiumUnavailable, openBrowser } from '../browser/chromium.ts';
import { openHouse, Phone } from '../browser/household.ts';
import { story, type Teller } from '../story.ts';
import { type Captured, capture, captureUnavailable, type Packet } from './content-blind-capture.ts';
import { repeatedIn, type Secret, secretsIn } from './content-blind-search.ts';
import { DAY_MS, keyOf, pagesAhead, startedAhead } from './content-blind-tomorrow.ts';
import { type Lab, labUnavailable, openLab } from './lab.ts';

const TEXTS = ['is the bread out of the oven yet', 'just now, and the second one is rising'] as const;
const NAMES = ['Annegret Quist', 'Bonaventura Rhee', 'Eustace Vane', 'Florentine Wick'] as const;
const [ANN, BO, EVE, FINN] = NAMES;
const HTTP_PORT = 8080;
/** Two pages that connect and write send several times as many. */
const PACKETS_MIN = 100;

type Pair = readonly [Phone, Phone];

interface Watched extends Captured {
  readonly homes: readonly [string, string];
  /** Transport keys of both, from the links they offer. */
  readonly keys: readonly string[];
  /** The last two messages, by the clock of whoever wrote them. */
  readonly writtenAt: readonly string[];
}

story('strangers learn nothing that lasts from pages', async (t) => {
  const why = labUnavailable() ?? chromiumUnavailable(true) ?? captureUnavailable();
  if (why !== undefined) {
    t.skip('all that pages and their relay say is searched for keys, names, texts, and what is there again the next day', why);
    return;
  }
  const lab = await openLab(t, ['srv', 'a', 'b']);
  const srv = lab.host('srv');
  let isTomorrow = false;
  const house = await openHouse(
    t,
    { http: HTTP_PORT, https: 8443 },
    startedAhead(srv, () => isTomorrow),
    ['--turn', 'off'],
  );
  const open = (names: readonly [string, string], homes?: readonly [string, string]): Promise<Pair> => {
    const phone = (at: 0 | 1): Promise<Phone> =>
      Phone.open(t, names[at], house, {
        host: lab.host(at === 0 ? 'a' : 'b'),
        names: { [house.name]: srv.address },
        ...(homes === undefined ? {} : { home: homes[at] }),
      });
    return Promise.all([phone(0), phone(1)]);
  };
  /** What passes from here until both have written and closed. */
  const watched = async (names: readonly [string, string], begin: () => Promise<Pair>): Promise<Watched> => {
    const stop = await capture(t, lab.switchNamespace);
    const [one, other] = await begin();
    const keys = [await keyOf(one), await keyOf(other)];
    await Promise.all([one.openConversation(names[1], 60_000), other.openConversation(names[0], 60_000)]);
    await Promise.all([one, other].map((phone) => phone.isReached('Directly, phone to phone', 60_000)));
    const about = isTomorrow ? ', as yesterday' : '';
    await one.write(TEXTS[0] + about);
    await other.sees(TEXTS[0] + about, 20_000);
    await other.write(TEXTS[1] + about);
    await one.sees(TEXTS[1] + about, 20_000);
    const writtenAt = await one.page.evaluate(() =>
      [...document.querySelectorAll('[role=log] li.msg time')].slice(-2).map((time) => time.getAttribute('datetime') ?? ''),
    );
    const homes = [one.browser.home, other.browser.home] as const;
    await Promise.all([one.browser.close(), other.browser.close()]);
    return { ...(await stop()), homes, keys, writtenAt };
  };
  const accounts: string[] = [];
  const meeting = (...names: readonly [string, string]): Promise<Watched> =>
    watched(names, async () => {
      const [one, other] = await open(names);
      await Promise.all([one.begin(), other.begin()]);
      await other.takeUp(await one.invitationLink());
      await Promise.all([other.openConversation(names[0]), one.openConversation(names[1])]);
      for (const phone of [one, other]) accounts.push(/#\/with\/([0-9a-f]{64})/.exec(phone.page.url())?.[1] ?? '');
      return [one, other];
    });

  const first = await t.claim('two phones meet through the relay and write', () => meeting(ANN, BO));
  const others = await t.claim('and two others, who are new', () => meeting(EVE, FINN));
  const second = await t.claim('on the next day the first two open the app again, and write', async () => {
    await house.kill();
    isTomorrow = true;
    await house.start();
    return watched([ANN, BO], async () => {
      const pair = await open([ANN, BO], first.homes);
      for (const phone of pair) await pagesAhead(phone);
      return pair;
    });
  });
  await t.claim('it was the next day to them, and their transport keys were others', () => {
    const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
    const wrong = second.writtenAt.filter((stamp) => day(Date.parse(stamp)) < day(Date.now() + DAY_MS - 3_600_000));
    if (second.writtenAt.length !== 2 || wrong.length > 0) throw new Error(`written at ${second.writtenAt.join(' and ')}`);
    if (new Set([...first.keys, ...second.keys]).size !== 4) throw new Error(`${first.keys.join(', ')} and then ${second.keys.join(', ')}`);
  });

  const captures = [first, others, second];
  const secrets: readonly Secret[] = [
    ...[...NAMES, ...TEXTS].map((text) => ({ name: `"${text}"`, is: { text } })),
    ...accounts.map((key) => ({ name: 'an account', is: { key } })),
    ...captures.flatMap(({ keys }) => keys).map((key) => ({ name: 'a transport key', is: { key } })),
  ];
  await t.claim('the wire shows no account, no transport key, no name and no text, in any form', () => {
    const keys = secrets.flatMap(({ is }) => ('key' in is ? [is.key] : []));
    if (keys.length !== 10 || keys.some((key) => !/^[0-9a-f]{64}$/.test(key))) throw new Error(`the story knows ${keys.length} keys`);
    t.note(`${captures.map(({ packets }) => packets.length).join(', ')} packets`);
    if (captures.some(({ packets }) => packets.length < PACKETS_MIN)) throw new Error('too little was captured');
    const found = captures.flatMap((one) => secretsIn(one, secrets));
    if (found.length > 0) throw new Error(found.join('; '));
  });
  const isOurs = ({ kind }: Packet): boolean => kind !== 'other';
  const saidByAll = Buffer.concat(others.packets.filter(isOurs).map(({ payload }) => payload));
  await t.claim('and nothing that is theirs on one day is there again on the next', () => {
    const found = repeatedIn(first.packets.filter(isOurs), second.packets.filter(isOurs), [saidByAll]);
    if (found.length > 0) throw new Error(`${found.length} found: ${found.slice(0, 100).join('; ')}`);
  });
  await leaks(t, lab, secrets, saidByAll);
});

/** A page that tells who it is, on two days, is found out. */
async function leaks(t: Teller, lab: Lab, secrets: readonly Secret[], saidByAll: Buffer): Promise<void> {
  const key = secrets.flatMap(({ is }) => ('key' in is ? [is.key] : []))[0] ?? '';
  /** What would be enough to know a phone again: eight bytes. */
  const mark = '5ac3f1d20b97e684';
  const [before, now] = await t.claim('a page asks for its house in clear, and says who it is', async () => {
    const { page } = await openBrowser(t, { name: 'Leak', host: lab.host('a') });
    await page.setExtraHTTPHeaders({ hex: key, base64: Buffer.from(key, 'hex').toString('base64'), text: TEXTS[0], mark });
    const say = async (): Promise<Captured> => {
      const stop = await capture(t, lab.switchNamespace);
      await page.goto(`http://${lab.host('srv').address}:${HTTP_PORT}/`, { waitUntil: 'commit' });
      return stop();
    };
    return [await say(), await say()];
  });
  await t.claim('its account and its text are found, in each form', () => {
    const found = secretsIn(before, secrets);
    for (const form of ['an account (hexadecimal)', 'an account (base64)', `"${TEXTS[0]}" (UTF-8)`])
      if (!found.includes(form)) throw new Error(`${form} is not among ${found.join('; ')}`);
  });
  await t.claim('and so are eight bytes that are the same on both days', () => {
    const found = repeatedIn(before.packets, now.packets, [saidByAll]).map((window) => JSON.parse(window) as string);
    if (!found.some((window) => mark.includes(window))) throw new Error('they were not found');
  });
}
