/** A link that is told to listen a second time, over real TCP on loopback: what was there goes on, and what begins is of the new key. And what asking for a sign of life does. */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Ed25519PrivateKey } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, expect, test, vi } from 'vitest';
import { type Bytes, bytesOf } from '../../../kernel/bytes.ts';
import type { TransportKey } from '../../../node/machine.ts';
import { ExamSide } from '../../../testing/link-exam-side.ts';
import type { Hands } from '../by-hand/hands.ts';
import { Libp2pLink, type LinkTuning, PROTOCOL } from '../libp2p-link.ts';
import { type PassiveNode, startPassiveNode } from '../passive-node.ts';
import { privateKeyOf, transportKeyOfSeed } from '../transport-identity.ts';
import { createNodeLink, type NodeLink, type NodeLinkOptions } from './index.ts';

const HOST = '127.0.0.1';
const PATIENCE_MS = 10_000;
const FRAME = bytesOf([1, 2, 3]);
/** A heartbeat is as long as a question. */
const BEAT = bytesOf([0, 0, 0, 0]);

interface Side {
  readonly link: NodeLink;
  readonly side: ExamSide;
  /** Takes another key; answers when it listens under it. */
  turn(): Promise<TransportKey>;
}

const sides: Side[] = [];
afterEach(async () => {
  for (const { link } of sides.splice(0)) await link.stop();
});

const TUNING: LinkTuning = { idleMs: 100, keepAliveMs: 300, silentMs: 60_000 };

function newSide(options: NodeLinkOptions = {}): Side {
  const link = createNodeLink({ tcp: { host: HOST, port: 0 }, ...TUNING, ...options });
  const side = new ExamSide(link, PATIENCE_MS);
  const turn = async (): Promise<TransportKey> => {
    const seed: Bytes = bytesOf(randomBytes(32));
    const key = await transportKeyOfSeed(seed);
    link.perform({ kind: 'listen', seed });
    await link.ready();
    return key;
  };
  const made = { link, side, turn };
  sides.push(made);
  return made;
}

const addressOf = async ({ link }: Side): Promise<string> => (await link.addresses())[0] as string;

function isOpen(address: string): Promise<boolean> {
  const socket = connect(Number(/\/tcp\/(\d+)/.exec(address)?.[1]), HOST);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

/** Ann has dialled Bo under her first key, and then taken a second one. */
async function annTurned(options: NodeLinkOptions = {}) {
  const [ann, bo] = [newSide(options), newSide()];
  const [first, boKey] = await Promise.all([ann.turn(), bo.turn()]);
  const before = await addressOf(ann);
  ann.link.perform({ kind: 'dial', id: 1, address: await addressOf(bo), expectedKey: boKey });
  const [annUp, boUp] = await Promise.all([ann.side.upOfDial(1), bo.side.upNumber(0)]);
  const second = await ann.turn();
  return { ann, bo, boKey, first, second, before, annUp, boUp };
}

test('the connection from before stays, under the key from before, and carries frames both ways', async () => {
  const { ann, bo, first, second, annUp, boUp } = await annTurned();
  expect([boUp.key, first === second]).toEqual([first, false]);
  expect(ann.link.send(annUp.neighbour, FRAME)).toBe('queued');
  expect(bo.link.send(boUp.neighbour, FRAME)).toBe('queued');
  expect(await bo.side.frames(boUp.neighbour, 1)).toEqual([FRAME]);
  expect(await ann.side.frames(annUp.neighbour, 1)).toEqual([FRAME]);
  expect(ann.side.countDown(annUp.neighbour)).toBe(0);
});

test('a new dial shows the new key, and both connections stand beside each other', async () => {
  const { ann, bo, boKey, second, annUp } = await annTurned();
  ann.link.perform({ kind: 'dial', id: 2, address: await addressOf(bo), expectedKey: boKey });
  const up = await ann.side.upOfDial(2);
  expect((await bo.side.upNumber(1)).key).toBe(second);
  expect(ann.link.send(up.neighbour, FRAME)).toBe('queued');
  expect(ann.link.send(annUp.neighbour, FRAME)).toBe('queued');
});

test('whoever dials it finds the new key at the address it tells now', async () => {
  const { ann, bo, second, before } = await annTurned();
  const address = await addressOf(ann);
  expect(address).not.toBe(before);
  bo.link.perform({ kind: 'dial', id: 1, address, expectedKey: second });
  expect((await bo.side.upOfDial(1)).key).toBe(second);
});

test('what stood under the key from before ends when its last neighbour has left, and not sooner', async () => {
  const { ann, bo, boKey, before, annUp, boUp } = await annTurned();
  ann.link.perform({ kind: 'dial', id: 2, address: await addressOf(bo), expectedKey: boKey });
  const up = await ann.side.upOfDial(2);
  expect(await isOpen(before)).toBe(true);
  ann.link.perform({ kind: 'close', neighbour: annUp.neighbour });
  await bo.side.down(boUp.neighbour);
  while (await isOpen(before)) await ann.link.ready();
  expect(ann.side.countDown(up.neighbour)).toBe(0);
  expect(await isOpen(await addressOf(ann))).toBe(true);
});

test('of three that were left one ends on which nobody hangs, and not the oldest one, on which somebody does', async () => {
  const { ann, bo, before, annUp, boUp } = await annTurned({ idleMs: 600_000 });
  const unused = await addressOf(ann);
  await ann.turn();
  await ann.turn();
  while (await isOpen(unused)) await ann.link.ready();
  expect(await isOpen(before)).toBe(true);
  expect(ann.link.send(annUp.neighbour, FRAME)).toBe('queued');
  expect(await bo.side.frames(boUp.neighbour, 1)).toEqual([FRAME]);
});

test('what stood under the key from before waits for an attempt by hand, though not for ever', async () => {
  const nodes: PassiveNode[] = [];
  const asked: PassiveNode[] = [];
  const hands: Hands = {
    perform: () => {},
    of: () => undefined,
    isBusyWith: (passive) => asked.push(passive) > 0,
    stop: async () => {},
  };
  const makeNode = async (privateKey: Ed25519PrivateKey): Promise<PassiveNode> => {
    const made = await startPassiveNode({ privateKey, transports: [tcp()], listen: [], announce: [], services: {}, connectionsMax: 10 });
    nodes.push(made);
    return made;
  };
  const link = new Libp2pLink({ ...TUNING, makeNode, ownAddresses: () => [], offersWebRtc: false, hands });
  link.start(() => {});
  for (let key = 0; key < 2; key++) {
    link.perform({ kind: 'listen', seed: bytesOf(randomBytes(32)) });
    await link.ready();
  }
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(2), { timeout: PATIENCE_MS });
  expect(nodes.map(({ node }) => node.status)).toEqual(['started', 'started']);
  expect(new Set(asked)).toEqual(new Set([nodes[0]]));
  const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 661_000);
  await vi.waitFor(() => expect(nodes[0]?.node.status).toBe('stopped'), { timeout: PATIENCE_MS });
  now.mockRestore();
  expect(nodes[1]?.node.status).toBe('started');
  await link.stop();
});

/** Somebody who opens the stream and says nothing, but to the question with this number. */
async function silentStranger(address: string, answersQuestion = 0): Promise<PassiveNode> {
  const stranger = await startPassiveNode({
    privateKey: await privateKeyOf(bytesOf(randomBytes(32))),
    transports: [tcp()],
    listen: [],
    announce: [],
    services: {},
    connectionsMax: 10,
  });
  const stream = await (await stranger.node.dial(multiaddr(address))).newStream(PROTOCOL);
  let heardBytes = 0;
  stream.addEventListener('message', ({ data }) => {
    heardBytes += data.byteLength;
    if (heardBytes === answersQuestion * BEAT.length) stream.send(BEAT);
  });
  return stranger;
}

test('of those who are asked for a sign of life, who gives none goes and the others stay', async () => {
  const { ann, bo, annUp, boUp } = await annTurned();
  const stranger = await silentStranger(await addressOf(ann));
  const up = await ann.side.upNumber(1);
  ann.link.perform({ kind: 'probe' });
  await ann.side.down(up.neighbour);
  expect(ann.side.countDown(annUp.neighbour) + bo.side.countDown(boUp.neighbour)).toBe(0);
  expect(bo.side.countFrames(boUp.neighbour)).toBe(0);
  await stranger.node.stop();
});

test('whoever misses the first question and answers the second one stays', async () => {
  // no heartbeat comes between the questions
  const ann = newSide({ keepAliveMs: 600_000, silentMs: 600_000 });
  await ann.turn();
  const address = await addressOf(ann);
  const mute = await silentStranger(address);
  const { neighbour: gone } = await ann.side.upNumber(0);
  const hardOfHearing = await silentStranger(address, 2);
  const { neighbour: there } = await ann.side.upNumber(1);
  ann.link.perform({ kind: 'probe' });
  await ann.side.down(gone);
  await ann.link.ready();
  expect(ann.side.countDown(there)).toBe(0);
  await Promise.all([mute, hardOfHearing].map(({ node }) => node.stop()));
});

/** A port behind which another one is, until it is shut: then nothing passes, and nobody is told. */
async function gateTo(port: number): Promise<{ readonly port: number; shut(): void; close(): void }> {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, HOST);
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => void server.listen(0, HOST, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    shut: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('a relay that gives no sign goes sooner than a neighbour who is slow to find again', async () => {
  const ann = newSide({ probeRelayMs: 50, probeMs: 600_000 });
  const bo = newSide({ ws: { host: HOST, port: 0 } });
  await Promise.all([ann.turn(), bo.turn()]);
  const addresses = await bo.link.addresses();
  const gates = await Promise.all(
    [addresses.find((one) => one.endsWith('/ws')), addresses.find((one) => !one.endsWith('/ws'))].map((address) =>
      gateTo(Number(/\/tcp\/(\d+)/.exec(address ?? '')?.[1])),
    ),
  );
  for (const [id, gate] of gates.entries())
    ann.link.perform({ kind: 'dial', id, address: `/ip4/${HOST}/tcp/${gate.port}${id === 0 ? '/ws' : ''}` });
  const [relay, direct] = await Promise.all([ann.side.upOfDial(0), ann.side.upOfDial(1)]);
  expect([relay.path, direct.path]).toEqual(['relay', 'direct']);
  for (const gate of gates) gate.shut();
  // what was past the gate already is heard after the first question
  const probed = (): void => {
    ann.link.perform({ kind: 'probe' });
    expect(ann.side.countDown(relay.neighbour)).toBe(1);
  };
  await vi.waitFor(probed, { timeout: PATIENCE_MS, interval: 200 });
  await ann.link.ready();
  expect(ann.side.countDown(direct.neighbour)).toBe(0);
  for (const gate of gates) gate.close();
});
