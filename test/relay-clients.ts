/**
 * The relay program and cheap clients of it, for tests and benchmarks: a process that can be killed and started again on the same data,
 * clients that deposit and say what was answered, and clients that fetch by tag. They speak the link's wire and gossip's frames, and hold
 * no session: what they deposit is random bytes under random tags.
 */
import { type ChildProcess, execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Suite } from '../packages/core/src/crypto/suite.ts';
import {
  type EnvelopeClass,
  encodeHeader,
  headerFor,
  makeEnvelope,
  makePurgeToken,
  purgeHashOf,
  readEnvelope,
} from '../packages/core/src/envelope/envelope.ts';
import { decodeFrame, encodeFrame, giveHead, type Listed } from '../packages/core/src/gossip/frames.ts';
import { LIST_MAX, RELAY_LIMITS, WANTS_MAX } from '../packages/core/src/gossip/limits.ts';
import type { CarryResult } from '../packages/core/src/gossip/refusals.ts';
import { type Bytes, concat, copyBytes, toHex } from '../packages/core/src/kernel/bytes.ts';
import { plainHello } from '../packages/core/src/testing/gossip-holder.ts';
import { freePort, startServer, stopServer } from './bench/relay.part.server.ts';
import { WireClient } from './bench/relay.part.wire.ts';

const RELAY = fileURLToPath(new URL('../packages/relay', import.meta.url));

/** What is deposited and not yet answered, in bytes: twice a stream's window, so that the relay never waits for the client. */
const UNDER_WAY_BYTES_MAX = 512 * 1024;
const OPEN_WITHIN_MS = 10_000;

/** A person who wants mail by tag. */
const hello = (): Bytes => encodeFrame(plainHello('person', 'mailbox', Date.now()));

const random = (bytes: number): Bytes => randomFillSync(new Uint8Array(bytes));

/** The relay as it is built by `npm run build:relay`. */
export const BUILT_RELAY: string = join(RELAY, 'dist/main.js');

/** A build of its own for one test file, inside the package, where native modules are found. */
export async function buildRelay(): Promise<{ readonly main: string; remove(): void }> {
  const folder = join(RELAY, 'dist/test', String(process.pid));
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(RELAY, 'package.json'), join(folder, 'package.json'));
  await promisify(execFile)(process.execPath, [join(RELAY, 'build.mjs'), join(folder, 'dist')]);
  return { main: join(folder, 'dist/main.js'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface RelaySettings {
  /** The program's main file: `BUILT_RELAY`, or that of `buildRelay`. */
  readonly main: string;
  readonly data: string;
  /** The address it listens at; loopback unless told. */
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  readonly args?: readonly string[];
  /** The program and arguments to start it by, before Node's: `ip netns exec …`. */
  readonly prefix?: readonly string[];
}

/** One relay on one data folder and the same ports for ever, started and ended as often as wanted. */
export class RelayProgram {
  readonly host: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly tcpPort: number;
  readonly #settings: RelaySettings;
  #child: (ChildProcess & { readonly pid: number }) | undefined;

  private constructor(settings: RelaySettings, ports: readonly [number, number, number]) {
    this.#settings = settings;
    this.host = settings.host ?? '127.0.0.1';
    [this.httpPort, this.httpsPort, this.tcpPort] = ports;
  }

  static async on(settings: RelaySettings): Promise<RelayProgram> {
    return new RelayProgram(settings, [await freePort(), await freePort(), await freePort()]);
  }

  get pid(): number {
    if (this.#child === undefined) throw new Error('the relay does not run');
    return this.#child.pid;
  }

  /** Resolves when it says that it is ready. `more`: options for this start alone. */
  async start(more: readonly string[] = []): Promise<void> {
    const { main, data, env, nodeArgs = [], args = [], prefix = [] } = this.#settings;
    const options = [
      `--data=${data}`,
      `--host=${this.host}`,
      `--origin=https://${this.host}:${this.httpsPort}`,
      `--http-port=${this.httpPort}`,
      `--https-port=${this.httpsPort}`,
      `--tcp-port=${this.tcpPort}`,
      '--webrtc-port=off',
      '--no-mdns',
    ];
    const [command, ...rest] = [...prefix, process.execPath, ...nodeArgs, main, ...options, ...args, ...more];
    this.#child = await startServer(command as string, rest, (said) => said.includes('Ctrl-C'), env ?? {});
  }

  /** As a power cut would end it: no last word, no tidying up. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) await stopServer(child);
  }

  /** What its site says at `/readyz`. */
  async readiness(): Promise<{ readonly ready: boolean; readonly troubles: readonly string[] }> {
    return (await (await fetch(`http://${this.host}:${this.httpPort}/readyz`)).json()) as { ready: boolean; troubles: readonly string[] };
  }
}

/** An envelope ready to be deposited, and what its reader would say of it. */
export interface SealedMail {
  /** In hexadecimal. */
  readonly id: string;
  readonly tag: Bytes;
  readonly give: Bytes;
  readonly token: Bytes;
}

/** One envelope with a body of `bodyBytes` (one of the allowed lengths) of random bytes. */
export function sealedMail(suite: Suite, bodyBytes = 256, envelopeClass: EnvelopeClass = 1): SealedMail {
  const purgeKey = random(32);
  const tag = random(16);
  const header = headerFor(tag, purgeHashOf(suite, purgeKey), envelopeClass, Date.now());
  const envelope = makeEnvelope(suite, header, encodeHeader(header), random(bodyBytes));
  const give = concat(giveHead(RELAY_LIMITS.copies[envelopeClass], 0), envelope.bytes);
  return { id: toHex(envelope.id), tag, give, token: makePurgeToken(suite, envelope, purgeKey) };
}

/** A connection to a relay that has said hello as a person who wants mail by tag. Retries nothing; throws if it does not open in time. */
export async function openClient(host: string, httpsPort: number): Promise<WireClient> {
  const opening = WireClient.open(host, httpsPort);
  opening.catch(() => {});
  const late = pause(OPEN_WITHIN_MS, undefined, { ref: false }).then(() => {
    throw new Error('the relay did not open a connection in time');
  });
  const client = await Promise.race([opening, late]);
  client.send(hello());
  return client;
}

/** Deposits mail, as many pieces under way at a time as the stream takes, and remembers what was answered for each. */
export class Depositor {
  readonly #client: WireClient;
  readonly #queue: SealedMail[] = [];
  readonly #underWay: Map<string, number> = new Map<string, number>();
  #underWayBytes = 0;
  #isOver = false;
  #wakeIdle: (() => void)[] = [];
  /** By id. What was deposited and stands here `accepted` has been promised. */
  readonly results: Map<string, CarryResult> = new Map<string, CarryResult>();
  onResult: (id: string, result: CarryResult) => void = () => {};

  private constructor(client: WireClient) {
    this.#client = client;
    client.onFrame = (frame) => this.#hear(frame);
    client.onEnd = () => this.#end();
  }

  static async open(host: string, httpsPort: number): Promise<Depositor> {
    return new Depositor(await openClient(host, httpsPort));
  }

  /** The relay hung up, or died. */
  get isOver(): boolean {
    return this.#isOver;
  }

  deposit(...mail: readonly SealedMail[]): void {
    this.#queue.push(...mail);
    this.#sendOn();
  }

  /** Resolves when all that was deposited is answered for, or the connection is over. */
  async idle(): Promise<void> {
    while (!this.#isOver && (this.#queue.length > 0 || this.#underWay.size > 0)) {
      await new Promise<void>((resolve) => this.#wakeIdle.push(resolve));
    }
  }

  /** Resolves when the connection is over, and all that came before was heard. */
  async ended(): Promise<void> {
    while (!this.#isOver) await new Promise<void>((resolve) => this.#wakeIdle.push(resolve));
  }

  close(): void {
    this.#client.close();
    this.#end();
  }

  #sendOn(): void {
    while (!this.#isOver) {
      const next = this.#queue[0];
      const isRoom = this.#underWay.size === 0 || this.#underWayBytes + (next?.give.length ?? 0) <= UNDER_WAY_BYTES_MAX;
      if (next === undefined || !isRoom) return;
      this.#queue.shift();
      this.#underWay.set(next.id, next.give.length);
      this.#underWayBytes += next.give.length;
      this.#client.send(next.give);
    }
  }

  #hear(bytes: Uint8Array): void {
    const frame = decodeFrame(copyBytes(bytes));
    if (frame?.kind !== 'results') return;
    for (const { id, result } of frame.results) {
      const key = toHex(id);
      this.#underWayBytes -= this.#underWay.get(key) ?? 0;
      this.#underWay.delete(key);
      this.results.set(key, result);
      this.onResult(key, result);
    }
    this.#sendOn();
    if (this.#queue.length === 0 && this.#underWay.size === 0) this.#tellIdle();
  }

  #end(): void {
    this.#isOver = true;
    this.#tellIdle();
  }

  #tellIdle(): void {
    for (const wake of this.#wakeIdle.splice(0)) wake();
  }
}

/** Opens a mailbox for some tags and takes what is handed over, whole and unchanged envelopes only. */
export class Fetcher {
  readonly #client: WireClient;
  readonly #suite: Suite;
  /** Ids of what came, in hexadecimal. */
  readonly fetched: Set<string> = new Set<string>();
  onMail: (id: string) => void = () => {};
  #onHello: () => void = () => {};
  isOver = false;

  private constructor(client: WireClient, suite: Suite) {
    this.#client = client;
    this.#suite = suite;
    client.onFrame = (frame) => this.#hear(frame);
    client.onEnd = () => {
      this.isOver = true;
    };
  }

  static async open(suite: Suite, host: string, httpsPort: number): Promise<Fetcher> {
    return new Fetcher(await openClient(host, httpsPort), suite);
  }

  /** Asks for what bears these tags; more may follow. */
  ask(tags: readonly Bytes[], replace = true): void {
    for (let from = 0; from < tags.length; from += LIST_MAX)
      this.#client.send(encodeFrame({ kind: 'tags', replace: replace && from === 0, tags: tags.slice(from, from + LIST_MAX) }));
  }

  /** Resolves when the relay has done what was asked before: it answers a second hello with one of its own. */
  async answered(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onHello = resolve;
      this.#client.send(hello());
    });
  }

  /** Says that these were read and may be forgotten. */
  forget(mail: readonly SealedMail[]): void {
    for (let from = 0; from < mail.length; from += LIST_MAX / 2)
      this.#client.send(encodeFrame({ kind: 'forget', tokens: mail.slice(from, from + LIST_MAX / 2).map(({ token }) => token) }));
  }

  /** Resolves when `count` different envelopes came; throws when nothing new came for `quietMs`. */
  async until(count: number, quietMs = 10_000): Promise<void> {
    for (let before = -1, quiet = 0; this.fetched.size < count; quiet += 10) {
      if (this.fetched.size > before) quiet = 0;
      before = this.fetched.size;
      if (quiet > quietMs || this.isOver) throw new Error(`${this.fetched.size} of ${count} came`);
      await pause(10);
    }
  }

  close(): void {
    this.#client.close();
  }

  /** What the relay could not hand over at once it lists. */
  #want(listed: readonly Listed[]): void {
    const ids = listed.map(({ id }) => id).filter((id) => !this.fetched.has(toHex(id)));
    for (let from = 0; from < ids.length; from += WANTS_MAX)
      this.#client.send(encodeFrame({ kind: 'want', ids: ids.slice(from, from + WANTS_MAX) }));
  }

  #hear(bytes: Uint8Array): void {
    const frame = decodeFrame(copyBytes(bytes));
    if (frame?.kind === 'hello') this.#onHello();
    if (frame?.kind === 'have') this.#want(frame.entries);
    // What lay there is given; what comes while it waits is pushed.
    if (frame?.kind !== 'give' && frame?.kind !== 'push') return;
    const read = readEnvelope(this.#suite, frame.envelope);
    if (!read.ok) throw new Error('the relay handed over what is no envelope');
    const id = toHex(read.value.id);
    this.fetched.add(id);
    this.onMail(id);
  }
}
