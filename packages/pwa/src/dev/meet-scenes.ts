/** Scenes of meeting with nothing between, and of introductions, put on top of the story of `fake-main.tsx`. */
import { accountOf, type FakeMessenger } from '../view-models/testing/fake-messenger.ts';

export function meetScene(messenger: FakeMessenger, which: string): void {
  const [aiko, elif, jonas] = [accountOf('Aiko'), accountOf('Elif'), accountOf('Jonas')];
  if (which.startsWith('alone') || which.startsWith('hand') || which === 'camera-no') {
    messenger.neighbours = [];
    for (const name of ['Elif', 'Aiko', 'Jonas', 'Noor', 'Sami', 'Lena', 'Hana']) messenger.reach(accountOf(name), 'not-now');
  }
  switch (which) {
    case 'hand-no-network':
      messenger.noHand = 'no-address';
      return;
    case 'hand-one-code':
      messenger.about(aiko, { meetsByOneCode: true, verified: 'scanned' });
      return;
    case 'introductions':
      messenger.introductions = [
        { id: '01', by: elif, account: 'b0'.repeat(32), name: 'Ann' },
        { id: '02', by: elif, account: 'b1'.repeat(32), name: 'Cleo' },
      ];
      return;
    case 'introduced':
      messenger.about(aiko, { introducedBy: elif, meetsByOneCode: true });
      return;
    case 'circuit':
      messenger.neighbours = [...messenger.neighbours, { kind: 'contact', account: jonas, path: 'circuit' }];
      return;
    default:
  }
}
