/** Asks a STUN server on this machine whether it is there: one binding request (RFC 8489 §5) until something answers. Reads nothing out of the answer. */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const AGAIN_MS = 200;

/** Asks again and again until it answers; `false` when it did not within this time. */
export function answersStun(address: string, port: number, withinMs: number): Promise<boolean> {
  const request = Buffer.alloc(HEADER_BYTES);
  request.writeUInt16BE(BINDING_REQUEST, 0);
  request.writeUInt32BE(MAGIC_COOKIE, 4);
  randomBytes(12).copy(request, 8);
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      clearInterval(again);
      clearTimeout(late);
      socket.close();
      resolve(answer);
    };
    const ask = (): void => socket.send(request, port, address, () => {});
    const again = setInterval(ask, AGAIN_MS);
    const late = setTimeout(() => end(false), withinMs);
    socket.on('error', () => {}); // nobody listens there yet
    socket.on('message', (message) => {
      const isAnswer = message.length >= HEADER_BYTES && message.readUInt16BE(0) === BINDING_SUCCESS;
      if (isAnswer && message.subarray(4, HEADER_BYTES).equals(request.subarray(4))) end(true);
    });
    ask();
  });
}
