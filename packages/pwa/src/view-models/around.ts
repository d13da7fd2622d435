/**
 * What is around this phone, as a sentence, a list, and places for a picture. The picture shows only what this phone is tied to;
 * it never draws a route (the look, principle 4).
 */
import { computed, type ReadonlySignal } from '@preact/signals';
import { waysWordsFor } from '../locales/ways/words.ts';
import type { Words } from '../locales/words.ts';
import { relayIsNear } from './home.ts';
import { type Hoop, hoopOf, hoopsOf } from './hoop.ts';
import { type Way, wayTo } from './path.ts';
import type { ByHand, Contact, Overview, Reach } from './ports.ts';

export interface Spot {
  readonly key: string;
  readonly name: string;
  readonly hoop: Hoop | undefined;
  readonly kind: 'me' | 'relay' | 'person' | 'away' | 'stranger';
  /** In hundredths of the picture. */
  readonly x: number;
  readonly y: number;
}

export interface Tie {
  readonly key: string;
  readonly path: string;
}

export interface AroundView {
  readonly sentence: string;
  readonly rest: string;
  /** Two phones are being tied together by hand now. */
  readonly connecting: string | undefined;
  readonly isAlone: boolean;
  /** Nobody stands in the upper part of the picture: it may be half as high. */
  readonly isLow: boolean;
  readonly spots: readonly Spot[];
  readonly ties: readonly Tie[];
  readonly says: string;
  readonly ways: readonly { readonly way: Way; readonly reach: Reach['kind']; readonly title: string; readonly names: string }[];
}

/** More than these do not fit the picture; the list names everybody. */
const PEOPLE_MAX = 4;

/** Places for `count` things on an arc from left to right. */
function arc(count: number, y: number, sag: number): readonly { readonly x: number; readonly y: number }[] {
  return Array.from({ length: count }, (_, i) => {
    const x = count === 1 ? 0 : (2 * i) / (count - 1) - 1;
    return { x: Math.round(50 + 35 * (count === 1 ? -0.7 : x)), y: Math.round(y + sag * x * x) };
  });
}

/** What lies above this is left out of a low picture. */
const LOW_FROM = 42;
const ME = { x: 50, y: 86 };
const STRANGER = { x: 67, y: 62 };
const RELAY = { x: 50, y: 58 };

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Straight up and down, hanging a little to the side. */
function tie(key: string, from: Place, to: Place): Tie {
  const isStraight = from.x === to.x || Math.abs(from.y - to.y) > 22;
  const middle = `${(from.x + to.x) / 2} ${Math.max(from.y, to.y) + 2}`;
  return { key, path: isStraight ? `M${from.x} ${from.y}L${to.x} ${to.y}` : `M${from.x} ${from.y}Q${middle} ${to.x} ${to.y}` };
}

export function aroundView(overview: Overview, words: Words, byHand?: ByHand): AroundView {
  const ways = waysWordsFor(words.tag);
  const hoops = hoopsOf(overview.contacts);
  const by = (way: Way): readonly Contact[] => overview.contacts.filter((contact) => wayTo(contact, overview) === way);
  const names = (contacts: readonly Contact[]): readonly string[] => contacts.map((contact) => contact.name);
  const [direct, mailed, passedOn, carried, notNow] = [by('direct'), by('relay'), by('circuit'), by('carried'), by('not-now')];
  const viaRelay = [...passedOn, ...mailed];
  const strangers = overview.neighbours.filter((neighbour) => neighbour.kind === 'stranger').length;
  const near = relayIsNear(overview);
  const live = direct.length + viaRelay.length;
  const isAlone = live === 0 && strangers === 0 && !near;

  const isLow = viaRelay.length + carried.length + notNow.length === 0;
  const at = (place: Place): Place => (isLow ? { ...place, y: Math.round((place.y - LOW_FROM) / (1 - LOW_FROM / 100)) } : place);
  const [me, relay, stranger] = [at(ME), at(RELAY), at(STRANGER)];
  const spots: Spot[] = [];
  const ties: Tie[] = [];
  const place = (contacts: readonly Contact[], kind: 'person' | 'away', y: number, sag: number, from: Place | undefined): void => {
    const shown = contacts.slice(0, PEOPLE_MAX);
    arc(shown.length, y, sag).forEach((spot, i) => {
      const to = at(spot);
      const contact = shown[i];
      if (contact === undefined) return;
      spots.push({ key: contact.account, name: contact.name, hoop: hoops.get(contact.account), kind, ...to });
      if (from !== undefined) ties.push(tie(contact.account, from, to));
    });
  };
  if (near) {
    spots.push({ key: 'relay', name: words.home.relay, hoop: undefined, kind: 'relay', ...relay });
    ties.push(tie('relay', me, relay));
  }
  place(direct, 'person', direct.length > 2 ? 77 : 72, direct.length > 2 ? -9 : 0, me);
  place(viaRelay, 'person', near ? 33 : 50, 10, near ? relay : undefined);
  place([...carried, ...notNow], 'away', 10, 2, undefined);
  if (strangers > 0) {
    spots.push({ key: 'stranger', name: '?', hoop: undefined, kind: 'stranger', ...stranger });
    ties.push(tie('stranger', me, stranger));
  }
  const self = overview.profile;
  spots.push({
    key: 'me',
    name: ways.around.you,
    hoop: self === undefined ? undefined : hoopOf(self.account, self.name),
    kind: 'me',
    ...me,
  });

  const rest = [
    near ? ways.around.relayNear : overview.knowsRelay ? ways.around.relayOff : '',
    strangers > 0 ? ways.around.strangers(strangers) : '',
    carried.length > 0 ? ways.around.carryFor(names(carried)) : '',
  ];
  const named = byHand?.step === 'connecting' ? overview.contacts.find(({ account }) => account === byHand.account)?.name : undefined;
  return {
    connecting: byHand?.step === 'connecting' ? ways.around.connecting(named) : undefined,
    sentence: isAlone ? ways.around.alone : ways.around.onTheLine(live),
    rest: (isAlone ? rest.slice(0, 1) : rest).filter((sentence) => sentence !== '').join(' '),
    isAlone,
    isLow,
    spots,
    ties,
    says: ways.around.says(names(direct), names(viaRelay), names([...carried, ...notNow])),
    ways: (
      [
        {
          way: 'direct',
          reach: 'direct',
          title: ways.around.direct,
          names: direct.length > 0 ? ways.around.directRest(names(direct)) : '',
        },
        {
          way: 'circuit',
          reach: 'relay',
          title: ways.around.circuit,
          names: passedOn.length > 0 ? ways.around.circuitRest(names(passedOn)) : '',
        },
        { way: 'relay', reach: 'relay', title: ways.around.relay, names: ways.around.names(names(mailed)) },
        { way: 'carried', reach: 'carried', title: ways.around.carried, names: ways.around.names(names(carried)) },
        { way: 'not-now', reach: 'not-now', title: ways.around.notNow, names: ways.around.names(names(notNow)) },
      ] as const
    ).filter((way) => way.names !== ''),
  };
}

export class AroundViewModel {
  readonly view: ReadonlySignal<AroundView | undefined>;

  constructor(overview: ReadonlySignal<Overview | undefined>, words: Words, byHand: ReadonlySignal<ByHand | undefined>) {
    this.view = computed(() => (overview.value === undefined ? undefined : aroundView(overview.value, words, byHand.value)));
  }
}
