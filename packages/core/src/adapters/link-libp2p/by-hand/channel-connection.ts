/**
 * An open data channel as a libp2p connection: Noise and yamux run inside it as over any other. Bounded: writing pauses while `BUFFERED_BYTES_MAX` wait in
 * the channel. It cannot ask the other side to pause; what comes is read at once. Never judges by `readyState` whether the other side is there.
 */
import type { Logger } from '@libp2p/interface';
import { AbstractMultiaddrConnection } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';

const BUFFERED_BYTES_MAX = 262_144;
/** Every browser takes messages of this size, and larger ones gain little. */
const WRITE_BYTES_MAX = 65_536;

type Data = Parameters<AbstractMultiaddrConnection['sendData']>[0];
type Sent = ReturnType<AbstractMultiaddrConnection['sendData']>;

export interface ChannelConnectionInit {
  readonly channel: RTCDataChannel;
  /** Ends the RTCPeerConnection around the channel. */
  close(): void;
  readonly remoteAddr: Multiaddr;
  readonly direction: 'inbound' | 'outbound';
  readonly log: Logger;
}

export class ChannelConnection extends AbstractMultiaddrConnection {
  readonly #channel: RTCDataChannel;
  readonly #close: () => void;

  /** Made in the very turn in which the channel opens: what comes before somebody listens is lost. */
  constructor({ channel, close, remoteAddr, direction, log }: ChannelConnectionInit) {
    super({ remoteAddr, log, direction, maxMessageSize: WRITE_BYTES_MAX });
    this.#channel = channel;
    this.#close = close;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = BUFFERED_BYTES_MAX / 2;
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.onData(new Uint8Array(data));
    });
    channel.addEventListener('bufferedamountlow', () => this.safeDispatchEvent('drain'));
    channel.addEventListener('close', () => {
      this.onTransportClosed();
      close();
    });
  }

  override sendData(data: Data): Sent {
    this.#channel.send(new Uint8Array(data.subarray()));
    return { sentBytes: data.byteLength, canSendMore: this.#channel.bufferedAmount < BUFFERED_BYTES_MAX };
  }

  override sendReset(): void {
    this.#close();
  }

  override async sendClose(): Promise<void> {
    this.#close();
  }

  override sendPause(): void {}

  override sendResume(): void {}
}
