import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { describe, test } from 'vitest';
import { type Bytes, bytesOf } from '../../../kernel/bytes.ts';
import type { TransportKey } from '../../../node/machine.ts';
import { type ExamPair, linkExam } from '../../../testing/link-exam.ts';
import { PROTOCOL } from '../libp2p-link.ts';
import { startPassiveNode } from '../passive-node.ts';
import { privateKeyOf, transportKeyOfSeed } from '../transport-identity.ts';
import { webSocketDialling } from '../web-socket-dialling.ts';
import { createNodeLink, type NodeLink, type NodeLinkOptions, type WebRtcCertificate } from './index.ts';

const HOST = '127.0.0.1';
const ANY_PORT = { host: HOST, port: 0 };
/** Kept for the file: making one takes a moment, and keeping one is what it is for. */
let certificate: WebRtcCertificate | undefined;
const certificateStore = {
  load: async (): Promise<WebRtcCertificate | undefined> => certificate,
  save: async (made: WebRtcCertificate): Promise<void> => {
    certificate = made;
  },
};

async function node(options: NodeLinkOptions): Promise<{ link: NodeLink; seed: Bytes; key: TransportKey }> {
  const seed = bytesOf(randomBytes(32));
  const key = await transportKeyOfSeed(seed);
  return { link: createNodeLink(options), seed, key };
}

/** A stranger who speaks libp2p well and our framing badly, or nothing at all. */
async function attack(address: string, kind: 'garbage' | 'oversized'): Promise<void> {
  if (kind === 'garbage') {
    const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1]);
    const socket = connect(port, HOST);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    socket.resume();
    socket.end(randomBytes(100_000));
    await closed;
    return;
  }
  const stranger = await startPassiveNode({
    privateKey: await privateKeyOf(bytesOf(randomBytes(32))),
    transports: [tcp(), webSocketDialling()],
    listen: [],
    announce: [],
    services: {},
    connectionsMax: 10,
  });
  const connection = await stranger.node.dial(multiaddr(address));
  const closed = new Promise<void>((resolve) => connection.addEventListener('close', () => resolve()));
  const stream = await connection.newStream(PROTOCOL);
  stream.send(bytesOf([0xff, 0xff, 0xff, 0xff, ...new Array<number>(500).fill(7)]));
  await closed;
  await stranger.node.stop();
}

async function pairOver(options: NodeLinkOptions, nowhere: string): Promise<ExamPair> {
  const [dialler, listener] = await Promise.all([
    node({ webrtc: options.webrtcDirect !== undefined, dialTimeoutMs: 3_000 }),
    node(options),
  ]);
  return {
    dialler,
    listener,
    address: async () => (await listener.link.addresses())[0] as string,
    nowhere,
    close: async () => {},
  };
}

describe('over tcp on loopback the link exam is passed', () => {
  const cases = linkExam({
    open: async () => {
      const pair = await pairOver({ tcp: ANY_PORT }, `/ip4/${HOST}/tcp/1`);
      return { ...pair, attack: async (kind) => attack(await pair.address(), kind) };
    },
  });
  for (const { name, run } of cases) test(name, run);
});

describe('over ws on loopback the link exam is passed', () => {
  for (const { name, run } of linkExam({ open: () => pairOver({ ws: ANY_PORT }, `/ip4/${HOST}/tcp/1/ws`) })) test(name, run);
});

describe('over ws handed over by a web server the link exam is passed', () => {
  const cases = linkExam({
    open: async () => {
      const pair = await pairOver({}, `/ip4/${HOST}/tcp/1/ws`);
      const server: Server = createServer((_, response) => response.end('the app'));
      server.on('upgrade', (request, socket, head) => (pair.listener.link as NodeLink).acceptUpgrade(request, socket, head));
      await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
      const address = async (): Promise<string> => {
        await (pair.listener.link as NodeLink).ready();
        return `/ip4/${HOST}/tcp/${(server.address() as AddressInfo).port}/ws`;
      };
      return {
        ...pair,
        address,
        attack: async (kind) => attack(await address(), kind),
        close: async () => {
          server.closeAllConnections();
          await new Promise((resolve) => server.close(resolve));
        },
      };
    },
  });
  for (const { name, run } of cases) test(name, run);
});

describe('over webrtc-direct on loopback the link exam is passed', () => {
  const cases = linkExam({
    open: () =>
      pairOver(
        { webrtcDirect: { ...ANY_PORT, certificate: certificateStore } },
        `/ip4/${HOST}/udp/1/webrtc-direct/certhash/uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g`,
      ),
    floodFrames: 100,
  });
  for (const { name, run } of cases) test(name, run);
});
