import { expect, test } from 'vitest';
import { en } from '../locales/en.ts';
import { settingsEn } from '../locales/settings/en.ts';
import type { Overview } from './ports.ts';
import { backupNote, relayNote, storageNote, tellsNote } from './settings-notes.ts';
import { Times } from './times.ts';

const nobody: Overview = {
  profile: undefined,
  contacts: [],
  neighbours: [],
  knowsRelay: false,
  linking: undefined,
  openInvitations: 0,
  introductions: [],
  pull: 'cover',
  clockBehindHours: 0,
};

test('a relay is near, out of reach, or not known yet', () => {
  const near = { kind: 'relay', account: undefined, path: 'relay' } as const;
  const said = [{ ...nobody, knowsRelay: true, neighbours: [near] }, { ...nobody, knowsRelay: true }, nobody, undefined];
  const { relayNear, relayOff, relayNone } = settingsEn;
  expect(said.map((overview) => relayNote(overview, settingsEn))).toEqual([relayNear, relayOff, relayNone, '']);
});

test('storage says how much, and only a promise of the browser counts as kept', () => {
  expect(storageNote({ usedBytes: 4_000_000, isKept: true, forgets: false }, en, settingsEn)).toBe(
    `4 MB on this phone. ${settingsEn.storageKept}.`,
  );
  expect(storageNote({ usedBytes: undefined, isKept: false, forgets: false }, en, settingsEn)).toBe(`${settingsEn.storageLoose}.`);
  expect(storageNote(undefined, en, settingsEn)).toBe('');
});

test('a backup never made and a browser that forbids notes are said', () => {
  expect(backupNote(0, new Times(en, { timeZone: 'UTC' }), settingsEn)).toBe(settingsEn.backupNever);
  expect(tellsNote('denied', settingsEn)).toBe(settingsEn.tellDenied);
  expect(tellsNote('absent', settingsEn)).toBe(settingsEn.tellAbsent);
});
