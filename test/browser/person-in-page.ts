/** Somebody whose messenger runs in a page of Chromium, without the app's screens; and how two of them meet by hand. */
import type { Messenger, MessengerEvent, Overview } from '@kith/core';
import type { Host } from '../network/lab.ts';
import { type Teller, waitFor } from '../story.ts';
import { buildPage, type HandedPage } from './handed-page.ts';

type Method = Exclude<keyof Messenger, 'subscribe'>;
type Answer<Name extends Method> = Awaited<ReturnType<Messenger[Name]>>;

export class PersonInPage {
  readonly name: string;
  readonly #page: HandedPage;

  constructor(name: string, page: HandedPage) {
    this.name = name;
    this.#page = page;
  }

  async load(): Promise<void> {
    await this.#page.load('');
    await waitFor(async () => (await this.#page.run('told', [])) !== undefined, { withinMs: 30_000, what: `${this.name}'s page is there` });
  }

  call<Name extends Method>(method: Name, ...args: Parameters<Messenger[Name]>): Promise<Answer<Name>> {
    return this.#page.run('call', [method, args]) as Promise<Answer<Name>>;
  }

  async told(): Promise<readonly MessengerEvent[]> {
    return (await this.#page.run('told', [])) as readonly MessengerEvent[];
  }

  async account(): Promise<string> {
    return (await this.call('overview')).profile?.account ?? '';
  }

  async until(what: string, isSo: (overview: Overview) => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
    let seen: Overview | undefined;
    const look = async (): Promise<boolean> => {
      seen = await this.call('overview');
      return isSo(seen);
    };
    await waitFor(look, {
      withinMs,
      what: `${this.name}: ${what}`,
      seen: () => seen?.contacts.map(({ name, reach }) => `${name} ${reach.kind}`),
    });
  }

  async texts(other: PersonInPage): Promise<readonly string[]> {
    return (await this.call('timeline', await other.account())).messages.map(({ text }) => text);
  }
}

export interface People {
  /** In Chromium, in a host of the lab if one is named. */
  chromium(name: string, host?: Host): Promise<PersonInPage>;
  firefox(name: string): Promise<PersonInPage>;
}

export async function openPeople(t: Teller): Promise<People> {
  const pages = await buildPage(t, 'person-page', 'person');
  const begin = async (name: string, page: HandedPage): Promise<PersonInPage> => {
    const it = new PersonInPage(name, page);
    await it.load();
    must(await it.call('begin', name));
    return it;
  };
  return {
    chromium: async (name, host) => begin(name, await pages.chromium(name, { camera: true, ...(host === undefined ? {} : { host }) })),
    firefox: async (name) => begin(name, await pages.firefox()),
  };
}

export function must<Value>(
  answer: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: { readonly kind: string } },
): Value {
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.refusal)}`);
  return answer.value;
}

const reaches = async (other: PersonInPage): Promise<(overview: Overview) => boolean> => {
  const account = await other.account();
  return ({ contacts }) => contacts.some((one) => one.account === account && one.name === other.name && one.reach.kind === 'direct');
};

/** Two codes: the one shows hers, the other reads it and shows an answer, which she reads. */
export async function scanEachOther(shows: PersonInPage, reads: PersonInPage): Promise<void> {
  const code = must(await shows.call('invite', { byHand: true }));
  if (code.isByHand !== true) throw new Error(`no code by hand: ${code.why}`);
  const taken = must(await reads.call('accept', code.text, 'scanned'));
  if (taken.answer === undefined) throw new Error(`no answer by hand: ${taken.byHand}`);
  must(await shows.call('accept', taken.answer, 'scanned'));
  await reached(shows, reads);
}

/** One code, for two who know each other. */
export async function meetAgain(shows: PersonInPage, reads: PersonInPage): Promise<void> {
  const account = await reads.account();
  const code = must(await shows.call('meetAgain', account));
  must(await reads.call('accept', code.text, 'scanned'));
  await reached(shows, reads);
}

export async function reached(one: PersonInPage, other: PersonInPage, withinMs = 30_000): Promise<void> {
  await one.until(`${other.name} is reached directly`, await reaches(other), withinMs);
  await other.until(`${one.name} is reached directly`, await reaches(one), withinMs);
}

export async function says(from: PersonInPage, to: PersonInPage, text: string, withinMs = 20_000): Promise<void> {
  must(await from.call('send', await to.account(), text));
  await to.until(`reads "${text}"`, async () => (await to.texts(from)).includes(text), withinMs);
}
