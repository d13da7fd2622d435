import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClassicLevel } from 'classic-level';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { VERSION_KEY } from '../../core/src/adapters/store-leveldb/level-keys.ts';
import { EXIT } from './cli/exit.ts';

/** A build of its own, inside the package, where native modules are found. */
const RELAY = fileURLToPath(new URL('..', import.meta.url));
const built = join(RELAY, 'dist/test', String(process.pid));
const MAIN = join(built, 'dist/main.js');
const QUIET_PORTS = ['--http-port=0', '--https-port=0', '--tcp-port=0', '--webrtc-port=off', '--host=127.0.0.1', '--no-mdns'];
const base = mkdtempSync(join(tmpdir(), 'kith-main-'));
const children: ChildProcess[] = [];

beforeAll(() => {
  mkdirSync(built, { recursive: true });
  copyFileSync(join(RELAY, 'package.json'), join(built, 'package.json'));
  execFileSync(process.execPath, [join(RELAY, 'build.mjs'), join(built, 'dist')]);
}, 60_000);
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
afterAll(() => {
  for (const folder of [base, built]) rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The address in the ready line. */
  ready(): Promise<string>;
  /** The code at the end, and all that was said. */
  ended(): Promise<{ readonly code: number | null; readonly said: string }>;
}

const freshFolder = (): string => mkdtempSync(join(base, 'data-'));

function relay(args: readonly string[]): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: base } });
  children.push(child);
  let output = '';
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, said: output }));
  const ready = new Promise<string>((resolve, reject) => {
    const look = (part: Buffer): void => {
      output += part.toString();
      const address = /^ready (\S+)\n/m.exec(output)?.[1];
      if (address !== undefined && output.includes('Ctrl-C')) resolve(address);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    ended.then(() => reject(new Error(`it ended before it was ready: ${output}`)));
  });
  ready.catch(() => {});
  return { child, output: () => output, ready: () => ready, ended: () => ended };
}

async function whoIs(address: string): Promise<{ readonly origin: string; readonly relay: { readonly key: string } }> {
  return (await (await fetch(`${address}/.well-known/kith.json`)).json()) as { origin: string; relay: { key: string } };
}

async function taken(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}

describe('the relay program', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('starts, answers, and ends cleanly on %s', async (signal) => {
    const run = relay([`--data=${freshFolder()}`, ...QUIET_PORTS]);
    const address = await run.ready();
    expect(await (await fetch(`${address}/readyz`)).json()).toEqual({ ready: true, troubles: [] });
    run.child.kill(signal);
    expect((await run.ended()).code).toBe(EXIT.stopped.code);
  });

  test('is the same relay with the same house key after a new start', async () => {
    const data = freshFolder();
    const seen = [];
    for (let start = 0; start < 2; start++) {
      const run = relay([`--data=${data}`, ...QUIET_PORTS]);
      const {
        origin,
        relay: { key },
      } = await whoIs(await run.ready());
      seen.push([new URL(origin).hostname, key]);
      run.child.kill('SIGTERM');
      await run.ended();
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]?.[1]).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a second relay with the same data says so, and leaves the first alone', async () => {
    const data = freshFolder();
    const first = relay([`--data=${data}`, ...QUIET_PORTS]);
    const address = await first.ready();
    const { code, said } = await relay([`--data=${data}`, ...QUIET_PORTS]).ended();
    expect(code).toBe(EXIT.second.code);
    expect(said).toContain(`Another relay is running with the data in ${data}.`);
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
  });

  test.each(['--http-port', '--https-port', '--tcp-port'])('a taken port is named, with the option to change it: %s', async (option) => {
    const { server, port } = await taken();
    const { code, said } = await relay([`--data=${freshFolder()}`, ...QUIET_PORTS, `${option}=${port}`]).ended();
    server.close();
    expect(code).toBe(EXIT.port.code);
    expect(said).toBe(`Port ${port} is used by another program. Stop that program, or choose another port with ${option}.\n`);
  });

  test('a taken UDP port is named too', async () => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    const { code, said } = await relay([`--data=${freshFolder()}`, ...QUIET_PORTS, `--webrtc-port=${port}`]).ended();
    socket.close();
    expect([code, said]).toEqual([EXIT.port.code, expect.stringContaining('--webrtc-port')]);
  });

  test('an address this machine does not have is named', async () => {
    const { code, said } = await relay([`--data=${freshFolder()}`, ...QUIET_PORTS, '--host=192.0.2.1']).ended();
    expect([code, said]).toEqual([EXIT.port.code, expect.stringContaining('--host')]);
  });

  test('a folder that cannot be used is named', async () => {
    const file = join(base, 'a-file');
    writeFileSync(file, '');
    for (const data of [join(file, 'data'), '/proc/kith']) {
      const { code, said } = await relay([`--data=${data}`, ...QUIET_PORTS]).ended();
      expect([code, said]).toEqual([EXIT.folder.code, expect.stringContaining(`The folder ${data} cannot be used`)]);
    }
  });

  test('a damaged store is said to be damaged, and stays as it is', async () => {
    const data = freshFolder();
    const first = relay([`--data=${data}`, ...QUIET_PORTS]);
    await first.ready();
    first.child.kill('SIGTERM');
    await first.ended();
    const store = join(data, 'store');
    for (const name of readdirSync(store)) if (name.startsWith('MANIFEST')) writeFileSync(join(store, name), 'torn');
    const { code, said } = await relay([`--data=${data}`, ...QUIET_PORTS]).ended();
    expect([code, said]).toEqual([EXIT.damaged.code, expect.stringContaining(`The data in ${data} cannot be read`)]);
  });

  test('a store by a newer version is left alone', async () => {
    const data = freshFolder();
    const db = new ClassicLevel<Uint8Array, Uint8Array>(join(data, 'store'), { keyEncoding: 'view', valueEncoding: 'view' });
    await db.put(VERSION_KEY, Uint8Array.of(0xff, 0xff, 0xff, 0x7f));
    await db.close();
    const { code, said } = await relay([`--data=${data}`, ...QUIET_PORTS]).ended();
    expect([code, said]).toEqual([EXIT.newer.code, expect.stringContaining('newer version')]);
  });

  test('another address than the one phones know is refused', async () => {
    const data = freshFolder();
    const first = relay([`--data=${data}`, ...QUIET_PORTS, '--origin=https://kith.home.arpa:8443']);
    expect((await whoIs(await first.ready())).origin).toBe('https://kith.home.arpa:8443');
    first.child.kill('SIGTERM');
    await first.ended();
    const { code, said } = await relay([`--data=${data}`, ...QUIET_PORTS, '--origin=https://other.home.arpa:8443']).ended();
    expect([code, said]).toEqual([EXIT.origin.code, expect.stringContaining('Phones know this house as')]);
  });

  test('an option that is wrong is explained', async () => {
    const { code, said } = await relay(['--http-port=many']).ended();
    expect([code, said]).toEqual([
      EXIT.option.code,
      '--http-port must be a number from 0 to 65535, not "many". "--help" explains every option.\n',
    ]);
  });

  test('the doctor says what it found, and ends with 1 where a relay could not work', async () => {
    const { code, said } = await relay([`--data=${freshFolder()}`, ...QUIET_PORTS, '--doctor']).ended();
    expect([code, said]).toEqual([1, expect.stringContaining('This machine has no address on a local network')]);
  });

  test('help and version are said and nothing is started', async () => {
    const help = await relay(['--help']).ended();
    expect([help.code, help.said]).toEqual([EXIT.stopped.code, expect.stringContaining('--https-port PORT')]);
    expect((await relay(['--version']).ended()).said).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
