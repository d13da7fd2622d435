/** A server under load as the benchmark sees it: a process whose time and memory are read from /proc, and clients that talk through it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Pairs of clients, connected; a message goes from the first of a pair to the second. */
export interface Pairs {
  /** Makes ready what is sent next: `perPair` messages for each pair. Until it resolves nothing may be sent. */
  prepare(perPair: number): Promise<void>;
  /** Sends the next message of a pair. */
  send(pair: number): void;
  /** A message came to the second of a pair. */
  onArrival: (pair: number) => void;
  /** Resolves when the server has nothing left to do about what was sent. */
  settled(): Promise<void>;
  close(): void;
}

export interface Server {
  readonly name: string;
  readonly pid: number;
  pairs(count: number): Promise<Pairs>;
  /** A client that is connected and ready for mail, and silent. */
  idleClient(): Promise<{ close(): void }>;
  stop(): Promise<void>;
}

/** Time the process has spent on a processor, all threads, in milliseconds. Linux counts it in hundredths of a second. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory, in MiB. */
export function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
}

/** Starts a program and waits until `isReady` is true of what it said. Throws with what it said when it ends before. */
export async function startServer(
  command: string,
  args: readonly string[],
  isReady: (said: string) => boolean | Promise<boolean>,
  env: Readonly<Record<string, string>> = {},
): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  const hear = (piece: Buffer): void => {
    said = (said + piece.toString()).slice(-20_000);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.on('error', (error) => hear(Buffer.from(error.message)));
  for (let waitedMs = 0; !(await isReady(said)); waitedMs += 50) {
    if (child.exitCode !== null || child.pid === undefined || waitedMs > 30_000) {
      child.kill('SIGKILL');
      throw new Error(`${command} did not start: ${said}`);
    }
    await pause(50);
  }
  return child as ChildProcess & { readonly pid: number };
}

export async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(insist);
}

/** A TCP port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
