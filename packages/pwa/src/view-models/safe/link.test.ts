import { expect, test } from 'vitest';
import { en } from '../../locales/en.ts';
import { safeEn } from '../../locales/safe/en.ts';
import type { LinkRefusal } from '../ports.ts';
import { NOW_MS, type OpenedApp, openedApp, settle } from '../testing/opened-app.ts';
import { MINUTE_MS } from '../times.ts';
import { NewDeviceViewModel, OldDeviceViewModel } from './link.ts';

function oldSide({ app }: OpenedApp): OldDeviceViewModel {
  return new OldDeviceViewModel({ ...app, words: en, safe: safeEn });
}

async function newSide(): Promise<OpenedApp & { readonly side: NewDeviceViewModel }> {
  const opened = await openedApp((messenger) => {
    messenger.profile = undefined;
  }, '#/first/link');
  return { ...opened, side: new NewDeviceViewModel({ ...opened.app, words: en, safe: safeEn }) };
}

test('a pasted code leads to six digits, and "the same" to what moves and the end', async () => {
  const opened = await openedApp();
  const old = oldSide(opened);
  old.paste(' TGlua2NvZGUtb2YtYS1uZXctZGV2aWNl ');
  await old.takePasted();
  expect(opened.messenger.linked).toEqual(['TGlua2NvZGUtb2YtYS1uZXctZGV2aWNl']);
  expect(old.linking.value?.step).toBe('waiting');
  opened.messenger.linkStep({ side: 'old', step: 'digits', digits: '402917' });
  expect(old.linking.value).toMatchObject({ step: 'digits', digits: '402917' });
  await old.confirm(true);
  expect(opened.messenger.linkAnswers).toEqual([true]);
  expect(old.linking.value).toMatchObject({ step: 'moving', parts: 0 });
  opened.messenger.linkStep({ side: 'old', step: 'done' });
  opened.messenger.linking = undefined;
  opened.messenger.say({ kind: 'overview-changed' });
  await settle();
  expect(old.linking.value?.step).toBe('done');
  old.seen();
  expect(old.linking.value).toBeUndefined();
});

test('a scanned code of the new device is taken; the camera may stay on what was refused', async () => {
  const opened = await openedApp();
  const old = oldSide(opened);
  old.look('scan');
  await old.scan.start({});
  opened.messenger.nextLink = { kind: 'is-an-invitation' };
  opened.device.see('An_invitation_of_somebody_else');
  await settle();
  expect(old.trouble.value).toBe(safeEn.link.refusal['is-an-invitation']);
  opened.device.see('An_invitation_of_somebody_else');
  await settle();
  expect(opened.messenger.linked).toHaveLength(1);
  opened.device.see('TGlua2NvZGUtb2YtYS1uZXctZGV2aWNl');
  await settle();
  expect(old.trouble.value).toBeUndefined();
  expect(old.linking.value?.step).toBe('waiting');
});

test('every refusal of a code has its own sentence', async () => {
  const refusals: readonly LinkRefusal[] = [
    { kind: 'no-profile' },
    { kind: 'not-first-device' },
    { kind: 'not-a-link-code' },
    { kind: 'is-an-invitation' },
    { kind: 'newer-version' },
    { kind: 'expired', expiredAtMs: NOW_MS - MINUTE_MS },
    { kind: 'too-many', devicesMax: 8 },
    { kind: 'not-saved', why: 'full' },
  ];
  const opened = await openedApp();
  const old = oldSide(opened);
  const said = new Set<string | undefined>();
  for (const refusal of refusals) {
    opened.messenger.nextLink = refusal;
    await old.take('some code');
    said.add(old.trouble.value);
  }
  expect(said.size).toBe(refusals.length);
  expect(said.has(undefined)).toBe(false);
});

test('a new device shows a code for ten minutes, and another when that ran out', async () => {
  const { side, device, messenger } = await newSide();
  await side.show();
  const first = side.offer.value?.text;
  expect(first).toBeDefined();
  expect(side.until.value).toContain('10:23');
  expect(side.isOver.value).toBe(false);
  device.nowMs.value = NOW_MS + 11 * MINUTE_MS;
  expect(side.isOver.value).toBe(true);
  messenger.nowMs = NOW_MS + 11 * MINUTE_MS;
  side.again();
  await settle();
  expect(side.offer.value?.text).not.toBe(first);
  expect(side.isOver.value).toBe(false);
});

test('the new device asks its own person, too, and waits for the other one', async () => {
  const { app, side, messenger } = await newSide();
  await side.show();
  await side.confirm(true);
  expect(messenger.linkAnswers).toEqual([]);
  messenger.linkStep({ side: 'new', step: 'digits', digits: '402917' });
  expect(side.isConfirmed.value).toBe(false);
  await side.confirm(true);
  expect(messenger.linkAnswers).toEqual([true]);
  expect(side.linking.value?.step).toBe('digits');
  expect(side.isConfirmed.value).toBe(true);
  await settle();
  expect(app.phase.value).toBe('first-run');
  messenger.linkStep({ side: 'new', step: 'moving', parts: 0, partsOfAll: 12 });
  expect(side.isConfirmed.value).toBe(false);
});

test('digits that differ end it on the new device, and those of a next linking are asked about anew', async () => {
  const { side, messenger } = await newSide();
  await side.show();
  messenger.linkStep({ side: 'new', step: 'digits', digits: '402917' });
  await side.confirm(true);
  messenger.linkStep({ side: 'new', step: 'digits', digits: '118306' });
  expect(side.isConfirmed.value).toBe(false);
  await side.confirm(false);
  expect(messenger.linkAnswers).toEqual([true, false]);
  expect(side.linking.value).toEqual({ side: 'new', step: 'failed', why: 'refused' });
  expect(side.isConfirmed.value).toBe(false);
});

test('the new device stays on its page until the person has seen the end', async () => {
  const { app, side, messenger } = await newSide();
  await side.show();
  messenger.linkStep({ side: 'new', step: 'digits', digits: '402917' });
  await side.confirm(true);
  messenger.profile = { account: '7a'.repeat(32), name: 'Mira', wordsWaiting: false, isFirstDevice: false };
  messenger.linkStep({ side: 'new', step: 'moving', parts: 3, partsOfAll: 12 });
  await settle();
  expect(app.phase.value).toBe('ready');
  expect(app.route.value).toEqual({ at: 'first', way: 'link' });
  expect(side.linking.value).toMatchObject({ step: 'moving', parts: 3 });
});

test('leaving the page takes the code back; once digits stand, leaving changes nothing', async () => {
  const { side, messenger } = await newSide();
  await side.show();
  await side.leave();
  expect(side.offer.value).toBeUndefined();
  await side.show();
  messenger.linkStep({ side: 'new', step: 'digits', digits: '402917' });
  await side.leave();
  expect(side.offer.value).toBeDefined();
  expect(side.linking.value?.step).toBe('digits');
});
