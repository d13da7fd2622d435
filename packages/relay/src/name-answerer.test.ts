import { createSocket } from 'node:dgram';
import type { networkInterfaces } from 'node:os';
import makeMdns from 'multicast-dns';
import { afterEach, expect, test } from 'vitest';
import { type NameAnswerer, openNameAnswerer } from './name-answerer.ts';

const NAME = 'kith-7q2mxa9d.local';
const LOOPBACK = {
  lo: [{ address: '127.0.0.1', netmask: '255.0.0.0', internal: true, family: 'IPv4', mac: '', cidr: null }],
} as ReturnType<typeof networkInterfaces>;
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(done));
  return port;
}

function answerer(port: number, more: Partial<Parameters<typeof openNameAnswerer>[0]> = {}): NameAnswerer {
  const made = openNameAnswerer({ name: NAME, networks: ['lo'], nowMs: () => Date.now(), interfaces: () => LOOPBACK, port, ...more });
  open.push(() => made.close());
  return made;
}

function listener(port: number): ReturnType<typeof makeMdns> {
  const socket = makeMdns({ interface: '127.0.0.1', bind: '0.0.0.0', port });
  open.push(() => new Promise((done) => socket.destroy(done)));
  return socket;
}

function heard(socket: ReturnType<typeof makeMdns>, ttl: number): Promise<unknown> {
  return new Promise((resolve) => {
    socket.on('response', (response) => {
      const record = response.answers?.find((one) => one.name === NAME && one.type === 'A' && 'ttl' in one && one.ttl === ttl);
      if (record !== undefined && 'data' in record) resolve(record.data);
    });
  });
}

test('the name is announced, answered for, and taken back', async () => {
  const port = await freePort();
  const ear = listener(port);
  await new Promise<void>((ready) => ear.once('ready', ready));
  const announced = heard(ear, 120);
  const house = answerer(port);
  expect(await announced).toBe('127.0.0.1');

  const answered = heard(ear, 120);
  ear.query({ questions: [{ name: NAME, type: 'A' }] });
  expect(await answered).toBe('127.0.0.1');

  const farewell = heard(ear, 0);
  await house.close();
  expect(await farewell).toBe('127.0.0.1');
});

test('somebody else who answers for the name is noticed, once', async () => {
  const port = await freePort();
  const other = listener(port);
  await new Promise<void>((ready) => other.once('ready', ready));
  let conflicts = 0;
  let tell = (): void => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const announced = heard(other, 120);
  const house = answerer(port, {
    onConflict: () => {
      conflicts++;
      tell();
    },
  });
  await announced;
  const record = { name: NAME, type: 'A' as const, ttl: 120, data: '127.9.9.9' };
  other.respond([record]);
  await told;
  other.respond([record]);
  expect([conflicts, house.status().hasConflict]).toEqual([1, true]);
});

test('a network that appears later is answered on, one that goes is left', async () => {
  let found: ReturnType<typeof networkInterfaces> = {};
  const house = answerer(await freePort(), { interfaces: () => found });
  expect(house.status().networks).toBe(0);
  found = LOOPBACK;
  house.refresh();
  expect(house.status().networks).toBe(1);
  found = {};
  house.refresh();
  expect(house.status().networks).toBe(0);
});
