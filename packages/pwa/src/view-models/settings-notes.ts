/** What the page of the settings says below its entries. Pure: read anew each time it is drawn. */
import type { SettingsWords } from '../locales/settings/words.ts';
import type { Words } from '../locales/words.ts';
import { relayIsNear } from './home.ts';
import type { BellPermission, Overview, StorageFacts } from './ports.ts';
import type { Times } from './times.ts';

export function relayNote(overview: Overview | undefined, said: SettingsWords): string {
  if (overview === undefined) return '';
  if (relayIsNear(overview)) return said.relayNear;
  return overview.knowsRelay ? said.relayOff : said.relayNone;
}

export function storageNote(facts: StorageFacts | undefined, words: Words, said: SettingsWords): string {
  if (facts === undefined) return '';
  const used = facts.usedBytes === undefined ? '' : `${said.storageUsed(words.size(facts.usedBytes))}. `;
  return `${used}${facts.isKept ? said.storageKept : said.storageLoose}.`;
}

/** `madeMs`: when a backup was made here; 0 for never. */
export function backupNote(madeMs: number, times: Times, said: SettingsWords): string {
  return madeMs > 0 ? said.backupMade(times.fullDay(madeMs)) : said.backupNever;
}

export function tellsNote(permission: BellPermission, said: SettingsWords): string {
  switch (permission) {
    case 'denied':
      return said.tellDenied;
    case 'absent':
      return said.tellAbsent;
    case 'granted':
    case 'not-asked':
      return said.tellNote;
  }
}
