/**
 * Lets in who comes by link-local IPv6, the addresses that every interface has though nobody gave it any: one listener for each, so that nothing
 * is open to other networks by it. Which there are is the beacon's to say. Rule: docs/protocol/link.md §4.2.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { multiaddr } from '@multiformats/multiaddr';
import type { NodeParts } from '../passive-node.ts';
import { addressAt, type BeaconNetwork } from './beacon/networks.ts';
import { SocketConnection } from './socket-connection.ts';

interface Door {
  readonly server: Server;
  /** Where it listens, once it does. */
  port: number | undefined;
}

export class LinkLocalDoors {
  readonly #doors: Map<string, Door> = new Map<string, Door>();
  readonly #open: Set<Socket> = new Set<Socket>();
  readonly #stopping: AbortController = new AbortController();
  readonly #node: () => { readonly parts: NodeParts; readonly port: number } | undefined;

  /** `node`: who welcomes those who come, and the port to listen at. */
  constructor(node: () => { readonly parts: NodeParts; readonly port: number } | undefined) {
    this.#node = node;
  }

  /** Opens and closes doors until there is one for each of these networks that is IPv6. One that could not be opened is tried again. */
  keep(networks: readonly BeaconNetwork[]): void {
    const wanted = new Set(networks.filter(({ family }) => family === 6).map(placeOf));
    for (const [place, { server }] of this.#doors) {
      if (wanted.has(place)) continue;
      this.#doors.delete(place);
      server.close();
    }
    const port = this.#node()?.port;
    for (const place of wanted) if (port !== undefined && !this.#doors.has(place)) this.#openAt(place, port);
  }

  /** `undefined` while nobody can come in there. */
  portAt(network: BeaconNetwork): number | undefined {
    return this.#doors.get(placeOf(network))?.port;
  }

  stop(): void {
    this.#stopping.abort();
    for (const { server } of this.#doors.values()) server.close();
    for (const socket of this.#open) socket.destroy();
    this.#doors.clear();
  }

  #openAt(place: string, port: number): void {
    const server = createServer({ noDelay: true }, (socket) => this.#welcome(socket, place.split('%')[1] as string));
    const door: Door = { server, port: undefined };
    this.#doors.set(place, door);
    server.on('listening', () => {
      door.port = port;
    });
    server.on('error', () => {
      if (this.#doors.get(place) === door) this.#doors.delete(place);
    });
    server.listen({ host: place, port, ipv6Only: true });
  }

  #welcome(socket: Socket, zone: string): void {
    const parts = this.#node()?.parts;
    const { remoteAddress, remotePort } = socket;
    if (parts === undefined || remoteAddress === undefined || remotePort === undefined || this.#stopping.signal.aborted) {
      socket.destroy();
      return;
    }
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    const address = multiaddr(addressAt(`${remoteAddress.replace(/%.*$/, '')}%${zone}`, remotePort));
    const connection = new SocketConnection(socket, 'inbound', address, parts.logger.forComponent('kith:door'));
    parts.upgrader.upgradeInbound(connection, { signal: this.#stopping.signal }).catch((error: unknown) => {
      connection.abort(error instanceof Error ? error : new Error('no upgrade'));
    });
  }
}

function placeOf({ address, interface: zone }: BeaconNetwork): string {
  return `${address}%${zone}`;
}
