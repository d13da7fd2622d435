/**
 * A light client of the link's wire, for load: TLS, WebSocket, Noise, one yamux stream, /kith/1.0.0 frames, straight on a socket, so
 * that the clients cost less than the relay they load. Says what the product's link says and trusts whoever answers.
 */
import { randomBytes } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';
import { PLAINTEXT_MAX, type Secured, shakeHands } from './relay.part.noise.ts';

const MULTISTREAM = '/multistream/1.0.0';
const PROTOCOL = '/kith/1.0.0';
const YAMUX = '/yamux/1.0.0';
const STREAM = 1;
const WINDOW_BYTES = 262_144;
const HEADER_BYTES = 12;
const TYPE = { data: 0, windowUpdate: 1, ping: 2, goAway: 3 } as const;
const FLAG = { syn: 1, ack: 2, fin: 4, rst: 8 } as const;

/** Bytes that come as they come, asked for in the portions the reader needs. */
class Inlet {
  #held: Buffer = Buffer.alloc(0);
  #waiting: (() => void) | undefined;

  push(piece: Buffer): void {
    this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    this.#waiting?.();
  }

  /** The next `bytes`, or `undefined` until they are there. */
  take(bytes: number): Buffer | undefined {
    if (this.#held.length < bytes) return undefined;
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }

  peek(bytes: number): Buffer | undefined {
    return this.#held.length < bytes ? undefined : this.#held.subarray(0, bytes);
  }

  async read(bytes: number): Promise<Buffer> {
    for (;;) {
      const taken = this.take(bytes);
      if (taken !== undefined) return taken;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }
}

export class WireClient {
  readonly #socket: TLSSocket;
  /** What comes out of the WebSocket, of the Noise messages, and of the stream. */
  readonly #outer: Inlet = new Inlet();
  readonly #inner: Inlet = new Inlet();
  readonly #webSocket: Inlet = new Inlet();
  #secured: Secured | undefined;
  #isStreaming = false;
  #frames: Buffer[] = [];
  #unsent: Buffer = Buffer.alloc(0);
  #isFlushing = false;
  #sendWindow = WINDOW_BYTES;
  #received = 0;
  readonly #stream: Inlet = new Inlet();
  /** Each frame from the relay. Set before anything is asked of it. */
  onFrame: (frame: Buffer) => void = () => {};
  /** After the frames of one read. */
  onBatch: () => void = () => {};
  onEnd: (why: string) => void = () => {};

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('error', (error) => this.onEnd(error.message));
    socket.on('close', () => this.onEnd('closed'));
  }

  /** `host` is an address; the relay's certificate is not looked at. */
  static async open(host: string, port: number): Promise<WireClient> {
    const socket = connect({ host, port, rejectUnauthorized: false });
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    const client = new WireClient(socket);
    await client.#upgrade(`${host}:${port}`);
    await client.#greet();
    return client;
  }

  /** Sent with whatever else is sent in this turn of the loop. */
  send(frame: Uint8Array): void {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(frame.length);
    this.#frames.push(length, frame as Buffer);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => this.#flush());
  }

  close(): void {
    this.onEnd = () => {};
    this.#socket.destroy();
  }

  async #upgrade(host: string): Promise<void> {
    const key = randomBytes(16).toString('base64');
    this.#socket.write(
      `GET / HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    let head = Buffer.alloc(0);
    await new Promise<void>((resolve, reject) => {
      const hear = (piece: Buffer): void => {
        head = Buffer.concat([head, piece]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        this.#socket.off('data', hear);
        if (!head.toString('latin1', 0, end).startsWith('HTTP/1.1 101')) return reject(new Error(head.toString('latin1', 0, end)));
        this.#socket.on('data', (more: Buffer) => this.#hear(more));
        if (head.length > end + 4) this.#hear(head.subarray(end + 4));
        resolve();
      };
      this.#socket.on('data', hear);
    });
  }

  /** multistream-select → Noise → yamux → multistream-select → frames. */
  async #greet(): Promise<void> {
    this.#toWebSocket([line(MULTISTREAM), line('/noise')]);
    await expectLine(this.#outer, MULTISTREAM);
    await expectLine(this.#outer, '/noise');
    const write = (message: Buffer): void => this.#toWebSocket([lengthOf(message.length), message]);
    const read = async (): Promise<Buffer> => this.#outer.read((await this.#outer.read(2)).readUInt16BE());
    this.#secured = await shakeHands(write, read, YAMUX);
    this.#openNoise();
    this.#toNoise([yamuxHeader(TYPE.windowUpdate, FLAG.syn, STREAM, 0)]);
    const greeting = Buffer.concat([line(MULTISTREAM), line(PROTOCOL)]);
    this.#toNoise([yamuxHeader(TYPE.data, 0, STREAM, greeting.length), greeting]);
    await expectLine(this.#stream, MULTISTREAM);
    await expectLine(this.#stream, PROTOCOL);
    this.#isStreaming = true;
    this.#cutFrames();
  }

  #flush(): void {
    this.#isFlushing = false;
    const frames = this.#frames;
    this.#frames = [];
    const bytes = Buffer.concat(frames);
    this.#unsent = this.#unsent.length === 0 ? bytes : Buffer.concat([this.#unsent, bytes]);
    this.#sendUnsent();
  }

  /** As much as the window of the stream takes; the rest when it opens. */
  #sendUnsent(): void {
    while (this.#unsent.length > 0 && this.#sendWindow > 0) {
      const piece = this.#unsent.subarray(0, Math.min(this.#sendWindow, PLAINTEXT_MAX - HEADER_BYTES));
      this.#unsent = this.#unsent.subarray(piece.length);
      this.#sendWindow -= piece.length;
      this.#toNoise([yamuxHeader(TYPE.data, 0, STREAM, piece.length), piece]);
    }
  }

  #toNoise(parts: readonly Buffer[]): void {
    const sealed = (this.#secured as Secured).sending.encrypt(Buffer.concat(parts));
    this.#toWebSocket([lengthOf(sealed.reduce((sum, part) => sum + part.length, 0)), ...sealed]);
  }

  /** One masked binary message (RFC 6455 §5). */
  #toWebSocket(parts: readonly Buffer[]): void {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const headBytes = bytes < 126 ? 6 : bytes < 65_536 ? 8 : 14;
    const message = Buffer.allocUnsafe(headBytes + bytes);
    message[0] = 0x82;
    if (bytes < 126) message[1] = 0x80 | bytes;
    else if (bytes < 65_536) {
      message[1] = 0x80 | 126;
      message.writeUInt16BE(bytes, 2);
    } else {
      message[1] = 0x80 | 127;
      message.writeBigUInt64BE(BigInt(bytes), 2);
    }
    const mask = randomMask();
    message.set(mask, headBytes - 4);
    let at = headBytes;
    for (const part of parts) at += part.copy(message, at);
    for (let i = 0; i < bytes; i++) message[headBytes + i] = (message[headBytes + i] as number) ^ (mask[i & 3] as number);
    this.#socket.write(message);
  }

  #hear(piece: Buffer): void {
    this.#webSocket.push(piece);
    for (;;) {
      const head = this.#webSocket.peek(2);
      if (head === undefined) break;
      const short = (head[1] as number) & 0x7f;
      const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
      const whole = this.#webSocket.peek(headBytes);
      if (whole === undefined) break;
      const bytes = short < 126 ? short : short === 126 ? whole.readUInt16BE(2) : Number(whole.readBigUInt64BE(2));
      const message = this.#webSocket.take(headBytes + bytes);
      if (message === undefined) break;
      const isData = ((head[0] as number) & 0x0f) < 8;
      if (isData && bytes > 0) this.#outer.push(message.subarray(headBytes));
    }
    if (this.#secured !== undefined) this.#openNoise();
    this.onBatch();
  }

  #openNoise(): void {
    for (;;) {
      const length = this.#outer.peek(2)?.readUInt16BE();
      if (length === undefined) break;
      const message = this.#outer.take(2 + length);
      if (message === undefined) break;
      this.#inner.push((this.#secured as Secured).receiving.decrypt(message.subarray(2)));
    }
    this.#readYamux();
  }

  #readYamux(): void {
    for (;;) {
      const header = this.#inner.peek(HEADER_BYTES);
      if (header === undefined) break;
      const [type, flags, stream, length] = [header[1], header.readUInt16BE(2), header.readUInt32BE(4), header.readUInt32BE(8)];
      const whole = this.#inner.take(HEADER_BYTES + (type === TYPE.data ? length : 0));
      if (whole === undefined) break;
      if (type === TYPE.ping && flags === FLAG.syn) this.#toNoise([yamuxHeader(TYPE.ping, FLAG.ack, 0, length)]);
      else if (type === TYPE.goAway || (stream === STREAM && (flags & (FLAG.rst | FLAG.fin)) > 0)) this.onEnd('the relay ended the stream');
      else if (stream !== STREAM && flags === FLAG.syn) this.#toNoise([yamuxHeader(TYPE.windowUpdate, FLAG.rst, stream, 0)]);
      else if (type === TYPE.windowUpdate && stream === STREAM) {
        this.#sendWindow += length;
        this.#sendUnsent();
      } else if (type === TYPE.data && stream === STREAM) this.#hearStream(whole.subarray(HEADER_BYTES));
    }
  }

  #hearStream(data: Buffer): void {
    this.#received += data.length;
    if (this.#received * 2 >= WINDOW_BYTES) {
      this.#toNoise([yamuxHeader(TYPE.windowUpdate, 0, STREAM, this.#received)]);
      this.#received = 0;
    }
    this.#stream.push(data);
    if (this.#isStreaming) this.#cutFrames();
  }

  #cutFrames(): void {
    for (;;) {
      const length = this.#stream.peek(4)?.readUInt32BE();
      if (length === undefined) return;
      const frame = this.#stream.take(4 + length);
      if (frame === undefined) return;
      if (length > 0) this.onFrame(frame.subarray(4));
    }
  }
}

const masks = randomBytes(4096);
let nextMask = 0;

function randomMask(): Buffer {
  nextMask = (nextMask + 4) % masks.length;
  return masks.subarray(nextMask, nextMask + 4);
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(bytes);
  return length;
}

function yamuxHeader(type: number, flags: number, stream: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header[0] = 0;
  header[1] = type;
  header.writeUInt16BE(flags, 2);
  header.writeUInt32BE(stream, 4);
  header.writeUInt32BE(length, 8);
  return header;
}

function line(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length + 1]), Buffer.from(`${text}\n`)]);
}

async function expectLine(inlet: Inlet, text: string): Promise<void> {
  const [length] = await inlet.read(1);
  const said = (await inlet.read(length as number)).toString('latin1').trimEnd();
  if (said !== text) throw new Error(`the relay answered ${said}, not ${text}`);
}
