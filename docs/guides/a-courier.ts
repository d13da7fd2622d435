import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMessenger } from '@kith/core';
import { createNodeLink } from '@kith/core/adapters/link-libp2p/node';
import { openLevelStore } from '@kith/core/adapters/store-leveldb';
import { systemClock, systemEntropy } from '@kith/core/adapters/system';

const stick = process.argv[2] ?? '.';
const mine = 'kith-courier.kithbundle';
const messenger = await createMessenger({
  link: createNodeLink(),
  store: await openLevelStore('./courier'),
  clock: systemClock(),
  entropy: systemEntropy(),
});
if ((await messenger.overview()).profile === undefined) await messenger.begin('Courier');

// What others left on the stick.
for (const name of await readdir(stick)) {
  if (!name.endsWith('.kithbundle') || name === mine) continue;
  const taken = await messenger.importBundle(new Uint8Array(await readFile(join(stick, name))));
  if (taken.ok) console.log(`${name}: ${taken.value.toCarry} to carry, ${taken.value.known} known, ${taken.value.refused} refused`);
  else console.log(`${name}: ${taken.refusal.kind}`);
}

// What is carried from everywhere, for whoever reads the stick next.
const bundle = await messenger.exportBundle(16 * 2 ** 20);
if (bundle.ok) {
  await writeFile(join(stick, mine), bundle.value.file);
  console.log(`${mine}: ${bundle.value.envelopes} envelopes, ${bundle.value.file.length} bytes`);
}
await messenger.close();
