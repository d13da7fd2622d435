/**
 * Dials by TCP where libp2p's own transport cannot: through a SOCKS5 proxy (RFC 1928), which is given names as they are and resolves them
 * itself, to link-local IPv6, which needs the name of an interface, and from one port for several. What is meant for the proxy never goes past it.
 * Never listens.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type Connection, type Logger, serviceCapabilities, type Transport, transportSymbol } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { SocksClient } from 'socks';
import { parseAddress, withoutLastPeer } from '../dial-target.ts';
import type { NodeParts } from '../passive-node.ts';
import { SocketConnection } from './socket-connection.ts';

export interface SocksProxy {
  readonly host: string;
  readonly port: number;
  /** With both, the proxy is told them (RFC 1929). */
  readonly username?: string;
  readonly password?: string;
}

export interface ProxiedDials extends SocksProxy {
  /** The addresses that are dialled through it, without `/p2p`; all others are not. */
  readonly addresses: readonly string[];
}

/** Some addresses are dialled from one port, so that a router shows the same one to all of them and to whoever else is dialled from it. */
export interface OwnPort {
  readonly port: number;
  /** `/ip4` and `/dns4` with `/tcp` alone, without `/p2p`. */
  readonly addresses: readonly string[];
  /** Told of each connection that was dialled from it. */
  dialled(connection: Connection): void;
}

type DialOptions = Parameters<Transport['dial']>[1];

interface Target {
  readonly host: string;
  readonly port: number;
  readonly by: 'proxy' | 'own-port' | 'any-port';
}

export function socketDialling(
  proxied: ProxiedDials | undefined,
  ownPort?: OwnPort | undefined,
): (components: Pick<NodeParts, 'logger'>) => Transport {
  return (components) => new SocketDialler(proxied, ownPort, components.logger.forComponent('kith:socket'));
}

/** A TCP port that nobody has at the moment. */
export async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class SocketDialler implements Transport {
  readonly [transportSymbol] = true;
  readonly [serviceCapabilities]: string[] = ['@libp2p/transport'];
  readonly [Symbol.toStringTag] = 'kith/socket-dialling';
  readonly #proxy: SocksProxy | undefined;
  readonly #addresses: ReadonlySet<string>;
  readonly #ownPort: OwnPort | undefined;
  readonly #fromOwnPort: ReadonlySet<string>;
  readonly #log: Logger;

  constructor(proxied: ProxiedDials | undefined, ownPort: OwnPort | undefined, log: Logger) {
    this.#proxy = proxied;
    this.#addresses = new Set(proxied?.addresses.map(namedAs));
    this.#ownPort = ownPort;
    this.#fromOwnPort = new Set(ownPort?.addresses.map(namedAs));
    this.#log = log;
  }

  async dial(address: Multiaddr, options: DialOptions): Promise<Connection> {
    const target = this.#target(address) as Target;
    const proxy = target.by === 'proxy' ? this.#proxy : undefined;
    const ownPort = target.by === 'own-port' ? this.#ownPort : undefined;
    const socket =
      ownPort === undefined
        ? await dialSocket(proxy ?? target, options.signal)
        : await dialFromOwnPort(target, ownPort.port, options.signal);
    const upgraded = async (): Promise<Connection> => {
      if (proxy !== undefined) await throughProxy(socket, proxy, target, options.signal);
      return options.upgrader.upgradeOutbound(new SocketConnection(socket, 'outbound', address, this.#log.newScope('connection')), options);
    };
    try {
      const connection = await upgraded();
      if (ownPort !== undefined && socket.localPort === ownPort.port) ownPort.dialled(connection);
      return connection;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  dialFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => this.#target(address) !== undefined);
  }

  listenFilter(): Multiaddr[] {
    return [];
  }

  createListener(): never {
    throw new Error('this transport only dials');
  }

  #target(address: Multiaddr): Target | undefined {
    const parts = address.getComponents();
    const [zone, host, tcp] = parts[0]?.name === 'ip6zone' ? parts : [undefined, ...parts];
    if (host?.value === undefined || tcp?.name !== 'tcp') return undefined;
    const port = Number(tcp.value);
    if (this.#addresses.has(nameOf(address))) return { host: host.value, port, by: 'proxy' };
    if (this.#fromOwnPort.has(nameOf(address))) return { host: host.value, port, by: 'own-port' };
    const isPlain = parts.every(({ name }) => name === 'ip6zone' || name === 'ip6' || name === 'tcp' || name === 'p2p');
    return zone === undefined || !isPlain ? undefined : { host: `${host.value}%${zone.value}`, port, by: 'any-port' };
  }
}

/** One name for every way to write an address; letters of a host's name count alike. */
function nameOf(address: Multiaddr): string {
  return withoutLastPeer(address).toLowerCase();
}

/** Throws for what is no address: who wrote it means something for the proxy, and it could go past it. */
function namedAs(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`Not an address that a proxy could be asked for: ${text}`);
  return nameOf(address);
}

/** From the port of its own if the system lets it: it does not while the last connection between the same two places is not yet over. */
async function dialFromOwnPort({ host, port }: Target, localPort: number, signal: AbortSignal | undefined): Promise<Socket> {
  try {
    return await dialSocket({ host, port, localPort, family: 4 }, signal);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL');
    if (!isTaken) throw error;
    return dialSocket({ host, port, family: 4 }, signal);
  }
}

/** Resolves with a connected socket; rejects with what the system says, or with the signal's reason. */
export function dialSocket(options: TcpNetConnectOpts, signal: AbortSignal | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = connect(options);
    const settle = (act: () => void): void => {
      socket.removeAllListeners();
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        socket.on('error', () => {});
        socket.destroy();
        reject(error);
      });
    const onAbort = (): void => fail(signal?.reason);
    socket.once('connect', () => settle(() => resolve(socket)));
    socket.once('error', fail);
    signal?.addEventListener('abort', onAbort);
  });
}

/** The proxy connects the socket onwards; until it has, nothing but its protocol is spoken. */
async function throughProxy(socket: Socket, proxy: SocksProxy, { host, port }: Target, signal: AbortSignal | undefined): Promise<void> {
  const onAbort = (): void => void socket.destroy();
  signal?.addEventListener('abort', onAbort);
  try {
    const { username, password } = proxy;
    await SocksClient.createConnection({
      command: 'connect',
      destination: { host, port },
      proxy: {
        type: 5,
        host: proxy.host,
        port: proxy.port,
        ...(username === undefined || password === undefined ? {} : { userId: username, password }),
      },
      existing_socket: socket,
    });
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
