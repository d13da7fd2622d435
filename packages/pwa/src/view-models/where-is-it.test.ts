import { expect, test } from 'vitest';
import { en } from '../locales/en.ts';
import type { DeliveryState, Message } from './ports.ts';
import { accountOf } from './testing/fake-messenger.ts';
import { NOW_MS, openedApp } from './testing/opened-app.ts';
import { Times } from './times.ts';
import { type WhereIsItView, whereIsIt } from './where-is-it.ts';

async function whereWith(state: DeliveryState): Promise<WhereIsItView | undefined> {
  let message: Message | undefined;
  const { app } = await openedApp((messenger) => {
    messenger.meet('Aiko', 'carried', NOW_MS - 60_000);
    message = messenger.put(accountOf('Aiko'), true, 'socks', NOW_MS - 3_600_000, state);
  });
  const contact = app.overview.value?.contacts[0];
  if (message === undefined || contact === undefined) throw new Error('the story is not told');
  return whereIsIt(message, contact, 'A', NOW_MS, en, new Times(en, { timeZone: 'UTC' }));
}

test('carried: how many took a copy, and nothing about the way beyond', async () => {
  const view = await whereWith({ kind: 'carried', carriers: 3 });
  expect(view).toMatchObject({ fact: 'On its way to Aiko.', rest: '3 devices carry a sealed copy.', isUnseen: true });
  expect(view?.copies?.count).toBe(3);
  expect(view?.left).toMatchObject({ words: '13 days left.', until: 'Carriers keep it until Friday 4 December.', days: 13, ofDays: 14 });
  expect(view?.them.note).toBe('Not yet. Last heard today at 10:12.');
});

test('waiting: it says that it waits while Kith is closed', async () => {
  const view = await whereWith({ kind: 'waiting' });
  expect(view?.copies).toBeUndefined();
  expect(view?.unseenNote).toContain('While Kith is closed, messages wait.');
});

test('read: nothing is left to wait for', async () => {
  const view = await whereWith({ kind: 'read', atMs: NOW_MS });
  expect(view).toMatchObject({ isUnseen: false, left: undefined, canSendAgain: false });
  expect(view?.them.note).toBe('Read today at 10:13');
});

test('expired: the copy is here and can be sent again', async () => {
  expect(await whereWith({ kind: 'expired' })).toMatchObject({ fact: 'Not delivered in time.', canSendAgain: true, left: undefined });
});
