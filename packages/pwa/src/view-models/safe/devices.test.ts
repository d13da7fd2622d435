import { expect, test } from 'vitest';
import { en } from '../../locales/en.ts';
import { safeEn } from '../../locales/safe/en.ts';
import type { RemoveDeviceRefusal } from '../ports.ts';
import { NOW_MS, type OpenedApp, openedApp } from '../testing/opened-app.ts';
import { DevicesViewModel } from './devices.ts';

const THIS = 'a1'.repeat(32);
const OTHER = 'b2'.repeat(32);

async function devices(isFirst = true): Promise<OpenedApp & { readonly model: DevicesViewModel }> {
  const opened = await openedApp((messenger) => {
    messenger.ownDevices = [
      { id: THIS, isThis: true, isFirst, sinceMs: NOW_MS },
      { id: OTHER, isThis: false, isFirst: !isFirst, sinceMs: NOW_MS },
    ];
  });
  const model = new DevicesViewModel(opened.messenger, en, safeEn, opened.app.times);
  await model.read();
  return { ...opened, model };
}

test('the first device may remove the others, never itself', async () => {
  const { model } = await devices();
  expect(model.view.value?.rows.map((row) => row.canBeRemoved)).toEqual([false, true]);
});

test('a second device sees them, and removes none', async () => {
  const { model } = await devices(false);
  expect(model.view.value?.isFirst).toBe(false);
  expect(model.view.value?.rows.map((row) => row.canBeRemoved)).toEqual([false, false]);
});

test('a device goes only after the person has said why, and with that word', async () => {
  const { model, messenger } = await devices();
  await model.remove('stolen');
  expect(messenger.removedDevices).toEqual([]);
  model.ask(OTHER);
  await model.remove('stolen');
  expect(messenger.removedDevices).toEqual([{ id: OTHER, why: 'stolen' }]);
  expect(model.view.value?.rows).toHaveLength(1);
  expect(model.said.value).toEqual({ isTrouble: false, text: safeEn.devices.removed });
});

test('every refusal has its own sentence, and the list stands as it was', async () => {
  const refusals: readonly RemoveDeviceRefusal[] = [
    { kind: 'no-profile' },
    { kind: 'not-first-device' },
    { kind: 'unknown-device' },
    { kind: 'this-device' },
    { kind: 'not-saved', why: 'failed' },
  ];
  const { model, messenger } = await devices();
  const said = new Set<string | undefined>();
  for (const refusal of refusals) {
    messenger.nextRemoveDevice = refusal;
    model.ask(OTHER);
    await model.remove('retired');
    expect(model.said.value?.isTrouble).toBe(true);
    said.add(model.said.value?.text);
  }
  expect(said.size).toBe(refusals.length);
  expect(model.view.value?.rows).toHaveLength(2);
});
