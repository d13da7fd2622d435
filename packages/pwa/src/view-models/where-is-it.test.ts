import { expect, test } from 'vitest';
import { en } from '../locales/en.ts';
import type { DeliveryState, Message, Whereabouts } from './ports.ts';
import { accountOf, type FakeMessenger } from './testing/fake-messenger.ts';
import { NOW_MS, openedApp, settle } from './testing/opened-app.ts';
import { Times } from './times.ts';
import { type WhereIsItView, whereIsIt } from './where-is-it.ts';
import { WhereaboutsViewModel } from './whereabouts.ts';

interface Arranged {
  readonly messenger: FakeMessenger;
  readonly message: Message;
  readonly where: WhereaboutsViewModel;
  view(): WhereIsItView | undefined;
}

async function arranged(state: DeliveryState, known: Partial<Whereabouts> = {}): Promise<Arranged> {
  let message: Message | undefined;
  const { app, messenger } = await openedApp((fake) => {
    fake.meet('Aiko', 'carried', NOW_MS - 60_000);
    message = fake.put(accountOf('Aiko'), true, 'socks', NOW_MS - 3_600_000, state);
    fake.placeCarriers(message, known);
  });
  const contact = app.overview.value?.contacts[0];
  if (message === undefined || contact === undefined) throw new Error('the story is not told');
  const asked = message;
  const where = new WhereaboutsViewModel(messenger, asked.id);
  const times = new Times(en, { timeZone: 'UTC' });
  const view = (): WhereIsItView | undefined =>
    whereIsIt({ message: asked, contact, letter: 'A', known: where.known.value, nowMs: NOW_MS, words: en, times });
  await settle();
  return { messenger, message: asked, where, view };
}

test('carried: who took copies, how many of them are near, and nothing about the way beyond', async () => {
  const { view } = await arranged({ kind: 'carried', carriers: 4 }, { carriers: { relays: 1, contacts: 2, strangers: 1 }, near: 1 });
  expect(view()).toMatchObject({
    fact: 'On its way to Aiko.',
    rest: '4 devices are known to carry a sealed copy; 1 of them is near now.',
    isUnseen: true,
    canBeCarried: true,
  });
  expect(view()?.carriers.map(({ who, count, title }) => [who, count, title])).toEqual([
    ['relays', 1, 'A relay'],
    ['contacts', 2, '2 devices you know'],
    ['strangers', 1, 'A phone you have not met'],
  ]);
  expect(view()?.drawn).toEqual({ kind: 'carried', carriers: 4 });
  expect(view()?.left).toMatchObject({ words: '13 days left.', until: 'Carriers keep it until Friday 4 December.', days: 13, ofDays: 14 });
  expect(view()?.them.note).toBe('Not yet. Last heard today at 10:12.');
});

test('carried by devices of which no more is known: their number alone', async () => {
  const { view } = await arranged({ kind: 'carried', carriers: 3 }, { carriers: { relays: 0, contacts: 0, strangers: 0 }, near: 3 });
  expect(view()?.carriers).toMatchObject([{ who: 'devices', count: 3, title: '3 devices' }]);
  expect(view()?.rest).toBe('3 devices are known to carry a sealed copy.');
});

test('waiting: it says that it waits while Kith is closed', async () => {
  const { view } = await arranged({ kind: 'waiting' });
  expect(view()?.carriers).toEqual([]);
  expect(view()?.unseenNote).toContain('While Kith is closed, messages wait.');
  expect(view()?.written).toContain('Kept until it has arrived.');
});

test('no longer kept here: the sheet does not promise it', async () => {
  const { view } = await arranged({ kind: 'carried', carriers: 1 }, { isHere: false });
  expect(view()?.written).toBe('Written today at 09:13. It is no longer handed out from here.');
});

test('delivered to some of their devices: how many of how many', async () => {
  const { view } = await arranged({ kind: 'delivered', atMs: NOW_MS }, { devices: { reached: 1, all: 3 } });
  expect(view()?.rest).toBe('It is on 1 of their 3 devices; the others get it, too.');
});

test('read: nothing is left to wait for', async () => {
  const { view } = await arranged({ kind: 'read', atMs: NOW_MS });
  expect(view()).toMatchObject({ isUnseen: false, left: undefined, canSendAgain: false, canBeCarried: false, carriers: [], rest: '' });
  expect(view()?.them.note).toBe('Read today at 10:13');
});

test('expired: the copy is here and can be sent again', async () => {
  const { view } = await arranged({ kind: 'expired' });
  expect(view()).toMatchObject({ fact: 'Not delivered in time.', canSendAgain: true, left: undefined });
});

test('what changes while the sheet is open is asked for again, and no more once it is closed', async () => {
  const { messenger, message, where, view } = await arranged({ kind: 'waiting' });
  messenger.place(message, { kind: 'delivered', atMs: NOW_MS });
  await settle();
  expect(view()?.fact).toBe('Aiko has it.');
  where.close();
  const asked = messenger.whereAsked;
  messenger.place(message, { kind: 'read', atMs: NOW_MS });
  await settle();
  expect(messenger.whereAsked).toBe(asked);
});

test('until it is answered, the sheet says what the conversation knows', async () => {
  const { message } = await arranged({ kind: 'carried', carriers: 2 });
  const { app } = await openedApp((fake) => void fake.meet('Aiko'));
  const contact = app.overview.value?.contacts[0];
  if (contact === undefined) throw new Error('the story is not told');
  const times = new Times(en, { timeZone: 'UTC' });
  const view = whereIsIt({ message, contact, letter: 'A', known: undefined, nowMs: NOW_MS, words: en, times });
  expect(view?.rest).toBe('2 devices are known to carry a sealed copy.');
});
