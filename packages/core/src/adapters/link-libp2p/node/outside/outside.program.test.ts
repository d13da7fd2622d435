import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Connection, Stream } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { lpStream } from '@libp2p/utils';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, describe, expect, test } from 'vitest';
import { type Bytes, bytesOf } from '../../../../kernel/bytes.ts';
import type { LinkEvent, TransportKey } from '../../../../node/machine.ts';
import { PROTOCOL } from '../../libp2p-link.ts';
import { type PassiveNode, startPassiveNode } from '../../passive-node.ts';
import { peerIdOf, privateKeyOf, transportKeyOf, transportKeyOfSeed } from '../../transport-identity.ts';
import { createNodeLink, type NodeLink, type NodeLinkOptions, type OutsideSetting } from '../index.ts';
import { askDialBack } from './dial-back.ts';
import { PUNCHES_MAX } from './limits.ts';
import { AUTONAT, DCUTR, encodePunch, encodeQuestion, type Punch } from './messages.ts';
import type { Place } from './place.ts';

const HOST = '127.0.0.1';
const NEVER = new AbortController().signal;
/** Loopback stands for the world. */
const OPEN: OutsideSetting = { peers: [], isOutside: ({ host }) => host.startsWith('127.') };

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

interface Side {
  readonly link: NodeLink;
  readonly key: TransportKey;
  readonly address: string;
  readonly events: LinkEvent[];
}

async function side(options: NodeLinkOptions = {}): Promise<Side> {
  const seed = bytesOf(randomBytes(32));
  const key = await transportKeyOfSeed(seed);
  const link = createNodeLink({ tcp: { host: HOST, port: 0 }, relayServer: {}, reserveCheckMs: 100, ...options });
  opened.push(() => link.stop());
  const events: LinkEvent[] = [];
  link.start((event) => void events.push(event));
  link.perform({ kind: 'listen', seed });
  await link.ready();
  const [address = ''] = await link.addresses();
  return { link, key, address, events };
}

async function stranger(listen: readonly string[] = []): Promise<PassiveNode> {
  const seed: Bytes = bytesOf(randomBytes(32));
  const passive = await startPassiveNode({
    privateKey: await privateKeyOf(seed),
    transports: [tcp()],
    listen,
    announce: [],
    services: {},
    connectionsMax: 10,
  });
  opened.push(() => passive.node.stop());
  return passive;
}

const reach = ({ node }: PassiveNode, address: string): Promise<Connection> => node.dial(multiaddr(address));
const portOf = ({ node }: PassiveNode): number => Number(/\/tcp\/(\d+)/.exec(node.getMultiaddrs()[0]?.toString() ?? '')?.[1]);

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { timeout: 10_000, interval: 20 }).toBe(true);
}

describe('a relay that was not told to', () => {
  test('dials nobody back and passes no routers', async () => {
    const plain = await side();
    const connection = await reach(await stranger(), plain.address);
    for (const protocol of [AUTONAT, DCUTR])
      await expect(connection.newStream(protocol)).rejects.toMatchObject({ name: 'UnsupportedProtocolError' });
    expect(plain.link.discovery().outside).toBeUndefined();
  });
});

describe('a relay that dials back', () => {
  test('reaches whoever listens where it comes from, once in a while', async () => {
    const { address } = await side({ outside: OPEN });
    const asker = await stranger([`/ip4/${HOST}/tcp/0`]);
    const place: Place = { host: HOST, port: portOf(asker) };
    const connection = await reach(asker, address);
    expect(await askDialBack(connection, asker, place, NEVER)).toBe('reached');
    expect(await askDialBack(connection, asker, place, NEVER)).toBe('refused');
    expect(connection.status).toBe('open');
  });

  test('takes another key for nobody', async () => {
    const { address } = await side({ outside: OPEN });
    const [asker, other] = [await stranger(), await stranger([`/ip4/${HOST}/tcp/0`])];
    expect(await askDialBack(await reach(asker, address), asker, { host: HOST, port: portOf(other) }, NEVER)).toBe('in-vain');
  });

  test('dials no other address than the one it is asked from', async () => {
    const { address } = await side({ outside: OPEN });
    const asker = await stranger();
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.2');
    opened.push(() => void server.close());
    await once(server, 'listening');
    let visits = 0;
    server.on('connection', () => visits++);
    const place = { host: '127.0.0.2', port: (server.address() as AddressInfo).port };
    expect(await askDialBack(await reach(asker, address), asker, place, NEVER)).toBe('refused');
    expect(visits).toBe(0);
  });

  test('dials nothing at home, and nobody in another one’s name', async () => {
    const { address } = await side({ outside: { peers: [] } });
    const asker = await stranger([`/ip4/${HOST}/tcp/0`]);
    const place = { host: HOST, port: portOf(asker) };
    const connection = await reach(asker, address);
    expect(await askDialBack(connection, asker, place, NEVER)).toBe('refused');
    expect(await askDialBack(connection, await stranger(), place, NEVER)).toBe('wrong');
  });

  test('ends with whoever asks nonsense', async () => {
    const { address } = await side({ outside: OPEN });
    const asker = await stranger();
    const connection = await reach(asker, address);
    const stream = await connection.newStream(AUTONAT);
    const lines = lpStream(stream);
    await lines.write(encodeQuestion({ peer: bytesOf(new Array(5_000).fill(1)), places: [] }));
    await expect(lines.read()).rejects.toThrow();
    expect(connection.status).toBe('open');
  });
});

describe('a relay that was told of one that dials back', () => {
  test('learns that it can be dialled, and tells of it once', async () => {
    const outside = await side({ outside: OPEN });
    let told = 0;
    const setting: OutsideSetting = { ...OPEN, peers: [{ key: outside.key, addresses: [outside.address] }], changed: () => told++ };
    const { link } = await side({ outside: setting });
    expect(link.discovery().outside?.dialable).toBe('unknown');
    link.perform({ kind: 'dial', id: 1, address: outside.address, expectedKey: outside.key });
    await until(() => link.discovery().outside?.dialable === 'yes');
    expect(link.discovery().outside?.place?.host).toBe(HOST);
    expect(told).toBe(1);
  });

  test('dials it from one port, and from another one while that is taken there', async () => {
    const outside = await side({ outside: OPEN });
    const { link, events } = await side({ outside: { ...OPEN, peers: [{ key: outside.key, addresses: [outside.address] }] } });
    for (const id of [1, 2]) link.perform({ kind: 'dial', id, address: outside.address, expectedKey: outside.key });
    await until(() => events.filter(({ kind }) => kind === 'up').length === 2);
  });
});

interface ByCircuit {
  readonly home: Side;
  readonly somebody: PassiveNode;
  /** Whom its keeper named. */
  readonly friend: PassiveNode;
  /** The home relay is connected by a circuit that this one dialled. */
  come(who: PassiveNode): Promise<Connection>;
  /** The same, with somebody, by one that the home relay dialled; somebody's end of it. */
  called(): Promise<Connection>;
  /** Where a third, who speaks nothing of this, closes whatever comes. */
  readonly place: Place;
  /** How often somebody came there. */
  visits(): number;
  /** With whom the home relay began. */
  readonly asked: readonly string[];
}

/** A relay at home, somebody whom its keeper named or not, and a relay that both know and that lends circuits. */
async function byCircuit(isNamed: boolean): Promise<ByCircuit> {
  const lender = await side({ outside: OPEN });
  const lent = `${lender.address}/p2p/${peerIdOf(lender.key)}`;
  const [somebody, friend] = [await stranger(), await stranger()];
  const [somebodyKey, friendKey] = [somebody, friend].map(({ node }) => transportKeyOf(node.peerId) as TransportKey) as [
    TransportKey,
    TransportKey,
  ];
  const unreached = (isNamed ? [somebodyKey, friendKey] : [friendKey]).map((key) => ({ key, addresses: [] }));
  const named = [{ key: lender.key, addresses: [lender.address] }, ...unreached];
  const home = await side({ outside: { ...OPEN, peers: named } });
  home.link.perform({ kind: 'dial', id: 1, address: lender.address, expectedKey: lender.key });
  await until(() => home.link.discovery().outside?.dialable === 'yes');

  let visits = 0;
  const server = createServer((socket) => void socket.destroy()).on('connection', () => visits++);
  opened.push(() => void server.close());
  await once(server.listen(0, HOST), 'listening');
  const place = { host: HOST, port: (server.address() as AddressInfo).port };
  const asked: string[] = [];
  for (const one of [somebody, friend]) {
    const onStream = async (stream: Stream): Promise<void> => {
      asked.push(one.node.peerId.toString());
      const lines = lpStream(stream);
      await lines.read();
      await lines.write(encodePunch({ kind: 'connect', places: [place] }));
    };
    await one.node.handle(DCUTR, onStream, { runOnLimitedConnection: true });
    await one.node.handle(PROTOCOL, () => {}, { runOnLimitedConnection: true });
  }

  const homePeer = peerIdOf(home.key);
  const come = async (who: PassiveNode): Promise<Connection> => {
    const dial = async (): Promise<number> => found.push(await reach(who, `${lent}/p2p-circuit/p2p/${homePeer}`));
    const found: Connection[] = [];
    await expect.poll(() => dial().catch(() => 0), { timeout: 10_000 }).toBe(1);
    return found[0] as Connection;
  };
  const called = async (): Promise<Connection> => {
    await somebody.reservationStore.addRelay((await reach(somebody, lent)).remotePeer, 'configured');
    home.link.perform({ kind: 'dial', id: 2, address: `${lent}/p2p-circuit/p2p/${somebody.node.peerId}`, expectedKey: somebodyKey });
    await until(() => home.events.some((event) => event.kind === 'up' && event.dial === 2));
    return somebody.node.getConnections(homePeer).find(({ direction }) => direction === 'inbound') as Connection;
  };
  return { home, somebody, friend, come, called, place, visits: () => visits, asked };
}

/** Begins to arrange a knock at this place, and after the answer says this. Resolves when the other side ends it; rejects when there is no answer. */
async function arrange(connection: Connection, place: Place, then: Punch): Promise<void> {
  const stream = await connection.newStream(DCUTR, { runOnLimitedConnection: true });
  const lines = lpStream(stream);
  await lines.write(encodePunch({ kind: 'connect', places: [place] }));
  await lines.read();
  await lines.write(encodePunch(then));
  await expect(lines.read()).rejects.toThrow();
}

describe('by a circuit', () => {
  test('that came in, a relay knocks where a named one says it is, and answers nothing that the other side begins', async () => {
    const { home, somebody, come, place, visits } = await byCircuit(true);
    const circuit = await come(somebody);
    await until(() => visits() > 0);
    for (const connection of [circuit, await reach(somebody, home.address)])
      await expect(arrange(connection, place, { kind: 'sync' })).rejects.toThrow();
  });

  test('that it dialled, a relay knocks where a named one says it is; when somebody else is there, once and never again', async () => {
    const { called, place, visits } = await byCircuit(true);
    const circuit = await called();
    await arrange(circuit, place, { kind: 'sync' });
    expect(visits()).toBe(1);
    await expect(arrange(circuit, place, { kind: 'sync' })).rejects.toThrow();
    expect(visits()).toBe(1);
  });

  test('a relay answers a named one so many times, and then no more', async () => {
    const { called, place } = await byCircuit(true);
    const circuit = await called();
    for (let i = 0; i < PUNCHES_MAX; i++) await arrange(circuit, place, { kind: 'connect', places: [] });
    await expect(arrange(circuit, place, { kind: 'connect', places: [] })).rejects.toThrow();
  });

  test('that it dialled, nobody who was not named can have a relay knock anywhere', async () => {
    const { called, place, visits } = await byCircuit(false);
    await expect(arrange(await called(), place, { kind: 'sync' })).rejects.toThrow();
    expect(visits()).toBe(0);
  });

  test('that came in, a relay begins with whom its keeper named, and not with somebody who came before', async () => {
    const { come, somebody, friend, place, asked, visits } = await byCircuit(false);
    const circuit = await come(somebody);
    await expect(arrange(circuit, place, { kind: 'sync' })).rejects.toThrow();
    expect(visits()).toBe(0);
    await come(friend);
    await until(() => visits() > 0);
    expect(asked).toEqual([friend.node.peerId.toString()]);
  });
});
