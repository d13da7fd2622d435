import { expect, test } from 'vitest';
import { personWordsFor } from '../../locales/person/words.ts';
import type { VerifyRefusal } from '../ports.ts';
import { accountOf, type FakeMessenger, safetyCodeOf } from '../testing/fake-messenger.ts';
import { openedApp, settle } from '../testing/opened-app.ts';
import { CheckViewModel } from './check.ts';

const ANN = accountOf('Ann');
const said = personWordsFor('en').check;

async function opened(prepare: (messenger: FakeMessenger) => void = () => {}) {
  const { app, messenger, device } = await openedApp((fake) => {
    fake.meet('Ann');
    prepare(fake);
  });
  const check = new CheckViewModel(ANN, app, personWordsFor('en'));
  const verified = () => app.overview.value?.contacts[0]?.verified;
  return { check, messenger, device, verified };
}

test('the safety number stands in twelve groups, and is read out digit by digit', async () => {
  const { check } = await opened();
  await check.safety.load();
  expect(check.safety.groups.value).toHaveLength(12);
  expect(check.safety.spoken.value).toMatch(/^4 8 2 1 3, 9 0 7 5 5, /);
  expect(check.safety.code.value).toBe(safetyCodeOf(ANN));
});

test('their code before the camera makes sure of them', async () => {
  const { check, device, verified } = await opened();
  await check.scan.start({});
  device.see(safetyCodeOf(ANN));
  await settle();
  expect(check.outcome.value).toEqual({ kind: 'sure' });
  expect(verified()).toBe('scanned');
});

test('a code that says nothing about them is refused in its own words, and what was known stays', async () => {
  const refusals: readonly (readonly [VerifyRefusal, RegExp])[] = [
    [{ kind: 'unknown-contact' }, /not on this phone any more/],
    [{ kind: 'not-a-safety-code' }, /no safety number/],
    [{ kind: 'newer-version' }, /newer Kith/],
    [{ kind: 'other-people' }, /not Ann’s/],
    [{ kind: 'not-saved', why: 'failed' }, /could not save/],
  ];
  const { check, messenger, verified } = await opened((fake) => fake.about(ANN, { verified: 'compared' }));
  for (const [refusal, words] of refusals) {
    messenger.nextVerify = refusal;
    expect(await check.read('a code')).toBe(false);
    expect(check.trouble.value).toMatch(words);
    expect(check.outcome.value).toBeUndefined();
  }
  await settle();
  expect(verified()).toBe('compared');
});

test('a code that contradicts stops everything, and they count as made sure of no longer', async () => {
  const { check, messenger, verified } = await opened((fake) => fake.about(ANN, { verified: 'scanned' }));
  messenger.nextVerify = { kind: 'mismatch' };
  await check.read('their code');
  await settle();
  expect(check.outcome.value).toEqual({ kind: 'between', why: said.betweenCode('Ann') });
  expect(verified()).toBeUndefined();
});

test('numbers compared by eye make sure, differing ones warn, and the mark can be taken back', async () => {
  const { check, verified } = await opened();
  await check.decide(true);
  await settle();
  expect(verified()).toBe('compared');
  await check.takeBack();
  await settle();
  expect(verified()).toBeUndefined();
  await check.decide(false);
  expect(check.outcome.value).toEqual({ kind: 'between', why: said.betweenEye('Ann') });
});

test('six digits are begun only with somebody in reach', async () => {
  const { check, messenger } = await opened((fake) => fake.reach(ANN, 'carried'));
  await check.compare();
  await settle();
  expect(check.comparison.value).toBeUndefined();
  messenger.reach(ANN, 'direct');
  await settle();
  await check.compare();
  await settle();
  expect(check.comparison.value).toEqual({ step: 'waiting' });
  await check.stopComparing();
  await settle();
  expect(check.comparison.value).toBeUndefined();
});

test('the same six digits make sure, other ones warn', async () => {
  const same = await opened((fake) => fake.about(ANN, { comparison: { step: 'digits', digits: '012345' } }));
  await same.check.decideDigits(true);
  await settle();
  expect(same.check.outcome.value).toEqual({ kind: 'sure' });
  expect(same.verified()).toBe('compared');
  const other = await opened((fake) => fake.about(ANN, { verified: 'scanned', comparison: { step: 'digits', digits: '012345' } }));
  await other.check.decideDigits(false);
  await settle();
  expect(other.check.outcome.value?.kind).toBe('between');
  expect(other.verified()).toBeUndefined();
});

test('a comparison that was broken off stands until it was seen, accuses nobody, and takes nothing back', async () => {
  const { check, messenger, verified } = await opened((fake) => fake.about(ANN, { verified: 'scanned' }));
  messenger.about(ANN, { comparison: { step: 'failed' } });
  await settle();
  expect(check.comparison.value).toEqual({ step: 'failed' });
  await check.compare();
  await settle();
  expect(check.comparison.value).toEqual({ step: 'failed' });
  await check.stopComparing();
  await settle();
  expect(check.comparison.value).toBeUndefined();
  expect(check.outcome.value).toBeUndefined();
  expect(verified()).toBe('scanned');
});
