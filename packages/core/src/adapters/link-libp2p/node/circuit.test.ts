import { randomBytes } from 'node:crypto';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { type Bytes, bytesOf } from '../../../kernel/bytes.ts';
import type { LinkEvent, TransportKey } from '../../../node/machine.ts';
import { ExamSide } from '../../../testing/link-exam-side.ts';
import { startPassiveNode } from '../passive-node.ts';
import { privateKeyOf, transportKeyOfSeed } from '../transport-identity.ts';
import { webSocketDialling } from '../web-socket-dialling.ts';
import { createNodeLink, type NodeLink, type NodeLinkOptions } from './index.ts';

const HOST = '127.0.0.1';
const PATIENCE_MS = 15_000;
const opened: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((thing) => thing.stop()));
});

interface Someone {
  readonly side: ExamSide;
  readonly link: NodeLink;
  readonly key: TransportKey;
}

async function someone(options: NodeLinkOptions = {}, seed: Bytes = bytesOf(randomBytes(32))): Promise<Someone> {
  const key = await transportKeyOfSeed(seed);
  const link = createNodeLink({ reserveCheckMs: 100, dialTimeoutMs: 4_000, ...options });
  opened.push(link);
  const side = new ExamSide(link, PATIENCE_MS);
  side.link.perform({ kind: 'listen', seed });
  await link.ready();
  return { side, link, key };
}

/** Waits for the newest `addresses` event after `from` for which the claim holds. */
async function addressesThat(side: ExamSide, from: number, holds: (addresses: readonly string[]) => boolean): Promise<readonly string[]> {
  const isIt = (event: LinkEvent): event is Extract<LinkEvent, { kind: 'addresses' }> =>
    event.kind === 'addresses' && holds(event.addresses);
  return (await side.event('addresses as expected', (events) => events.slice(from).find(isIt))).addresses;
}

async function exchange(a: ExamSide, b: ExamSide, dial: number): Promise<void> {
  const near = await a.upOfDial(dial);
  const far = await b.upNumber(b.countUps() - 1);
  await Promise.all([a.sendAll(near.neighbour, [bytesOf([1, 2, 3])]), b.sendAll(far.neighbour, [bytesOf([4])])]);
  await Promise.all([a.frames(near.neighbour, 1), b.frames(far.neighbour, 1)]);
}

describe('a reservation', () => {
  test('outlives a restart of its relay, and is reported away in between', async () => {
    const seed = bytesOf(randomBytes(32));
    const first = await someone({ ws: { host: HOST, port: 0 }, relayServer: {} }, seed);
    const relayAddress = (await first.link.addresses())[0] as string;
    const port = Number(/\/tcp\/(\d+)/.exec(relayAddress)?.[1]);

    const [ann, bo] = await Promise.all([someone(), someone()]);
    bo.link.perform({ kind: 'dial', id: 1, address: relayAddress });
    bo.link.perform({ kind: 'reserve', address: relayAddress });
    const before = await addressesThat(bo.side, 0, (addresses) => addresses.length > 0);
    ann.link.perform({ kind: 'dial', id: 1, address: before[0] as string, expectedKey: bo.key });
    expect((await ann.side.upOfDial(1)).path).toBe('circuit');
    await exchange(ann.side, bo.side, 1);

    const told = bo.side.events.length;
    await first.link.stop();
    expect(await addressesThat(bo.side, told, (addresses) => addresses.length === 0)).toEqual([]);

    await someone({ ws: { host: HOST, port }, relayServer: {} }, seed);
    bo.link.perform({ kind: 'dial', id: 2, address: relayAddress });
    const after = await addressesThat(bo.side, told, (addresses) => addresses.length > 0);
    expect(after).toEqual(before);
    ann.link.perform({ kind: 'dial', id: 2, address: after[0] as string, expectedKey: bo.key });
    await exchange(ann.side, bo.side, 2);
  });

  test('ends with unreserve: who comes by the circuit is refused, though the relay is still a neighbour', async () => {
    const relay = await someone({ ws: { host: HOST, port: 0 }, relayServer: {} });
    const relayAddress = (await relay.link.addresses())[0] as string;
    const [ann, bo] = await Promise.all([someone(), someone()]);
    bo.link.perform({ kind: 'dial', id: 1, address: relayAddress });
    const { neighbour } = await bo.side.upOfDial(1);
    bo.link.perform({ kind: 'reserve', address: relayAddress });
    const [address] = await addressesThat(bo.side, 0, (addresses) => addresses.length > 0);
    const told = bo.side.events.length;
    bo.link.perform({ kind: 'unreserve', address: relayAddress });
    await addressesThat(bo.side, told, (addresses) => addresses.length === 0);
    ann.link.perform({ kind: 'dial', id: 1, address: address as string, expectedKey: bo.key });
    expect((await ann.side.dialFailed(1)).reason).toBe('unreachable');
    expect(await bo.link.addresses()).toEqual([]);
    expect(bo.side.countDown(neighbour)).toBe(0);
  });

  test('by a circuit, too, another key than the expected one is refused', async () => {
    const relay = await someone({ ws: { host: HOST, port: 0 }, relayServer: {} });
    const [ann, bo] = await Promise.all([someone(), someone()]);
    const relayAddress = (await relay.link.addresses())[0] as string;
    bo.link.perform({ kind: 'dial', id: 1, address: relayAddress });
    bo.link.perform({ kind: 'reserve', address: relayAddress });
    const [address] = await addressesThat(bo.side, 0, (addresses) => addresses.length > 0);
    ann.link.perform({ kind: 'dial', id: 1, address: address as string, expectedKey: relay.key });
    ann.link.perform({ kind: 'dial', id: 2, address: address as string });
    expect((await ann.side.dialFailed(1)).reason).not.toBe('bad-address');
    expect((await ann.side.dialFailed(2)).reason).toBe('bad-address');
    expect(ann.side.countUps()).toBe(0);
  });
});

test('two who came in by a web server’s upgrade reach each other through the relay behind it', async () => {
  const relay = await someone({ relayServer: {} });
  const server: Server = createServer((_, response) => response.end('the app'));
  server.on('upgrade', (request, socket, head) => relay.link.acceptUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  opened.push({ stop: async () => void server.close() });
  const relayAddress = `/ip4/${HOST}/tcp/${(server.address() as AddressInfo).port}/ws`;

  const [ann, bo] = await Promise.all([someone(), someone()]);
  for (const { link } of [ann, bo]) link.perform({ kind: 'dial', id: 1, address: relayAddress, expectedKey: relay.key });
  expect((await ann.side.upOfDial(1)).path).toBe('relay');
  expect((await bo.side.upOfDial(1)).path).toBe('relay');
  expect((await relay.side.upNumber(1)).path).toBe('direct');
  bo.link.perform({ kind: 'reserve', address: relayAddress });
  const [address] = await addressesThat(bo.side, 0, (addresses) => addresses.length > 0);
  ann.link.perform({ kind: 'dial', id: 2, address: address as string, expectedKey: bo.key });
  expect((await ann.side.upOfDial(2)).path).toBe('circuit');
  await exchange(ann.side, bo.side, 2);
  expect(await (await fetch(`http://${HOST}:${(server.address() as AddressInfo).port}/`)).text()).toBe('the app');
});

test('until the node is there, and after it stopped, an upgrade is answered with 503', async () => {
  const link = createNodeLink();
  const server: Server = createServer();
  server.on('upgrade', (request, socket, head) => link.acceptUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  opened.push({ stop: async () => void server.close() });
  const status = async (): Promise<unknown> => {
    const { port } = server.address() as AddressInfo;
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Version': '13',
    };
    return new Promise((resolve) => get({ host: HOST, port, headers, agent: false }, (response) => resolve(response.resume().statusCode)));
  };
  expect(await status()).toBe(503);
  await link.stop();
  expect(await status()).toBe(503);
});

test('a neighbour that falls silent is closed', async () => {
  const relay = await someone({ ws: { host: HOST, port: 0 }, keepAliveMs: 60_000, silentMs: 60_000 });
  const ann = await someone({ keepAliveMs: 30, silentMs: 100 });
  ann.link.perform({ kind: 'dial', id: 1, address: (await relay.link.addresses())[0] as string });
  await ann.side.down((await ann.side.upOfDial(1)).neighbour);
  await relay.side.down((await relay.side.upNumber(0)).neighbour);
});

test('an incoming connection on which nothing happens is closed, one that holds a reservation is not', async () => {
  const relay = await someone({ ws: { host: HOST, port: 0 }, relayServer: {}, idleMs: 50, keepAliveMs: 60 });
  const address = (await relay.link.addresses())[0] as string;
  const bo = await someone({ reserveCheckMs: 60_000 });
  bo.link.perform({ kind: 'dial', id: 1, address });
  bo.link.perform({ kind: 'reserve', address });
  await addressesThat(bo.side, 0, (addresses) => addresses.length > 0);
  const stranger = await startPassiveNode({
    privateKey: await privateKeyOf(bytesOf(randomBytes(32))),
    transports: [webSocketDialling()],
    listen: [],
    announce: [],
    services: {},
    connectionsMax: 10,
  });
  opened.push({ stop: async () => stranger.node.stop() });
  const connection = await stranger.node.dial(multiaddr(address));
  await new Promise((resolve) => connection.addEventListener('close', resolve));
  expect(await bo.link.addresses()).toHaveLength(1);
});

test('a node that cannot listen says so, and its dials find no transport', async () => {
  const taken = await someone({ tcp: { host: HOST, port: 0 } });
  const [address] = await taken.link.addresses();
  const link = createNodeLink({ tcp: { host: HOST, port: Number(/\/tcp\/(\d+)/.exec(address as string)?.[1]) } });
  opened.push(link);
  const side = new ExamSide(link, PATIENCE_MS);
  link.perform({ kind: 'listen', seed: bytesOf(randomBytes(32)) });
  await expect(link.ready()).rejects.toThrow('EADDRINUSE');
  link.perform({ kind: 'dial', id: 1, address: address as string });
  expect((await side.dialFailed(1)).reason).toBe('no-transport');
});

test('stopped before it listened, a link tells nothing and leaves nothing behind', async () => {
  const link = createNodeLink({ tcp: { host: HOST, port: 0 } });
  const side = new ExamSide(link, PATIENCE_MS);
  link.perform({ kind: 'listen', seed: bytesOf(randomBytes(32)) });
  link.perform({ kind: 'dial', id: 1, address: `/ip4/${HOST}/tcp/1` });
  await link.stop();
  expect(side.events).toEqual([]);
});

test('a dial that is given up closes its socket', async () => {
  const server = new WebSocketServer({ host: HOST, port: 0 });
  opened.push({ stop: async () => void server.close() });
  const closed = new Promise((resolve) => server.on('connection', (socket) => socket.on('close', resolve)));
  await new Promise((resolve) => server.once('listening', resolve));
  const ann = await someone({ dialTimeoutMs: 300 });
  ann.link.perform({ kind: 'dial', id: 1, address: `/ip4/${HOST}/tcp/${(server.address() as AddressInfo).port}/ws` });
  expect((await ann.side.dialFailed(1)).reason).toBe('timed-out');
  await closed;
});
