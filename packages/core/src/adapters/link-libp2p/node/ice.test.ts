import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { bytesOf } from '../../../kernel/bytes.ts';
import { IceServers } from '../browser/ice-servers.ts';
import type { IceOffer } from '../ice-offer.ts';
import { askIce } from '../ice-protocol.ts';
import { Libp2pLink } from '../libp2p-link.ts';
import { startPassiveNode } from '../passive-node.ts';
import { webSocketDialling } from '../web-socket-dialling.ts';
import { createNodeLink } from './index.ts';

const OFFER: IceOffer = { port: 4003, username: '1:a', credential: 'cGFzcw==', lifetimeMs: 43_200_000 };
const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((thing) => thing.stop()));
});

async function relayAt(iceOffer: ((peer: string) => IceOffer | undefined) | undefined): Promise<string> {
  const link = createNodeLink({ ws: { host: '127.0.0.1', port: 0 }, relayServer: {}, ...(iceOffer === undefined ? {} : { iceOffer }) });
  opened.push(link);
  link.start(() => {});
  link.perform({ kind: 'listen', seed: bytesOf(randomBytes(32)) });
  return (await link.addresses())[0] as string;
}

/** What a page is: it dials, and holds reservations. */
function page(): { link: Libp2pLink; servers: IceServers } {
  const servers = new IceServers();
  const link = new Libp2pLink({
    makeNode: (privateKey) =>
      startPassiveNode({ privateKey, transports: [webSocketDialling()], listen: [], announce: [], connectionsMax: 9, services: {} }),
    ownAddresses: () => [],
    offersWebRtc: false,
    reserveCheckMs: 100,
    reservedAt: (connection) => servers.reserved(connection),
  });
  opened.push(link);
  link.start(() => {});
  link.perform({ kind: 'listen', seed: bytesOf(randomBytes(32)) });
  return { link, servers };
}

test('whoever holds a reservation is told of the relay’s server, at the host where it dialled', async () => {
  const address = await relayAt(() => OFFER);
  const { link, servers } = page();
  link.perform({ kind: 'dial', id: 1, address });
  link.perform({ kind: 'reserve', address, helps: true });
  await vi.waitFor(() => expect(servers.current.length).toBe(2), { timeout: 10_000 });
  expect(servers.current[1]).toMatchObject({ username: OFFER.username, credential: OFFER.credential });
  expect(servers.current[0]?.urls).toEqual(['stun:127.0.0.1:4003']);
});

test('a relay that does not help is not asked, though there is a reservation', async () => {
  const asked = vi.fn((_: string) => OFFER);
  const address = await relayAt(asked);
  const { link, servers } = page();
  link.perform({ kind: 'dial', id: 1, address });
  link.perform({ kind: 'reserve', address });
  await vi.waitFor(async () => expect((await link.addresses()).length).toBeGreaterThan(0), { timeout: 10_000 });
  // asked now, because nobody has asked on this connection before
  const { node } = await link.ready();
  const [connection] = node.getConnections();
  if (connection === undefined) throw new Error('no connection');
  expect(await askIce(connection, AbortSignal.timeout(5_000))).toEqual(OFFER);
  expect([asked.mock.calls, servers.current]).toEqual([[[node.peerId.toString()]], []]);
});

test('whoever holds none is refused, and so is who asks twice in a moment', async () => {
  const address = await relayAt(() => OFFER);
  const { link } = page();
  const { parts, node } = await link.ready();
  link.perform({ kind: 'dial', id: 1, address });
  await vi.waitFor(() => expect(parts.connectionManager.getConnections().length).toBe(1), { timeout: 10_000 });
  const [connection] = node.getConnections();
  if (connection === undefined) throw new Error('no connection');
  const ask = (): Promise<IceOffer | undefined> => askIce(connection, AbortSignal.timeout(5_000));
  await expect(ask()).rejects.toThrow();
  link.perform({ kind: 'reserve', address, helps: true });
  await vi.waitFor(async () => expect((await link.addresses()).length).toBeGreaterThan(0), { timeout: 10_000 });
  // the page asked by itself when it had the reservation
  await expect(ask()).rejects.toThrow();
});

test('a relay without such a server answers with nothing, or does not know the protocol', async () => {
  for (const offer of [() => undefined, undefined]) {
    const address = await relayAt(offer);
    const { link, servers } = page();
    link.perform({ kind: 'dial', id: 1, address });
    link.perform({ kind: 'reserve', address, helps: true });
    await vi.waitFor(async () => expect((await link.addresses()).length).toBeGreaterThan(0), { timeout: 10_000 });
    expect(servers.current).toEqual([]);
  }
});
