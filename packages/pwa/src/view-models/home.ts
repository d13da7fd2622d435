/** The first screen: who is on the line now, and the conversations. Pure over the overview and the time. */
import { computed, type ReadonlySignal } from '@preact/signals';
import type { Words } from '../locales/words.ts';
import { shortStateWords } from './delivery.ts';
import { type Hoop, hoopsOf } from './hoop.ts';
import type { AccountId, Contact, DeliveryState, Overview, Reach } from './ports.ts';
import type { Times } from './times.ts';

export interface OnTheLine {
  readonly account: AccountId;
  readonly name: string;
  readonly hoop: Hoop;
}

export interface HomeRow {
  readonly account: AccountId;
  readonly name: string;
  readonly hoop: Hoop;
  readonly reach: Reach['kind'];
  readonly reachWords: string;
  /** The last message in one line, with "You: " before one of mine. */
  readonly last: string;
  readonly time: string;
  readonly unread: number;
  readonly state: DeliveryState | undefined;
  readonly stateWords: string;
}

export interface HomeView {
  readonly isEmpty: boolean;
  readonly relayIsNear: boolean;
  readonly line: readonly OnTheLine[];
  readonly lineTitle: string;
  readonly lineNote: string;
  readonly rows: readonly HomeRow[];
}

export function isLive(contact: Contact): boolean {
  return contact.reach.kind === 'direct' || contact.reach.kind === 'relay';
}

export function relayIsNear(overview: Overview): boolean {
  return overview.neighbours.some((neighbour) => neighbour.kind === 'relay');
}

function lineNote(overview: Overview, live: readonly Contact[], words: Words): string {
  const near = relayIsNear(overview);
  const direct = live.filter((contact) => contact.reach.kind === 'direct').map((contact) => contact.name);
  if (near) return words.home.relayNear;
  if (overview.knowsRelay) {
    return direct.length > 0
      ? `${words.home.relayOff} ${words.home.stillDirect(direct.slice(0, 3))}`
      : `${words.home.relayOff} ${words.home.nobodyNear}.`;
  }
  if (direct.length > 0) return words.home.directOnly;
  const strangers = overview.neighbours.filter((neighbour) => neighbour.kind === 'stranger').length;
  return strangers > 0 ? words.home.strangersNear(strangers) : words.home.nobodyNear;
}

/** Messages may hold line breaks and be 16,000 bytes long; a row shows one line. */
function oneLine(text: string): string {
  return text.slice(0, 200).replace(/\s+/g, ' ').trim();
}

export function homeView(overview: Overview, nowMs: number, words: Words, times: Times): HomeView {
  const hoops = hoopsOf(overview.contacts);
  const hoop = (contact: Contact): Hoop => hoops.get(contact.account) ?? { weave: 0, hue: 0, turn: 0, letter: '·' };
  const live = overview.contacts.filter(isLive);
  return {
    isEmpty: overview.contacts.length === 0,
    relayIsNear: relayIsNear(overview),
    line: live
      .toSorted((a, b) => (a.reach.kind === b.reach.kind ? 0 : a.reach.kind === 'direct' ? -1 : 1))
      .map((contact) => ({ account: contact.account, name: contact.name, hoop: hoop(contact) })),
    lineTitle: words.home.onTheLine(live.length),
    lineNote: lineNote(overview, live, words),
    rows: overview.contacts.map((contact) => {
      const last = contact.lastMessage;
      const state = last?.mine === true ? last.state : undefined;
      return {
        account: contact.account,
        name: contact.name,
        hoop: hoop(contact),
        reach: contact.reach.kind,
        reachWords: words.reachLower[contact.reach.kind],
        last: last === undefined ? words.home.justMet : last.mine ? words.home.you(oneLine(last.text)) : oneLine(last.text),
        time: times.rowTime(last?.sentAtMs ?? contact.metAtMs, nowMs),
        unread: contact.unread,
        state,
        stateWords: state === undefined ? '' : shortStateWords(state, words),
      };
    }),
  };
}

export class HomeViewModel {
  readonly view: ReadonlySignal<HomeView | undefined>;

  constructor(overview: ReadonlySignal<Overview | undefined>, nowMs: ReadonlySignal<number>, words: Words, times: Times) {
    this.view = computed(() => (overview.value === undefined ? undefined : homeView(overview.value, nowMs.value, words, times)));
  }
}
