import { expect, test } from 'vitest';
import { en } from '../../locales/en.ts';
import { personWordsFor } from '../../locales/person/words.ts';
import type { RecoverRefusal } from '../ports.ts';
import { FakeMessenger } from '../testing/fake-messenger.ts';
import { NOW_MS } from '../testing/opened-app.ts';
import { RecoverViewModel } from './recover.ts';

function opened() {
  const messenger = new FakeMessenger(NOW_MS);
  const model = new RecoverViewModel(messenger, en, personWordsFor('en'));
  return { model, messenger };
}

test('what was typed is told to nobody but the messenger, and forgotten once it worked', async () => {
  const { model, messenger } = opened();
  model.typeWords('1. abandon, 2. ability');
  model.typeName('Mira');
  await model.submit();
  expect(messenger.recovered).toEqual(['1. abandon, 2. ability']);
  expect(model.isDone.value).toBe(true);
  expect(model.text.value).toBe('');
});

test('each refusal says which field, what is wrong and where', async () => {
  const refusals: readonly (readonly [RecoverRefusal, 'words' | 'name' | 'all', RegExp])[] = [
    [{ kind: 'word-count', found: 23, expected: 24 }, 'words', /23 words; 24 are needed. Is a line missing/],
    [{ kind: 'word-count', found: 25, expected: 24 }, 'words', /25 words; 24 are needed. Is one written twice/],
    [{ kind: 'unknown-word', word: 'abandn', position: 7 }, 'words', /Word 7, “abandn”/],
    [{ kind: 'checksum' }, 'words', /changed places/],
    [{ kind: 'empty' }, 'name', /A name is needed/],
    [{ kind: 'too-long', lengthMax: 60 }, 'name', /longer than 60/],
    [{ kind: 'not-saved', why: 'full' }, 'all', /phone is full/],
  ];
  const { model, messenger } = opened();
  model.typeWords('some words');
  for (const [refusal, about, words] of refusals) {
    messenger.nextRecover = refusal;
    await model.submit();
    expect(model.trouble.value).toMatchObject({ about, why: expect.stringMatching(words) });
    expect(model.text.value).toBe('some words');
    expect(model.isDone.value).toBe(false);
  }
  model.typeWords('other words');
  expect(model.trouble.value).toBeUndefined();
});

test('words are counted while they are typed, without their numbers', () => {
  const { model } = opened();
  expect(model.count.value).toBeUndefined();
  model.typeWords('1. abandon,\n2. ability  3) ABLE ');
  expect(model.count.value).toBe('3 of 24 words');
});
