/** A TCP socket as a libp2p connection: one that was opened, or let in, by a way that libp2p's own transport does not have. */
import type { Socket } from 'node:net';
import type { Logger } from '@libp2p/interface';
import { AbstractMultiaddrConnection } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';

const KEEP_ALIVE_MS = 60_000;

type Data = Parameters<AbstractMultiaddrConnection['sendData']>[0];
type Sent = ReturnType<AbstractMultiaddrConnection['sendData']>;

export class SocketConnection extends AbstractMultiaddrConnection {
  readonly #socket: Socket;

  /** `socket` is connected. */
  constructor(socket: Socket, direction: 'inbound' | 'outbound', remoteAddr: Multiaddr, log: Logger) {
    super({ remoteAddr, log, direction });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (bytes) => this.onData(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
    socket.on('drain', () => this.safeDispatchEvent('drain'));
    socket.on('error', (error) => this.abort(error));
    socket.on('end', () => this.onTransportClosed());
    socket.on('close', (hadError) => (hadError ? this.onRemoteReset() : this.onTransportClosed()));
  }

  override sendData(data: Data): Sent {
    return { sentBytes: data.byteLength, canSendMore: this.#socket.write(data.subarray()) };
  }

  override sendReset(): void {
    this.#socket.destroy();
  }

  override async sendClose(): Promise<void> {
    this.#socket.destroySoon();
  }

  override sendPause(): void {
    this.#socket.pause();
  }

  override sendResume(): void {
    this.#socket.resume();
  }
}
