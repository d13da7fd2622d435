/**
 * `npm run bench -- connect`: how long from opening the page to the first message, for each way of meeting; and how long a message of 100 bytes is on its way
 * there and back, on each path, in turns with a bare RTCDataChannel between the same pages, which through TURN goes through it as well. All on loopback. What each figure means: docs/benchmarks.md.
 */
import { randomBytes } from 'node:crypto';
import type { RelayInfo } from '../../packages/core/src/index.ts';
import { chromiumUnavailable } from '../browser/chromium.ts';
import { type House, openHouse, Phone } from '../browser/household.ts';
import { freePort } from '../browser/ports.ts';
import { type Teller, waitFor } from '../story.ts';
import { buildConnectPages, type ConnectPages, type OpenPage } from './connect.part.pages.ts';
import { startTurn } from './connect.part.turn.ts';
import { stagehand, typedToShown } from './first-message.ts';
import { median, percentile } from './pairs.ts';
import type { Bench, Report } from './report.ts';

const RUNS = Number(process.env['KITH_BENCH_RUNS'] ?? 5);
const TRIPS = 200;
/** One after the other in turns, so that a slow moment slows both. */
const TRIPS_A_TURN = 20;
const TYPED = 40;
const WITHIN_MS = 30_000;

interface Contact {
  readonly account: string;
  readonly name: string;
  readonly reach: { readonly kind: string };
  readonly meetsByOneCode: boolean;
}

/** A person in a page of its own. */
class Person {
  readonly name: string;
  readonly #page: OpenPage;
  readonly #fragment: string;

  static async open(pages: ConnectPages, name: string, manner = ''): Promise<Person> {
    return new Person(name, await pages.open(name), `${name}-${randomBytes(6).toString('hex')}${manner}`);
  }

  private constructor(name: string, page: OpenPage, fragment: string) {
    this.name = name;
    this.#page = page;
    this.#fragment = fragment;
  }

  /** Opens the page, again or for the first time; answers when that began. */
  async load(): Promise<number> {
    const beganMs = Date.now();
    await this.#page.load(this.#fragment);
    await waitFor(() => this.call('ready'), { withinMs: WITHIN_MS, everyMs: 5, what: `${this.name}'s page is there` });
    return beganMs;
  }

  async call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#page.run(method, args);
  }

  /** What the messenger answered, if it was not a refusal. */
  async do<Value>(method: string, ...args: readonly unknown[]): Promise<Value> {
    const answer = (await this.call('do', method, ...args)) as
      | { readonly ok?: boolean; readonly value?: Value; readonly refusal?: unknown }
      | undefined;
    if (answer?.ok === false) throw new Error(`${this.name}, ${method}: ${JSON.stringify(answer.refusal)}`);
    return (answer?.ok === true ? answer.value : answer) as Value;
  }

  /** The only contact, once it is so. */
  async contact(what: string, isSo: (contact: Contact) => boolean, other?: string): Promise<Contact> {
    const look = async (): Promise<Contact | undefined> => {
      const { contacts } = await this.do<{ readonly contacts: readonly Contact[] }>('overview');
      return contacts.find((one) => (other === undefined || one.name === other) && isSo(one));
    };
    return waitFor(look, { withinMs: WITHIN_MS, everyMs: 5, what: `${this.name}: ${what}` });
  }
}

const isKnown = ({ name }: Contact): boolean => name !== '';
const isDirect = ({ name, reach }: Contact): boolean => name !== '' && reach.kind === 'direct';

/** Bo writes, and Ann is shown it; answers when. */
async function firstMessage(bo: Person, account: string, ann: Person, text = 'hello'): Promise<number> {
  const shown = ann.call('whenHeard', text);
  await bo.do('send', account, text);
  return Number(await shown);
}

async function byRelay(
  pages: ConnectPages,
  relay: RelayInfo,
  manner = '',
): Promise<{ readonly ms: number; readonly people: readonly [Person, Person] }> {
  const [ann, bo] = [await Person.open(pages, 'Ann', manner), await Person.open(pages, 'Bo', manner)];
  await ann.load();
  await ann.do('begin', 'Ann');
  await ann.call('useRelay', relay);
  const { text } = await ann.do<{ readonly text: string }>('invite');
  const beganMs = await bo.load();
  await bo.do('begin', 'Bo');
  await bo.call('useRelay', relay);
  await bo.do('accept', text);
  const { account } = await bo.contact('knows Ann', isKnown);
  return { ms: (await firstMessage(bo, account, ann)) - beganMs, people: [ann, bo] };
}

/** The codes go from page to page at once: what people take to hold up their phones is not in it. */
async function byTwoCodes(
  pages: ConnectPages,
  name = 'Bo',
  before?: Person,
): Promise<{ readonly ms: number; readonly people: readonly [Person, Person] }> {
  const ann = before ?? (await Person.open(pages, 'Ann'));
  const bo = await Person.open(pages, name);
  if (before === undefined) {
    await ann.load();
    await ann.do('begin', 'Ann');
  }
  const { text } = await ann.do<{ readonly text: string }>('invite', { byHand: true });
  const beganMs = await bo.load();
  await bo.do('begin', name);
  const { answer } = await bo.do<{ readonly answer: string }>('accept', text, 'scanned');
  await ann.do('accept', answer, 'scanned');
  const { account } = await bo.contact('knows Ann', isKnown);
  return { ms: (await firstMessage(bo, account, ann, `hello from ${name}`)) - beganMs, people: [ann, bo] };
}

/** Both pages were closed in between. */
async function byOneCode(ann: Person, bo: Person): Promise<number> {
  await ann.contact('may meet Bo by one code', ({ meetsByOneCode }) => meetsByOneCode);
  await bo.contact('may meet Ann by one code', ({ meetsByOneCode }) => meetsByOneCode);
  await ann.load();
  const { account } = await ann.contact('remembers Bo', isKnown);
  const { text } = await ann.do<{ readonly text: string }>('meetAgain', account);
  const beganMs = await bo.load();
  const { account: toAnn } = await bo.contact('remembers Ann', isKnown);
  await bo.do('accept', text, 'scanned');
  return (await firstMessage(bo, toAnn, ann, 'hello again')) - beganMs;
}

/** Cleo, whom both have met, brings Bo and Dora together: from the second yes until a message came, and until they are direct. */
async function byIntroduction(pages: ConnectPages): Promise<{ readonly messageMs: number; readonly directMs: number }> {
  const { people } = await byTwoCodes(pages, 'Bo');
  const [cleo, bo] = people;
  const [, dora] = (await byTwoCodes(pages, 'Dora', cleo)).people;
  const [knowsBo, knowsDora] = [await cleo.contact('reaches Bo', isDirect, 'Bo'), await cleo.contact('reaches Dora', isDirect, 'Dora')];
  await cleo.do('introduce', knowsBo.account, knowsDora.account);
  const asked = async (who: Person): Promise<string> => {
    const look = async (): Promise<string | undefined> => {
      const { introductions } = await who.do<{ readonly introductions: readonly { readonly id: string }[] }>('overview');
      return introductions[0]?.id;
    };
    return waitFor(look, { withinMs: WITHIN_MS, everyMs: 5, what: `${who.name} is asked` });
  };
  await dora.do('answerIntroduction', await asked(dora), true);
  const question = await asked(bo);
  const beganMs = Date.now();
  await bo.do('answerIntroduction', question, true);
  const { account } = await bo.contact('knows Dora', isKnown, 'Dora');
  const messageMs = (await firstMessage(bo, account, dora, 'hello through Cleo')) - beganMs;
  await bo.contact('reaches Dora directly', isDirect, 'Dora');
  return { messageMs, directMs: Date.now() - beganMs };
}

/** There and back in turns: a message, a frame of the link without a message in it (where the other is a neighbour), and the bare channel. */
async function roundTrips(report: Report, path: 'direct' | 'by-hand' | 'relay' | 'turn', ann: Person, bo: Person): Promise<void> {
  const offer = await ann.call('bareOffer');
  await ann.call('bareAccept', await bo.call('bareAnswer', offer));
  for (const who of [ann, bo])
    await waitFor(() => who.call('isBareOpen'), { withinMs: WITHIN_MS, what: `${who.name}'s bare channel is open` });
  const { account } = await ann.contact('knows Bo', isKnown, 'Bo');
  const ways = {
    message: (): Promise<unknown> => ann.call('trips', account, TRIPS_A_TURN),
    ...(path === 'relay' ? {} : { frame: () => ann.call('frameTrips', TRIPS_A_TURN) }),
    bare: (): Promise<unknown> => ann.call('bareTrips', TRIPS_A_TURN),
  };
  const turns: Record<string, number[][]> = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let turn = -1; turn < TRIPS / TRIPS_A_TURN; turn++) {
    for (const [way, trips] of Object.entries(ways)) {
      const times = (await trips()) as number[];
      // The first turn warms up.
      if (turn >= 0) turns[way]?.push(times);
    }
  }
  for (const [way, all] of Object.entries(turns)) {
    const name = way === 'message' ? `roundtrip-${path}` : `roundtrip-${path}-${way}`;
    const times = all.flat();
    if (way === 'bare') {
      report.figure(`${name}-ms-p50`, percentile(times, 0.5), 'ms');
      continue;
    }
    const ratio = median(all.map((turn, at) => median(turn) / median(turns['bare']?.[at] ?? [])));
    report.figure(`${name}-ms-p50`, percentile(times, 0.5), 'ms', { peer: 'bare RTCDataChannel', ratio });
    report.figure(`${name}-ms-p95`, percentile(times, 0.95), 'ms');
    report.figure(`${name}-ratio`, ratio, '×');
  }
}

async function inTheApp(t: Teller, house: House, report: Report): Promise<void> {
  const options = { args: ['--disable-features=WebRtcHideLocalIpsWithMdns'] };
  const [ann, bo] = [await Phone.open(t, 'Ann', house, options), await Phone.open(t, 'Bo', house, options)];
  await Promise.all([ann.begin(), bo.begin()]);
  await bo.takeUp(await ann.invitationLink());
  await Promise.all([bo.openConversation('Ann'), ann.openConversation('Bo')]);
  await ann.isReached('Directly, phone to phone', WITHIN_MS);
  const shown: number[] = [];
  for (let i = 0; i < TYPED; i++) shown.push(await typedToShown(ann, bo, `typed ${i}`));
  report.figure('typed-to-shown-ms-p50', percentile(shown, 0.5), 'ms');
  report.figure('typed-to-shown-ms-p95', percentile(shown, 0.95), 'ms');
}

/** Arranged by the relay, which is gone then: what passes after it passes through TURN. */
async function throughTurn(t: Teller, pages: ConnectPages, relay: RelayInfo, house: House, report: Report): Promise<void> {
  const server = await startTurn(t);
  if (server === undefined) return report.progress('TURN is not measured: coturn is not installed (apt-get install coturn)');
  const { people } = await byRelay(pages, relay, `,${server}`);
  const isTied = async (who: Person): Promise<boolean> => {
    const { neighbours } = await who.do<{ readonly neighbours: readonly { readonly kind: string; readonly path: string }[] }>('overview');
    return neighbours.some(({ kind, path }) => kind === 'contact' && path === 'circuit');
  };
  for (const who of people) await waitFor(() => isTied(who), { withinMs: WITHIN_MS, what: `${who.name} is connected through TURN` });
  await house.kill();
  await roundTrips(report, 'turn', ...people);
}

export const bench: Bench = async (report) => {
  const why = chromiumUnavailable(true);
  if (why !== undefined) return report.progress(`nothing is measured: ${why}`);
  const house = stagehand();
  try {
    const opened = await openHouse(house.t, { http: await freePort(), https: await freePort() });
    const answer = await fetch(`http://localhost:${opened.ports.http}/.well-known/kith.json`);
    const { relay } = (await answer.json()) as { readonly relay: RelayInfo };
    const times: Record<string, number[]> = { invitation: [], 'two-codes': [], 'one-code': [], introduced: [], 'introduced-direct': [] };
    /** Each way has browsers of its own, closed before the next. */
    const stage = async (act: (pages: ConnectPages, t: Teller) => Promise<void>): Promise<void> => {
      const { t, clean } = stagehand();
      try {
        await act(await buildConnectPages(t, opened), t);
      } finally {
        await clean();
      }
    };
    for (let run = 0; run < RUNS; run++) {
      const isLast = run === RUNS - 1;
      await stage(async (pages) => {
        const { ms, people } = await byRelay(pages, relay);
        times['invitation']?.push(ms);
        if (!isLast) return;
        await people[0].contact('reaches Bo directly', isDirect);
        await roundTrips(report, 'direct', ...people);
      });
      await stage(async (pages) => {
        const { ms, people } = await byTwoCodes(pages);
        times['two-codes']?.push(ms);
        if (isLast) await roundTrips(report, 'by-hand', ...people);
        times['one-code']?.push(await byOneCode(...people));
      });
      await stage(async (pages) => {
        const { messageMs, directMs } = await byIntroduction(pages);
        times['introduced']?.push(messageMs);
        times['introduced-direct']?.push(directMs);
      });
      report.progress(`run ${run + 1} of ${RUNS}`);
    }
    await stage(async (pages) => roundTrips(report, 'relay', ...(await byRelay(pages, relay, ',plain')).people));
    for (const [way, all] of Object.entries(times)) report.figure(`connect-${way}-ms-p50`, median(all), 'ms');
    await stage(async (_, t) => inTheApp(t, opened, report));
    await stage(async (pages, t) => throughTurn(t, pages, relay, opened, report));
  } finally {
    await house.clean();
  }
};
