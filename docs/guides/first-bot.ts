import { createMessenger, type RelayInfo } from '@kith/core';
import { createNodeLink } from '@kith/core/adapters/link-libp2p/node';
import { openLevelStore } from '@kith/core/adapters/store-leveldb';
import { systemClock, systemEntropy } from '@kith/core/adapters/system';

const house = process.argv[2] ?? 'http://localhost:8080';
const answer = await fetch(`${house}/.well-known/kith.json`);
const { origin, relay } = (await answer.json()) as { readonly origin: string; readonly relay: RelayInfo };

const messenger = await createMessenger({
  link: createNodeLink(),
  store: await openLevelStore('./first-bot'),
  clock: systemClock(),
  entropy: systemEntropy(),
});
messenger.subscribe((event) => {
  if (event.kind !== 'message-changed' || !event.isNew || event.message.mine) return;
  const { conversation, text } = event.message;
  void messenger.markRead(conversation);
  void messenger.send(conversation, `You said: ${text}`);
});
await messenger.begin('Echo');
await messenger.useRelay(relay);
const invited = await messenger.invite();
if (invited.ok) console.log(`Meet me: ${origin}/#/meet/${invited.value.text}`);
