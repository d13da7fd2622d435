/** Asks the system whether the link's ports can be had, so that a taken one is named before anything starts. Holds none of them. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { PortTrouble } from './cli/exit.ts';

export async function assertTcpPort(port: number, host: string, option: string): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new PortTrouble(port, option, error)));
    server.listen({ port, host }, () => server.close(() => resolve()));
  });
}

export async function assertUdpPort(port: number, host: string, option: string): Promise<void> {
  if (port === 0) return;
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => reject(new PortTrouble(port, option, error)));
    socket.bind(port, host, () => socket.close(() => resolve()));
  });
}
