/** Two dials of one relay, over real sockets on loopback: whichever arrives first stays, and of the other the relay never hears as a neighbour. */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { bytesOf } from '../../../kernel/bytes.ts';
import { ExamSide } from '../../../testing/link-exam-side.ts';
import { transportKeyOfSeed } from '../transport-identity.ts';
import { createNodeLink, type NodeLinkOptions } from './index.ts';

const HOST = '127.0.0.1';
const PATIENCE_MS = 10_000;

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function side(options: NodeLinkOptions) {
  const link = createNodeLink({ tcp: { host: HOST, port: 0 }, ...options });
  const exam = new ExamSide(link, PATIENCE_MS);
  const seed = bytesOf(randomBytes(32));
  const key = await transportKeyOfSeed(seed);
  link.perform({ kind: 'listen', seed });
  await link.ready();
  opened.push(() => link.stop());
  return { link, exam, key };
}

/** A port behind which another one is, from when it is opened on: until then whoever connects waits. */
async function slowWayTo(port: number): Promise<{ readonly port: number; open(): void }> {
  const waiting: Socket[] = [];
  const server = createServer((near) => {
    near.on('error', () => {});
    waiting.push(near);
  });
  await new Promise<void>((resolve) => void server.listen(0, HOST, resolve));
  opened.push(() => {
    for (const socket of waiting) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    open: () => {
      for (const near of waiting) {
        const far = connect(port, HOST);
        far.on('error', () => near.destroy());
        near.pipe(far).pipe(near);
      }
    },
  };
}

test('a dial of a relay that another one has overtaken is ended before the relay takes it for a neighbour', async () => {
  const ann = await side({});
  const relay = await side({ ws: { host: HOST, port: 0 } });
  const direct = (await relay.link.addresses()).find((address) => address.endsWith('/ws')) as string;
  const way = await slowWayTo(Number(/\/tcp\/(\d+)/.exec(direct)?.[1]));
  ann.link.perform({ kind: 'dial', id: 0, address: `/ip4/${HOST}/tcp/${way.port}/ws`, expectedKey: relay.key });
  ann.link.perform({ kind: 'dial', id: 1, address: direct, expectedKey: relay.key });
  const first = await ann.exam.upOfDial(1);
  way.open();
  expect((await ann.exam.dialFailed(0)).reason).toBe('refused');
  // What the relay heard of the overtaken one would have come before this.
  const there = await relay.exam.upNumber(0);
  relay.link.send(there.neighbour, bytesOf([1]));
  await ann.exam.frames(first.neighbour, 1);
  expect([relay.exam.countUps(), ann.exam.countUps()]).toEqual([1, 1]);
  expect(ann.exam.countDown(first.neighbour) + relay.exam.countDown(there.neighbour)).toBe(0);
});

test('a dial of a relay that begins when it is there already is another connection, and takes its place by the rule of neighbours', async () => {
  const ann = await side({});
  const relay = await side({ ws: { host: HOST, port: 0 } });
  const address = (await relay.link.addresses()).find((one) => one.endsWith('/ws')) as string;
  for (const id of [0, 1]) {
    ann.link.perform({ kind: 'dial', id, address, expectedKey: relay.key });
    await ann.exam.upOfDial(id);
  }
  await relay.exam.upNumber(1);
  expect([ann.exam.countUps(), relay.exam.countUps()]).toEqual([2, 2]);
});
