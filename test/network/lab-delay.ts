/**
 * Lets frames wait: what comes on the first of a pair of ports of loopback leaves for the second one's interface a while later, and the other way
 * round, in order. Arguments: milliseconds, the first port, the number of pairs (see lab-air.ts). Says `ready`.
 */
import { createSocket, type Socket } from 'node:dgram';

/** As the program is given them: milliseconds one way, the first port, the number of pairs. */
export type DelayArguments = readonly [ms: number, firstPort: number, pairs: number];

const HOME = '127.0.0.1';
const [delayMs = 0, first = 0, pairs = 0] = process.argv.slice(2).map(Number);

function listenAt(port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_194_304 });
  return new Promise((resolve) => socket.bind(port, HOME, () => resolve(socket)));
}

for (let pair = 0; pair < pairs; pair++) {
  const base = first + 4 * pair;
  const [near, far] = await Promise.all([listenAt(base), listenAt(base + 1)]);
  near.on('message', (frame) => setTimeout(() => far.send(frame, base + 3, HOME), delayMs));
  far.on('message', (frame) => setTimeout(() => near.send(frame, base + 2, HOME), delayMs));
}
console.log('ready');
