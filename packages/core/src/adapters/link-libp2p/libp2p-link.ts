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
  type Path,
  type TransportKey,
} from '../../node/machine.ts';
import type { Link } from '../../ports/link.ts';
import type { HandHost, Hands } from './by-hand/hands.ts';
import { dialTarget, failureOf, isCircuit, isWebRtc, parseAddress, pathOf } from './dial-target.ts';
import { FrameStream } from './frame-stream.ts';
import { DEFAULT_TUNING, type LinkTuning } from './link-tuning.ts';
import type { PassiveNode } from './passive-node.ts';
import { PathWatch } from './path-watch.ts';
import { Probe } from './probe.ts';
import { ReservationKeeper } from './reservation-keeper.ts';
import { isRelayedForGood, peerConnectionOf, type StatsSource } from './selected-pair.ts';
import { privateKeyOf, transportKeyOf } from './transport-identity.ts';

export type { LinkTuning } from './link-tuning.ts';

export const PROTOCOL = '/kith/1.0.0';

/** How an entrance (node, browser) makes its libp2p node once the key is known. */
export interface Libp2pLinkOptions extends LinkTuning {
  makeNode(privateKey: Ed25519PrivateKey): Promise<PassiveNode>;
  /** Best first, without `/p2p`, besides those of reservations. */
  ownAddresses(passive: PassiveNode): readonly string[];
  readonly offersWebRtc: boolean;
  /** An idle incoming connection of this peer is wanted (it holds a reservation here). */
  isReservedHere?(connection: Connection): boolean;
  /** What makes connections by hand, where the platform can. */
  readonly hands?: Hands;
  /** Told again and again while this node holds a reservation at the other end of the connection, and takes its word on STUN and TURN. */
  reservedAt?(connection: Connection): void;
}

/** A libp2p node under one transport key. */
interface Standing {
  readonly opening: Promise<PassiveNode>;
  /** Set once it is open. */
  passive: PassiveNode | undefined;
  keeper: ReservationKeeper | undefined;
  /** When another one took its place. */
  leftAtMs: number;
}

interface Dial {
  readonly id: number;
  readonly expectedKey: TransportKey | undefined;
  /** Neighbours with this number or a larger one came up while it was under way. */
  readonly firstNewer: number;
}

interface Neighbour {
  readonly id: NeighbourId;
  readonly connection: Connection;
  readonly path: Path;
  readonly frames: FrameStream;
  readonly connectedInMs: number;
  /** Where the way may become another one while it is up. */
  readonly watch: PathWatch | undefined;
}

export class Libp2pLink implements Link {
  readonly #options: Required<LinkTuning> & Libp2pLinkOptions;
  readonly #neighbours: Map<NeighbourId, Neighbour> = new Map();
  readonly #byConnection: Map<string, Neighbour> = new Map();
  /** Dials under way. */
  readonly #attempts: Set<AbortController> = new Set();
  #listener: ((event: LinkEvent) => void) | undefined;
  #standing: Standing | undefined;
  /** Under earlier keys: each stands until its last neighbour has left. */
  readonly #earlier: Set<Standing> = new Set();
  #beat: ReturnType<typeof setInterval> | undefined;
  readonly #probes: Probe<Neighbour>;
  readonly #handHost: HandHost = {
    tell: (event) => this.tell(event),
    ready: () => this.ready(),
    join: (connection, signal) => this.join(connection, signal),
  };
  #toldAddresses = '';
  #nextId = 1;
  #stopped: Promise<void> | undefined;

  constructor(options: Libp2pLinkOptions) {
    this.#options = { ...DEFAULT_TUNING, ...options };
    this.#probes = new Probe(this.#options, (neighbour) => this.#lose(neighbour, 'at-once'));
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
        this.#leave();
        this.#standing = this.#stand(copyBytes(command.seed));
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
          command.kind === 'reserve' ? this.#keeperOf(passive).reserve(address, command.helps) : this.#standing?.keeper?.unreserve(address),
        );
        break;
      }
      case 'hand-offer':
      case 'hand-answer':
      case 'hand-accept':
      case 'hand-again':
        if (this.#options.hands === undefined) this.tell({ kind: 'hand-failed', hand: command.hand, reason: 'no-transport' });
        else this.#options.hands.perform(command, this.#handHost);
        break;
      case 'hand-certify':
        if (this.#options.hands === undefined) this.tell({ kind: 'hand-certificate', name: command.name, fingerprint: undefined });
        else this.#options.hands.perform(command, this.#handHost);
        break;
      case 'probe':
        this.#probe(command.neighbour);
        break;
      case 'hand-drop':
      case 'hand-forget':
        this.#options.hands?.perform(command, this.#handHost);
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
    assert(this.#standing !== undefined, 'a link is ready only after it was told to listen');
    return this.#standing.opening;
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
    this.#beat ??= setInterval(
      () => this.#tick(),
      Math.max(1, Math.floor(Math.min(this.#options.keepAliveMs, this.#options.silentMs) / 3)),
    );
    return passive;
  }

  #stand(seed: Bytes): Standing {
    const standing: Standing = { opening: this.#open(seed), passive: undefined, keeper: undefined, leftAtMs: 0 };
    standing.opening.then(
      (passive) => {
        standing.passive = passive;
        if (standing === this.#standing) this.#tellAddresses(passive);
      },
      () => {}, // told by `ready`, and by every dial that fails for it
    );
    return standing;
  }

  /** Another key is about to be used: from this one on nothing begins. */
  #leave(): void {
    const standing = this.#standing;
    if (standing === undefined) return;
    standing.keeper?.stop();
    standing.leftAtMs = Date.now();
    this.#earlier.add(standing);
    if (this.#earlier.size <= EARLIER_MAX) return;
    // the one that was left just now may have somebody on the way to it
    const others = [...this.#earlier].filter((one) => one !== standing);
    const first = others.find((one) => !this.#isInUse(one)) ?? others[0];
    if (first !== undefined) this.#end(first);
  }

  #isInUse({ passive }: Standing): boolean {
    return passive?.parts.connectionManager.getConnections().some((connection) => this.#byConnection.has(connection.id)) === true;
  }

  #end(standing: Standing): void {
    this.#earlier.delete(standing);
    void standing.opening.then(({ node }) => node.stop()).catch(() => {});
  }

  /**
   * Who was connected by hand is left alone: it may come back, and cannot be dialled. So is one who merely does not answer on a connection that may find
   * another way by itself: that takes some seconds, and who is taken down meanwhile may have nobody left to be dialled by.
   */
  #probe(one: NeighbourId | undefined): void {
    const asked = [...this.#neighbours.values()].filter(({ id, watch }) => one === undefined || (id === one && watch === undefined));
    this.#probes.ask(asked.filter(({ connection }) => this.#options.hands?.of(connection) === undefined));
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
    const standing = this.#standing;
    assert(standing !== undefined, 'reservations are held where the node listens');
    standing.keeper ??= new ReservationKeeper(passive, {
      checkMs: this.#options.reserveCheckMs,
      patienceMs: this.#options.dialTimeoutMs,
      offersWebRtc: this.#options.offersWebRtc,
      changed: () => this.#tellAddresses(passive),
      held: (connection) => this.#options.reservedAt?.(connection),
    });
    return standing.keeper;
  }

  #addressesOf(passive: PassiveNode): readonly string[] {
    return [...this.#options.ownAddresses(passive), ...(this.#standing?.keeper?.addresses ?? [])];
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
    const passive = await this.#standing?.opening.catch(() => undefined);
    if (passive === undefined || passive.parts.transportManager.dialTransportForMultiaddr(target.value) === undefined)
      return 'no-transport';
    const attempt = new AbortController();
    const firstNewer = this.#nextId;
    this.#attempts.add(attempt);
    let hasTimedOut = false;
    const timeout = setTimeout(() => {
      hasTimedOut = true;
      attempt.abort();
    }, this.#options.dialTimeoutMs);
    try {
      return await this.#attempt(passive, target.value, { id, expectedKey, firstNewer }, attempt.signal);
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
    { id, expectedKey, firstNewer }: Dial,
    signal: AbortSignal,
  ): Promise<DialFailure | undefined> {
    const connection = await passive.parts.transportManager.dial(target, { signal });
    const key = transportKeyOf(connection.remotePeer);
    if (key === undefined || (expectedKey !== undefined && key !== expectedKey)) {
      connection.abort(new Error('not the expected key'));
      return 'wrong-key';
    }
    if (this.#isOvertaken(connection, firstNewer)) {
      connection.abort(new Error('another dial was first'));
      return 'refused';
    }
    try {
      const stream = await connection.newStream(PROTOCOL, { signal, runOnLimitedConnection: isCircuit(target) });
      const path = await this.#pathOf(connection, signal);
      if (this.#stopped !== undefined || connection.status !== 'open') throw new Error('stopped');
      this.#adopt(stream, connection, key, path, id);
    } catch (error) {
      connection.abort(new Error('no stream'));
      if (signal.aborted) throw error;
      return 'refused';
    }
    this.#endSignalling(passive, connection);
    return undefined;
  }

  /** Of two dials to the addresses of one relay the first to arrive stays: the other never becomes a neighbour, which the relay would take for the better one. */
  #isOvertaken(connection: Connection, firstNewer: number): boolean {
    const isRelay = (one: Connection): boolean =>
      pathOf(one.remoteAddr, one.direction === 'outbound', one.limits !== undefined) === 'relay';
    if (!isRelay(connection)) return false;
    return [...this.#neighbours.values()].some(
      (other) => other.id >= firstNewer && isRelay(other.connection) && other.connection.remotePeer.equals(connection.remotePeer),
    );
  }

  /** The stream on a connection that was not dialled by command (made by hand, or through routers), and that this side is the dialler of. */
  async join(connection: Connection, signal: AbortSignal): Promise<void> {
    const key = transportKeyOf(connection.remotePeer);
    if (key === undefined) throw new Error('a peer with another kind of key');
    const stream = await connection.newStream(PROTOCOL, { signal });
    if (this.#stopped !== undefined || connection.status !== 'open') throw new Error('stopped');
    this.#adopt(stream, connection, key, await this.#pathOf(connection), undefined);
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
    const welcome = (path: Path): void => {
      const isAlone = this.#stopped === undefined && !this.#byConnection.has(connection.id) && connection.direction === 'inbound';
      const isWhole = stream.status === 'open' && stream.remoteWriteStatus === 'writable';
      if (key !== undefined && isAlone && isWhole) this.#adopt(stream, connection, key, path, undefined);
      else stream.abort(new Error('one stream a connection, opened by the dialler'));
    };
    const path = this.#pathOf(connection);
    if (typeof path === 'string') welcome(path);
    else void path.then(welcome);
  }

  /** For a WebRTC connection the browser is asked where its bytes go; meanwhile the stream keeps what comes. */
  #pathOf(connection: Connection, signal?: AbortSignal): Path | Promise<Path> {
    const byHand = this.#options.hands?.of(connection);
    if (byHand !== undefined) return byHand.path;
    const path = pathOf(connection.remoteAddr, connection.direction === 'outbound', connection.limits !== undefined);
    const source = this.#sourceOf(connection);
    return source === undefined ? path : isRelayedForGood(source, signal).then((isRelayed) => (isRelayed ? 'circuit' : path));
  }

  /** What says which way the bytes take, where that may change. */
  #sourceOf(connection: Connection): StatsSource | undefined {
    const byHand = this.#options.hands?.of(connection);
    if (byHand !== undefined) return byHand.source;
    return isWebRtc(connection.remoteAddr) ? peerConnectionOf(connection) : undefined;
  }

  #adopt(stream: Stream, connection: Connection, key: TransportKey, path: Path, dial: number | undefined): void {
    assert(!this.#byConnection.has(connection.id), 'a connection carries one neighbour');
    const id = neighbourId(this.#nextId++);
    const { frameBytesMax } = this.#options;
    const byHand = this.#options.hands?.of(connection);
    const frames = new FrameStream(
      stream,
      byHand === undefined ? this.#options : { ...this.#options, silentMs: byHand.silentMs },
      {
        frame: (frame) => this.tell({ kind: 'frame', neighbour: id, frame }),
        drained: () => this.tell({ kind: 'drained', neighbour: id }),
        ended: (reason) => this.#lose(neighbour, reason === 'closed' ? 'politely' : 'at-once'),
      },
      () => Date.now(),
    );
    const source = path === 'relay' ? undefined : this.#sourceOf(connection);
    const watch = source && new PathWatch(source, path === 'direct' ? path : 'circuit', (now) => this.#tellPath(id, now));
    const connectedInMs = Math.min(Date.now() - connection.timeline.open, this.#options.dialTimeoutMs);
    const neighbour: Neighbour = { id, connection, path, frames, watch, connectedInMs };
    this.#neighbours.set(id, neighbour);
    this.#byConnection.set(connection.id, neighbour);
    const isDialled = connection.direction === 'outbound';
    const up = { kind: 'up', neighbour: id, key, path, dialled: isDialled, frameBytesMax } as const;
    this.tell({ ...up, ...(dial === undefined ? {} : { dial }), ...(byHand === undefined ? {} : { hand: byHand.hand }) });
    byHand?.joined();
  }

  #tellPath(neighbour: NeighbourId, path: Path): void {
    if (this.#neighbours.has(neighbour)) this.tell({ kind: 'path', neighbour, path });
  }

  #lose(neighbour: Neighbour, how: 'politely' | 'at-once'): void {
    if (!this.#neighbours.delete(neighbour.id)) return;
    this.#byConnection.delete(neighbour.connection.id);
    neighbour.frames.end('closed');
    neighbour.watch?.stop();
    const abort = (): void => neighbour.connection.abort(new Error('closed'));
    if (how === 'at-once') abort();
    else void neighbour.connection.close({ signal: AbortSignal.timeout(1_000) }).catch(abort);
    queueMicrotask(() => this.tell({ kind: 'down', neighbour: neighbour.id }));
  }

  #tick(): void {
    const nowMs = Date.now();
    for (const { frames, watch } of this.#neighbours.values()) {
      frames.tick();
      watch?.tick(nowMs);
    }
    for (const { passive } of [...this.#earlier, ...(this.#standing === undefined ? [] : [this.#standing])]) {
      for (const connection of passive?.parts.connectionManager.getConnections() ?? [])
        if (this.#isIdle(connection, nowMs)) connection.abort(new Error('idle'));
    }
    for (const standing of [...this.#earlier]) if (this.#isOver(standing, nowMs)) this.#end(standing);
    if (this.#standing?.passive !== undefined) this.#tellAddresses(this.#standing.passive);
  }

  /** Nobody is left, and nobody is on the way any more. */
  #isOver(standing: Standing, nowMs: number): boolean {
    const { passive, leftAtMs } = standing;
    if (passive === undefined || nowMs - leftAtMs < this.#options.idleMs) return false;
    if (nowMs - leftAtMs < BY_HAND_MAX_MS && this.#options.hands?.isBusyWith(passive) === true) return false;
    return !this.#isInUse(standing);
  }

  #isIdle(connection: Connection, nowMs: number): boolean {
    if (connection.direction === 'outbound' || connection.limits !== undefined || this.#byConnection.has(connection.id)) return false;
    if (nowMs - connection.timeline.open < this.#options.idleMs || connection.streams.length > 0) return false;
    return this.#options.isReservedHere?.(connection) !== true;
  }

  async #close(): Promise<void> {
    for (const attempt of this.#attempts) attempt.abort();
    clearInterval(this.#beat);
    this.#probes.stop();
    for (const { watch } of this.#neighbours.values()) watch?.stop();
    await this.#options.hands?.stop();
    const standings = [...this.#earlier, ...(this.#standing === undefined ? [] : [this.#standing])];
    for (const { opening, keeper } of standings) {
      const passive = await opening.catch(() => undefined);
      keeper?.stop();
      await passive?.node.stop();
    }
    clearInterval(this.#beat);
    this.#neighbours.clear();
    this.#byConnection.clear();
  }
}

/** Nodes under earlier keys that still have neighbours: a day each. */
const EARLIER_MAX = 2;

/** A node under an earlier key waits so long for an attempt by hand: a code stands for ten minutes, and then it takes seconds. Milliseconds. */
const BY_HAND_MAX_MS = 660_000;
