/** A link that is told to listen a second time, over real TCP on loopback: what was there goes on, and what begins is of the new key. And what asking for a sign of life does. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { tcp } from '@libp2p/tcp';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, expect, test } from 'vitest';
import { type Bytes, bytesOf } from '../../../kernel/bytes.ts';
import type { TransportKey } from '../../../node/machine.ts';
import { ExamSide } from '../../../testing/link-exam-side.ts';
import { PROTOCOL } from '../libp2p-link.ts';
import { type PassiveNode, startPassiveNode } from '../passive-node.ts';
import { privateKeyOf, transportKeyOfSeed } from '../transport-identity.ts';
import { createNodeLink, type NodeLink } from './index.ts';

const HOST = '127.0.0.1';
const PATIENCE_MS = 10_000;
const FRAME = bytesOf([1, 2, 3]);

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

function newSide(): Side {
  const link = createNodeLink({ tcp: { host: HOST, port: 0 }, idleMs: 100, keepAliveMs: 300, silentMs: 60_000 });
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
async function annTurned() {
  const [ann, bo] = [newSide(), newSide()];
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

/** Somebody who opens the stream and never says a word. */
async function silentStranger(address: string): Promise<PassiveNode> {
  const stranger = await startPassiveNode({
    privateKey: await privateKeyOf(bytesOf(randomBytes(32))),
    transports: [tcp()],
    listen: [],
    announce: [],
    services: {},
    connectionsMax: 10,
  });
  await (await stranger.node.dial(multiaddr(address))).newStream(PROTOCOL);
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
