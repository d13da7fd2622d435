import { expect, test } from 'vitest';
import { AutoLock } from './auto-lock.ts';
import type { LockState } from './ports.ts';
import { fakeDevice } from './testing/fake-device.ts';
import { FakeLock } from './testing/fake-lock.ts';
import { NOW_MS, openedApp, settle } from './testing/opened-app.ts';
import { MINUTE_MS } from './times.ts';

const SET: LockState = { kind: 'open', methods: { passphrase: true, finger: false, words: true }, openedBy: 'passphrase' };

test('nobody touches it for as long as was chosen, and it locks; a touch begins anew', async () => {
  const device = fakeDevice({ nowMs: NOW_MS });
  const lock = new FakeLock(SET);
  const auto = new AutoLock(lock, device);
  expect(auto.afterMinutes.value).toBe(5);
  device.nowMs.value = NOW_MS + 4 * MINUTE_MS;
  device.usedMs = NOW_MS + 3 * MINUTE_MS;
  device.nowMs.value = NOW_MS + 7 * MINUTE_MS;
  await settle();
  expect(lock.locks).toBe(0);
  device.nowMs.value = NOW_MS + 8 * MINUTE_MS;
  device.nowMs.value = NOW_MS + 9 * MINUTE_MS;
  await settle();
  expect(lock.locks).toBe(1);
});

test('"never" never locks, and is remembered', async () => {
  const device = fakeDevice({ nowMs: NOW_MS });
  const lock = new FakeLock(SET);
  new AutoLock(lock, device).choose(0);
  device.nowMs.value = NOW_MS + 1000 * MINUTE_MS;
  await settle();
  expect(lock.locks).toBe(0);
  expect(new AutoLock(lock, device).afterMinutes.value).toBe(0);
});

test('without an app lock there is nothing to lock', async () => {
  const device = fakeDevice({ nowMs: NOW_MS });
  const lock = new FakeLock();
  const auto = new AutoLock(lock, device);
  device.nowMs.value = NOW_MS + 1000 * MINUTE_MS;
  await settle();
  expect(lock.locks).toBe(0);
  auto.close();
});

test('with an app lock no draft lies on the disk, not even one from before', async () => {
  const { app, device, lock, messenger } = await openedApp((fake) => void fake.meet('Ann'));
  const account = messenger.meet('Bo');
  app.go({ at: 'conversation', account, message: undefined });
  await settle();
  app.conversation.value?.composer.type('half a thought');
  const onDisk = (): string => JSON.stringify([...device.kept]);
  expect(onDisk()).toContain('half a thought');
  await lock.setPassphrase('correct horse');
  expect(onDisk()).not.toContain('half a thought');
  expect(onDisk()).not.toContain(account);
  app.conversation.value?.composer.type('half a thought more');
  app.go({ at: 'messages' });
  app.go({ at: 'conversation', account, message: undefined });
  expect(app.conversation.value?.composer.text.value).toBe('half a thought more');
  expect(onDisk()).not.toContain('thought');
});

test('whoever came in by the words stands before the lock, to make a new one', async () => {
  const { app, lock } = await openedApp();
  lock.state.value = { ...SET, openedBy: 'words' };
  await app.start('#/');
  expect(app.route.value).toEqual({ at: 'safe', page: 'lock' });
});
