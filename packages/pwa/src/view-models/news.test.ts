import { expect, test } from 'vitest';
import { hashOf } from './route.ts';
import { accountOf, type FakeMessenger } from './testing/fake-messenger.ts';
import { NOW_MS, openedApp, settle } from './testing/opened-app.ts';

const ANN = accountOf('Ann');

async function opened(prepare: (messenger: FakeMessenger) => void) {
  const { app, messenger } = await openedApp(
    (fake) => {
      fake.meet('Ann');
      prepare(fake);
    },
    hashOf({ at: 'conversation', account: ANN, message: undefined }),
  );
  await settle();
  return { messenger, conversation: app.conversation.value };
}

test('one more device is a quiet note that goes when it was seen', async () => {
  const { conversation, messenger } = await opened((fake) => fake.about(ANN, { devices: 2, news: { kind: 'new-device', atMs: NOW_MS } }));
  expect(conversation?.news.value).toMatchObject({ tone: 'quiet', title: 'Ann uses one more device', blocks: false });
  await messenger.newsSeen(ANN);
  await settle();
  expect(conversation?.news.value).toBeUndefined();
});

test('an account taken over by its words is said in amber, and blocks nothing', async () => {
  const { conversation } = await opened((fake) => fake.about(ANN, { news: { kind: 'root-rotated', atMs: NOW_MS } }));
  expect(conversation?.news.value).toMatchObject({ tone: 'amber', blocks: false });
});

test('unknown keys block until they are made sure of: looking is not enough, and what was typed stays', async () => {
  const { conversation, messenger } = await opened((fake) => fake.about(ANN, { news: { kind: 'root-unknown', atMs: NOW_MS } }));
  expect(conversation?.news.value).toMatchObject({ tone: 'alarm', blocks: true });
  conversation?.composer.type('the key is under the stone');
  await conversation?.composer.submit();
  expect(conversation?.composer.text.value).toBe('the key is under the stone');
  expect(conversation?.composer.trouble.value).toContain('Nothing is sent to Ann');
  await messenger.newsSeen(ANN);
  await settle();
  expect(conversation?.news.value?.blocks).toBe(true);
  await messenger.setVerified(ANN, true);
  await settle();
  expect(conversation?.news.value).toBeUndefined();
});
