import { expect, test } from 'vitest';
import { carryEn } from '../../locales/carry/en.ts';
import { en } from '../../locales/en.ts';
import { type FakeDeviceOptions, fakeDevice } from '../testing/fake-device.ts';
import { FakeMessenger } from '../testing/fake-messenger.ts';
import { NOW_MS, settle } from '../testing/opened-app.ts';
import { CarryViewModel } from './carry.ts';
import { ScreenLoopViewModel } from './screen-loop.ts';
import { ScreenReadingViewModel } from './screen-reading.ts';

function arranged(options: Partial<FakeDeviceOptions> = {}) {
  const messenger = new FakeMessenger(NOW_MS);
  const device = fakeDevice({ nowMs: NOW_MS, ...options });
  const carry = new CarryViewModel(messenger, device, en, carryEn);
  return { messenger, device, carry };
}

const FILE = new Uint8Array([1, 2, 3]);

test('a file is saved under the day, as large as was chosen, and it is said what is in it', async () => {
  const { messenger, device, carry } = arranged();
  carry.choose('large');
  await carry.carry('save');
  expect(messenger.exported).toEqual([16 * 1024 * 1024]);
  expect(device.saved.map(({ name }) => name)).toEqual(['kith-2026-11-20.kithbundle']);
  expect(carry.packed.value).toEqual({
    kind: 'done',
    text: 'kith-2026-11-20.kithbundle, 5 kB. 6 sealed packets, 2 from you. They stay here, too, until they have arrived.',
  });
});

test('nothing to carry is said, and no file is made', async () => {
  const { messenger, device, carry } = arranged();
  messenger.nextExport = { kind: 'nothing-to-carry' };
  await carry.carry('save');
  expect(device.saved).toEqual([]);
  expect(carry.packed.value).toEqual({ kind: 'calm', text: carryEn.out.refusal['nothing-to-carry'] });
});

test('a device that hands on no such files gets it saved instead, and the person is told', async () => {
  const { device, carry } = arranged({ share: 'not-taken' });
  await carry.carry('share');
  expect(device.saved).toHaveLength(1);
  expect(carry.packed.value?.text).toContain(carryEn.out.notTaken);
});

test('whoever thinks better of sharing finds nothing saved', async () => {
  const { device, carry } = arranged({ share: 'not-now' });
  await carry.carry('share');
  expect([device.shared.length, device.saved.length, carry.packed.value]).toEqual([1, 0, undefined]);
});

test('what came is said in words, nothing that was none', async () => {
  const { messenger, carry } = arranged({ file: FILE });
  messenger.taken = { forMe: 1, toCarry: 4, known: 0, refused: 2 };
  await carry.open({});
  expect(messenger.imported).toEqual([FILE]);
  expect(carry.taken.value).toEqual({
    kind: 'done',
    text: 'One packet was for you. 4 are for others; this phone carries them on. 2 were not taken: they are too old, or there is no room.',
  });
  messenger.taken = { forMe: 0, toCarry: 0, known: 0, refused: 0 };
  await carry.open({});
  expect(carry.taken.value?.text).toBe(carryEn.in.nothing);
});

test('every refusal has its own sentence', async () => {
  const { messenger, carry } = arranged({ file: FILE });
  const refusals = [
    { kind: 'no-profile' },
    { kind: 'not-a-bundle' },
    { kind: 'newer-version' },
    { kind: 'damaged' },
    { kind: 'too-large', bytesMax: 64_000_000 },
    { kind: 'not-saved', why: 'full' },
    { kind: 'not-saved', why: 'failed' },
  ] as const;
  const sentences = new Set<string>();
  for (const refusal of refusals) {
    messenger.nextImport = refusal;
    await carry.open({});
    expect(carry.taken.value?.kind).toBe('trouble');
    sentences.add(carry.taken.value?.text ?? '');
  }
  expect(sentences.size).toBe(refusals.length);
  expect([...sentences].join(' ')).toContain('64 MB');
});

test('a file that cannot be read is said, and nobody is asked about it', async () => {
  const { messenger, carry } = arranged();
  await carry.open({});
  expect(carry.taken.value?.text).toBe(carryEn.in.refusal.unreadable);
  expect(messenger.imported).toEqual([]);
});

test('what one screen shows, the other phone reads, with codes missed on the way', async () => {
  const shower = arranged();
  const loop = new ScreenLoopViewModel(shower.carry, carryEn);
  await loop.show('short');
  const reader = arranged();
  const reading = new ScreenReadingViewModel(reader.carry, reader.device, en, carryEn);
  await reading.scan.start({});
  for (let i = 0; i < 60 && reader.carry.taken.value === undefined; i += 1) {
    if (i % 4 !== 0) reader.device.see(loop.text.value);
    await settle();
    loop.next();
  }
  expect(reader.messenger.imported.map((file) => file.length)).toEqual([5_200]);
  expect(reader.carry.taken.value?.kind).toBe('done');
});

test('how far the reading is, is said; other codes are passed over in words', async () => {
  const { carry, device } = arranged();
  const loop = new ScreenLoopViewModel(carry, carryEn);
  await loop.show('short');
  const reading = new ScreenReadingViewModel(carry, device, en, carryEn);
  await reading.scan.start({});
  device.see('https://kith.example/#/meet/kithInvitation-1-xK7_qpZ3vN0aR8tYbW2s');
  expect(reading.scan.said.value).toBe(carryEn.scan.notOurs);
  device.see(loop.text.value);
  await settle();
  expect(reading.progress.value).toEqual({ pieces: 1, of: 14 });
  expect(reading.going.value).toBe('1 of 14 parts. Keep still.');
});

test('what was read stands until another one is wanted', async () => {
  const { messenger, carry, device } = arranged();
  const loop = new ScreenLoopViewModel(carry, carryEn);
  await loop.show('short');
  const reading = new ScreenReadingViewModel(carry, device, en, carryEn);
  await reading.scan.start({});
  const showAll = async (): Promise<void> => {
    for (let i = 0; i < 40; i += 1) {
      device.see(loop.text.value);
      await settle();
      loop.next();
    }
  };
  await showAll();
  expect(messenger.imported).toHaveLength(1);
  reading.again();
  expect(carry.taken.value).toBeUndefined();
  await showAll();
  expect(messenger.imported).toHaveLength(2);
});

test('a longer loop is packed anew, and the one asked for last is shown', async () => {
  const { messenger, carry } = arranged();
  const loop = new ScreenLoopViewModel(carry, carryEn);
  await Promise.all([loop.show('short'), loop.show('long')]);
  expect(messenger.exported).toEqual([8 * 1024, 32 * 1024]);
  expect(loop.text.value).not.toBe('');
  expect(loop.where.value).toBe('Code 1. About 16 are needed, in any order.');
});
