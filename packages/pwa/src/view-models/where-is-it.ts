/** The way of one message of mine, as far as this phone knows it: no further. Pure. Rule: the look, principle 4. */
import { type WaysWords, waysWordsFor } from '../locales/ways/words.ts';
import type { Words } from '../locales/words.ts';
import type { Contact, DeliveryState, Message } from './ports.ts';
import { DAY_MS, type Times } from './times.ts';

export interface WhereIsItView {
  readonly text: string;
  readonly time: string;
  readonly state: DeliveryState;
  readonly fact: string;
  readonly rest: string;
  readonly written: string;
  readonly copies: { readonly count: number; readonly title: string; readonly note: string } | undefined;
  /** From the last known place on, the drawing is dotted. */
  readonly isUnseen: boolean;
  readonly unseenNote: string;
  readonly them: { readonly name: string; readonly letter: string; readonly note: string };
  /** How long its carriers keep it; only while it is on its way. */
  readonly left:
    | { readonly words: string; readonly until: string; readonly days: number; readonly ofDays: number; readonly meter: string }
    | undefined;
  readonly canSendAgain: boolean;
}

export function whereIsIt(
  message: Message,
  contact: Contact,
  letter: string,
  nowMs: number,
  words: Words,
  times: Times,
): WhereIsItView | undefined {
  const ways = waysWordsFor(words.tag);
  const { state } = message;
  if (state === undefined) return undefined;
  const said = ways.where;
  const isOnItsWay = state.kind === 'waiting' || state.kind === 'carried';
  const days = Math.max(0, Math.floor((message.expiresAtMs - nowMs) / DAY_MS));
  const ofDays = Math.max(1, Math.round((message.expiresAtMs - message.sentAtMs) / DAY_MS));
  return {
    text: message.text,
    time: times.time(message.sentAtMs),
    state,
    ...factOf(state, contact.name, ways),
    written: `${said.written(times.when(message.sentAtMs, nowMs))}${isOnItsWay ? ` ${said.kept}` : ''}`,
    copies:
      state.kind === 'carried'
        ? { count: state.carriers, title: said.copies(state.carriers), note: said.tookCopy(state.carriers) }
        : undefined,
    isUnseen: isOnItsWay,
    unseenNote: state.kind === 'carried' ? said.unseen : `${said.waitingRest} ${words.where.closed}`,
    them: { name: contact.name, letter, note: arrival(state, contact, nowMs, ways, times) },
    left: isOnItsWay
      ? {
          words: said.left(days),
          until: said.keepUntil(times.fullDay(message.expiresAtMs)),
          days,
          ofDays,
          meter: said.meterText(days, ofDays),
        }
      : undefined,
    canSendAgain: state.kind === 'expired',
  };
}

function factOf(state: DeliveryState, name: string, ways: WaysWords): { readonly fact: string; readonly rest: string } {
  const said = ways.where;
  switch (state.kind) {
    case 'waiting':
      return { fact: said.waiting, rest: said.waitingRest };
    case 'carried':
      return { fact: said.onItsWay(name), rest: said.carriers(state.carriers) };
    case 'delivered':
      return { fact: said.delivered(name), rest: '' };
    case 'read':
      return { fact: said.read(name), rest: '' };
    case 'expired':
      return { fact: said.expired, rest: said.expiredRest };
  }
}

function arrival(state: DeliveryState, contact: Contact, nowMs: number, ways: WaysWords, times: Times): string {
  if (state.kind === 'delivered') return ways.where.arrived(times.when(state.atMs, nowMs));
  if (state.kind === 'read') return ways.where.opened(times.when(state.atMs, nowMs));
  return contact.lastHeardMs === undefined ? ways.where.notYet : ways.where.notYetHeard(times.when(contact.lastHeardMs, nowMs));
}
