import type { Connection } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { expect, test } from 'vitest';
import type { IceOffer } from '../ice-offer.ts';
import { IceServers } from './ice-servers.ts';

const OFFER: IceOffer = { port: 4003, username: 'u', credential: 'c', lifetimeMs: 43_200_000 };

class FakeConnection extends EventTarget {
  status = 'open';
  readonly remoteAddr;
  readonly remotePeer: { toString(): string };
  constructor(address: string, relay = 'relay') {
    super();
    this.remoteAddr = multiaddr(address);
    this.remotePeer = { toString: () => relay };
  }
  close(): void {
    this.status = 'closed';
    this.dispatchEvent(new Event('close'));
  }
  get it(): Connection {
    return this as unknown as Connection;
  }
}

/** Everything that was asked, and a clock the test moves. */
function world(answer: () => IceOffer | undefined | Promise<IceOffer | undefined> = () => OFFER) {
  const asked: Connection[] = [];
  const time = { nowMs: 1_000_000 };
  const servers = new IceServers({
    nowMs: () => time.nowMs,
    ask: async (connection) => {
      asked.push(connection);
      return answer();
    },
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { servers, asked, time, settle };
}

test.each([
  ['/ip4/192.168.1.5/udp/4002/webrtc-direct', '192.168.1.5'],
  ['/dns4/kith-abc.local/tcp/8443/tls/ws', 'kith-abc.local'],
  ['/ip6/fd00::5/tcp/8443/ws', '[fd00::5]'],
])('a relay dialled at %s is used at that host', async (address, host) => {
  const { servers, settle } = world();
  servers.reserved(new FakeConnection(address).it);
  await settle();
  expect(servers.current).toEqual([
    { urls: [`stun:${host}:4003`] },
    { urls: [`turn:${host}:4003?transport=udp`, `turn:${host}:4003?transport=tcp`], username: 'u', credential: 'c' },
  ]);
});

test('a relay is asked once for a connection, and again when a quarter of the time is left', async () => {
  const { servers, asked, time, settle } = world();
  const { it } = new FakeConnection('/ip4/10.0.0.1/tcp/1/ws');
  for (let beat = 0; beat < 3; beat++) {
    servers.reserved(it);
    await settle();
  }
  expect(asked.length).toBe(1);
  time.nowMs += OFFER.lifetimeMs * 0.8;
  servers.reserved(it);
  await settle();
  expect(asked.length).toBe(2);
  expect(servers.current.length).toBe(2);
});

test('a new connection to the same relay is asked at once: the relay may have begun anew', async () => {
  const { servers, asked, settle } = world();
  servers.reserved(new FakeConnection('/ip4/10.0.0.1/tcp/1/ws').it);
  servers.reserved(new FakeConnection('/ip4/10.0.0.1/tcp/1/ws').it);
  await settle();
  expect(asked.length).toBe(2);
  expect(servers.current.length).toBe(2);
});

test('a relay that has none is asked again after a minute', async () => {
  const { servers, asked, time, settle } = world(() => undefined);
  const { it } = new FakeConnection('/ip4/10.0.0.1/tcp/1/ws');
  servers.reserved(it);
  await settle();
  time.nowMs += 59_000;
  servers.reserved(it);
  time.nowMs += 2_000;
  servers.reserved(it);
  await settle();
  expect([asked.length, servers.current.length]).toEqual([2, 0]);
});

test('a relay that refuses, or falls silent, costs nothing but its own servers', async () => {
  const { servers, settle } = world(() => Promise.reject(new Error('refused')));
  servers.reserved(new FakeConnection('/ip4/10.0.0.1/tcp/1/ws').it);
  await settle();
  expect(servers.current).toEqual([]);
});

test('with the connection its servers are gone, and with the end of the credentials', async () => {
  const { servers, time, settle } = world();
  const one = new FakeConnection('/ip4/10.0.0.1/tcp/1/ws', 'one');
  servers.reserved(one.it);
  servers.reserved(new FakeConnection('/ip4/10.0.0.2/tcp/1/ws', 'two').it);
  await settle();
  one.close();
  expect(servers.current.flatMap((server) => server.urls)[0]).toBe('stun:10.0.0.2:4003');
  time.nowMs += OFFER.lifetimeMs;
  expect(servers.current).toEqual([]);
});

test('at most four relays are used: twelve addresses', async () => {
  const { servers, settle } = world();
  for (let i = 1; i <= 9; i++) servers.reserved(new FakeConnection(`/ip4/10.0.0.${i}/tcp/1/ws`, `relay ${i}`).it);
  await settle();
  expect(servers.current.flatMap((server) => server.urls).length).toBe(12);
});

test('nobody is asked through a circuit', async () => {
  const { servers, asked } = world();
  const relay = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN';
  servers.reserved(new FakeConnection(`/ip4/10.0.0.1/tcp/1/ws/p2p/${relay}/p2p-circuit`).it);
  expect(asked).toEqual([]);
});
