/**
 * Dials relays by WebSocket, in pages and in Node. It stands in for @libp2p/websockets, whose abort asks for close code 1006, which
 * every platform refuses: the socket of a connection that was given up stays open. Here giving up closes it. Never listens.
 */
import { type Connection, type Logger, serviceCapabilities, type Transport, transportSymbol } from '@libp2p/interface';
import { AbstractMultiaddrConnection } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { NodeParts } from './passive-node.ts';

/** Writing pauses while this much waits in the socket, and goes on at half of it. */
const BUFFERED_BYTES_MAX = 1_048_576;
const WRITE_BYTES_MAX = 65_536;
/** The platform does not say when its buffer empties. */
const LOOK_AGAIN_MS = 4;

type Data = Parameters<AbstractMultiaddrConnection['sendData']>[0];
type Sent = ReturnType<AbstractMultiaddrConnection['sendData']>;
type DialOptions = Parameters<Transport['dial']>[1];

export function webSocketDialling(): (components: Pick<NodeParts, 'logger'>) => Transport {
  return (components) => new WebSocketDialler(components.logger.forComponent('kith:web-socket'));
}

class WebSocketDialler implements Transport {
  readonly [transportSymbol] = true;
  readonly [serviceCapabilities]: string[] = ['@libp2p/transport'];
  readonly [Symbol.toStringTag] = 'kith/web-socket-dialling';
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  async dial(address: Multiaddr, options: DialOptions): Promise<Connection> {
    const socket = await openSocket(urlOf(address) as string, options.signal);
    const connection = new DialledSocket(socket, address, this.#log.newScope('connection'));
    try {
      return await options.upgrader.upgradeOutbound(connection, options);
    } catch (error) {
      connection.abort(error instanceof Error ? error : new Error('no upgrade'));
      throw error;
    }
  }

  dialFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => urlOf(address) !== undefined);
  }

  listenFilter(): Multiaddr[] {
    return [];
  }

  createListener(): never {
    throw new Error('this transport only dials');
  }
}

/** `undefined` for what is not a WebSocket's address: host, tcp port, `/ws`, `/wss` or `/tls/ws`, and perhaps the peer. */
export function urlOf(address: Multiaddr): string | undefined {
  const [host, tcp, ...rest] = address.getComponents();
  if (host?.value === undefined || tcp?.name !== 'tcp' || !HOSTS.includes(host.name)) return undefined;
  const form = rest.map(({ name }) => name).join('/');
  const isSecure = /^(wss|tls\/ws|tls\/sni\/ws)(\/p2p)?$/.test(form);
  if (!isSecure && !/^ws(\/p2p)?$/.test(form)) return undefined;
  return `${isSecure ? 'wss' : 'ws'}://${host.name === 'ip6' ? `[${host.value}]` : host.value}:${tcp.value}/`;
}

const HOSTS = ['ip4', 'ip6', 'dns', 'dns4', 'dns6'];

function openSocket(url: string, signal: AbortSignal | undefined): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const settle = (act: () => void): void => {
      socket.removeEventListener('open', onOpen);
      socket.removeEventListener('error', onError);
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const onOpen = (): void => settle(() => resolve(socket));
    const onError = (event: Event): void => settle(() => reject(errorOf(event)));
    const onAbort = (): void =>
      settle(() => {
        // an error follows where closing interrupts connecting, and somebody has to hear it
        socket.addEventListener('error', () => {});
        socket.close();
        reject(signal?.reason);
      });
    socket.addEventListener('open', onOpen);
    socket.addEventListener('error', onError);
    signal?.addEventListener('abort', onAbort);
  });
}

/** Browsers tell nothing; Node puts the reason into the event. */
function errorOf(event: Event): Error {
  const error: unknown = 'error' in event ? event.error : undefined;
  return error instanceof Error ? error : new Error('the WebSocket did not open');
}

class DialledSocket extends AbstractMultiaddrConnection {
  readonly #socket: WebSocket;
  #look: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WebSocket, remoteAddr: Multiaddr, log: Logger) {
    super({ remoteAddr, log, direction: 'outbound', maxMessageSize: WRITE_BYTES_MAX });
    this.#socket = socket;
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.onData(new Uint8Array(data));
      else this.abort(new Error('not a binary message'));
    });
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', ({ wasClean }) => {
      clearTimeout(this.#look);
      if (wasClean) this.onTransportClosed();
      else this.onRemoteReset();
    });
  }

  override sendData(data: Data): Sent {
    // one message for all of it: libp2p's list has the two bytes of each length as a piece of their own
    this.#socket.send(data.subarray() as Uint8Array<ArrayBuffer>);
    const canSendMore = this.#socket.bufferedAmount < BUFFERED_BYTES_MAX;
    if (!canSendMore) this.#lookAgain();
    return { sentBytes: data.byteLength, canSendMore };
  }

  override sendReset(): void {
    clearTimeout(this.#look);
    this.#socket.close();
  }

  override async sendClose(): Promise<void> {
    clearTimeout(this.#look);
    this.#socket.close();
  }

  override sendPause(): void {} // the platform has no way to stop a WebSocket from reading

  override sendResume(): void {}

  #lookAgain(): void {
    clearTimeout(this.#look);
    this.#look = setTimeout(() => {
      if (this.#socket.bufferedAmount * 2 > BUFFERED_BYTES_MAX) this.#lookAgain();
      else this.safeDispatchEvent('drain');
    }, LOOK_AGAIN_MS);
  }
}
