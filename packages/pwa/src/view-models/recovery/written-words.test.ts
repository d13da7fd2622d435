import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { personWordsFor } from '../../locales/person/words.ts';
import type { Overview } from '../ports.ts';
import { FAKE_WORDS, FakeMessenger } from '../testing/fake-messenger.ts';
import { NOW_MS } from '../testing/opened-app.ts';
import { WrittenWordsViewModel } from './written-words.ts';

const said = personWordsFor('en');

/** The words of somebody who has just begun; the first of each third is asked for. */
async function opened(change: { readonly wordsWaiting?: boolean; readonly isFirstDevice?: boolean } = {}) {
  const messenger = new FakeMessenger(NOW_MS);
  messenger.profile = { account: '7a'.repeat(32), name: 'Mira', wordsWaiting: true, isFirstDevice: true, ...change };
  const overview = signal<Overview | undefined>(await messenger.overview());
  const model = new WrittenWordsViewModel(messenger, overview, said, () => 0);
  await model.load();
  return { model, messenger };
}

test('the words stand there in order until they were written down', async () => {
  const { model } = await opened();
  expect(model.step.value).toBe('shown');
  expect(model.list.value).toEqual(FAKE_WORDS);
});

test('three words, one of each third, are asked for before anything is forgotten', async () => {
  const { model, messenger } = await opened();
  model.ask();
  expect(model.questions.value.map(({ position }) => position)).toEqual([1, 9, 17]);
  await model.check();
  expect(model.questions.value.map(({ trouble }) => trouble)).toEqual([1, 9, 17].map((position) => said.recovery.empty(position)));
  expect(messenger.profile?.wordsWaiting).toBe(true);
});

test('a wrong word is said by its place, the others are not, and the words can be seen again', async () => {
  const { model, messenger } = await opened();
  model.ask();
  for (const position of [1, 9]) model.type(position, FAKE_WORDS[position - 1] ?? '');
  model.type(17, 'zebra');
  await model.check();
  expect(model.questions.value.map(({ trouble }) => trouble)).toEqual([undefined, undefined, said.recovery.wrong(17)]);
  expect(messenger.profile?.wordsWaiting).toBe(true);
  model.showAgain();
  expect(model.step.value).toBe('shown');
});

test('three right words, however they are typed, end it: nothing of them stays', async () => {
  const { model, messenger } = await opened();
  model.ask();
  for (const { position } of model.questions.value) model.type(position, `  ${(FAKE_WORDS[position - 1] ?? '').toUpperCase()} `);
  await model.check();
  expect(model.step.value).toBe('done');
  expect(messenger.profile?.wordsWaiting).toBe(false);
  expect(model.list.value).toEqual([]);
  expect(model.questions.value).toEqual([]);
});

test('words that are gone are said to be on paper, and on a linked device to be elsewhere', async () => {
  const first = await opened({ wordsWaiting: false });
  expect(first.model.step.value).toBe('gone');
  expect(first.model.goneWhy.value).toBe(said.recovery.gone);
  const linked = await opened({ wordsWaiting: false, isFirstDevice: false });
  expect(linked.model.goneWhy.value).toBe(said.recovery.notFirst);
});
