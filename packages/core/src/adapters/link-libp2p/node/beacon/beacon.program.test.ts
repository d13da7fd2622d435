import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fromHex } from '../../../../kernel/bytes.ts';
import { type TransportKey, transportKey } from '../../../../node/machine.ts';
import { type Announced, Beacon, type BeaconOptions } from './beacon.ts';
import { ANSWER_WITHIN_MS, FIRST_EVERY_MS, GROUP_4, LOOK_EVERY_MS, PAUSE_MS } from './limits.ts';
import type { BeaconNetwork } from './networks.ts';
import { decodeBeacon, encodeBeacon } from './packet.ts';

const LOOPBACK: BeaconNetwork = { family: 4, interface: 'lo', address: '127.0.0.1', broadcast: '127.255.255.255', bits: 8 };
const BY_BROADCAST = '127.255.255.255';

const key = (n: number): TransportKey => transportKey(n.toString(16).padStart(2, '0').repeat(32));
const announced = (n: number): Announced => ({ key: key(n), tcpPort4: 4000 + n, tcpPort6: undefined });

const opened: { close(): void }[] = [];
/** Time stands still unless a test lets it pass: what is heard is then said at once, or in answer, never because it was due. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date'] }));
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  vi.useRealTimers();
});

/** A port that nobody has at the moment. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Somebody who hears what is said on loopback, by the same way as the beacons. */
async function listener(
  port: number,
  hearAt = BY_BROADCAST,
): Promise<{ next(): Promise<ReturnType<typeof decodeBeacon>>; count(): number }> {
  const socket: Socket = createSocket({ type: 'udp4', reuseAddr: true });
  opened.push(socket);
  const waiting: ((packet: ReturnType<typeof decodeBeacon>) => void)[] = [];
  const packets: ReturnType<typeof decodeBeacon>[] = [];
  let count = 0;
  socket.on('message', (bytes) => {
    count++;
    const take = waiting.shift();
    if (take === undefined) packets.push(decodeBeacon(bytes));
    else take(decodeBeacon(bytes));
  });
  socket.bind(port, hearAt);
  await once(socket, 'listening');
  if (hearAt === GROUP_4) socket.addMembership(GROUP_4, '127.0.0.1');
  const next = (): Promise<ReturnType<typeof decodeBeacon>> =>
    packets.length > 0 ? Promise.resolve(packets.shift()) : new Promise((resolve) => waiting.push(resolve));
  return { next, count: () => count };
}

/** Lets sockets work, and no time pass, until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** Says these packets on loopback, and resolves when they have left. */
async function say(port: number, packets: readonly Uint8Array[], to = BY_BROADCAST): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setBroadcast(true);
  for (const packet of packets) await new Promise((resolve) => socket.send(packet, port, to, resolve));
  socket.close();
}

function beacon(port: number, n: number, more: Partial<BeaconOptions> = {}): { beacon: Beacon; found: Promise<string> } {
  let tell: (found: string) => void = () => {};
  const found = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const one = new Beacon({
    port,
    listening: { ip4: '127.0.0.1', ip6: undefined },
    announced: () => announced(n),
    found: (who, address) => tell(`${who.slice(0, 2)} ${address}`),
    networks: () => [LOOPBACK],
    hearAt: BY_BROADCAST,
    ...more,
  });
  opened.push({ close: () => one.stop() });
  return { beacon: one, found };
}

describe('on loopback', () => {
  test.each([
    ['by broadcast', BY_BROADCAST],
    ['by multicast', GROUP_4],
  ])('two programs of one machine find each other %s', async (_, hearAt) => {
    const port = await freePort();
    const ear = await listener(port, hearAt);
    const ann = beacon(port, 1, { hearAt });
    await ear.next();
    const bo = beacon(port, 2, { hearAt });
    expect(await ann.found).toBe('02 /ip4/127.0.0.1/tcp/4002');
    // Ann said hers before Bo was there: it is the answer that he hears.
    vi.advanceTimersByTime(PAUSE_MS + ANSWER_WITHIN_MS);
    expect(await bo.found).toBe('01 /ip4/127.0.0.1/tcp/4001');
    expect(ann.beacon.status()).toEqual({ port, interfaces: ['lo'], hears: true, heard: 1 });
  });

  test('however many newcomers there are, they get one answer in a second', async () => {
    const port = await freePort();
    const ear = await listener(port);
    const ann = beacon(port, 1);
    await ear.next();
    await say(
      port,
      Array.from({ length: 10 }, (_, n) => encodeBeacon(fromHex(key(n + 2)) as Uint8Array<ArrayBuffer>, 4001)),
    );
    await until(() => ann.beacon.status().heard === 10);
    for (let n = 0; n < 10; n++) await ear.next();
    vi.advanceTimersByTime(PAUSE_MS + ANSWER_WITHIN_MS);
    expect((await ear.next())?.key).toBe(key(1));
    vi.advanceTimersByTime(PAUSE_MS);
    await say(port, [Uint8Array.of(1)]);
    expect(await ear.next()).toBeUndefined();
    expect(ear.count()).toBe(13);
  });

  test('a key that changed is said at the next look, and the old one never again', async () => {
    const port = await freePort();
    const ear = await listener(port);
    let now = announced(1);
    beacon(port, 1, { announced: () => now });
    expect((await ear.next())?.key).toBe(key(1));
    now = announced(7);
    vi.advanceTimersByTime(LOOK_EVERY_MS);
    expect(await ear.next()).toEqual({ key: key(7), tcpPort: 4007 });
    vi.advanceTimersByTime(2 * FIRST_EVERY_MS);
    expect((await ear.next())?.key).toBe(key(7));
  });

  test('a network that is joined later is spoken to within a look', async () => {
    const port = await freePort();
    const ear = await listener(port);
    let networks: readonly BeaconNetwork[] = [];
    const ann = beacon(port, 1, { networks: () => networks });
    expect(ann.beacon.status()).toEqual({ port, interfaces: [], hears: false, heard: 0 });
    networks = [LOOPBACK];
    vi.advanceTimersByTime(LOOK_EVERY_MS);
    expect((await ear.next())?.key).toBe(key(1));
    networks = [];
    vi.advanceTimersByTime(LOOK_EVERY_MS);
    expect(ann.beacon.status().interfaces).toEqual([]);
  });

  test('a network that lets it down is tried again at every look', async () => {
    const port = await freePort();
    const ear = await listener(port);
    let address = '192.0.2.1';
    const ann = beacon(port, 1, { networks: () => [{ ...LOOPBACK, address }] });
    await until(() => ann.beacon.status().interfaces.length === 0);
    address = '127.0.0.1';
    vi.advanceTimersByTime(LOOK_EVERY_MS);
    expect((await ear.next())?.key).toBe(key(1));
  });

  test('while there is nothing to announce nothing is said, and others are heard', async () => {
    const port = await freePort();
    const ear = await listener(port);
    const ann = beacon(port, 1, { announced: () => undefined });
    await until(() => ann.beacon.status().hears);
    await say(port, [encodeBeacon(fromHex(key(2)) as Uint8Array<ArrayBuffer>, 4002)]);
    expect(await ann.found).toBe('02 /ip4/127.0.0.1/tcp/4002');
    vi.advanceTimersByTime(2 * FIRST_EVERY_MS);
    await say(port, [Uint8Array.of(1)]);
    expect([(await ear.next())?.key, await ear.next(), ear.count()]).toEqual([key(2), undefined, 2]);
  });
});
