import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Bytes, bytesOf, sameBytes } from '../../../kernel/bytes.ts';
import type { LinkEvent, TransportKey } from '../../../node/machine.ts';
import { transportKeyOfSeed } from '../transport-identity.ts';
import { createNodeLink, type NodeLink, type NodeLinkOptions, type SocksProxy } from './index.ts';

const HOST = '127.0.0.1';
const NAME = 'a-relay-that-only-the-proxy-knows.onion';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A link that was told to listen, with all it told. */
class Side {
  readonly link: NodeLink;
  readonly seed: Bytes = bytesOf(randomBytes(32));
  readonly events: LinkEvent[] = [];
  #wake: () => void = () => {};

  constructor(options: NodeLinkOptions) {
    this.link = createNodeLink({ dialTimeoutMs: 2_000, ...options });
    this.link.start((event) => {
      this.events.push(event);
      this.#wake();
    });
    this.link.perform({ kind: 'listen', seed: this.seed });
    opened.push(() => this.link.stop());
  }

  async next<Kind extends LinkEvent['kind']>(kind: Kind): Promise<Extract<LinkEvent, { kind: Kind }>> {
    for (;;) {
      const found = this.events.find((event): event is Extract<LinkEvent, { kind: Kind }> => event.kind === kind);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** As much of SOCKS5 as a test needs: it connects to `toPort` whatever it is asked for, and remembers what that was. */
async function proxy(toPort: () => number, answer: 'connects' | 'refuses' | 'says nothing' = 'connects', login?: string) {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const server: Server = createServer((client) => {
    sockets.push(client);
    client.on('error', () => {});
    const read = pieces(client);
    const serve = async (): Promise<void> => {
      const [version, methods = 0] = await read(2);
      await read(methods);
      if (version !== 5 || answer === 'says nothing') return;
      client.write(Uint8Array.of(5, login === undefined ? 0 : 2));
      if (login !== undefined) {
        const [, nameLength = 0] = await read(2);
        const name = await read(nameLength);
        const [passwordLength = 0] = await read(1);
        const isIt = `${name}:${await read(passwordLength)}` === login;
        client.write(Uint8Array.of(1, isIt ? 0 : 1));
        if (!isIt) return;
      }
      const [, , , kind] = await read(4);
      const host = kind === 3 ? (await read((await read(1))[0] ?? 0)).toString() : (await read(kind === 1 ? 4 : 16)).join('.');
      asked.push(`${host}:${(await read(2)).readUInt16BE()}`);
      client.write(Uint8Array.of(5, answer === 'refuses' ? 5 : 0, 0, 1, 0, 0, 0, 0, 0, 0));
      if (answer === 'refuses') return;
      const onward = connect(toPort(), HOST);
      sockets.push(onward);
      onward.on('error', () => client.destroy());
      client.pipe(onward).pipe(client);
    };
    void serve();
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  opened.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: HOST, port: (server.address() as AddressInfo).port, asked, connections: () => sockets.length };
}

/** Reads so many bytes at a time, and leaves the rest to whoever is next. */
function pieces(socket: Socket): (length: number) => Promise<Buffer> {
  return async (length) => {
    for (;;) {
      const piece = length === 0 ? Buffer.alloc(0) : (socket.read(length) as Buffer | null);
      if (piece !== null) return piece;
      await once(socket, 'readable');
    }
  };
}

async function relay(): Promise<{ readonly side: Side; readonly port: number; readonly key: TransportKey }> {
  const side = new Side({ tcp: { host: HOST, port: 0 } });
  const [address = ''] = await side.link.addresses();
  return { side, port: Number(address.split('/').at(-1)), key: await transportKeyOfSeed(side.seed) };
}

const throughProxy = (by: SocksProxy, addresses: readonly string[]): Side => new Side({ proxied: { ...by, addresses } });

test('a named address is dialled through the proxy, which is given the name as it is, and frames pass both ways', async () => {
  const { side, port, key } = await relay();
  const by = await proxy(() => port);
  const address = `/dns4/${NAME}/tcp/4001`;
  const me = throughProxy(by, [address]);
  me.link.perform({ kind: 'dial', id: 1, address, expectedKey: key });
  const up = await me.next('up');
  expect([up.key, up.dialled, up.path, by.asked]).toEqual([key, true, 'direct', [`${NAME}:4001`]]);
  // Large enough for every buffer on the way to run over.
  const frame = bytesOf(randomBytes(60_000));
  const there = await side.next('up');
  me.link.send(up.neighbour, frame);
  side.link.send(there.neighbour, frame);
  expect([sameBytes((await side.next('frame')).frame, frame), sameBytes((await me.next('frame')).frame, frame)]).toEqual([true, true]);
  me.link.perform({ kind: 'close', neighbour: up.neighbour });
  await side.next('down');
});

test.each([
  ['/ip6/2001:DB8:0::7/tcp/4001', '/ip6/2001:db8::7/tcp/4001', '32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.7:4001'],
  ['/ip6/2001:db8::7/tcp/4001', '/ip6/2001:0DB8:0:0::7/tcp/4001', '32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.7:4001'],
  [`/dns4/${NAME.toUpperCase()}/tcp/4001`, `/dns4/${NAME}/tcp/4001`, `${NAME}:4001`],
])('what is named as %s is dialled through the proxy when it is written as %s', async (named, address, asked) => {
  const { port, key } = await relay();
  const by = await proxy(() => port);
  const me = throughProxy(by, [named]);
  me.link.perform({ kind: 'dial', id: 1, address, expectedKey: key });
  expect((await me.next('up')).key).toBe(key);
  expect(by.asked).toEqual([asked]);
});

test('with something for the proxy that is no address, nothing is dialled at all', async () => {
  const { port, key } = await relay();
  const by = await proxy(() => port);
  const me = throughProxy(by, ['/ip6/2001:db8:::7/tcp/4001']);
  await expect(me.link.ready()).rejects.toThrow('/ip6/2001:db8:::7/tcp/4001');
  me.link.perform({ kind: 'dial', id: 1, address: `/ip4/${HOST}/tcp/${port}`, expectedKey: key });
  expect((await me.next('dial-failed')).reason).toBe('no-transport');
});

test('somebody else at the end of the proxy is found out', async () => {
  const { port } = await relay();
  const by = await proxy(() => port);
  const address = `/dns4/${NAME}/tcp/4001`;
  const me = throughProxy(by, [address]);
  me.link.perform({ kind: 'dial', id: 1, address, expectedKey: await transportKeyOfSeed(bytesOf(randomBytes(32))) });
  expect((await me.next('dial-failed')).reason).toBe('wrong-key');
});

test('what is not for the proxy goes past it', async () => {
  const { port, key } = await relay();
  const by = await proxy(() => port);
  const me = throughProxy(by, [`/ip4/${HOST}/tcp/1`]);
  me.link.perform({ kind: 'dial', id: 1, address: `/ip4/${HOST}/tcp/${port}`, expectedKey: key });
  await me.next('up');
  expect(by.connections()).toBe(0);
});

test.each([
  ['is not there', 'refused', undefined],
  ['refuses', 'unreachable', 'refuses'],
  ['says nothing', 'timed-out', 'says nothing'],
] as const)('through a proxy that %s nothing is reached, and nothing is tried past it', async (_, reason, answer) => {
  const { port, key } = await relay();
  const by = answer === undefined ? { host: HOST, port: 1 } : await proxy(() => port, answer);
  const address = `/ip4/${HOST}/tcp/${port}`;
  const me = throughProxy(by, [address]);
  me.link.perform({ kind: 'dial', id: 1, address, expectedKey: key });
  expect((await me.next('dial-failed')).reason).toBe(reason);
  expect(me.events.some((event) => event.kind === 'up')).toBe(false);
});

test('a proxy that asks who one is is told', async () => {
  const { port, key } = await relay();
  const by = await proxy(() => port, 'connects', 'ann:secret');
  const address = `/ip4/${HOST}/tcp/${port}`;
  const me = throughProxy({ host: by.host, port: by.port, username: 'ann', password: 'secret' }, [address]);
  me.link.perform({ kind: 'dial', id: 1, address, expectedKey: key });
  expect((await me.next('up')).key).toBe(key);
});
