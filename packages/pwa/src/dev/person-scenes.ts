/** Scenes about who somebody is, put on top of the story of `fake-main.tsx`. */
import { accountOf, type FakeMessenger } from '../view-models/testing/fake-messenger.ts';

const NOVEMBER_18_MS: number = Date.UTC(2026, 10, 18, 9, 30);

export function personScene(messenger: FakeMessenger, which: string): void {
  const aiko = accountOf('Aiko');
  const elif = accountOf('Elif');
  switch (which) {
    case 'words':
    case 'words-empty':
      if (messenger.profile !== undefined) messenger.profile = { ...messenger.profile, wordsWaiting: true };
      return;
    case 'linked':
      if (messenger.profile !== undefined) messenger.profile = { ...messenger.profile, isFirstDevice: false };
      return;
    case 'clock':
      messenger.clockBehindHours = -40;
      return;
    case 'clock-behind':
      messenger.clockBehindHours = 8760;
      return;
    case 'verified':
      messenger.about(aiko, { verified: 'compared', devices: 2 });
      messenger.about(elif, { verified: 'scanned' });
      return;
    case 'new-device':
      messenger.about(aiko, { verified: 'scanned', devices: 2, news: { kind: 'new-device', atMs: NOVEMBER_18_MS } });
      return;
    case 'rotated':
      messenger.about(aiko, { news: { kind: 'root-rotated', atMs: NOVEMBER_18_MS } });
      return;
    case 'unknown':
      messenger.about(aiko, { news: { kind: 'root-unknown', atMs: NOVEMBER_18_MS } });
      return;
    case 'comparing':
      messenger.about(elif, { comparison: { step: 'waiting' } });
      return;
    case 'digits':
      messenger.about(elif, { comparison: { step: 'digits', digits: '482910' } });
      return;
    case 'broken-off':
      messenger.about(elif, { verified: 'scanned', comparison: { step: 'failed' } });
      return;
    case 'removed':
      messenger.fromRemoved(messenger.put(aiko, false, 'Send me the house key code, please', Date.UTC(2026, 10, 20, 9, 2)));
      return;
    default:
  }
}
