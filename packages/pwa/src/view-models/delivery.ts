/** Where a message of mine is, in the words of the look. */
import type { Words } from '../locales/words.ts';
import type { DeliveryState, Message } from './ports.ts';
import type { Times } from './times.ts';

export function stateWords(state: DeliveryState, expiresAtMs: number, words: Words, times: Times): string {
  switch (state.kind) {
    case 'waiting':
      return words.state.waiting;
    case 'carried':
      return words.state.carried(state.carriers, times.shortDay(expiresAtMs));
    case 'delivered':
      return words.state.delivered;
    case 'read':
      return words.state.read;
    case 'expired':
      return words.state.expired;
  }
}

/** As short as a row of the list wants it, for those who hear the screen. */
export function shortStateWords(state: DeliveryState, words: Words): string {
  return state.kind === 'carried' ? words.state.carriedShort(state.carriers) : stateWordsWithoutDay(state, words);
}

function stateWordsWithoutDay(state: Exclude<DeliveryState, { kind: 'carried' }>, words: Words): string {
  return words.state[state.kind];
}

/** It has arrived; nothing more needs saying once a later message has arrived, too. */
export function isSettled(message: Message): boolean {
  return message.state === undefined || message.state.kind === 'delivered' || message.state.kind === 'read';
}
