import { expect, test } from 'vitest';
import { en } from '../../locales/en.ts';
import type { DeliveryState, Message } from '../ports.ts';
import { MINUTE_MS, Times } from '../times.ts';
import { arrange, firstUnreadOf } from './timeline.ts';

const times = new Times(en, { timeZone: 'UTC' });
const NOW_MS = Date.UTC(2026, 10, 20, 10, 13);
const EIGHT = Date.UTC(2026, 10, 20, 8, 0);

function said(text: string, sentAtMs: number, state?: DeliveryState): Message {
  const mine = state !== undefined;
  return { id: text, conversation: 'x', mine, text, sentAtMs, state, expiresAtMs: sentAtMs + 1, fromRemovedDevice: false };
}

const read: DeliveryState = { kind: 'read', atMs: NOW_MS };
const carried = (carriers: number): DeliveryState => ({ kind: 'carried', carriers });

/** One letter a thing: `|` a day, `!` the unread line, a text, `>` before one that begins a run, `.` after one that says its state. */
function drawn(messages: readonly Message[], firstUnread?: string): string {
  return arrange(messages, firstUnread, NOW_MS, times)
    .map((item) =>
      item.kind === 'day' ? '|' : item.kind === 'unread' ? '!' : `${item.starts ? '>' : ''}${item.key}${item.saysState ? '.' : ''}`,
    )
    .join(' ');
}

test('a run is one writer within five minutes', () => {
  expect(drawn([said('a', EIGHT), said('b', EIGHT + 5 * MINUTE_MS), said('c', EIGHT + 11 * MINUTE_MS)])).toBe('| >a b >c');
});

test('each day begins with its name, also inside what would be a run', () => {
  const midnight = Date.UTC(2026, 10, 20);
  expect(drawn([said('a', midnight - MINUTE_MS), said('b', midnight + MINUTE_MS)])).toBe('| >a | >b');
});

test('read is said under the last of mine only', () => {
  expect(drawn([said('a', EIGHT, read), said('b', EIGHT + 20 * MINUTE_MS, read), said('c', EIGHT + 21 * MINUTE_MS)])).toBe('| >a >b. >c');
});

test('what is on its way is said once a run, and where it differs inside one', () => {
  expect(drawn([said('a', EIGHT, carried(3)), said('b', EIGHT + MINUTE_MS, carried(3))])).toBe('| >a b.');
  expect(drawn([said('a', EIGHT, carried(3)), said('b', EIGHT + MINUTE_MS, { kind: 'waiting' })])).toBe('| >a. b.');
  expect(drawn([said('a', EIGHT, { kind: 'expired' }), said('b', EIGHT + 20 * MINUTE_MS, read)])).toBe('| >a. >b.');
});

test('the unread line stands above the first that was new', () => {
  const messages = [said('a', EIGHT), said('b', EIGHT, read), said('c', EIGHT), said('d', EIGHT)];
  expect(firstUnreadOf(messages, 2)).toBe('c');
  expect(firstUnreadOf(messages, 0)).toBeUndefined();
  expect(firstUnreadOf(messages, 9)).toBeUndefined();
  expect(drawn(messages, 'c')).toBe('| >a >b. ! >c d');
});
