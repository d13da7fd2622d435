import { randomBytes } from 'node:crypto';
import type { Connection, PeerId } from '@libp2p/interface';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, expect, test, vi } from 'vitest';
import { bytesOf } from '../../kernel/bytes.ts';
import type { PassiveNode } from './passive-node.ts';
import { ReservationKeeper } from './reservation-keeper.ts';
import { privateKeyOf } from './transport-identity.ts';

const RELAY = '/ip4/127.0.0.1/tcp/4001/ws';
const keepers: ReservationKeeper[] = [];

afterEach(() => {
  for (const keeper of keepers.splice(0)) keeper.stop();
});

/** A node whose connections the test opens and closes; a relay grants when the test lets it. */
class FakeNode extends EventTarget {
  readonly connections: Connection[] = [];
  readonly reserved: Map<string, { connection: string; timeout: undefined }> = new Map();
  readonly asked: string[] = [];
  readonly tried: string[] = [];
  grants: Promise<void> = Promise.resolve();
  answers = true;
  #ids = 0;

  connect(relay: PeerId, address = RELAY): Connection {
    const id = `c${++this.#ids}`;
    const connection = {
      id,
      remotePeer: relay,
      remoteAddr: multiaddr(`${address}/p2p/${relay}`),
      status: 'open',
      newStream: async () => {
        if (!this.answers) throw new Error('silence');
        return { abort: () => {} };
      },
      abort: () => this.disconnect(connection),
    } as unknown as Connection;
    this.connections.push(connection);
    this.#tell('connection:open', connection);
    return connection;
  }

  disconnect(connection: Connection): void {
    this.connections.splice(this.connections.indexOf(connection), 1);
    this.reserved.delete(connection.remotePeer.toString());
    this.#tell('connection:close', connection);
  }

  get passive(): PassiveNode {
    return {
      node: this,
      parts: {
        // Whatever else the keeper reaches for is an attempt to dial.
        connectionManager: new Proxy(
          { getConnections: () => [...this.connections] },
          {
            get: (target, name) => {
              if (!(name in target)) this.tried.push(String(name));
              return Reflect.get(target, name);
            },
          },
        ),
      },
      reservationStore: {
        addRelay: async (relay: PeerId) => {
          this.asked.push(relay.toString());
          await this.grants;
          const connection = this.connections.find(({ remotePeer }) => remotePeer.equals(relay));
          if (connection === undefined) throw new Error('no connection');
          this.reserved.set(relay.toString(), { connection: connection.id, timeout: undefined });
        },
        getReservation: () => ({ addrs: [] }),
        hasReservation: (relay: PeerId) => this.reserved.has(relay.toString()),
        reservations: {
          get: (relay: PeerId) => this.reserved.get(relay.toString()),
          delete: (relay: PeerId) => void this.reserved.delete(relay.toString()),
        },
      },
    } as unknown as PassiveNode;
  }

  #tell(type: string, connection: Connection): void {
    this.dispatchEvent(Object.assign(new Event(type), { detail: connection }));
  }
}

async function somebody(): Promise<PeerId> {
  return peerIdFromPrivateKey(await privateKeyOf(bytesOf(randomBytes(32))));
}

/** By default the beat plays no part in what a test sees. */
function keeperOf(node: FakeNode, checkMs = 600_000, held: (connection: Connection) => void = () => {}): ReservationKeeper {
  const keeper = new ReservationKeeper(node.passive, { checkMs, patienceMs: 1_000, offersWebRtc: false, changed: () => {}, held });
  keepers.push(keeper);
  return keeper;
}

test('no connection to the relay is waited for, not made; the reservation follows as soon as one comes up, each time', async () => {
  const [relay, other] = [await somebody(), await somebody()];
  const node = new FakeNode();
  const keeper = keeperOf(node, 1);
  keeper.reserve(multiaddr(`${RELAY}/p2p/${relay}`));
  node.connect(other);
  await vi.waitFor(() => expect(node.connections).toHaveLength(1));
  await new Promise((resolve) => setImmediate(resolve));
  expect([node.asked, node.tried, keeper.addresses]).toEqual([[], [], []]);

  const slow = keeperOf(node);
  keepers.shift()?.stop();
  slow.reserve(multiaddr(`${RELAY}/p2p/${relay}`));
  const first = node.connect(relay);
  const reachable = [`${RELAY}/p2p/${relay}/p2p-circuit`];
  await vi.waitFor(() => expect(slow.addresses).toEqual(reachable));
  node.disconnect(first);
  await vi.waitFor(() => expect(slow.addresses).toEqual([]));
  node.connect(relay);
  await vi.waitFor(() => expect(slow.addresses).toEqual(reachable));
  expect(node.tried).toEqual([]);
});

test('it is told of a connection at a relay that helps, and of no other', async () => {
  const [own, others] = [await somebody(), await somebody()];
  const node = new FakeNode();
  const held: string[] = [];
  const keeper = keeperOf(node, 600_000, ({ remotePeer }) => held.push(remotePeer.toString()));
  node.connect(own);
  node.connect(others);
  keeper.reserve(multiaddr(`${RELAY}/p2p/${others}`), false);
  await vi.waitFor(() => expect(keeper.addresses).toHaveLength(1));
  keeper.reserve(multiaddr(`${RELAY}/p2p/${own}`), true);
  await vi.waitFor(() => expect(keeper.addresses).toHaveLength(2));
  expect(held).toEqual([own.toString()]);
  keeper.reserve(multiaddr(`${RELAY}/p2p/${others}`), true);
  await vi.waitFor(() => expect(held).toEqual([own.toString(), others.toString()]));
});

test('an unreserve that comes while the relay is still being asked leaves no reservation behind', async () => {
  const relay = await somebody();
  const node = new FakeNode();
  const keeper = keeperOf(node);
  let grant: () => void = () => {};
  node.grants = new Promise((resolve) => {
    grant = resolve;
  });
  node.connect(relay);
  keeper.reserve(multiaddr(`${RELAY}/p2p/${relay}`));
  await vi.waitFor(() => expect(node.asked).toHaveLength(1));
  keeper.unreserve(multiaddr(`${RELAY}/p2p/${relay}`));
  const granted = vi.spyOn(node.reserved, 'set');
  grant();
  await vi.waitFor(() => expect(granted).toHaveBeenCalled());
  await vi.waitFor(() => expect(node.reserved.size).toBe(0));
  expect(keeper.addresses).toEqual([]);
  node.connect(relay);
  await new Promise((resolve) => setImmediate(resolve));
  expect(node.asked).toHaveLength(1);
});

test('a relay that is asked for by another of its addresses is still one relay', async () => {
  const relay = await somebody();
  const node = new FakeNode();
  const keeper = keeperOf(node);
  node.connect(relay);
  keeper.reserve(multiaddr(`${RELAY}/p2p/${relay}`));
  await vi.waitFor(() => expect(keeper.addresses).toHaveLength(1));
  keeper.reserve(multiaddr(`/dns4/kith.home.arpa/tcp/8443/tls/ws/p2p/${relay}`));
  await vi.waitFor(() => expect(keeper.addresses).toEqual([`/dns4/kith.home.arpa/tcp/8443/tls/ws/p2p/${relay}/p2p-circuit`]));
  keeper.unreserve(multiaddr(`${RELAY}/p2p/${relay}`));
  expect([keeper.addresses, node.reserved.size]).toEqual([[], 0]);
});

test('a connection that does not answer is ended, and the next one is used', async () => {
  const relay = await somebody();
  const node = new FakeNode();
  const keeper = keeperOf(node);
  node.answers = false;
  node.connect(relay);
  keeper.reserve(multiaddr(`${RELAY}/p2p/${relay}`));
  await vi.waitFor(() => expect(node.connections).toHaveLength(0));
  expect(node.asked).toEqual([]);
  node.answers = true;
  node.connect(relay);
  await vi.waitFor(() => expect(keeper.addresses).toHaveLength(1));
});
