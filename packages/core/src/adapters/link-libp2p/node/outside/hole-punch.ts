/**
 * DCUtR over TCP: two relays behind routers that reached each other by a circuit connect directly, by knocking at each other's routers in one moment
 * and from the ports under which both are known outside. With named relays alone, on both sides: nobody else has this one dial a place, and those
 * only so often. Rule: docs/protocol/link.md §6.
 *
 *   dialled (B)  ──connect──▶  dialler (A)      B begins, because it is told of the circuit last
 *                ◀──connect──
 *                ──sync─────▶                   A knocks when it hears this, B half a round trip after it was sent
 */
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, Stream } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import { multiaddr } from '@multiformats/multiaddr';
import { isCircuit } from '../../dial-target.ts';
import type { PassiveNode } from '../../passive-node.ts';
import { SocketConnection } from '../socket-connection.ts';
import { KNOCK_AGAIN_MS, MESSAGE_BYTES_MAX, PUNCH_PAUSE_MS, PUNCH_WITHIN_MS, PUNCHES_MAX } from './limits.ts';
import { DCUTR, decodePunch, encodePunch, type Punch } from './messages.ts';
import type { Place } from './place.ts';

export interface PunchHost {
  readonly stopping: AbortSignal;
  /** Whether this peer (as libp2p writes it) was named by the keeper. */
  isNamed(peer: string): boolean;
  isOutside(place: Place): boolean;
  /** Where this side is seen to be when it dials from the port of its own; empty while nobody has said. */
  places(): readonly Place[];
  /** Dials from that port. */
  knock(place: Place, signal: AbortSignal): Promise<Socket>;
  /** Makes a neighbour of a connection that this side is the dialler of. */
  join(connection: Connection, signal: AbortSignal): Promise<void>;
  /** A direct connection stands. */
  punched(connection: Connection): void;
}

type Messages = ReturnType<typeof lpStream>;

export class HolePunch {
  readonly #passive: PassiveNode;
  readonly #host: PunchHost;
  /** Peers with an attempt under way: one at a time each. Bounded by the number of named relays. */
  readonly #busy: Set<string> = new Set<string>();
  /** Attempts on each circuit, whichever side began them. */
  readonly #attempts: WeakMap<Connection, number> = new WeakMap<Connection, number>();

  constructor(passive: PassiveNode, host: PunchHost) {
    this.#passive = passive;
    this.#host = host;
  }

  async serve(): Promise<void> {
    const answer = (stream: Stream, circuit: Connection): Promise<void> => this.#answer(stream, circuit);
    await this.#passive.node.handle(DCUTR, answer, { maxInboundStreams: 1, maxOutboundStreams: 1, runOnLimitedConnection: true });
  }

  /** Tries to do without this circuit, if it came in from a named relay. */
  async begin(circuit: Connection): Promise<void> {
    if (circuit.direction !== 'inbound' || !this.#isWanted(circuit)) return;
    const { node } = this.#passive;
    const wait = node.peerId.toString() < circuit.remotePeer.toString() ? PUNCH_PAUSE_MS : 2 * PUNCH_PAUSE_MS;
    for (let attempt = 0; attempt < PUNCHES_MAX; attempt++) {
      if (attempt > 0) await pause(wait, undefined, { ref: false });
      if (this.#host.stopping.aborted || !this.#isWanted(circuit)) return;
      if (await this.#alone(circuit, (signal) => this.#ask(circuit, signal))) return;
    }
  }

  /** It is a circuit to a named relay, to which there is no better connection, and was not tried too often. */
  #isWanted(circuit: Connection): boolean {
    if (this.#triedOn(circuit) >= PUNCHES_MAX) return false;
    const isOpen = circuit.status === 'open' && isCircuit(circuit.remoteAddr) && this.#host.isNamed(circuit.remotePeer.toString());
    const others = this.#passive.parts.connectionManager.getConnections(circuit.remotePeer);
    return isOpen && !others.some((other) => other.status === 'open' && other.limits === undefined && !isCircuit(other.remoteAddr));
  }

  #triedOn(circuit: Connection): number {
    return this.#attempts.get(circuit) ?? 0;
  }

  /** Answers whether it came about. What goes wrong here is the way of the world: the circuit is still there. */
  async #alone(circuit: Connection, act: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const peer = circuit.remotePeer.toString();
    if (this.#busy.has(peer)) return false;
    this.#busy.add(peer);
    this.#attempts.set(circuit, this.#triedOn(circuit) + 1);
    try {
      await act(AbortSignal.any([this.#host.stopping, AbortSignal.timeout(PUNCH_WITHIN_MS)]));
      return true;
    } catch {
      return false;
    } finally {
      this.#busy.delete(peer);
    }
  }

  /** As B. */
  async #ask(circuit: Connection, signal: AbortSignal): Promise<void> {
    const mine = this.#mine();
    const stream = await circuit.newStream(DCUTR, { signal, runOnLimitedConnection: true });
    try {
      const messages = lpStream(stream, { maxDataLength: MESSAGE_BYTES_MAX });
      const askedAtMs = performance.now();
      await messages.write(encodePunch({ kind: 'connect', places: mine }), { signal });
      const theirs = this.#theirs(await heard(messages, signal));
      const roundTripMs = performance.now() - askedAtMs;
      await messages.write(encodePunch({ kind: 'sync' }), { signal });
      await pause(roundTripMs / 2, undefined, { signal });
      await this.#connect(circuit, theirs, 'inbound', signal);
    } finally {
      stream.abort(new Error('said'));
    }
  }

  /** As A. */
  async #answer(stream: Stream, circuit: Connection): Promise<void> {
    const isMine = circuit.direction === 'outbound' && this.#isWanted(circuit);
    const hasCome =
      isMine &&
      (await this.#alone(circuit, async (signal) => {
        const messages = lpStream(stream, { maxDataLength: MESSAGE_BYTES_MAX });
        const theirs = this.#theirs(await heard(messages, signal));
        await messages.write(encodePunch({ kind: 'connect', places: this.#mine() }), { signal });
        if ((await heard(messages, signal))?.kind !== 'sync') throw new Error('no sync');
        await this.#connect(circuit, theirs, 'outbound', signal);
      }));
    stream.abort(new Error('said'));
    // Its bytes are lent; whoever dialled it gives it back.
    if (hasCome) await circuit.close({ signal: AbortSignal.timeout(PUNCH_WITHIN_MS) }).catch((error: Error) => circuit.abort(error));
  }

  #mine(): readonly Place[] {
    const places = this.#host.places();
    if (places.length === 0) throw new Error('nobody has said where this one is');
    return places;
  }

  /** One is enough: routers that show another port to everybody are not passed in this way at all. */
  #theirs(punch: Punch | undefined): Place {
    const place = punch?.kind === 'connect' ? punch.places.find((one) => this.#host.isOutside(one)) : undefined;
    if (place === undefined) throw new Error('the other is nowhere');
    return place;
  }

  /** Both sides have dialled the one socket that comes of it; `direction` says which of them opens streams first. */
  async #connect(circuit: Connection, place: Place, direction: 'inbound' | 'outbound', signal: AbortSignal): Promise<void> {
    const { upgrader, logger } = this.#passive.parts;
    const socket = await this.#knockUntil(place, signal);
    const address = multiaddr(`/ip4/${place.host}/tcp/${place.port}/p2p/${circuit.remotePeer}`);
    const raw = new SocketConnection(socket, direction, address, logger.forComponent('kith:punch'));
    const before = this.#triedOn(circuit);
    // Somebody answers there. Unless it proves to be this peer, the place is a third's, and nothing more is tried by this circuit.
    this.#attempts.set(circuit, PUNCHES_MAX);
    try {
      // The address names the key, so that nobody else is taken for this peer.
      const connection = await upgrader.upgradeOutbound(raw, { signal, initiator: direction === 'outbound' });
      this.#attempts.set(circuit, before);
      if (direction === 'outbound') await this.#host.join(connection, signal);
      this.#host.punched(connection);
    } catch (error) {
      raw.abort(error instanceof Error ? error : new Error('not upgraded'));
      throw error;
    }
  }

  async #knockUntil(place: Place, signal: AbortSignal): Promise<Socket> {
    for (;;) {
      try {
        return await this.#host.knock(place, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        await pause(KNOCK_AGAIN_MS, undefined, { signal });
      }
    }
  }
}

async function heard(messages: Messages, signal: AbortSignal): Promise<Punch | undefined> {
  return decodePunch((await messages.read({ signal })).subarray());
}
