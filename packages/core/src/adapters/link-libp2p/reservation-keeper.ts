/**
 * Keeps this node reachable through the relays it was told to use: a circuit reservation on a connection that is there anyway, checked on
 * a fixed beat, when such a connection comes or goes, and whenever `reserve` is asked again. It never dials: that is `neighbours`' to
 * decide. js-libp2p does not renew a reservation after its relay restarted or its socket died unseen (js-libp2p#3601). It never
 * listens through libp2p's listeners: the reservation alone is what makes a node reachable.
 */
import type { Connection, PeerId } from '@libp2p/interface';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { isCircuit, lastPeer, withoutLastPeer } from './dial-target.ts';
import type { PassiveNode } from './passive-node.ts';

export interface ReservationKeeperOptions {
  /** How often a reservation is checked. */
  readonly checkMs: number;
  /** How long a connection may take to answer. */
  readonly patienceMs: number;
  /** Whether others shall come by WebRTC, with the circuit for signalling only. */
  readonly offersWebRtc: boolean;
  /** Told when `addresses` has changed. */
  changed(): void;
  /** Told each time it is known that a reservation is held on this connection, at a relay that helps. */
  held?(connection: Connection): void;
}

interface Kept {
  /** The newest that was asked for: a relay may be known by several. */
  address: Multiaddr;
  helps: boolean;
  addresses: readonly string[];
  /** Once known. */
  relay: PeerId | undefined;
  isChecking: boolean;
  checkAgain: boolean;
}

const RELAYS_MAX = 8;
const ADDRESSES_PER_RELAY_MAX = 4;
const PING = '/ipfs/ping/1.0.0';

export class ReservationKeeper {
  readonly #passive: PassiveNode;
  readonly #options: ReservationKeeperOptions;
  readonly #kept: Map<string, Kept> = new Map();
  readonly #beat: ReturnType<typeof setInterval>;
  // After every other listener: by then libp2p has listed the connection, or taken it off.
  readonly #onConnection = (event: { readonly detail: Connection }): void => queueMicrotask(() => this.#connectionChanged(event.detail));
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

  /** Keeps a reservation at this relay while there is a connection to it, or checks at once the one that is kept. `helps`: see `held`. */
  reserve(address: Multiaddr, helps = false): void {
    const name = nameOf(address);
    let kept = this.#kept.get(name);
    if (kept === undefined) {
      if (this.#kept.size >= RELAYS_MAX) return;
      kept = { address, helps, addresses: [], relay: undefined, isChecking: false, checkAgain: false };
      this.#kept.set(name, kept);
    }
    kept.address = address;
    kept.helps = helps;
    this.#checkSoon(kept);
  }

  unreserve(address: Multiaddr): void {
    const kept = this.#kept.get(nameOf(address));
    if (kept === undefined) return;
    this.#kept.delete(nameOf(address));
    if (kept.relay !== undefined) this.#letGo(kept.relay);
    if (kept.addresses.length > 0) this.#options.changed();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#beat);
    this.#passive.node.removeEventListener('connection:open', this.#onConnection);
    this.#passive.node.removeEventListener('connection:close', this.#onConnection);
  }

  #connectionChanged(connection: Connection): void {
    for (const kept of this.#kept.values()) if (leadsTo(connection, kept)) this.#checkSoon(kept);
  }

  #checkSoon(kept: Kept): void {
    if (kept.isChecking) kept.checkAgain = true;
    else void this.#check(kept);
  }

  async #check(kept: Kept): Promise<void> {
    if (kept.isChecking || this.#isStopped) return;
    kept.isChecking = true;
    let addresses: readonly string[] = [];
    do {
      kept.checkAgain = false;
      try {
        addresses = await this.#secure(kept);
      } catch {
        // the relay refuses: the next beat asks again, and the empty list says so meanwhile
        addresses = [];
      }
    } while (kept.checkAgain && !this.#isStopped && this.#isKept(kept));
    kept.isChecking = false;
    if (this.#isStopped) return;
    if (!this.#isKept(kept)) {
      // `unreserve` came while the relay was being asked; what it granted since is not wanted
      if (kept.relay !== undefined) this.#letGo(kept.relay);
      return;
    }
    if (kept.addresses.join() === addresses.join()) return;
    kept.addresses = addresses;
    this.#options.changed();
  }

  #isKept(kept: Kept): boolean {
    return this.#kept.get(nameOf(kept.address)) === kept;
  }

  /** Makes sure of a reservation on a living connection; answers the addresses that follow, none when no connection is there. */
  async #secure(kept: Kept): Promise<readonly string[]> {
    const connection = await this.#livingConnection(kept);
    if (connection === undefined || !this.#isKept(kept)) return [];
    const relay = connection.remotePeer;
    kept.relay = relay;
    const store = this.#passive.reservationStore;
    if (store.reservations.get(relay)?.connection !== connection.id) await store.addRelay(relay, 'configured');
    if (kept.helps) this.#options.held?.(connection);
    const announced = (store.getReservation(relay)?.addrs ?? []).map((bytes) => withoutLastPeer(multiaddr(bytes)));
    const relayAddresses = [withoutLastPeer(kept.address), ...announced].filter(isForBrowsers);
    const end = `/p2p/${relay}/p2p-circuit${this.#options.offersWebRtc ? '/webrtc' : ''}`;
    return [...new Set(relayAddresses)].slice(0, ADDRESSES_PER_RELAY_MAX).map((address) => `${address}${end}`);
  }

  /** The connection that holds the reservation if there is one, else any to the relay; one that does not answer is ended first. */
  async #livingConnection(kept: Kept): Promise<Connection | undefined> {
    for (;;) {
      const connections = this.#passive.parts.connectionManager
        .getConnections()
        .filter((one) => one.status === 'open' && leadsTo(one, kept));
      const { reservations } = this.#passive.reservationStore;
      const connection = connections.find((one) => reservations.get(one.remotePeer)?.connection === one.id) ?? connections[0];
      if (connection === undefined || (await this.#answers(connection))) return connection;
      if (this.#isStopped || !this.#isKept(kept)) return undefined;
      connection.abort(new Error('the relay does not answer'));
    }
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

  /** Forgets the reservation here, so that nothing renews it and who comes by it is refused; the connection is not the keeper's. */
  #letGo(relay: PeerId): void {
    if ([...this.#kept.values()].some((other) => other.relay?.equals(relay))) return;
    const { reservations } = this.#passive.reservationStore;
    clearTimeout(reservations.get(relay)?.timeout);
    reservations.delete(relay);
  }
}

/** One entry a relay, by whichever of its addresses it is asked for. */
function nameOf(address: Multiaddr): string {
  return lastPeer(address) ?? address.toString();
}

function leadsTo(connection: Connection, kept: Kept): boolean {
  if (isCircuit(connection.remoteAddr)) return false;
  const relay = kept.relay?.toString() ?? lastPeer(kept.address);
  return relay === undefined
    ? withoutLastPeer(connection.remoteAddr) === withoutLastPeer(kept.address)
    : connection.remotePeer.toString() === relay;
}

/** Browsers dial relays by WebSocket and webrtc-direct only; a relay's plain tcp addresses would be noise in an invitation. */
function isForBrowsers(address: string): boolean {
  return /\/(ws|wss|webrtc-direct)(\/|$)/.test(address);
}
