/**
 * One attempt to connect by hand, from its first code until the neighbour is there or why not:
 *
 *     shown ──the other acts──▶ connecting ──channel opens──▶ proving (Noise, welcome) ──▶ joined
 *       └──── 10 minutes ────────── 15 s ───────────────────────┴─▶ failed, or dropped
 *
 * Whoever began is libp2p's dialler. Each side states whom it expects, and a wrong one hears of it by the end of the connection.
 * Rule: docs/protocol/by-hand.md §5.
 */
import type { Connection } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import type { HandFailure, TransportKey } from '../../../node/machine.ts';
import { failureOf } from '../dial-target.ts';
import type { PassiveNode } from '../passive-node.ts';
import { isRelayedForGood } from '../selected-pair.ts';
import { peerIdOf } from '../transport-identity.ts';
import { decodeAside } from './aside.ts';
import type { Candidate } from './candidate.ts';
import { ChannelConnection } from './channel-connection.ts';
import type { HandHost, MadeByHand } from './hands.ts';
import { IceKeeper } from './ice-keeper.ts';
import { CONNECT_MS, HAND_SILENT_MS, SHOWN_MS } from './limits.ts';
import type { HandPeer } from './peer.ts';

export interface AttemptInit {
  readonly hand: number;
  readonly peer: HandPeer;
  readonly passive: PassiveNode;
  readonly host: HandHost;
  /** Began it, and so is the dialler. */
  readonly began: boolean;
  /** Whom this side expects, if it knows yet. */
  readonly expectedKey?: TransportKey | undefined;
  /** Told once: it is over, well or not. */
  over(attempt: Attempt): void;
  /** Told before anything can arrive on it. */
  made(connection: Connection, made: MadeByHand): void;
}

export class Attempt {
  readonly hand: number;
  readonly peer: HandPeer;
  readonly began: boolean;
  readonly #init: AttemptInit;
  readonly #ended: AbortController = new AbortController();
  #expectedKey: TransportKey | undefined;
  #timer: ReturnType<typeof setTimeout>;
  #isOver = false;
  readonly #keeper: IceKeeper;
  #welcomed: () => void = () => {};
  readonly #welcome: Promise<void> = new Promise((resolve) => {
    this.#welcomed = resolve;
  });

  constructor(init: AttemptInit) {
    this.#init = init;
    this.hand = init.hand;
    this.peer = init.peer;
    this.began = init.began;
    this.#expectedKey = init.expectedKey;
    this.#timer = setTimeout(() => this.fail('timed-out'), SHOWN_MS);
    const { channel, aside, connection } = this.peer;
    channel.addEventListener('open', () => void this.#prove());
    channel.addEventListener('close', () => {
      this.#ended.abort(new Error('the other side closed'));
      this.#keeper.stop();
    });
    aside.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.#hear(new Uint8Array(data));
    });
    // the way is open, and at its end is another certificate
    connection.addEventListener('connectionstatechange', () => {
      const isReached = connection.iceConnectionState === 'connected' || connection.iceConnectionState === 'completed';
      if (connection.connectionState === 'failed' && isReached) this.fail('wrong-key');
    });
    this.#keeper = new IceKeeper(this.peer, this.began, (aside) => this.peer.sayAside(aside));
  }

  /** The node by which it connects. */
  get passive(): PassiveNode {
    return this.#init.passive;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The last code was read: from now on it takes seconds. */
  connect(theirs: readonly Candidate[], expectedKey?: TransportKey): void {
    this.#keeper.meets(theirs);
    this.#expectedKey = expectedKey ?? this.#expectedKey;
    this.#hurry();
  }

  /** The candidates of an offer that was answered; the answer has yet to be read by the other. */
  meets(theirs: readonly Candidate[]): void {
    this.#keeper.meets(theirs);
  }

  fail(reason: HandFailure): void {
    if (this.#isOver) return;
    this.drop();
    this.#init.host.tell({ kind: 'hand-failed', hand: this.hand, reason });
  }

  /** Frees everything and tells nobody. */
  drop(): void {
    this.#finish();
    this.#ended.abort(new Error('dropped'));
    this.#close();
  }

  #close(): void {
    this.#keeper.stop();
    this.peer.close();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#init.over(this);
  }

  #hurry(): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail('timed-out'), CONNECT_MS);
  }

  async #prove(): Promise<void> {
    if (this.#isOver) return this.#close();
    this.#hurry();
    const { signal } = this.#ended;
    const { passive } = this.#init;
    // in this very turn, before anything arrives
    const wire = new ChannelConnection({
      channel: this.peer.channel,
      close: () => this.#close(),
      remoteAddr: multiaddr(this.#address()),
      direction: this.began ? 'outbound' : 'inbound',
      log: passive.parts.logger.forComponent('kith:by-hand'),
    });
    try {
      if (this.began) {
        const connection = await passive.parts.upgrader.upgradeOutbound(wire, { signal });
        await this.#greet(connection);
        await orEnded(this.#welcome, signal);
        await this.#init.host.join(connection, signal);
      } else {
        const connection = await this.#accepted(wire, signal);
        await this.#greet(connection);
        this.peer.sayAside({ kind: 'welcome' });
      }
    } catch (error) {
      // Somebody who is not whom the other expects sees the connection end in the middle.
      const isRefused = this.peer.channel.readyState !== 'open' || failureOf(error, false) === 'wrong-key';
      this.fail(isRefused ? 'wrong-key' : 'timed-out');
      this.#close();
    }
  }

  #address(): string {
    const expected = this.#expectedKey === undefined ? undefined : peerIdOf(this.#expectedKey)?.toString();
    const handle = `/memory/by-hand-${this.hand}-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    return expected === undefined ? handle : `${handle}/p2p/${expected}`;
  }

  /** libp2p hands out a connection that came in only by its event. */
  async #accepted(wire: ChannelConnection, signal: AbortSignal): Promise<Connection> {
    const { node, parts } = this.#init.passive;
    let made: Connection | undefined;
    const onOpen = ({ detail }: CustomEvent<Connection>): void => {
      if (detail.remoteAddr.equals(wire.remoteAddr)) made = detail;
    };
    node.addEventListener('connection:open', onOpen);
    try {
      await parts.upgrader.upgradeInbound(wire, { signal });
    } finally {
      node.removeEventListener('connection:open', onOpen);
    }
    if (made === undefined) throw new Error('libp2p made no connection');
    return made;
  }

  async #greet(connection: Connection): Promise<void> {
    const isRelayed = await isRelayedForGood(this.peer.connection, this.#ended.signal);
    this.#init.made(connection, {
      hand: this.hand,
      path: isRelayed ? 'circuit' : 'direct',
      source: this.peer.connection,
      silentMs: HAND_SILENT_MS,
      joined: () => this.#finish(),
    });
    this.peer.sayAside({ kind: 'candidates', candidates: this.peer.candidates });
  }

  #hear(words: Uint8Array<ArrayBuffer>): void {
    const aside = decodeAside(words);
    if (aside?.kind === 'welcome') this.#welcomed();
    else if (aside?.kind === 'candidates') this.#keeper.meets(aside.candidates);
    else if (aside !== undefined) void this.#keeper.hear(aside);
  }
}

function orEnded(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
