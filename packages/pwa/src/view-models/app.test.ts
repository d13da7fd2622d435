import { expect, test } from 'vitest';
import { hashOf } from './route.ts';
import { accountOf } from './testing/fake-messenger.ts';
import { openedApp, settle } from './testing/opened-app.ts';

const ANN = accountOf('Ann');

test('the first run asks for a name and then shows the words to write down', async () => {
  const { app, went } = await openedApp((messenger) => {
    messenger.profile = undefined;
  });
  expect(app.phase.value).toBe('first-run');
  await app.firstRun.begin();
  expect(app.firstRun.trouble.value).toContain('A name is needed');
  app.firstRun.type('Mira');
  expect(app.firstRun.trouble.value).toBeUndefined();
  await app.firstRun.begin();
  await settle();
  expect(app.phase.value).toBe('ready');
  expect(went).toEqual(['#/words']);
});

test('what a contact wrote is not told as read while one looks at who they are', async () => {
  const { app, messenger } = await openedApp(
    (fake) => {
      fake.meet('Ann');
      fake.put(ANN, false, 'hello');
    },
    hashOf({ at: 'about', account: ANN }),
  );
  await settle();
  expect(messenger.readMarks).toEqual([]);
  app.moved(hashOf({ at: 'conversation', account: ANN, message: undefined }));
  await settle();
  expect(messenger.readMarks).toEqual([ANN]);
});

test('an invitation opened before there is a name waits for it', async () => {
  const { app } = await openedApp((messenger) => {
    messenger.profile = undefined;
  }, '#/meet/SecretInvitationText_-0123456789');
  expect(app.phase.value).toBe('first-run');
  expect(app.meet.isInvited.value).toBe(true);
  app.firstRun.type('Mira');
  await app.firstRun.begin();
  await settle();
  expect(app.route.value).toEqual({ at: 'meet', way: 'link' });
});

test('a conversation opened by its address stands once the profile is there', async () => {
  const { app } = await openedApp(
    (messenger) => void messenger.meet('Ann'),
    hashOf({ at: 'conversation', account: ANN, message: undefined }),
  );
  expect(app.conversation.value?.account).toBe(ANN);
});

test('a note rings only for something new, while nobody looks, and says no more than the name', async () => {
  const { app, messenger, device } = await openedApp((fake) => void fake.meet('Ann'), '#/', { permission: 'granted' });
  messenger.put(ANN, false, 'seen at once');
  expect(device.rung).toEqual([]);
  device.isVisible.value = false;
  messenger.put(ANN, true, 'my own');
  expect(device.rung).toEqual([]);
  messenger.put(ANN, false, 'the secret');
  expect(device.rung).toEqual([{ title: 'Ann', body: 'Ann has written to you', about: ANN }]);
  app.settings.setTellsWords(true);
  messenger.put(ANN, false, 'the secret');
  expect(device.rung[1]?.body).toBe('the secret');
});

test('the browser is asked about notes only after the person said yes', async () => {
  const { app, messenger, device } = await openedApp();
  expect(app.settings.offersToTell.value).toBe(false);
  messenger.meet('Ann');
  messenger.put(ANN, false, 'hello');
  await settle();
  expect(app.settings.offersToTell.value).toBe(true);
  expect(device.permission.value).toBe('not-asked');
  await app.settings.setTells(true);
  expect(device.permission.value).toBe('granted');
  expect(app.settings.offersToTell.value).toBe(false);
});

test('"not now" is asked once', async () => {
  const first = await openedApp((messenger) => {
    messenger.meet('Ann');
    messenger.put(ANN, false, 'hello');
  });
  first.app.settings.notNow();
  expect(first.app.settings.offersToTell.value).toBe(false);
  expect(first.device.kept.get('bell.asked')).toBe('yes');
});

test('a mistake of the node ends in a page that says so, and a full phone in a line that can be closed', async () => {
  const { app, messenger } = await openedApp();
  messenger.say({ kind: 'not-saved', why: 'full' });
  expect(app.notSaved.value).toBe('full');
  messenger.say({ kind: 'stopped', why: 'an assertion' });
  expect(app.phase.value).toBe('stopped');
});

test('many changes at once are read in two readings, and the last one counts', async () => {
  const { app, messenger } = await openedApp((fake) => void fake.meet('Ann'));
  let readings = 0;
  const overview = messenger.overview.bind(messenger);
  messenger.overview = () => {
    readings += 1;
    return overview();
  };
  for (let i = 0; i < 50; i += 1) messenger.put(ANN, false, String(i));
  await settle();
  expect(readings).toBe(2);
  expect(app.overview.value?.contacts[0]?.unread).toBe(50);
});

test('somebody whose name is still on its way is shown all the same', async () => {
  const { app } = await openedApp((messenger) => void messenger.meet(''));
  expect(app.home.view.value?.rows[0]?.name).toBe('Somebody new');
});

test('the window is called after the screen, with how much is new', async () => {
  const { app, messenger } = await openedApp((fake) => void fake.meet('Ann'));
  expect(app.title.value).toBe('Messages – Kith');
  messenger.put(ANN, false, 'hello');
  await settle();
  expect(app.title.value).toBe('(1) Messages – Kith');
  app.moved(hashOf({ at: 'conversation', account: ANN, message: undefined }));
  await settle();
  expect(app.title.value).toBe('Ann – Kith');
});
