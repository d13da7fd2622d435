/**
 * STUN and TURN from this machine: coturn as a child of the relay, where it is installed. Started, watched, started again after a while when it
 * ended, and told anew when this machine's addresses change. Never logs a name, an address or a credential. Rule: docs/operations/nat.md.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, replaceFile } from '../authority/key-folder.ts';
import { assertTcpPort, assertUdpPort } from '../open-ports.ts';
import type { TurnBounds } from './bounds.ts';
import { newTurnSecret, type TurnCredentials, turnCredentials } from './credentials.ts';
import { ADDRESSES_MAX, CREDENTIALS_MS, END_WITHIN_MS, GOOD_RUN_MS, START_WITHIN_MS, WAIT_MAX_MS, WAIT_MIN_MS } from './limits.ts';
import { answersStun } from './stun-probe.ts';
import { turnConfig } from './turn-config.ts';
import { spawnWatched, type WatchedChild } from './watched-child.ts';

/**
 * - `off`: the keeper does not want it; `absent`: coturn is not installed; `no-address`: nobody but this machine could reach it;
 * - `starting`, `running`; `port-taken`, `failing`: it is tried again after a while.
 */
export type TurnState = 'off' | 'absent' | 'no-address' | 'starting' | 'running' | 'port-taken' | 'failing';

export interface TurnServerOptions {
  readonly port: number;
  /** Where its files lie; made when it is needed. */
  readonly folder: string;
  /** The program, where it was found. */
  readonly program: string | undefined;
  /** Of this machine, that others can reach, likeliest first. */
  readonly addresses: () => readonly string[];
  readonly bounds: TurnBounds;
  readonly nowMs: () => number;
  /** Told when the state is another one. */
  readonly changed?: (state: TurnState) => void;
}

/** What a page needs to use it; where it is, the page knows. */
export interface TurnOffer extends TurnCredentials {
  readonly port: number;
  readonly lifetimeMs: number;
}

export interface TurnServer {
  state(): TurnState;
  /** Credentials for this peer, who asks now; none while it does not run. */
  offer(peer: string): TurnOffer | undefined;
  /** Looks at this machine's addresses. To be called every few seconds. */
  refresh(): void;
  close(): Promise<void>;
}

export const NO_TURN: TurnServer = { state: () => 'off', offer: () => undefined, refresh: () => {}, close: async () => {} };

/** How long to wait before a start that follows so many failed ones, in milliseconds. */
export function waitAfter(failures: number): number {
  return Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** Math.min(failures, 20));
}

export function openTurnServer(options: TurnServerOptions): TurnServer {
  const { program, port, folder, bounds, nowMs } = options;
  if (program === undefined) return { ...NO_TURN, state: () => 'absent' };
  const secret = newTurnSecret();
  const file = join(folder, 'turnserver.conf');
  let state: TurnState = 'no-address';
  let listensAt = '';
  let child: WatchedChild | undefined;
  let failures = 0;
  let again: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  /** One start or end after the other. */
  let work: Promise<void> = Promise.resolve();

  const become = (next: TurnState): void => {
    if (state === next) return;
    state = next;
    options.changed?.(next);
  };

  const failed = (why: TurnState): void => {
    if (isClosed) return;
    become(why);
    clearTimeout(again);
    again = setTimeout(() => inTurn(start), waitAfter(failures++));
    again.unref();
  };

  const start = async (): Promise<void> => {
    const addresses = listensAt.split(' ').filter((one) => one !== '');
    const [first] = addresses;
    if (isClosed || child !== undefined) return;
    if (first === undefined) return become('no-address');
    become('starting');
    try {
      for (const address of addresses) {
        await assertUdpPort(port, address, '--turn');
        await assertTcpPort(port, address, '--turn');
      }
    } catch {
      return failed('port-taken');
    }
    await makeFolder(folder);
    await replaceFile(file, turnConfig({ port, addresses, folder, bounds }, secret), 0o600);
    const startedAtMs = nowMs();
    const started = spawnWatched(program, ['-c', file]);
    child = started;
    void started.ended.then(() => {
      if (child !== started) return; // it was told to end
      child = undefined;
      if (nowMs() - startedAtMs >= GOOD_RUN_MS) failures = 0;
      failed('failing');
    });
    const hasEnded = started.ended.then(() => false);
    if (await Promise.race([answersStun(first, port, START_WITHIN_MS), hasEnded])) {
      if (child === started) become('running');
    } else if (child === started) {
      child = undefined;
      await started.end(END_WITHIN_MS);
      failed('failing');
    }
  };

  const endChild = async (): Promise<void> => {
    clearTimeout(again);
    const ending = child;
    child = undefined;
    await ending?.end(END_WITHIN_MS);
  };

  const inTurn = (act: () => Promise<void>): void => {
    work = work.then(act).catch(() => failed('failing')); // the folder cannot be written: said as such, and tried again
  };

  const refresh = (): void => {
    const now = options.addresses().slice(0, ADDRESSES_MAX).join(' ');
    if (now === listensAt || isClosed) return;
    listensAt = now;
    failures = 0;
    inTurn(endChild);
    inTurn(start);
  };

  refresh();
  return {
    state: () => state,
    offer: (peer) =>
      state === 'running' ? { port, lifetimeMs: CREDENTIALS_MS, ...turnCredentials(secret, nowMs() + CREDENTIALS_MS, peer) } : undefined,
    refresh,
    close: async () => {
      isClosed = true;
      void child?.end(END_WITHIN_MS); // one that is only starting too
      inTurn(endChild);
      await work;
      await rm(file, { force: true }).catch(() => {});
    },
  };
}
