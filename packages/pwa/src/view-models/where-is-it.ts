/** The way of one message of mine, as far as this phone knows it: no further. Pure. Rule: the look, principle 4. */
import { type WaysWords, waysWordsFor } from '../locales/ways/words.ts';
import type { Words } from '../locales/words.ts';
import type { Contact, DeliveryState, Message, Whereabouts } from './ports.ts';
import { DAY_MS, type Times } from './times.ts';

/** Some of those who took a copy, drawn at one knot of the string. `devices`: nothing more is known of them. */
export interface Carriers {
  readonly who: 'relays' | 'contacts' | 'strangers' | 'devices';
  readonly count: number;
  readonly title: string;
  readonly note: string;
}

export interface WhereIsItView {
  readonly text: string;
  readonly time: string;
  /** As far as is known: what was handed over counts before the state says so. */
  readonly drawn: DeliveryState;
  readonly fact: string;
  readonly rest: string;
  readonly written: string;
  readonly carriers: readonly Carriers[];
  /** From the last known place on, the drawing is dotted. */
  readonly isUnseen: boolean;
  readonly unseenNote: string;
  readonly them: { readonly name: string; readonly letter: string; readonly note: string };
  /** How long its carriers keep it; only while it is on its way. */
  readonly left:
    | { readonly words: string; readonly until: string; readonly days: number; readonly ofDays: number; readonly meter: string }
    | undefined;
  readonly canSendAgain: boolean;
  /** It can be taken along by hand. */
  readonly canBeCarried: boolean;
}

export interface WhereIsItParts {
  readonly message: Message;
  readonly contact: Contact;
  readonly letter: string;
  /** What the messenger answered; nothing until it has. */
  readonly known: Whereabouts | undefined;
  readonly nowMs: number;
  readonly words: Words;
  readonly times: Times;
}

export function whereIsIt({ message, contact, letter, known, nowMs, words, times }: WhereIsItParts): WhereIsItView | undefined {
  const ways = waysWordsFor(words.tag);
  const state = known?.state ?? message.state;
  if (state === undefined) return undefined;
  const said = ways.where;
  const isOnItsWay = state.kind === 'waiting' || state.kind === 'carried';
  const expiresAtMs = known?.expiresAtMs ?? message.expiresAtMs;
  const days = Math.max(0, Math.floor((expiresAtMs - nowMs) / DAY_MS));
  const ofDays = Math.max(1, Math.round((expiresAtMs - message.sentAtMs) / DAY_MS));
  const carriers = isOnItsWay ? carriersOf(state, known, ways) : [];
  const count = carriers.reduce((sum, some) => sum + some.count, 0);
  const kept = known?.isHere === false ? said.notKept : said.kept;
  return {
    text: message.text,
    time: times.time(message.sentAtMs),
    drawn: count > 0 ? { kind: 'carried', carriers: count } : state,
    ...factOf(state, contact.name, known, count, ways),
    written: `${said.written(times.when(message.sentAtMs, nowMs))}${isOnItsWay ? ` ${kept}` : ''}`,
    carriers,
    isUnseen: isOnItsWay,
    unseenNote: carriers.length > 0 ? said.unseen : `${said.waitingRest} ${words.where.closed}`,
    them: { name: contact.name, letter, note: arrival(state, contact, nowMs, ways, times) },
    left: isOnItsWay
      ? {
          words: said.left(days),
          until: said.keepUntil(times.fullDay(expiresAtMs)),
          days,
          ofDays,
          meter: said.meterText(days, ofDays),
        }
      : undefined,
    canSendAgain: state.kind === 'expired',
    canBeCarried: isOnItsWay,
  };
}

function carriersOf(state: DeliveryState, known: Whereabouts | undefined, ways: WaysWords): readonly Carriers[] {
  const said = ways.where;
  const kinds = ['relays', 'contacts', 'strangers'] as const;
  const told = kinds.flatMap((who): Carriers[] => {
    const count = known?.carriers[who] ?? 0;
    return count === 0 ? [] : [{ who, count, title: said[who](count), note: said.tookCopy(count) }];
  });
  if (told.length > 0 || state.kind !== 'carried') return told;
  const count = state.carriers;
  return [{ who: 'devices', count, title: said.devicesNear(count), note: said.tookCopy(count) }];
}

function factOf(
  state: DeliveryState,
  name: string,
  known: Whereabouts | undefined,
  count: number,
  ways: WaysWords,
): { readonly fact: string; readonly rest: string } {
  const said = ways.where;
  const { reached, all } = known?.devices ?? { reached: 0, all: 0 };
  const where = all > 1 && reached > 0 ? (reached < all ? said.devices(reached, all) : said.allDevices(all)) : '';
  switch (state.kind) {
    case 'waiting':
      return count === 0
        ? { fact: said.waiting, rest: said.waitingRest }
        : { fact: said.onItsWay(name), rest: said.carriers(count, known?.near ?? 0) };
    case 'carried':
      // Until it was answered, nobody is said to be away.
      return { fact: said.onItsWay(name), rest: said.carriers(count, known?.near ?? count) };
    case 'delivered':
      return { fact: said.delivered(name), rest: where };
    case 'read':
      return { fact: said.read(name), rest: where };
    case 'expired':
      return { fact: said.expired, rest: said.expiredRest };
  }
}

function arrival(state: DeliveryState, contact: Contact, nowMs: number, ways: WaysWords, times: Times): string {
  if (state.kind === 'delivered') return ways.where.arrived(times.when(state.atMs, nowMs));
  if (state.kind === 'read') return ways.where.opened(times.when(state.atMs, nowMs));
  return contact.lastHeardMs === undefined ? ways.where.notYet : ways.where.notYetHeard(times.when(contact.lastHeardMs, nowMs));
}
