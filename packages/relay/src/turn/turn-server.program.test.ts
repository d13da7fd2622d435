import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type TurnBounds, turnBounds } from './bounds.ts';
import { turnCredentials } from './credentials.ts';
import { ALLOCATIONS_EACH_MAX } from './limits.ts';
import { turnClient } from './testing/turn-client.ts';
import { findTurnProgram } from './turn-program.ts';
import { openTurnServer, type TurnServer, type TurnServerOptions, waitAfter } from './turn-server.ts';

const hasIp6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
const program = await findTurnProgram(process.env['PATH']);
const base = mkdtempSync(join(tmpdir(), 'kith-turn-'));
const open: TurnServer[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function turn(fields: Partial<TurnServerOptions> = {}): Promise<{ server: TurnServer; port: number; folder: string }> {
  const port = await freePort();
  const folder = mkdtempSync(join(base, 'one-'));
  const server = openTurnServer({
    port,
    folder,
    program,
    addresses: () => ['127.0.0.1'],
    bounds: turnBounds(512),
    nowMs: () => Date.now(),
    ...fields,
  });
  open.push(server);
  return { server, port, folder };
}

const isRunning = (server: TurnServer): Promise<unknown> =>
  vi.waitFor(() => expect(server.state()).toBe('running'), { timeout: 15_000, interval: 50 });

test('after each failure it waits twice as long, up to a limit', () => {
  expect([0, 1, 2, 30].map(waitAfter)).toEqual([1_000, 2_000, 4_000, 300_000]);
});

test('without coturn it says so and offers nothing', async () => {
  const { server } = await turn({ program: undefined });
  expect([server.state(), server.offer('ann')]).toEqual(['absent', undefined]);
});

test('where nobody could reach it, it is not started', async () => {
  const { server } = await turn({ program: '/bin/false', addresses: () => [] });
  expect([server.state(), server.offer('ann')]).toEqual(['no-address', undefined]);
});

test('a program that does not stay is said to be failing', async () => {
  const { server } = await turn({ program: '/bin/false' });
  await vi.waitFor(() => expect(server.state()).toBe('failing'), { timeout: 15_000 });
  expect(server.offer('ann')).toBeUndefined();
});

test('a port that is taken is said to be taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { server } = await turn({ program: '/bin/false', port: (taken.address() as { port: number }).port });
  await vi.waitFor(() => expect(server.state()).toBe('port-taken'));
  taken.close();
});

describe.skipIf(program === undefined)('with coturn', () => {
  test('whoever has what it offers is given an allocation, and reaches neither this machine from inside nor everybody at once', async () => {
    const { server, port } = await turn();
    await isRunning(server);
    const offer = server.offer('ann');
    if (offer === undefined) throw new Error('nothing is offered');
    expect(offer).toMatchObject({ port, lifetimeMs: 12 * 3_600_000 });
    const client = turnClient(port, offer);
    expect(await client.allocate()).toBe(0);
    expect(await client.permit('192.0.2.7')).toBe(0);
    for (const address of ['127.0.0.1', '0.0.0.0', '169.254.169.254', '224.0.0.251', '255.255.255.255'])
      expect([address, await client.permit(address)]).toEqual([address, 403]);
    client.close();
  });

  test('credentials of another secret, and those whose time is over, are refused', async () => {
    const { server, port, folder } = await turn();
    await isRunning(server);
    const secret = /static-auth-secret=(\w+)/.exec(readFileSync(join(folder, 'turnserver.conf'), 'utf8'))?.[1] ?? '';
    const of = async (secretUsed: string, expiresAtMs: number): Promise<number> => {
      const client = turnClient(port, turnCredentials(secretUsed, expiresAtMs, 'ann'));
      const code = await client.allocate();
      client.close();
      return code;
    };
    expect(await of(secret, Date.now() + 60_000)).toBe(0);
    expect(await of('another', Date.now() + 60_000)).toBe(401);
    expect(await of(secret, Date.now() - 60_000)).toBe(401);
  });

  test('one peer has its allocations and no more, however often it asks for credentials; another one has its own', async () => {
    const { server, port, folder } = await turn();
    await isRunning(server);
    const secret = /static-auth-secret=(\w+)/.exec(readFileSync(join(folder, 'turnserver.conf'), 'utf8'))?.[1] ?? '';
    const clients: ReturnType<typeof turnClient>[] = [];
    const allocate = (peer: string, expiresInMs: number): Promise<number> => {
      const client = turnClient(port, turnCredentials(secret, Date.now() + expiresInMs, peer));
      clients.push(client);
      return client.allocate();
    };
    const codes: number[] = [];
    while (codes.length <= ALLOCATIONS_EACH_MAX) codes.push(await allocate('ann', 60_000 + codes.length * 1_000));
    // 486: allocation quota reached
    expect([codes.filter((code) => code === 0).length, codes.at(-1)]).toEqual([ALLOCATIONS_EACH_MAX, 486]);
    expect(await allocate('bo', 60_000)).toBe(0);
    for (const client of clients) client.close();
  });

  /** Asks under as many names as there are answers; each keeps what it was given. */
  async function answersTo(bounds: TurnBounds, names: readonly string[]): Promise<readonly number[]> {
    const { server, port } = await turn({ bounds });
    await isRunning(server);
    const codes: number[] = [];
    const clients: ReturnType<typeof turnClient>[] = [];
    for (const name of names) {
      const client = turnClient(port, server.offer(name) ?? { username: '', credential: '' });
      clients.push(client);
      codes.push(await client.allocate());
    }
    for (const client of clients) client.close();
    return codes;
  }

  test('all together have as many allocations as there are, whoever asks', async () => {
    const bounds = { allocations: 3, allocationsEach: 2, rateEach: 10_000, rateTotal: 1_000_000 };
    expect(await answersTo(bounds, ['ann', 'bo', 'cleo', 'dan', 'ann'])).toEqual([0, 0, 0, 486, 486]);
  });

  test('all together have the rate that there is: who comes when it is given out is refused', async () => {
    const bounds = { allocations: 100, allocationsEach: 50, rateEach: 10_000, rateTotal: 20_000 };
    expect(await answersTo(bounds, ['ann', 'bo', 'cleo', 'dan'])).toEqual([0, 0, 486, 486]);
  });

  test.skipIf(!hasIp6)('who comes by IPv6 is given an allocation too', async () => {
    const { server, port } = await turn({ addresses: () => ['127.0.0.1', '::1'] });
    await isRunning(server);
    const client = turnClient(port, server.offer('ann') ?? { username: '', credential: '' }, '::1');
    expect(await client.allocate()).toBe(0);
    // it leaves by IPv4, where others are
    expect(await client.permit('192.0.2.7')).toBe(0);
    client.close();
  });

  test.skipIf(!hasIp6)('where there is nothing but IPv6 it leaves by that', async () => {
    const { server, port } = await turn({ addresses: () => ['::1'] });
    await isRunning(server);
    const client = turnClient(port, server.offer('ann') ?? { username: '', credential: '' }, '::1');
    expect(await client.allocate()).toBe(0);
    // 443: an address of the other family
    expect(await client.permit('192.0.2.7')).toBe(443);
    client.close();
  });

  test('only this user can read the secret, and it is gone afterwards', async () => {
    const { server, folder } = await turn();
    await isRunning(server);
    const file = join(folder, 'turnserver.conf');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await server.close();
    expect(existsSync(file)).toBe(false);
  });

  test('when it is killed it comes back, and what was offered before still counts', async () => {
    const { server, port, folder } = await turn();
    await isRunning(server);
    const offer = server.offer('ann');
    if (offer === undefined) throw new Error('nothing is offered');
    process.kill(Number(readFileSync(join(folder, 'turnserver.pid'), 'utf8')), 'SIGKILL');
    await vi.waitFor(() => expect(server.state()).toBe('failing'), { timeout: 5_000 });
    await isRunning(server);
    const client = turnClient(port, offer);
    expect(await client.allocate()).toBe(0);
    client.close();
  });
});

test('a watched program ends when the one that started it is killed', async () => {
  const mark = join(base, 'pid');
  const stand = join(base, 'stand-in.sh');
  writeFileSync(stand, `#!/bin/sh\necho $$ > ${mark}\nexec sleep 1000\n`, { mode: 0o700 });
  const module = fileURLToPath(new URL('watched-child.ts', import.meta.url));
  const code = `import { spawnWatched } from ${JSON.stringify(module)}; spawnWatched(${JSON.stringify(stand)}, []); setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { stdio: 'ignore' });
  const pid = await vi.waitFor(
    () => {
      const said = readFileSync(mark, 'utf8').trim();
      if (said === '') throw new Error('not yet');
      return Number(said);
    },
    { timeout: 15_000, interval: 50 },
  );
  const isThere = (): boolean => {
    try {
      process.kill(pid, 0);
      return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)])
        .toString()
        .startsWith('Z');
    } catch {
      return false;
    }
  };
  expect(isThere()).toBe(true);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(isThere()).toBe(false), { timeout: 5_000, interval: 50 });
});
