/**
 * The relay of `link.story.ts`, as a program of its own so that it can be killed: the page on a port of loopback, and behind the same
 * port a relay. Arguments: the folder of the page, 64 hexadecimal digits of seed, the port or 0. Prints `port N`.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { createNodeLink } from '@kith/core/adapters/link-libp2p/node';

const [folder = '', seed = '', port = '0'] = process.argv.slice(2);
const link = createNodeLink({ relayServer: {} });
link.start(() => {});
link.perform({ kind: 'listen', seed: Uint8Array.from(Buffer.from(seed, 'hex')) });

const server = createServer((request, response) => {
  const name = basename(request.url ?? '') || 'index.html';
  readFile(join(folder, name)).then(
    (body) => response.setHeader('content-type', name.endsWith('.js') ? 'text/javascript' : 'text/html').end(body),
    () => response.writeHead(404).end(),
  );
});
server.on('upgrade', (request, socket, head) => link.acceptUpgrade(request, socket, head));
await link.ready();
server.listen(Number(port), '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
