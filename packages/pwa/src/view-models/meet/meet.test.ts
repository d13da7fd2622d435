import { expect, test } from 'vitest';
import type { InvitationRefusal } from '../ports.ts';
import { accountOf } from '../testing/fake-messenger.ts';
import { NOW_MS, openedApp, settle } from '../testing/opened-app.ts';

test('a code stands until it is used, and the next person gets another', async () => {
  const { app, messenger } = await openedApp(undefined, '#/meet');
  await app.meet.show();
  const first = app.meet.link.value;
  expect(first).toMatch(/^https:\/\/kith\.example\/#\/meet\/[A-Za-z0-9_-]+$/);
  await app.meet.show();
  expect(app.meet.link.value).toBe(first);
  messenger.meet('Elif');
  await settle();
  expect(app.meet.outcome.value).toEqual({ kind: 'met', account: accountOf('Elif'), name: 'Elif' });
  app.meet.again();
  await app.meet.show();
  expect(app.meet.link.value).not.toBe(first);
});

test('what was sent is taken back, and another link stands in its place', async () => {
  const { app, messenger } = await openedApp(undefined, '#/meet/link');
  await app.meet.show();
  await app.meet.makeAnother();
  const before = app.meet.link.value;
  await settle();
  expect(app.meet.open.value).toBe(2);
  await app.meet.revoke();
  await settle();
  expect(messenger.openInvitations).toBe(1);
  expect(app.meet.open.value).toBe(1);
  expect(app.meet.wasRevoked.value).toBe(true);
  expect(app.meet.link.value).not.toBe(before);
});

test('what could not be taken back is not said to be', async () => {
  const { app, messenger } = await openedApp(undefined, '#/meet/link');
  await app.meet.show();
  const before = app.meet.link.value;
  messenger.nextRevoke = { kind: 'not-saved', why: 'full' };
  await app.meet.revoke();
  await settle();
  expect(app.meet.wasRevoked.value).toBe(false);
  expect(app.meet.inviteTrouble.value).toBeDefined();
  expect(app.meet.link.value).toBe(before);
});

test('a code that is about to run out is made anew', async () => {
  const { app, device } = await openedApp(undefined, '#/meet');
  await app.meet.show();
  const first = app.meet.link.value;
  device.nowMs.value = NOW_MS + 86_400_000 - 60_000;
  await app.meet.show();
  expect(app.meet.link.value).not.toBe(first);
});

test('a link that was opened leaves the address at once and waits for a yes', async () => {
  const { app, messenger, went } = await openedApp(undefined, '#/meet/SecretInvitationText_-0123456789');
  expect(went).toEqual(['#/meet/link']);
  expect(messenger.accepted).toEqual([]);
  expect(app.meet.pasted.value).toBe('SecretInvitationText_-0123456789');
  await app.meet.acceptPasted();
  expect(messenger.accepted).toEqual(['SecretInvitationText_-0123456789']);
  expect(app.meet.outcome.value?.kind).toBe('taken-up');
  expect(app.meet.pasted.value).toBe('');
});

test('each refusal says what happened and what to do, and keeps what was pasted', async () => {
  const refusals: readonly (readonly [InvitationRefusal, RegExp])[] = [
    [{ kind: 'not-an-invitation' }, /not a code or link of Kith/],
    [{ kind: 'newer-version' }, /newer Kith/],
    [{ kind: 'expired', expiredAtMs: NOW_MS - 3_600_000 }, /ran out today at 09:13/],
    [{ kind: 'own' }, /your own code/],
    [{ kind: 'links-devices' }, /links devices of one person/],
    [{ kind: 'already-known', account: accountOf('Ann') }, /already met Ann/],
    [{ kind: 'not-awaited' }, /no longer stands on this phone/],
    [{ kind: 'not-for-me' }, /that is not you/],
    [{ kind: 'needs-two-codes', account: accountOf('Ann') }, /One code is not enough/],
    [{ kind: 'not-saved', why: 'full' }, /phone is full/],
  ];
  const { app, messenger } = await openedApp((fake) => void fake.meet('Ann'), '#/meet/link');
  for (const [refusal, words] of refusals) {
    messenger.nextAccept = refusal;
    app.meet.paste('something');
    await app.meet.acceptPasted();
    expect(app.meet.outcome.value).toMatchObject({ kind: 'refused', why: expect.stringMatching(words) });
    expect(app.meet.pasted.value).toBe('something');
  }
});

test('the camera asks about a code once, however long it is held up, and goes on looking past others', async () => {
  const { app, messenger, device } = await openedApp(undefined, '#/meet/scan');
  await app.meet.scan.start({});
  expect(app.meet.scan.state.value.kind).toBe('looking');
  device.see('https://shop.example/');
  expect(app.meet.scan.said.value).toContain('not one of Kith');
  messenger.nextAccept = { kind: 'own' };
  const code = 'https://kith.example/#/meet/SecretInvitationText_-0123456789';
  for (let i = 0; i < 5; i += 1) {
    device.see(code);
    await settle();
  }
  expect(messenger.accepted).toHaveLength(1);
});

test('a camera that is in use says so, and a picture of the code still works', async () => {
  const { app, messenger } = await openedApp(undefined, '#/meet/scan', { camera: 'in-use', picture: 'SecretInvitationText_-0123456789' });
  await app.meet.scan.start({});
  expect(app.meet.scan.state.value).toEqual({ kind: 'trouble', trouble: 'in-use' });
  await app.meet.scan.readPicture({});
  expect(messenger.accepted).toEqual(['SecretInvitationText_-0123456789']);
  // Anybody may have sent the picture.
  expect(messenger.acceptedHow).toEqual(['link']);
});

test('only what the camera saw counts as scanned: a link may come from anybody', async () => {
  const { app, messenger, device } = await openedApp(undefined, '#/meet/scan');
  await app.meet.scan.start({});
  device.see('SecretInvitationText_-0123456789');
  await settle();
  app.meet.again();
  app.meet.paste('SecretInvitationText_-9876543210');
  await app.meet.acceptPasted();
  expect(messenger.acceptedHow).toEqual(['scanned', 'link']);
});

test('whoever leaves while theirs is taken up finds "Meet" as it begins', async () => {
  const { app, messenger } = await openedApp(undefined, '#/meet/link');
  app.meet.paste('SecretInvitationText_-0123456789');
  const taking = app.meet.acceptPasted();
  app.moved('#/messages');
  await taking;
  expect(messenger.accepted).toHaveLength(1);
  app.moved('#/meet/link');
  expect(app.meet.outcome.value).toBeUndefined();
  expect(app.meet.pasted.value).toBe('');
});

test('somebody met while one looks elsewhere is not announced later as news', async () => {
  const { app, messenger } = await openedApp();
  messenger.meet('Elif');
  await settle();
  app.moved('#/meet');
  expect(app.meet.outcome.value).toBeUndefined();
});
