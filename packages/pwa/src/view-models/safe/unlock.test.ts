import { expect, test } from 'vitest';
import { en } from '../../locales/en.ts';
import { safeEn } from '../../locales/safe/en.ts';
import type { LockState, UnlockRefusal } from '../ports.ts';
import { FakeLock } from '../testing/fake-lock.ts';
import { UnlockViewModel } from './unlock.ts';

function locked(why: Extract<LockState, { kind: 'locked' }>['why'] = 'asks'): {
  readonly lock: FakeLock;
  readonly unlock: UnlockViewModel;
} {
  const lock = new FakeLock({ kind: 'locked', why });
  lock.passphrase = 'correct horse';
  return { lock, unlock: new UnlockViewModel(lock, en, safeEn) };
}

test('the right passphrase opens, and nothing of it stays on the screen', async () => {
  const { lock, unlock } = locked();
  unlock.type('correct horse');
  await unlock.open();
  expect(lock.state.value).toMatchObject({ kind: 'open', openedBy: 'passphrase' });
  expect(unlock.passphrase.value).toBe('');
});

test('a wrong one says so, loses nothing, and the line goes as soon as one types again', async () => {
  const { lock, unlock } = locked();
  unlock.type('correct house');
  await unlock.open();
  expect(unlock.trouble.value).toBe('That is not it. Nothing was lost; try again.');
  expect(lock.state.value.kind).toBe('locked');
  unlock.type('correct h');
  expect(unlock.trouble.value).toBeUndefined();
});

test('an empty field is not tried', async () => {
  const { lock, unlock } = locked();
  await unlock.open();
  await unlock.openByWords();
  expect(lock.tried).toEqual([]);
  expect(unlock.trouble.value).toContain('24 words');
});

test('two presses are one attempt', async () => {
  const { lock, unlock } = locked();
  unlock.type('correct horse');
  await Promise.all([unlock.open(), unlock.open(), unlock.openByFinger()]);
  expect(lock.tried).toHaveLength(1);
});

test('a key that the browser lost leads to the words, and says what still works', async () => {
  const { lock, unlock } = locked();
  lock.nextUnlock = { kind: 'key-lost' };
  unlock.type('correct horse');
  await unlock.open();
  expect(unlock.way.value).toBe('words');
  expect(unlock.trouble.value).toContain('Your 24 words still can');
  expect(locked('key-lost').unlock.way.value).toBe('words');
});

test('every refusal has its own sentence, for words also where the fault is', async () => {
  const refusals: readonly UnlockRefusal[] = [
    { kind: 'wrong' },
    { kind: 'key-lost' },
    { kind: 'damaged' },
    { kind: 'newer' },
    { kind: 'not-given' },
    { kind: 'failed' },
    { kind: 'word-count', found: 23, expected: 24 },
    { kind: 'unknown-word', word: 'abandn', position: 7 },
    { kind: 'checksum' },
  ];
  const said = new Set<string | undefined>();
  for (const refusal of refusals) {
    const { lock, unlock } = locked();
    lock.nextUnlock = refusal;
    unlock.typeWords('some words');
    await unlock.openByWords();
    said.add(unlock.trouble.value);
  }
  expect(said.size).toBe(refusals.length);
  expect([...said].some((text) => text?.includes('Word 7, “abandn”'))).toBe(true);
});
