import { expect, test } from 'vitest';
import { meetEn } from '../locales/meet/en.ts';
import { IntroduceViewModel } from './introduce.ts';
import type { IntroduceRefusal } from './ports.ts';
import { accountOf, type FakeMessenger } from './testing/fake-messenger.ts';
import { NOW_MS, openedApp, settle } from './testing/opened-app.ts';

const [ANN, BO, CLEO] = [accountOf('Ann'), accountOf('Bo'), accountOf('Cleo')];

const three = (messenger: FakeMessenger): void => {
  for (const name of ['Cleo', 'Ann', 'Bo']) messenger.meet(name);
};

test('anybody else may be chosen, but nobody for whom another may be speaking', async () => {
  const { app, messenger } = await openedApp(three);
  const model = new IntroduceViewModel(app, ANN, meetEn);
  expect(model.others.value.map(({ name }) => name)).toEqual(['Bo', 'Cleo']);
  messenger.about(BO, { news: { kind: 'root-unknown', atMs: NOW_MS } });
  await settle();
  expect(model.others.value.map(({ name }) => name)).toEqual(['Cleo']);
});

test('who was asked is said, and the next may be asked', async () => {
  const { app, messenger } = await openedApp(three);
  const model = new IntroduceViewModel(app, ANN, meetEn);
  const [, cleo] = model.others.value;
  if (cleo === undefined) throw new Error('Cleo is known');
  await Promise.all([model.introduceTo(cleo), model.introduceTo(cleo)]);
  expect(messenger.introduced).toEqual([[ANN, CLEO]]);
  expect(model.asked.value?.name).toBe('Cleo');
  model.again();
  expect(model.asked.value).toBeUndefined();
});

test.each<readonly [IntroduceRefusal, RegExp]>([
  [{ kind: 'unknown-contact' }, /not on this phone any more/],
  [{ kind: 'not-reached-yet' }, /Cleo’s phone has not answered yet/],
  [{ kind: 'not-saved', why: 'full' }, /phone is full/],
])('a refusal says what happened: %o', async (refusal, words) => {
  const { app, messenger } = await openedApp(three);
  const model = new IntroduceViewModel(app, ANN, meetEn);
  messenger.nextIntroduce = refusal;
  const [, cleo] = model.others.value;
  if (cleo !== undefined) await model.introduceTo(cleo);
  expect(model.trouble.value).toMatch(words);
  expect(model.asked.value).toBeUndefined();
});

test('introductions are asked about one at a time, and say who could stand in between', async () => {
  const { app, messenger } = await openedApp((fake) => {
    fake.meet('Bo');
    fake.introductions = [
      { id: '01', by: BO, account: ANN, name: 'Ann' },
      { id: '02', by: CLEO, account: accountOf('Dov'), name: ' ' },
    ];
  });
  const { introductions } = app;
  const first = introductions.next.value;
  expect(first).toEqual({ id: '01', by: 'Bo', name: 'Ann' });
  if (first !== undefined) await introductions.answer(first, true);
  await settle();
  expect(messenger.answeredIntroductions).toEqual([['01', true]]);
  expect(introductions.said.value).toContain('Ann appears here');
  // Neither name is known: the words stand all the same.
  const second = introductions.next.value;
  expect(second).toEqual({ id: '02', by: 'Somebody new', name: 'Somebody new' });
  if (second !== undefined) await introductions.answer(second, false);
  await settle();
  expect(messenger.answeredIntroductions).toEqual([
    ['01', true],
    ['02', false],
  ]);
  expect(introductions.next.value).toBeUndefined();
  expect(introductions.said.value).toBeUndefined();
});
