/**
 * Real libp2p hosts on loopback, joined as an overlay says: TCP, noise, yamux as the relay has it, and on each connection one stream of our
 * frames. With gossipsub beside it if asked. Counts what all their sockets write.
 */
import diagnostics from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import '../../packages/core/src/adapters/link-libp2p/node-20-shims.ts';
import { FrameStream } from '../../packages/core/src/adapters/link-libp2p/frame-stream.ts';
import { sparingYamux } from '../../packages/core/src/adapters/link-libp2p/sparing-yamux.ts';
import type { Bytes } from '../../packages/core/src/kernel/bytes.ts';
import type { Overlay } from '../simulator/crowd/overlay.ts';
import { peerModule } from './session.part.peers.ts';

const PROTOCOL = '/kith-bench/1.0.0';
const LIMITS = { frameBytesMax: 2 ** 20, queueBytesMax: 2 ** 22, keepAliveMs: 60_000, silentMs: 600_000 };
const PATIENCE_MS = 30_000;

type Stream = ConstructorParameters<typeof FrameStream>[0];
interface Connection {
  readonly remotePeer: { toString(): string };
  newStream(protocol: string): Promise<Stream>;
}

/** As much of libp2p as is used here, from what core has installed: this folder has no packages of its own. */
interface Libp2p {
  readonly peerId: { toString(): string };
  readonly services: { readonly pubsub?: Pubsub };
  getMultiaddrs(): readonly unknown[];
  dial(addresses: readonly unknown[]): Promise<Connection>;
  handle(protocol: string, hear: (stream: Stream, connection: Connection) => void, options: object): Promise<void>;
  stop(): Promise<void>;
}
type Made = (options?: object) => unknown;

const core = createRequire(join(import.meta.dirname, '../../packages/core/package.json'));

async function ofCore(name: string, maker: string): Promise<Made> {
  return ((await import(pathToFileURL(core.resolve(name)).href)) as Record<string, Made>)[maker] as Made;
}

/** As much of gossipsub as is used here: it is not there when the types are checked. */
export interface Pubsub {
  subscribe(topic: string): void;
  publish(topic: string, data: Uint8Array): Promise<unknown>;
  getMeshPeers(topic: string): readonly string[];
  addEventListener(
    kind: 'gossipsub:message',
    hear: (event: {
      readonly detail: {
        readonly propagationSource: { toString(): string };
        readonly msg: { readonly topic: string; readonly data: Uint8Array };
      };
    }) => void,
  ): void;
}

interface GossipsubModule {
  readonly gossipsub: (options: object) => (components: never) => unknown;
}

export interface Host {
  readonly node: Libp2p;
  readonly pubsub: Pubsub | undefined;
  readonly streams: Map<number, FrameStream>;
  hear: (from: number, frame: Bytes) => void;
}

export class Hosts {
  readonly all: Host[] = [];
  readonly numberOf: Map<string, number> = new Map<string, number>();
  readonly #sockets: Socket[] = [];

  /** `undefined` when gossipsub is wanted and not installed. */
  static async start(overlay: Overlay, withGossipsub: boolean): Promise<Hosts | undefined> {
    const peer = withGossipsub ? await peerModule<GossipsubModule>('@libp2p/gossipsub') : undefined;
    if (withGossipsub && peer === undefined) return undefined;
    const hosts = new Hosts();
    const note = (message: unknown): void => void hosts.#sockets.push((message as { readonly socket: Socket }).socket);
    for (const name of ['net.client.socket', 'net.server.socket']) diagnostics.subscribe(name, note);
    for (const _ of overlay) await hosts.#add(peer?.module);
    for (const [node, near] of overlay.entries()) for (const other of near) if (node < other) await hosts.#join(node, other);
    for (const name of ['net.client.socket', 'net.server.socket']) diagnostics.unsubscribe(name, note);
    const isJoined = (): boolean => hosts.all.every((host, node) => host.streams.size === overlay[node]?.length);
    await until(isJoined, 'every host has a stream to each of its neighbours');
    return hosts;
  }

  async #add(module: GossipsubModule | undefined): Promise<void> {
    const options = {
      globalSignaturePolicy: 'StrictNoSign',
      msgIdFn: (message: { readonly data: Uint8Array }) => message.data.subarray(0, 32),
      allowPublishToZeroTopicPeers: true,
      emitSelf: false,
    };
    const [createLibp2p, tcp, noise, identify] = await Promise.all([
      ofCore('libp2p', 'createLibp2p'),
      ofCore('@libp2p/tcp', 'tcp'),
      ofCore('@libp2p/noise', 'noise'),
      ofCore('@libp2p/identify', 'identify'),
    ]);
    const node = (await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [sparingYamux()],
      connectionManager: { maxConnections: 1000, inboundConnectionThreshold: 1000, maxIncomingPendingConnections: 1000 },
      connectionMonitor: { enabled: false },
      services: { identify: identify(), ...(module === undefined ? {} : { pubsub: module.gossipsub(options) }) },
    })) as Libp2p;
    const host: Host = {
      node,
      pubsub: node.services.pubsub,
      streams: new Map(),
      hear: () => {},
    };
    this.numberOf.set(node.peerId.toString(), this.all.length);
    this.all.push(host);
    await node.handle(PROTOCOL, (stream: Stream, connection: Connection) => this.#adopt(host, stream, connection), {
      maxInboundStreams: 8,
    });
  }

  #adopt(host: Host, stream: Stream, connection: Connection): void {
    const from = this.numberOf.get(connection.remotePeer.toString()) as number;
    const listener = { frame: (frame: Bytes) => host.hear(from, frame), drained: () => {}, ended: () => {} };
    host.streams.set(from, new FrameStream(stream, LIMITS, listener, () => performance.now()));
  }

  async #join(a: number, b: number): Promise<void> {
    const [near, far] = [this.all[a] as Host, this.all[b] as Host];
    const connection = await near.node.dial(far.node.getMultiaddrs());
    this.#adopt(near, await connection.newStream(PROTOCOL), connection);
  }

  get bytesWritten(): number {
    return this.#sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((host) => host.node.stop()));
  }
}

export async function until(isSo: () => boolean, what: string, withinMs = PATIENCE_MS): Promise<void> {
  const startedMs = performance.now();
  while (!isSo()) {
    if (performance.now() - startedMs > withinMs) throw new Error(`it did not come about that ${what}`);
    await pause(2);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
