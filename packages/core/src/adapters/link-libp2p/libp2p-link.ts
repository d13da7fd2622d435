/**
 * The link around a libp2p node. One protocol, one long stream on each usable connection, opened by whoever dialled; a neighbour is
 * such a stream, and two connections to the same peer are two neighbours. Dials go straight to the transport, past libp2p's queue,
 * which would join dials of one peer. Never decides whom to dial; circuits serve WebRTC signalling unless a circuit itself is dialled.
 */
import type { Connection, Ed25519PrivateKey, Stream } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import { assert, assertNever } from '../../kernel/assert.ts';
import { type Bytes, copyBytes } from '../../kernel/bytes.ts';
import {
  type DialFailure,
  type LinkCommand,
  type LinkEvent,
  type NeighbourId,
  neighbourId,
  type TransportKey,
} from '../../node/machine.ts';
import type { Link } from '../../ports/link.ts';
import { dialTarget, failureOf, isCircuit, parseAddress, pathOf, withoutLastPeer } from './dial-target.ts';
import { FrameStream } from './frame-stream.ts';
import type { PassiveNode } from './passive-node.ts';
import { ReservationKeeper } from './reservation-keeper.ts';
import { privateKeyOf, transportKeyOf } from './transport-identity.ts';

export const PROTOCOL = '/kith/1.0.0';

/** Times and sizes of a link; every one has a default and is lower only in tests. */
export interface LinkTuning {
  /** Default 65,536. Both sides must agree. */
  readonly frameBytesMax?: number;
  /** Bytes that wait for one neighbour before `send` answers `full`. Default 1 MiB. */
  readonly queueBytesMax?: number;
  /** Default 15 s. */
  readonly keepAliveMs?: number;
  /** A neighbour not heard for this long is closed. Default 45 s. */
  readonly silentMs?: number;
  /** Default 10 s. */
  readonly dialTimeoutMs?: number;
  /** How often a reservation is checked. Default 15 s. */
  readonly reserveCheckMs?: number;
  /** An incoming connection on which nothing happens is closed after this long. Default 60 s. */
  readonly idleMs?: number;
}

/** How an entrance (node, browser) makes its libp2p node once the key is known. */
export interface Libp2pLinkOptions extends LinkTuning {
  makeNode(privateKey: Ed25519PrivateKey): Promise<PassiveNode>;
  /** Best first, without `/p2p`, besides those of reservations. */
  ownAddresses(passive: PassiveNode): readonly string[];
  readonly offersWebRtc: boolean;
  /** An idle incoming connection of this peer is wanted (it holds a reservation here). */
  isReservedHere?(connection: Connection): boolean;
}

interface Neighbour {
  readonly id: NeighbourId;
  readonly connection: Connection;
  readonly frames: FrameStream;
}

export class Libp2pLink implements Link {
  readonly #options: Required<LinkTuning> & Libp2pLinkOptions;
  readonly #neighbours: Map<NeighbourId, Neighbour> = new Map();
  readonly #byConnection: Map<string, Neighbour> = new Map();
  /** Dials under way. */
  readonly #attempts: Set<AbortController> = new Set();
  #listener: ((event: LinkEvent) => void) | undefined;
  #opening: Promise<PassiveNode> | undefined;
  #keeper: ReservationKeeper | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #toldAddresses = '';
  #nextId = 1;
  #stopped: Promise<void> | undefined;

  constructor(options: Libp2pLinkOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  start(listener: (event: LinkEvent) => void): void {
    assert(this.#listener === undefined, 'a link is started once');
    this.#listener = listener;
  }

  perform(command: LinkCommand): void {
    assert(this.#listener !== undefined, 'a link is started before its first command');
    if (this.#stopped !== undefined) return;
    switch (command.kind) {
      case 'listen':
        assert(this.#opening === undefined, 'a link listens once');
        this.#opening = this.#open(copyBytes(command.seed));
        this.#opening.catch(() => {}); // told by `ready`, and by every dial that fails for it
        break;
      case 'dial':
        void this.#dial(command.id, command.address, command.expectedKey);
        break;
      case 'close': {
        const neighbour = this.#neighbours.get(command.neighbour);
        if (neighbour !== undefined) this.#lose(neighbour, 'politely');
        break;
      }
      case 'reserve':
      case 'unreserve': {
        const address = parseAddress(command.address);
        if (address === undefined) return;
        void this.#whenOpen((passive) =>
          command.kind === 'reserve' ? this.#keeperOf(passive).reserve(address) : this.#keeper?.unreserve(address),
        );
        break;
      }
      case 'hand-offer':
      case 'hand-answer':
      case 'hand-accept':
      case 'hand-again':
        this.tell({ kind: 'hand-failed', hand: command.hand, reason: 'no-transport' });
        break;
      case 'hand-certify':
        this.tell({ kind: 'hand-certificate', name: command.name, fingerprint: undefined });
        break;
      case 'probe':
      case 'hand-drop':
      case 'hand-forget':
        break;
      default:
        assertNever(command);
    }
  }

  send(neighbour: NeighbourId, frame: Bytes): 'queued' | 'full' | 'gone' {
    assert(frame.length >= 1 && frame.length <= this.#options.frameBytesMax, 'a frame has 1 to frameBytesMax bytes');
    return this.#neighbours.get(neighbour)?.frames.send(frame) ?? 'gone';
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#close();
    return this.#stopped;
  }

  /** Resolves when the node listens; rejects when it could not (a port that is taken). Called after `listen` was performed. */
  async ready(): Promise<PassiveNode> {
    assert(this.#opening !== undefined, 'a link is ready only after it was told to listen');
    return this.#opening;
  }

  /** Best first, without `/p2p`. Empty until the node listens. */
  async addresses(): Promise<readonly string[]> {
    return this.#addressesOf(await this.ready());
  }

  /** A way for an entrance to tell what only it can know. */
  tell(event: LinkEvent): void {
    if (this.#stopped === undefined) this.#listener?.(event);
  }

  async #open(seed: Bytes): Promise<PassiveNode> {
    const privateKey = await privateKeyOf(seed);
    seed.fill(0);
    const passive = await this.#options.makeNode(privateKey);
    const onStream = (stream: Stream, connection: Connection): void => this.#welcome(stream, connection);
    await passive.node.handle(PROTOCOL, onStream, { maxInboundStreams: 2, maxOutboundStreams: 2, runOnLimitedConnection: true });
    passive.node.addEventListener('connection:close', (event) => {
      const neighbour = this.#byConnection.get(event.detail.id);
      if (neighbour !== undefined) this.#lose(neighbour, 'at-once');
    });
    this.#beat = setInterval(
      () => this.#tick(passive),
      Math.max(1, Math.floor(Math.min(this.#options.keepAliveMs, this.#options.silentMs) / 3)),
    );
    this.#tellAddresses(passive);
    return passive;
  }

  async #whenOpen(act: (passive: PassiveNode) => void): Promise<void> {
    try {
      const passive = await this.ready();
      if (this.#stopped === undefined) act(passive);
    } catch {
      // the node could not be made: `ready` says so
    }
  }

  #keeperOf(passive: PassiveNode): ReservationKeeper {
    this.#keeper ??= new ReservationKeeper(passive, {
      checkMs: this.#options.reserveCheckMs,
      patienceMs: this.#options.dialTimeoutMs,
      offersWebRtc: this.#options.offersWebRtc,
      changed: () => this.#tellAddresses(passive),
    });
    return this.#keeper;
  }

  #addressesOf(passive: PassiveNode): readonly string[] {
    return [...this.#options.ownAddresses(passive), ...(this.#keeper?.addresses ?? [])];
  }

  #tellAddresses(passive: PassiveNode): void {
    const addresses = this.#addressesOf(passive);
    const text = addresses.join(' ');
    if (text === this.#toldAddresses) return;
    this.#toldAddresses = text;
    this.tell({ kind: 'addresses', addresses });
  }

  async #dial(id: number, address: string, expectedKey: TransportKey | undefined): Promise<void> {
    const result = await this.#connect(id, address, expectedKey);
    if (result !== undefined) this.tell({ kind: 'dial-failed', dial: id, reason: result });
  }

  /** Answers why there is no neighbour, or `undefined` when there is one. */
  async #connect(id: number, address: string, expectedKey: TransportKey | undefined): Promise<DialFailure | undefined> {
    await Promise.resolve(); // a dial that fails at once is told after `perform` has returned
    const target = dialTarget(address, expectedKey);
    if (!target.ok) return target.refusal;
    const passive = await this.#opening?.catch(() => undefined);
    if (passive === undefined || passive.parts.transportManager.dialTransportForMultiaddr(target.value) === undefined)
      return 'no-transport';
    const attempt = new AbortController();
    this.#attempts.add(attempt);
    let hasTimedOut = false;
    const timeout = setTimeout(() => {
      hasTimedOut = true;
      attempt.abort();
    }, this.#options.dialTimeoutMs);
    try {
      return await this.#attempt(passive, target.value, id, expectedKey, attempt.signal);
    } catch (error) {
      return failureOf(error, hasTimedOut);
    } finally {
      clearTimeout(timeout);
      this.#attempts.delete(attempt);
    }
  }

  /** Throws what libp2p throws when there is no connection. */
  async #attempt(
    passive: PassiveNode,
    target: Multiaddr,
    id: number,
    expectedKey: TransportKey | undefined,
    signal: AbortSignal,
  ): Promise<DialFailure | undefined> {
    const connection = await passive.parts.transportManager.dial(target, { signal });
    const key = transportKeyOf(connection.remotePeer);
    if (key === undefined || (expectedKey !== undefined && key !== expectedKey)) {
      connection.abort(new Error('not the expected key'));
      return 'wrong-key';
    }
    try {
      const stream = await connection.newStream(PROTOCOL, { signal, runOnLimitedConnection: isCircuit(target) });
      if (this.#stopped !== undefined) throw new Error('stopped');
      this.#adopt(stream, connection, key, id);
    } catch (error) {
      connection.abort(new Error('no stream'));
      if (signal.aborted) throw error;
      return 'refused';
    }
    this.#endSignalling(passive, connection);
    return undefined;
  }

  /** The circuit over which a direct connection was arranged has done its work, and is a relay's to lend to others. */
  #endSignalling(passive: PassiveNode, direct: Connection): void {
    if (isCircuit(direct.remoteAddr)) return;
    for (const other of passive.parts.connectionManager.getConnections(direct.remotePeer)) {
      if (isCircuit(other.remoteAddr) && !this.#byConnection.has(other.id))
        void other.close().catch(() => other.abort(new Error('unused')));
    }
  }

  #welcome(stream: Stream, connection: Connection): void {
    const key = transportKeyOf(connection.remotePeer);
    const isWelcome =
      key !== undefined && this.#stopped === undefined && !this.#byConnection.has(connection.id) && connection.direction === 'inbound';
    if (isWelcome) this.#adopt(stream, connection, key, undefined);
    else stream.abort(new Error('one stream a connection, opened by the dialler'));
  }

  #adopt(stream: Stream, connection: Connection, key: TransportKey, dial: number | undefined): void {
    assert(!this.#byConnection.has(connection.id), 'a connection carries one neighbour');
    const id = neighbourId(this.#nextId++);
    const { frameBytesMax } = this.#options;
    const frames = new FrameStream(
      stream,
      this.#options,
      {
        frame: (frame) => this.tell({ kind: 'frame', neighbour: id, frame }),
        drained: () => this.tell({ kind: 'drained', neighbour: id }),
        ended: (reason) => this.#lose(neighbour, reason === 'closed' ? 'politely' : 'at-once'),
      },
      () => Date.now(),
    );
    const neighbour: Neighbour = { id, connection, frames };
    this.#neighbours.set(id, neighbour);
    this.#byConnection.set(connection.id, neighbour);
    const isDialled = connection.direction === 'outbound';
    const path = pathOf(connection.remoteAddr, isDialled, connection.limits !== undefined);
    const up = { kind: 'up', neighbour: id, key, path, dialled: isDialled, frameBytesMax } as const;
    this.tell(dial === undefined ? up : { ...up, dial });
  }

  #lose(neighbour: Neighbour, how: 'politely' | 'at-once'): void {
    if (!this.#neighbours.delete(neighbour.id)) return;
    this.#byConnection.delete(neighbour.connection.id);
    neighbour.frames.end('closed');
    const abort = (): void => neighbour.connection.abort(new Error('closed'));
    if (how === 'at-once') abort();
    else void neighbour.connection.close({ signal: AbortSignal.timeout(1_000) }).catch(abort);
    queueMicrotask(() => this.tell({ kind: 'down', neighbour: neighbour.id }));
  }

  #tick(passive: PassiveNode): void {
    const nowMs = Date.now();
    for (const { frames } of this.#neighbours.values()) frames.tick();
    for (const connection of passive.parts.connectionManager.getConnections()) {
      if (this.#isIdle(connection, nowMs)) connection.abort(new Error('idle'));
    }
    this.#tellAddresses(passive);
  }

  #isIdle(connection: Connection, nowMs: number): boolean {
    if (connection.direction === 'outbound' || connection.limits !== undefined || this.#byConnection.has(connection.id)) return false;
    if (nowMs - connection.timeline.open < this.#options.idleMs || connection.streams.length > 0) return false;
    return this.#options.isReservedHere?.(connection) !== true;
  }

  async #close(): Promise<void> {
    for (const attempt of this.#attempts) attempt.abort();
    clearInterval(this.#beat);
    const passive = await this.#opening?.catch(() => undefined);
    clearInterval(this.#beat);
    this.#keeper?.stop();
    await passive?.node.stop();
    this.#neighbours.clear();
    this.#byConnection.clear();
  }
}

const DEFAULTS: Required<LinkTuning> = {
  frameBytesMax: 65_536,
  queueBytesMax: 1_048_576,
  keepAliveMs: 15_000,
  silentMs: 45_000,
  dialTimeoutMs: 10_000,
  reserveCheckMs: 15_000,
  idleMs: 60_000,
};

/** The addresses the node listens on, and those of `besides`; those of this machine alone are left out when there are others. */
export function listenAddresses(passive: PassiveNode, besides: readonly string[]): readonly string[] {
  const all = [...new Set([...besides, ...passive.parts.transportManager.getAddrs().map(withoutLastPeer)])];
  const isLoopback = (address: string): boolean => /^\/(ip4\/127\.|ip6\/::1\/)/.test(address);
  const outward = all.filter((address) => !isLoopback(address) && !address.includes('/p2p-circuit'));
  return outward.length > 0 ? outward : all;
}
