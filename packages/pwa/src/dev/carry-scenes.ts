/** Scenes of where a message is and of carrying by hand, put on top of the story of `fake-main.tsx`. */
import type { Whereabouts } from '../view-models/ports.ts';
import { accountOf, type FakeMessenger } from '../view-models/testing/fake-messenger.ts';

const KNOWN: Readonly<Record<string, { readonly of: string; readonly known: Partial<Whereabouts> }>> = {
  where: { of: 'Aiko', known: { carriers: { relays: 1, contacts: 2, strangers: 1 }, near: 1 } },
  'where-crowd': { of: 'Aiko', known: { carriers: { relays: 2, contacts: 4, strangers: 17 }, near: 0 } },
  'where-devices': { of: 'Sami', known: { devices: { reached: 1, all: 3 } } },
};

export function carryScene(messenger: FakeMessenger, which: string): void {
  if (which === 'carry-none') messenger.nextExport = { kind: 'nothing-to-carry' };
  if (which === 'mailbox') messenger.pull = 'mailbox';
  const scene = KNOWN[which];
  if (scene === undefined) return;
  void messenger.timeline(accountOf(scene.of)).then(({ messages }) => {
    for (const message of messages) if (message.mine) messenger.placeCarriers(message, scene.known);
  });
}
