/** Where in the app somebody is, as the part of the address after `#`. Total: anything unknown leads to the messages. */
import type { AccountId, MessageId } from './ports.ts';

export type MeetWay = 'show' | 'scan' | 'link';

export type Route =
  | { readonly at: 'messages' }
  | { readonly at: 'conversation'; readonly account: AccountId; readonly message: MessageId | undefined }
  | { readonly at: 'about'; readonly account: AccountId }
  | { readonly at: 'meet'; readonly way: MeetWay }
  /** An invitation opened as a link. It is taken out of the address as soon as it was read. */
  | { readonly at: 'invitation'; readonly text: string }
  | { readonly at: 'around' }
  | { readonly at: 'settings' }
  | { readonly at: 'learn' };

const WAYS: readonly MeetWay[] = ['show', 'scan', 'link'];
const ACCOUNT = /^[0-9a-f]{64}$/;
const MESSAGE = /^[0-9a-f]{32}$/;
/** No invitation is longer; chosen here with room, the messenger has the last word. */
const INVITATION_LENGTH_MAX = 2000;

export function parseRoute(hash: string): Route {
  const [first = '', second = '', third = '', fourth = ''] = hash.replace(/^#?\/?/, '').split('/');
  switch (first) {
    case 'with':
      if (!ACCOUNT.test(second)) return { at: 'messages' };
      if (third === 'about') return { at: 'about', account: second };
      return { at: 'conversation', account: second, message: third === 'message' && MESSAGE.test(fourth) ? fourth : undefined };
    case 'meet': {
      if (second === '') return { at: 'meet', way: 'show' };
      const way = WAYS.find((known) => known === second);
      if (way !== undefined) return { at: 'meet', way };
      return second.length > INVITATION_LENGTH_MAX ? { at: 'meet', way: 'link' } : { at: 'invitation', text: second };
    }
    case 'around':
      return { at: 'around' };
    case 'settings':
      return second === 'learn' ? { at: 'learn' } : { at: 'settings' };
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
      return `#/with/${route.account}/about`;
    case 'meet':
      return route.way === 'show' ? '#/meet' : `#/meet/${route.way}`;
    case 'invitation':
      return `#/meet/${route.text}`;
    case 'around':
      return '#/around';
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
