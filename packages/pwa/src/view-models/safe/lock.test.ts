import { expect, test } from 'vitest';
import { safeEn } from '../../locales/safe/en.ts';
import { FakeLock } from '../testing/fake-lock.ts';
import { LockViewModel } from './lock.ts';

function opened(): { readonly lock: FakeLock; readonly model: LockViewModel } {
  const lock = new FakeLock();
  return { lock, model: new LockViewModel(lock, safeEn) };
}

async function set(model: LockViewModel, text: string, again = text): Promise<void> {
  model.secret.type(text);
  model.secret.typeAgain(again);
  await model.setPassphrase();
}

test('a passphrase typed twice becomes the lock, and is then forgotten by the page', async () => {
  const { lock, model } = opened();
  await set(model, 'correct horse');
  expect(lock.passphrase).toBe('correct horse');
  expect(model.methods.value.passphrase).toBe(true);
  expect([model.secret.text.value, model.secret.again.value]).toEqual(['', '']);
});

test('nothing is set when the two differ or the first is empty', async () => {
  const { lock, model } = opened();
  await set(model, 'correct horse', 'correct house');
  expect(model.secret.trouble.value).toContain('not the same');
  await set(model, '');
  expect(model.secret.trouble.value).toContain('Type a passphrase');
  expect(lock.passphrase).toBeUndefined();
});

test('a weak passphrase is called weak, and taken all the same', async () => {
  const { lock, model } = opened();
  model.secret.type('1234');
  expect(model.secret.strength.value).toContain('guesses this quickly');
  await set(model, '1234');
  expect(lock.passphrase).toBe('1234');
});

test('a fingerprint is offered only beside a passphrase, and said to be missing where the browser has none', async () => {
  const { lock, model } = opened();
  expect(model.canFinger.value).toBe(false);
  expect(model.fingerNote.value).toContain('First set a passphrase');
  await model.setFinger(true);
  expect(lock.hasFinger.value).toBe(false);
  await set(model, 'correct horse');
  await model.setFinger(true);
  expect(model.methods.value.finger).toBe(true);
  lock.finger.value = 'absent';
  expect(model.fingerNote.value).toContain('offers no key');
});

test('a lock that cannot be saved leaves everything as it was, and says so', async () => {
  const { lock, model } = opened();
  lock.nextSet = { kind: 'failed' };
  await set(model, 'correct horse');
  expect(model.said.value).toEqual({ isTrouble: true, text: safeEn.lock.refusal.failed });
  expect(model.secret.text.value).toBe('correct horse');
  expect(model.methods.value.passphrase).toBe(false);
});

test('the passphrase under pressure may not be the passphrase', async () => {
  const { lock, model } = opened();
  await set(model, 'correct horse');
  model.secret.type('correct horse');
  model.secret.typeAgain('correct horse');
  await model.setDuress();
  expect(lock.duress).toBeUndefined();
  expect(model.said.value?.text).toContain('erase everything when you only want in');
  model.secret.type('battery');
  model.secret.typeAgain('battery');
  await model.setDuress();
  expect(lock.duress).toBe('battery');
});

test('removing the lock takes the fingerprint along', async () => {
  const { model } = opened();
  await set(model, 'correct horse');
  await model.setFinger(true);
  await model.removePassphrase();
  expect(model.methods.value).toMatchObject({ passphrase: false, finger: false });
});

test('whoever came in by the words is asked for a new passphrase until there is one', async () => {
  const lock = new FakeLock({ kind: 'open', methods: { passphrase: true, finger: false, words: true }, openedBy: 'words' });
  const model = new LockViewModel(lock, safeEn);
  expect(model.wasOpenedByWords.value).toBe(true);
  await set(model, 'a new one');
  expect(model.wasOpenedByWords.value).toBe(false);
});
