/** Where in the app somebody is, as the part of the address after `#`. Total: anything unknown leads to the messages. */
import type { AccountId, MessageId } from './ports.ts';

/** `beside`: a code that connects the two phones with nothing between. */
export type MeetWay = 'show' | 'beside' | 'scan' | 'link';
/** How somebody who has used Kith before begins again. */
export type FirstWay = 'words' | 'link' | 'restore';
/** How somebody makes sure who a person is. */
export type CheckWay = 'show' | 'scan' | 'digits';
/** Carrying by hand: by file, showing a code that moves, reading one. */
export type CarryWay = 'file' | 'show' | 'scan';
/** The pages below the settings that keep a person safe: loaded when they are opened. */
export type SafePage = 'lock' | 'pressure' | 'erase' | 'devices' | 'link' | 'backup' | 'restore';

export type Route =
  | { readonly at: 'messages' }
  | { readonly at: 'conversation'; readonly account: AccountId; readonly message: MessageId | undefined }
  | { readonly at: 'about'; readonly account: AccountId }
  | { readonly at: 'check'; readonly account: AccountId; readonly way: CheckWay }
  /** Connecting with a contact who stands beside us. */
  | { readonly at: 'beside'; readonly account: AccountId }
  /** Bringing a contact together with another. */
  | { readonly at: 'introduce'; readonly account: AccountId }
  | { readonly at: 'meet'; readonly way: MeetWay }
  /** An invitation opened as a link. It is taken out of the address as soon as it was read. */
  | { readonly at: 'invitation'; readonly text: string }
  | { readonly at: 'around' }
  | { readonly at: 'first'; readonly way: FirstWay }
  | { readonly at: 'safe'; readonly page: SafePage }
  | { readonly at: 'carry'; readonly way: CarryWay }
  /** The recovery words, and where one came from. */
  | { readonly at: 'words'; readonly from: 'messages' | 'settings' }
  | { readonly at: 'settings' }
  | { readonly at: 'learn' };

const WAYS: readonly MeetWay[] = ['show', 'beside', 'scan', 'link'];
const FIRST_WAYS: readonly FirstWay[] = ['words', 'link', 'restore'];
const CHECK_WAYS: readonly CheckWay[] = ['show', 'scan', 'digits'];
const CARRY_WAYS: readonly CarryWay[] = ['file', 'show', 'scan'];
const SAFE_PAGES: readonly SafePage[] = ['lock', 'pressure', 'erase', 'devices', 'link', 'backup', 'restore'];
const ACCOUNT = /^[0-9a-f]{64}$/;
const MESSAGE = /^[0-9a-f]{32}$/;
/** No invitation is longer; chosen here with room, the messenger has the last word. */
const INVITATION_LENGTH_MAX = 2000;

export function parseRoute(hash: string): Route {
  const [first = '', second = '', third = '', fourth = ''] = hash.replace(/^#?\/?/, '').split('/');
  switch (first) {
    case 'with':
      if (!ACCOUNT.test(second)) return { at: 'messages' };
      if (third === 'about' || third === 'beside' || third === 'introduce') return { at: third, account: second };
      if (third === 'check') return { at: 'check', account: second, way: CHECK_WAYS.find((known) => known === fourth) ?? 'show' };
      return { at: 'conversation', account: second, message: third === 'message' && MESSAGE.test(fourth) ? fourth : undefined };
    case 'meet': {
      if (second === '') return { at: 'meet', way: 'show' };
      const way = WAYS.find((known) => known === second);
      if (way !== undefined) return { at: 'meet', way };
      return second.length > INVITATION_LENGTH_MAX ? { at: 'meet', way: 'link' } : { at: 'invitation', text: second };
    }
    case 'around':
      return { at: 'around' };
    case 'first': {
      const way = FIRST_WAYS.find((known) => known === second);
      return way === undefined ? { at: 'messages' } : { at: 'first', way };
    }
    case 'words':
      return { at: 'words', from: 'messages' };
    case 'settings': {
      if (second === 'words') return { at: 'words', from: 'settings' };
      if (second === 'carry') return { at: 'carry', way: CARRY_WAYS.find((known) => known === third) ?? 'file' };
      const page = SAFE_PAGES.find((known) => known === second);
      if (page !== undefined) return { at: 'safe', page };
      return second === 'learn' ? { at: 'learn' } : { at: 'settings' };
    }
    default:
      return { at: 'messages' };
  }
}

export function hashOf(route: Route): string {
  switch (route.at) {
    case 'messages':
      return '#/';
    case 'conversation':
      return route.message === undefined ? `#/with/${route.account}` : `#/with/${route.account}/message/${route.message}`;
    case 'about':
    case 'beside':
    case 'introduce':
      return `#/with/${route.account}/${route.at}`;
    case 'check':
      return `#/with/${route.account}/check/${route.way}`;
    case 'meet':
      return route.way === 'show' ? '#/meet' : `#/meet/${route.way}`;
    case 'invitation':
      return `#/meet/${route.text}`;
    case 'around':
      return '#/around';
    case 'first':
      return `#/first/${route.way}`;
    case 'words':
      return route.from === 'settings' ? '#/settings/words' : '#/words';
    case 'safe':
      return `#/settings/${route.page}`;
    case 'carry':
      return route.way === 'file' ? '#/settings/carry' : `#/settings/carry/${route.way}`;
    case 'settings':
      return '#/settings';
    case 'learn':
      return '#/settings/learn';
  }
}

/** The invitation in what somebody scanned or pasted: the end of a link, or the bare text. */
export function invitationIn(pasted: string): string {
  const text = pasted.trim();
  const mark = text.lastIndexOf('#/meet/');
  return (mark < 0 ? text : text.slice(mark + '#/meet/'.length)).slice(0, INVITATION_LENGTH_MAX);
}
