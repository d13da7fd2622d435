/** The relay program in a host of the lab, and what people there are told of it. */
import { existsSync } from 'node:fs';
import type { RelayInfo } from '../../packages/core/src/runtime/messenger.ts';
import { BUILT_RELAY, RelayProgram } from '../relay-clients.ts';
import type { Teller } from '../story.ts';
import type { Host } from './lab.ts';

/** Not started yet; it ends with the story. */
export async function relayIn(t: Teller, host: Host, args: readonly string[] = []): Promise<RelayProgram> {
  if (!existsSync(BUILT_RELAY)) throw new Error('the relay is not built: run npm run build first');
  const prefix = ['ip', 'netns', 'exec', host.namespace];
  const relay = await RelayProgram.on({ main: BUILT_RELAY, data: await t.folder(host.name), host: host.address, prefix, args });
  t.cleanup(() => relay.kill());
  return relay;
}

/** The relay's transport key, as it tells it in its own network, and its address there. */
export async function relayInfo(relay: RelayProgram, host: Host): Promise<RelayInfo> {
  const ask = `fetch('http://${relay.host}:${relay.httpPort}/.well-known/kith.json').then((answer) => answer.json()).then(({ relay }) => console.log(relay.key))`;
  const key = (await host.run(process.execPath, ['-e', ask])).trim();
  return { key, addresses: [`/ip4/${host.address}/tcp/${relay.tcpPort}`] };
}
