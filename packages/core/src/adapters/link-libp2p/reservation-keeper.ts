/**
 * Keeps this node reachable through the relays it was told to use: a connection, and a circuit reservation on it, checked on a fixed
 * beat and whenever `reserve` is asked again. js-libp2p does not renew a reservation after its relay restarted or its socket died
 * unseen (js-libp2p#3601). It never listens through libp2p's listeners: the reservation alone is what makes a node reachable.
 */
import type { Connection } from '@libp2p/interface';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { lastPeer, withoutLastPeer } from './dial-target.ts';
import type { PassiveNode } from './passive-node.ts';

export interface ReservationKeeperOptions {
  /** How often a reservation is checked. */
  readonly checkMs: number;
  /** How long a dial, an answer or a reservation may take. */
  readonly patienceMs: number;
  /** Whether others shall come by WebRTC, with the circuit for signalling only. */
  readonly offersWebRtc: boolean;
  /** Told when `addresses` has changed. */
  changed(): void;
  /** The connection carries a neighbour, and is not the keeper's to close. */
  isUsed(connection: Connection): boolean;
}

interface Kept {
  readonly address: Multiaddr;
  addresses: readonly string[];
  relay: string | undefined;
  isChecking: boolean;
  checkAgain: boolean;
  checkedAtMs: number;
}

const RELAYS_MAX = 8;
const ADDRESSES_PER_RELAY_MAX = 4;
const PING = '/ipfs/ping/1.0.0';

export class ReservationKeeper {
  readonly #passive: PassiveNode;
  readonly #options: ReservationKeeperOptions;
  readonly #kept: Map<string, Kept> = new Map();
  readonly #beat: ReturnType<typeof setInterval>;
  readonly #onConnection = (event: { readonly detail: Connection }): void => this.#connectionChanged(event.detail);
  #isStopped = false;

  constructor(passive: PassiveNode, options: ReservationKeeperOptions) {
    this.#passive = passive;
    this.#options = options;
    this.#beat = setInterval(() => {
      for (const kept of this.#kept.values()) void this.#check(kept);
    }, options.checkMs);
    passive.node.addEventListener('connection:open', this.#onConnection);
    passive.node.addEventListener('connection:close', this.#onConnection);
  }

  /** Under which addresses others can reach this node now. */
  get addresses(): readonly string[] {
    return [...new Set([...this.#kept.values()].flatMap((kept) => kept.addresses))];
  }

  /** Keeps a reservation at this relay, or checks at once the one that is kept. */
  reserve(address: Multiaddr): void {
    const name = address.toString();
    let kept = this.#kept.get(name);
    if (kept === undefined) {
      if (this.#kept.size >= RELAYS_MAX) return;
      kept = { address, addresses: [], relay: undefined, isChecking: false, checkAgain: false, checkedAtMs: 0 };
      this.#kept.set(name, kept);
    }
    if (kept.isChecking) kept.checkAgain = true;
    else void this.#check(kept);
  }

  unreserve(address: Multiaddr): void {
    const name = address.toString();
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    this.#kept.delete(name);
    const isSharedRelay = [...this.#kept.values()].some((other) => other.relay === kept.relay);
    if (!isSharedRelay) this.#forgetReservation(kept);
    if (kept.addresses.length > 0) this.#options.changed();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#beat);
    this.#passive.node.removeEventListener('connection:open', this.#onConnection);
    this.#passive.node.removeEventListener('connection:close', this.#onConnection);
  }

  /** A relay came or went: look sooner than the beat, but never in a tight circle with a relay that accepts and hangs up. */
  #connectionChanged(connection: Connection): void {
    const relay = connection.remotePeer.toString();
    for (const kept of this.#kept.values()) {
      const isRecent = Date.now() - kept.checkedAtMs < this.#options.checkMs / 8;
      if ((kept.relay === relay || lastPeer(kept.address) === relay) && !isRecent && !kept.isChecking) void this.#check(kept);
    }
  }

  async #check(kept: Kept): Promise<void> {
    if (kept.isChecking || this.#isStopped) return;
    kept.isChecking = true;
    let addresses: readonly string[] = [];
    try {
      do {
        kept.checkAgain = false;
        kept.checkedAtMs = Date.now();
        addresses = await this.#secure(kept);
      } while (kept.checkAgain && !this.#isStopped);
    } catch {
      // the relay is away or refuses: the next beat asks again, and the empty list says so meanwhile
    }
    kept.isChecking = false;
    if (this.#isStopped || this.#kept.get(kept.address.toString()) !== kept) return;
    if (kept.addresses.join() === addresses.join()) return;
    kept.addresses = addresses;
    this.#options.changed();
  }

  /** Makes sure of a living connection and a reservation on it; answers the addresses that follow. Throws when the relay is away. */
  async #secure(kept: Kept): Promise<readonly string[]> {
    const connection = await this.#livingConnection(kept.address);
    const relay = connection.remotePeer;
    kept.relay = relay.toString();
    const store = this.#passive.reservationStore;
    if (!store.hasReservation(relay)) await store.addRelay(relay, 'configured');
    const announced = (store.getReservation(relay)?.addrs ?? []).map((bytes) => withoutLastPeer(multiaddr(bytes)));
    const relayAddresses = [withoutLastPeer(kept.address), ...announced].filter(isForBrowsers);
    const end = `/p2p/${relay}/p2p-circuit${this.#options.offersWebRtc ? '/webrtc' : ''}`;
    return [...new Set(relayAddresses)].slice(0, ADDRESSES_PER_RELAY_MAX).map((address) => `${address}${end}`);
  }

  /** The connection that holds the reservation if there is one, else any to the relay; one that does not answer is ended first. */
  async #livingConnection(address: Multiaddr): Promise<Connection> {
    for (;;) {
      const connection = this.#reservedConnection(address) ?? (await this.#open(address));
      if (await this.#answers(connection)) return connection;
      if (this.#isStopped) throw new Error('stopped');
      connection.abort(new Error('the relay does not answer'));
    }
  }

  #reservedConnection(address: Multiaddr): Connection | undefined {
    const kept = this.#kept.get(address.toString());
    return this.#passive.parts.connectionManager.getConnections().find((connection) => {
      const isReserved = this.#passive.reservationStore.reservations.get(connection.remotePeer)?.connection === connection.id;
      return isReserved && kept?.relay === connection.remotePeer.toString();
    });
  }

  #open(address: Multiaddr): Promise<Connection> {
    return this.#passive.parts.connectionManager.openConnection(address, { signal: AbortSignal.timeout(this.#options.patienceMs) });
  }

  /** Any answer will do, a refusal of the protocol too: readyState says nothing about sockets that died in a frozen tab. */
  async #answers(connection: Connection): Promise<boolean> {
    const signal = AbortSignal.timeout(this.#options.patienceMs);
    try {
      const stream = await connection.newStream(PING, { signal });
      stream.abort(new Error('answered'));
      return true;
    } catch (error) {
      return error instanceof Error && error.name === 'UnsupportedProtocolError';
    }
  }

  #forgetReservation(kept: Kept): void {
    const connections = this.#passive.parts.connectionManager
      .getConnections()
      .filter(({ remotePeer }) => remotePeer.toString() === kept.relay);
    const { reservations } = this.#passive.reservationStore;
    for (const connection of connections) {
      const reservation = reservations.get(connection.remotePeer);
      if (reservation !== undefined) clearTimeout(reservation.timeout);
      reservations.delete(connection.remotePeer);
      if (!this.#options.isUsed(connection)) void connection.close().catch(() => connection.abort(new Error('no longer reserved')));
    }
  }
}

/** Browsers dial relays by WebSocket and webrtc-direct only; a relay's plain tcp addresses would be noise in an invitation. */
function isForBrowsers(address: string): boolean {
  return /\/(ws|wss|webrtc-direct)(\/|$)/.test(address);
}
