import { readFile, writeFile } from 'node:fs/promises';
import {
  createMessenger,
  createVault,
  type Linking,
  loadSodiumSuite,
  type Messenger,
  openVault,
  type RelayInfo,
  readLock,
} from '@kith/core';
import { createNodeLink } from '@kith/core/adapters/link-libp2p/node';
import { openLevelStore } from '@kith/core/adapters/store-leveldb';
import { systemClock, systemEntropy } from '@kith/core/adapters/system';

const house = process.argv[2] ?? 'http://localhost:8080';
const passphrase = process.argv[3] ?? 'seven quiet herons cross the river';
const { relay } = (await (await fetch(`${house}/.well-known/kith.json`)).json()) as { readonly relay: RelayInfo };

/** What a call answered; a refusal ends the program in words. */
function must<Value>(result: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: unknown }): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

/** A device whose rows are sealed under the passphrase. */
async function device(folder: string): Promise<Messenger> {
  const [entropy, clock] = [systemEntropy(), systemClock()];
  const ports = { inner: await openLevelStore(folder), suite: await loadSodiumSuite(), entropy };
  const lock = { kind: 'passphrase', text: new TextEncoder().encode(passphrase) } as const;
  const isNew = (await readLock(ports)).kind === 'empty';
  const vault = isNew ? await createVault(ports, lock) : must(await openVault(ports, lock));
  const wasRolledBack = vault.rolledBack;
  const messenger = await createMessenger({ link: createNodeLink(), store: vault.store, clock, entropy, wasRolledBack });
  await vault.healed();
  await messenger.useRelay(relay);
  return messenger;
}

/** The first step of a linking that is one of these. */
function reached<Step extends Linking['step']>(messenger: Messenger, step: Step): Promise<Extract<Linking, { step: Step }>> {
  return new Promise((resolve, reject) => {
    messenger.subscribe((event) => {
      if (event.kind !== 'link-changed') return;
      if (event.linking.step === step) resolve(event.linking as Extract<Linking, { step: Step }>);
      else if (event.linking.step === 'failed') reject(new Error(event.linking.why));
    });
  });
}

// A person, and the words by which they come back.
const phone = await device('./keeping/phone');
must(await phone.begin('Ann'));
const words = must(await phone.words()).join(' ');
console.log(`On paper, not on a disk: ${words}`);
await phone.wordsWritten();

// A second device: the code goes by camera, the digits by eye.
const tablet = await device('./keeping/tablet');
const code = must(await tablet.offerLink());
const shown = Promise.all([reached(phone, 'digits'), reached(tablet, 'digits')]);
const moving = reached(tablet, 'moving');
must(await phone.link(code.text));
const [onPhone, onTablet] = await shown;
console.log(`On the phone ${onPhone.digits}, on the tablet ${onTablet.digits}`);
await phone.confirmLink(onPhone.digits === onTablet.digits);
await tablet.confirmLink(onPhone.digits === onTablet.digits);
await moving;
console.log(`Devices of Ann: ${(await tablet.devices()).length}`);

// A backup: contacts and messages in one sealed file.
await writeFile('./keeping/ann.kith-backup', must(await phone.backup({ kind: 'passphrase', text: passphrase })));

// Both devices are lost. The file and the words make a new one, and the lost ones count as stolen.
await Promise.all([phone.close(), tablet.close()]);
const found = await device('./keeping/found');
const file = new Uint8Array(await readFile('./keeping/ann.kith-backup'));
const restored = must(await found.restore(file, { kind: 'passphrase', text: passphrase }, words));
const { profile } = await found.overview();
console.log(`${profile?.name} is back, with ${restored.contacts} contacts and ${restored.messages} messages`);
await found.close();
