import { expect, test } from 'vitest';
import type { Message } from '../ports.ts';
import { hashOf } from '../route.ts';
import { accountOf } from '../testing/fake-messenger.ts';
import { openedApp, settle } from '../testing/opened-app.ts';
import type { ConversationViewModel } from './conversation.ts';

const ANN = accountOf('Ann');
const WITH_ANN = hashOf({ at: 'conversation', account: ANN, message: undefined });

function texts(conversation: ConversationViewModel | undefined): readonly string[] {
  return conversation?.messages.value.map((message) => message.text) ?? [];
}

test('a conversation opens at its newest and reads earlier pages when asked', async () => {
  const { app } = await openedApp((messenger) => {
    messenger.meet('Ann');
    for (let i = 0; i < 120; i += 1) messenger.put(ANN, true, String(i));
  }, WITH_ANN);
  await settle();
  const conversation = app.conversation.value;
  expect(texts(conversation)).toEqual(Array.from({ length: 50 }, (_, i) => String(70 + i)));
  await conversation?.loadEarlier();
  await conversation?.loadEarlier();
  expect(texts(conversation)).toEqual(Array.from({ length: 120 }, (_, i) => String(i)));
  expect(conversation?.hasEarlier.value).toBe(false);
});

test('what arrives while the page is being read is neither lost nor shown twice', async () => {
  const { app, messenger } = await openedApp((fake) => {
    fake.meet('Ann');
    fake.put(ANN, false, 'before', fake.nowMs - 1);
  });
  app.moved(WITH_ANN);
  const during = messenger.put(ANN, true, 'during');
  messenger.place(during, { kind: 'delivered', atMs: 1 });
  await settle();
  expect(texts(app.conversation.value)).toEqual(['before', 'during']);
  expect(app.conversation.value?.messages.value.at(-1)?.state).toEqual({ kind: 'delivered', atMs: 1 });
});

test('what was carried stands where it was written, in whatever order it came', async () => {
  const { app, messenger } = await openedApp((fake) => {
    fake.meet('Ann');
  }, WITH_ANN);
  await settle();
  for (const at of [30, 10, 40, 20]) messenger.put(ANN, false, String(at), messenger.nowMs + at);
  messenger.put(ANN, true, '25', messenger.nowMs + 25);
  expect(texts(app.conversation.value)).toEqual(['10', '20', '25', '30', '40']);
});

test('it is told as read only while somebody can see it', async () => {
  const { app, messenger, device } = await openedApp((fake) => {
    fake.meet('Ann');
    fake.put(ANN, false, 'hello');
  });
  device.isVisible.value = false;
  app.moved(WITH_ANN);
  await settle();
  expect(messenger.readMarks).toEqual([]);
  device.isVisible.value = true;
  await settle();
  expect(messenger.readMarks).toEqual([ANN]);
  messenger.put(ANN, false, 'again');
  await settle();
  expect(messenger.readMarks).toEqual([ANN, ANN]);
});

test('the line above what is new stays where it was when the conversation was opened', async () => {
  const { app, messenger } = await openedApp((fake) => {
    fake.meet('Ann');
    fake.put(ANN, false, 'old', undefined, undefined, false);
    fake.put(ANN, false, 'new');
  }, WITH_ANN);
  await settle();
  messenger.put(ANN, false, 'newer');
  await settle();
  const kinds = app.conversation.value?.items.value.map((item) => (item.kind === 'slip' ? item.message.text : item.kind));
  expect(kinds).toEqual(['day', 'old', 'unread', 'new', 'newer']);
});

test('where my last message is is told once a place, not once a carrier', async () => {
  const { app, messenger } = await openedApp((fake) => void fake.meet('Ann'), WITH_ANN);
  await settle();
  const told: string[] = [];
  app.conversation.value?.announcedState.subscribe((words) => void told.push(words));
  const message = messenger.put(ANN, true, 'hello') as Message;
  messenger.place(message, { kind: 'carried', carriers: 1 });
  messenger.place(message, { kind: 'carried', carriers: 2 });
  messenger.place(message, { kind: 'delivered', atMs: 1 });
  messenger.place(message, { kind: 'read', atMs: 2 });
  expect(told).toEqual(['', 'Waiting on this phone', 'Carried by 1, until 4 Dec', 'Delivered', 'Read']);
});

test('a sent message empties the field and is shown by what the messenger tells', async () => {
  const { app } = await openedApp((fake) => void fake.meet('Ann'), WITH_ANN);
  await settle();
  const conversation = app.conversation.value;
  conversation?.composer.type('  hello\n');
  await conversation?.composer.submit();
  expect(conversation?.composer.text.value).toBe('');
  expect(texts(conversation)).toEqual(['hello']);
});

test('a message that could not be saved comes back to the field with the reason, before what was typed meanwhile', async () => {
  const { app, messenger, device } = await openedApp((fake) => void fake.meet('Ann'), WITH_ANN);
  await settle();
  const composer = app.conversation.value?.composer;
  composer?.type('first');
  messenger.nextSend = { kind: 'not-saved', why: 'full' };
  const sending = composer?.submit();
  composer?.type('second');
  await sending;
  expect(composer?.text.value).toBe('first\nsecond');
  expect(composer?.trouble.value).toContain('This phone is full.');
  expect([...device.kept.values()]).toContain('first\nsecond');
});

test('a draft survives leaving and a new start', async () => {
  const first = await openedApp((fake) => {
    fake.meet('Ann');
    fake.meet('Bo');
  }, WITH_ANN);
  await settle();
  first.app.conversation.value?.composer.type('half a thought');
  first.app.moved(hashOf({ at: 'conversation', account: accountOf('Bo'), message: undefined }));
  expect(first.app.conversation.value?.composer.text.value).toBe('');
  first.app.moved(WITH_ANN);
  expect(first.app.conversation.value?.composer.text.value).toBe('half a thought');
});

test('room is shown near the limit, and too long a text is not sent', async () => {
  const { app } = await openedApp((fake) => void fake.meet('Ann'), WITH_ANN);
  await settle();
  const conversation = app.conversation.value;
  conversation?.composer.type('ä'.repeat(7000));
  expect(conversation?.composer.room.value).toBeUndefined();
  conversation?.composer.type('ä'.repeat(7900));
  expect(conversation?.composer.room.value).toEqual({ words: 'Room for 200 more letters', isTooLong: false });
  conversation?.composer.type('ä'.repeat(8001));
  expect(conversation?.composer.room.value?.isTooLong).toBe(true);
  await conversation?.composer.submit();
  expect(texts(conversation)).toEqual([]);
});

test('of a flood of messages the newest stay laid out, and what was let go is read again by whoever scrolls up', async () => {
  const { app, messenger } = await openedApp((fake) => {
    fake.meet('Ann');
  }, WITH_ANN);
  await settle();
  const conversation = app.conversation.value;
  for (let i = 0; i < 1000; i += 1) {
    messenger.put(ANN, i % 2 === 0, String(i), messenger.nowMs + i);
    if (i % 100 === 0) await settle();
    expect(conversation?.messages.value.length).toBeLessThan(600);
  }
  await settle();
  const shown = texts(conversation);
  expect(shown).toEqual(Array.from({ length: shown.length }, (_, i) => String(1000 - shown.length + i)));
  expect(shown.length).toBeLessThanOrEqual(400);
  while (conversation?.hasEarlier.value) await conversation.loadEarlier();
  expect(texts(conversation)).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)));
});

test('nothing is let go while somebody reads above', async () => {
  const { app, messenger } = await openedApp((fake) => {
    fake.meet('Ann');
  }, WITH_ANN);
  await settle();
  const conversation = app.conversation.value as ConversationViewModel;
  conversation.isAtFoot.value = false;
  for (let i = 0; i < 500; i += 1) messenger.put(ANN, false, String(i), messenger.nowMs + i);
  await settle();
  expect(texts(conversation)).toHaveLength(500);
});

test('a page above that comes when what stood below it was let go leaves no gap', async () => {
  const { app, messenger } = await openedApp((fake) => {
    fake.meet('Ann');
    for (let i = 0; i < 200; i += 1) fake.put(ANN, true, String(i), fake.nowMs + i);
  }, WITH_ANN);
  await settle();
  const conversation = app.conversation.value as ConversationViewModel;
  for (let i = 200; i < 551; i += 1) messenger.put(ANN, true, String(i), messenger.nowMs + i);
  await conversation.loadEarlier();
  await settle();
  while (conversation.hasEarlier.value) await conversation.loadEarlier();
  expect(texts(conversation)).toEqual(Array.from({ length: 551 }, (_, i) => String(i)));
});

test('news of a message far above brings it back with its page, not alone', async () => {
  const { app, messenger } = await openedApp((fake) => {
    fake.meet('Ann');
  }, WITH_ANN);
  await settle();
  const conversation = app.conversation.value as ConversationViewModel;
  const first = messenger.put(ANN, true, '0', messenger.nowMs);
  for (let i = 1; i < 500; i += 1) messenger.put(ANN, true, String(i), messenger.nowMs + i);
  await settle();
  messenger.place(first, { kind: 'delivered', atMs: 1 });
  expect(texts(conversation)).not.toContain('0');
  while (conversation.hasEarlier.value) await conversation.loadEarlier();
  expect(texts(conversation)).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
  expect(conversation.messages.value[0]?.state).toEqual({ kind: 'delivered', atMs: 1 });
});
