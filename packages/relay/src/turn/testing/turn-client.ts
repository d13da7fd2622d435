/**
 * A TURN client for tests: asks for an allocation by UDP and for leave to reach a peer, and answers how it was answered (RFC 8656). It
 * carries nothing.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';

const ALLOCATE = 0x0003;
const CREATE_PERMISSION = 0x0008;
const XOR_PEER_ADDRESS = 0x0012;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const ERROR_CODE = 0x0009;
const REALM = 0x0014;
const NONCE = 0x0015;
const REQUESTED_TRANSPORT = 0x0019;
const UDP = Buffer.from([17, 0, 0, 0]);
const COOKIE = 0x2112a442;

interface Answer {
  /** 0 when it was granted, else the number of the refusal. */
  readonly code: number;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

export interface TurnClient {
  /** 0 when an allocation was granted. */
  allocate(): Promise<number>;
  /** 0 when this IPv4 address may be reached. */
  permit(address: string): Promise<number>;
  close(): void;
}

/** `server`: where it is asked. */
export function turnClient(
  port: number,
  login: { readonly username: string; readonly credential: string },
  server = '127.0.0.1',
): TurnClient {
  const socket = createSocket(server.includes(':') ? 'udp6' : 'udp4');
  let realm: Buffer = Buffer.alloc(0);
  let nonce: Buffer = Buffer.alloc(0);

  const ask = (type: number, attributes: readonly (readonly [number, Buffer])[], isSigned: boolean): Promise<Answer> => {
    const id = randomBytes(12);
    const signed = isSigned
      ? ([
          [USERNAME, Buffer.from(login.username)],
          [REALM, realm],
          [NONCE, nonce],
        ] as const)
      : [];
    let body = Buffer.concat([...attributes, ...signed].map(([kind, value]) => attribute(kind, value)));
    if (isSigned) {
      const key = createHash('md5').update(`${login.username}:${realm}:${login.credential}`).digest();
      const mac = createHmac('sha1', key)
        .update(Buffer.concat([header(type, body.length + 24, id), body]))
        .digest();
      body = Buffer.concat([body, attribute(MESSAGE_INTEGRITY, mac)]);
    }
    const message = Buffer.concat([header(type, body.length, id), body]);
    return new Promise((resolve, reject) => {
      const again = setInterval(() => socket.send(message, port, server), 500);
      const late = setTimeout(() => end(() => reject(new Error('no answer'))), 5_000);
      const end = (act: () => void): void => {
        clearInterval(again);
        clearTimeout(late);
        socket.off('message', hear);
        act();
      };
      const hear = (answer: Buffer): void => {
        if (answer.subarray(8, 20).equals(id)) end(() => resolve(readAnswer(answer)));
      };
      socket.on('message', hear);
      socket.send(message, port, server);
    });
  };

  return {
    async allocate() {
      const wanted = [[REQUESTED_TRANSPORT, UDP]] as const;
      const first = await ask(ALLOCATE, wanted, false);
      realm = first.attributes.get(REALM) ?? realm;
      nonce = first.attributes.get(NONCE) ?? nonce;
      return first.code === 401 ? (await ask(ALLOCATE, wanted, true)).code : first.code;
    },
    async permit(address) {
      const value = Buffer.alloc(8);
      value.writeUInt8(1, 1);
      value.writeUInt16BE(9 ^ (COOKIE >>> 16), 2);
      value.writeUInt32BE((address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) ^ COOKIE) >>> 0, 4);
      return (await ask(CREATE_PERMISSION, [[XOR_PEER_ADDRESS, value]], true)).code;
    },
    close: () => socket.close(),
  };
}

function header(type: number, length: number, id: Buffer): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(COOKIE, 4);
  return Buffer.concat([bytes, id]);
}

function attribute(kind: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(kind, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function readAnswer(answer: Buffer): Answer {
  const attributes = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= answer.length; ) {
    const length = answer.readUInt16BE(at + 2);
    attributes.set(answer.readUInt16BE(at), answer.subarray(at + 4, at + 4 + length));
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  const error = attributes.get(ERROR_CODE);
  return { code: error === undefined ? 0 : error.readUInt8(2) * 100 + error.readUInt8(3), attributes };
}
