/**
 * A WebSocket that a web server accepted, as a libp2p connection: so one port serves the app and the link, with no loopback hop.
 * Bounded: messages at most `MESSAGE_BYTES_MAX` in, and writing pauses while `BUFFERED_BYTES_MAX` wait in the socket.
 */
import type { Logger } from '@libp2p/interface';
import { AbstractMultiaddrConnection } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { RawData, WebSocket } from 'ws';

export const MESSAGE_BYTES_MAX = 1_048_576;
const BUFFERED_BYTES_MAX = 262_144;
const WRITE_BYTES_MAX = 65_536;

type Data = Parameters<AbstractMultiaddrConnection['sendData']>[0];
type Sent = ReturnType<AbstractMultiaddrConnection['sendData']>;

export class WebSocketConnection extends AbstractMultiaddrConnection {
  readonly #webSocket: WebSocket;
  #isFull = false;

  constructor(webSocket: WebSocket, remoteAddr: Multiaddr, log: Logger) {
    super({ remoteAddr, log, direction: 'inbound', maxMessageSize: WRITE_BYTES_MAX });
    this.#webSocket = webSocket;
    webSocket.on('message', (data) => this.#receive(data));
    webSocket.on('close', (code) => (code === 1006 ? this.onRemoteReset() : this.onTransportClosed()));
    webSocket.on('error', (error) => this.abort(error));
  }

  override sendData(data: Data): Sent {
    // one message for all of it: libp2p's list has the two bytes of each length as a piece of their own
    this.#webSocket.send(data.subarray(), { binary: true }, () => this.#wrote());
    this.#isFull = this.#webSocket.bufferedAmount >= BUFFERED_BYTES_MAX;
    return { sentBytes: data.byteLength, canSendMore: !this.#isFull };
  }

  override sendReset(): void {
    this.#webSocket.terminate();
  }

  override async sendClose(): Promise<void> {
    this.#webSocket.close();
  }

  override sendPause(): void {
    this.#webSocket.pause();
  }

  override sendResume(): void {
    this.#webSocket.resume();
  }

  #wrote(): void {
    if (!this.#isFull || this.#webSocket.bufferedAmount * 2 > BUFFERED_BYTES_MAX) return;
    this.#isFull = false;
    this.safeDispatchEvent('drain');
  }

  #receive(data: RawData): void {
    if (Array.isArray(data)) for (const piece of data) this.onData(viewOf(piece));
    else this.onData(data instanceof ArrayBuffer ? new Uint8Array(data) : viewOf(data));
  }
}

/** A Buffer's `slice` means something else than an array's; libp2p expects the latter. */
function viewOf(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
