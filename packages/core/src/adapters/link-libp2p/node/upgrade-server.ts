/** A web server with nothing on it but WebSocket upgrades, for nodes that have no web server of their own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getThinWaistAddresses } from '@libp2p/utils';
import { multiaddr } from '@multiformats/multiaddr';
import type { UpgradeAcceptor } from './upgrade-acceptor.ts';

export interface UpgradeServer {
  /** As it is reached now: one for each interface when it listens on all. */
  addresses(): readonly string[];
  close(): void;
}

/** Rejects when the port is taken. */
export async function listenForUpgrades(host: string, port: number, acceptor: UpgradeAcceptor): Promise<UpgradeServer> {
  const server = createServer((_, response) => response.writeHead(426, { Connection: 'close' }).end());
  server.on('upgrade', (request, socket, head) => acceptor.accept(request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const listening = server.address() as AddressInfo;
  const wildcard = multiaddr(`/ip${host.includes(':') ? 6 : 4}/${host}/tcp/${listening.port}`);
  return {
    addresses: () => getThinWaistAddresses(wildcard, listening.port).map((address) => `${address}/ws`),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
