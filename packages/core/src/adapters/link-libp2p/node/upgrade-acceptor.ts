/** Turns a web server's WebSocket upgrades into incoming libp2p connections. Refuses politely until the node is there and once it stops. */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { type WebSocket, WebSocketServer } from 'ws';
import type { NodeParts } from '../passive-node.ts';
import { MESSAGE_BYTES_MAX, WebSocketConnection } from './web-socket-connection.ts';

const UNAVAILABLE = 'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

export class UpgradeAcceptor {
  readonly #server: WebSocketServer = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MESSAGE_BYTES_MAX });
  readonly #stopping: AbortController = new AbortController();
  readonly #open: Set<WebSocket> = new Set();
  #parts: NodeParts | undefined;

  /** Until this is called, upgrades are answered with 503. */
  serve(parts: NodeParts): void {
    this.#parts = parts;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const parts = this.#parts;
    socket.on('error', () => socket.destroy());
    if (parts === undefined || this.#stopping.signal.aborted) {
      socket.end(UNAVAILABLE);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#adopt(webSocket, request, parts));
  }

  stop(): void {
    this.#stopping.abort();
    for (const webSocket of this.#open) webSocket.terminate();
    this.#server.close();
  }

  #adopt(webSocket: WebSocket, request: IncomingMessage, parts: NodeParts): void {
    this.#open.add(webSocket);
    webSocket.on('close', () => this.#open.delete(webSocket));
    const log = parts.logger.forComponent('kith:upgrade');
    const connection = new WebSocketConnection(webSocket, remoteAddress(request), log);
    parts.upgrader.upgradeInbound(connection, { signal: this.#stopping.signal }).catch((error: unknown) => {
      connection.abort(error instanceof Error ? error : new Error('no upgrade'));
    });
  }
}

function remoteAddress(request: IncomingMessage): Multiaddr {
  const { remoteAddress: host = '127.0.0.1', remotePort = 0 } = request.socket;
  const plain = host.replace(/%.*$/, '');
  return multiaddr(`/${isIPv6(plain) ? 'ip6' : 'ip4'}/${plain}/tcp/${remotePort}/ws`);
}
