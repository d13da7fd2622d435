import { expect, test } from 'vitest';
import { en } from '../../locales/en.ts';
import { safeEn } from '../../locales/safe/en.ts';
import { settingsEn } from '../../locales/settings/en.ts';
import type { BackupRefusal, RestoreRefusal } from '../ports.ts';
import { backupNote } from '../settings-notes.ts';
import { type OpenedApp, openedApp } from '../testing/opened-app.ts';
import { BackupViewModel } from './backup.ts';
import { RestoreViewModel } from './restore.ts';

const WORDS = 'ability able about above';
const FILE = new Uint8Array(3000);

async function backup(): Promise<OpenedApp & { readonly model: BackupViewModel }> {
  const opened = await openedApp();
  return { ...opened, model: new BackupViewModel(opened.messenger, opened.device, en, safeEn) };
}

async function restore(isFirst: boolean): Promise<OpenedApp & { readonly model: RestoreViewModel }> {
  const empty = (fake: OpenedApp['messenger']): void => {
    fake.profile = undefined;
  };
  const opened = await openedApp(isFirst ? empty : undefined, '#/', { file: FILE });
  const model = new RestoreViewModel(opened.messenger, opened.device, en, safeEn, isFirst);
  await model.choose('mine.kith', {});
  return { ...opened, model };
}

test('a backup is made with a passphrase typed twice, handed over as a file, and its day remembered', async () => {
  const { app, model, device, messenger } = await backup();
  model.secret.type('correct horse');
  model.secret.typeAgain('correct horse');
  await model.make();
  expect(messenger.backups).toEqual([{ kind: 'passphrase', text: 'correct horse' }]);
  expect(device.saved.map(({ name, bytes }) => [name, bytes.length])).toEqual([['kith-2026-11-20.kith', 4096]]);
  expect(model.secret.text.value).toBe('');
  await app.settings.measure();
  expect(backupNote(app.settings.backupMadeMs.value, app.times, settingsEn)).toContain('20 November');
});

test('a passphrase that was typed differently, or not at all, makes no file', async () => {
  const { model, device } = await backup();
  await model.make();
  model.secret.type('correct horse');
  model.secret.typeAgain('correct house');
  await model.make();
  expect(device.saved).toEqual([]);
  expect(model.secret.trouble.value).toContain('not the same');
});

test('every refusal of a backup has its own sentence', async () => {
  const refusals: readonly BackupRefusal[] = [
    { kind: 'no-profile' },
    { kind: 'empty-passphrase' },
    { kind: 'other-words' },
    { kind: 'word-count', found: 2, expected: 24 },
    { kind: 'unknown-word', word: 'abandn', position: 7 },
    { kind: 'checksum' },
  ];
  const { model, messenger, device } = await backup();
  model.lockBy('words');
  model.typeWords(WORDS);
  const said = new Set<string | undefined>();
  for (const refusal of refusals) {
    messenger.nextBackup = refusal;
    await model.make();
    said.add(model.trouble.value);
  }
  expect(said.size).toBe(refusals.length);
  expect(device.saved).toEqual([]);
});

test('a node that ends meanwhile is not waited for for ever', async () => {
  const { model, messenger } = await backup();
  messenger.backup = () => Promise.reject(new Error('closed'));
  model.lockBy('words');
  model.typeWords(WORDS);
  await model.make();
  expect(model.isGoing.value).toBe(false);
  expect(model.trouble.value).toBe(safeEn.backup.refusal.failed);
});

test('on a new phone the words go along with the passphrase', async () => {
  const { model, messenger } = await restore(true);
  expect(model.asksForWords.value).toBe(true);
  model.type('correct horse');
  model.typeWords(` ${WORDS} `);
  await model.restore();
  expect(messenger.restored).toEqual([{ file: FILE, secret: { kind: 'passphrase', text: 'correct horse' }, words: WORDS }]);
  expect(model.done.value).toEqual({ contacts: 8, messages: 214 });
});

test('on a phone that has the account the words are asked for only when they open the file', async () => {
  const { model, messenger } = await restore(false);
  expect(model.asksForWords.value).toBe(false);
  model.openBy('words');
  expect(model.asksForWords.value).toBe(true);
  model.typeWords(WORDS);
  await model.restore();
  expect(messenger.restored).toEqual([{ file: FILE, secret: { kind: 'words', text: WORDS }, words: undefined }]);
});

test('nothing is asked of the messenger before there is a file and what opens it', async () => {
  const { model, messenger, device } = await restore(false);
  await model.restore();
  expect(model.trouble.value).toBe(safeEn.restore.emptyPassphrase);
  device.files.read = () => Promise.resolve(undefined);
  await model.choose('gone.kith', {});
  expect(model.trouble.value).toBe(safeEn.restore.unreadable);
  model.type('correct horse');
  await model.restore();
  expect(messenger.restored).toEqual([]);
});

test('every refusal of a restore has its own sentence, and what was typed stays', async () => {
  const refusals: readonly RestoreRefusal[] = [
    { kind: 'not-a-backup' },
    { kind: 'newer-version', version: 9 },
    { kind: 'wrong-secret' },
    { kind: 'cut-short', bytes: 3_000_000, bytesExpected: 5_000_000 },
    { kind: 'damaged' },
    { kind: 'needs-words' },
    { kind: 'other-words' },
    { kind: 'other-account' },
    { kind: 'word-count', found: 2, expected: 24 },
    { kind: 'unknown-word', word: 'abandn', position: 7 },
    { kind: 'checksum' },
    { kind: 'not-saved', why: 'full' },
  ];
  const { model, messenger } = await restore(false);
  model.type('correct horse');
  const said = new Set<string | undefined>();
  for (const refusal of refusals) {
    messenger.nextRestore = refusal;
    await model.restore();
    said.add(model.trouble.value);
  }
  expect(said.size).toBe(refusals.length);
  expect([...said].some((text) => text?.includes('3 MB of 5 MB'))).toBe(true);
  expect(model.passphrase.value).toBe('correct horse');
  expect(model.done.value).toBeUndefined();
});
