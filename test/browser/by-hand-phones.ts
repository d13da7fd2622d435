/** The page of connections made by hand, in Chromium or Firefox; and what every story does with two of them. */
import { randomBytes } from 'node:crypto';
import { transportKeyOfSeed } from '../../packages/core/src/adapters/link-libp2p/transport-identity.ts';
import { bytesOf } from '../../packages/core/src/kernel/bytes.ts';
import type { Host } from '../network/lab.ts';
import { type Teller, waitFor } from '../story.ts';
import type { ByHandPage, PlainEvent } from './by-hand-page.ts';
import { buildPage, type HandedPage } from './handed-page.ts';

type Method = Exclude<keyof ByHandPage, 'told'>;

export interface HandPhone {
  readonly name: string;
  /** Its transport key. */
  readonly key: string;
  call<M extends Method>(method: M, ...args: Parameters<ByHandPage[M]>): Promise<Awaited<ReturnType<ByHandPage[M]>>>;
  told(): Promise<readonly PlainEvent[]>;
  reload(): Promise<void>;
}

export interface HandPages {
  chromium(name: string, options?: { readonly host?: Host; readonly camera?: boolean }): Promise<HandPhone>;
  firefox(name: string): Promise<HandPhone>;
}

export async function buildPages(t: Teller): Promise<HandPages> {
  const pages = await buildPage(t, 'by-hand-page', 'byHand');
  return {
    chromium: async (name, options) => phone(name, await pages.chromium(name, options)),
    firefox: async (name) => phone(name, await pages.firefox()),
  };
}

async function phone(name: string, page: HandedPage): Promise<HandPhone> {
  const seed = randomBytes(32);
  const told = async (): Promise<readonly PlainEvent[]> => (await page.run('told', [])) as readonly PlainEvent[];
  const load = async (): Promise<void> => {
    await page.load(seed.toString('hex'));
    await waitFor(async () => (await told()) !== undefined, { withinMs: 30_000, what: `${name}'s page is there` });
  };
  await load();
  return {
    name,
    key: await transportKeyOfSeed(bytesOf(seed)),
    call: (method, ...args) => page.run(method, args) as never,
    told,
    reload: load,
  };
}

/** Waits for an event of this kind with these fields; says what else came when it does not. */
export async function tells(
  who: HandPhone,
  kind: PlainEvent['kind'],
  fields: Readonly<Record<string, unknown>>,
  withinMs = 20_000,
): Promise<PlainEvent> {
  let seen: readonly PlainEvent[] = [];
  const look = async (): Promise<PlainEvent | undefined> => {
    seen = await who.told();
    return seen.findLast((event) => event.kind === kind && Object.entries(fields).every(([name, value]) => event[name] === value));
  };
  return waitFor(look, { withinMs, what: `${who.name} is told ${kind} ${JSON.stringify(fields)}`, seen: () => seen.slice(-6) });
}

/** The code of an attempt, or the reason why there is none, thrown. */
export async function codeOf(who: HandPhone, hand: number): Promise<string> {
  return textOf((await tells(who, 'hand-code', { hand }))['code']);
}

export function textOf(value: PlainEvent[string]): string {
  if (typeof value !== 'string') throw new Error(`no text but ${value}`);
  return value;
}

export interface Met {
  readonly near: number;
  readonly far: number;
  readonly codes: readonly string[];
}

/** Two codes. */
export async function meet(ann: HandPhone, bo: HandPhone, hand: number): Promise<Met> {
  await ann.call('offer', hand);
  const offer = await codeOf(ann, hand);
  await bo.call('answer', hand, offer, ann.key);
  const answer = await codeOf(bo, hand);
  await ann.call('accept', hand, answer, bo.key);
  return { ...(await up(ann, bo, hand)), codes: [offer, answer] };
}

/** One code, of two who certified before. */
export async function meetAgain(ann: HandPhone, bo: HandPhone, hand: number, prints: readonly [string, string]): Promise<Met> {
  const secret = randomBytes(32).toString('hex');
  await ann.call('again', hand, { secret, certificate: 'pair', peerFingerprint: prints[1] });
  const shown = await codeOf(ann, hand);
  await bo.call('again', hand, { secret, certificate: 'pair', peerFingerprint: prints[0], shown, expectedKey: ann.key });
  return { ...(await up(ann, bo, hand)), codes: [shown] };
}

async function up(ann: HandPhone, bo: HandPhone, hand: number): Promise<{ readonly near: number; readonly far: number }> {
  const [near, far] = await Promise.all([
    tells(ann, 'up', { hand, key: bo.key, dialled: true, path: 'direct' }),
    tells(bo, 'up', { hand, key: ann.key, dialled: false, path: 'direct' }),
  ]);
  return { near: Number(near['neighbour']), far: Number(far['neighbour']) };
}

export async function certify(ann: HandPhone, bo: HandPhone): Promise<readonly [string, string]> {
  await Promise.all([ann.call('certify', 'pair'), bo.call('certify', 'pair')]);
  const print = async (who: HandPhone): Promise<string> => textOf((await tells(who, 'hand-certificate', { name: 'pair' }))['fingerprint']);
  return Promise.all([print(ann), print(bo)]);
}

/** A frame each way, to each other's neighbour. */
export async function exchange(ann: HandPhone, bo: HandPhone, { near, far }: Met, withinMs = 10_000): Promise<void> {
  const frame = [...randomBytes(40)];
  const hex = Buffer.from(frame).toString('hex');
  for (const [who, neighbour] of [[ann, near] as const, [bo, far] as const]) {
    const answer = await who.call('send', neighbour, frame);
    if (answer !== 'queued') throw new Error(`${who.name} could not send: ${answer}`);
  }
  await Promise.all([
    tells(ann, 'frame', { neighbour: near, frame: hex }, withinMs),
    tells(bo, 'frame', { neighbour: far, frame: hex }, withinMs),
  ]);
}
