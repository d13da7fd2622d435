/**
 * A libp2p node that does nothing of its own accord: it dials nobody, reconnects to nobody, remembers nobody who left, closes nothing
 * because of a ping, asks no public server for anything, and listens only where it was told. Who to meet is decided by `neighbours`.
 */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { identify } from '@libp2p/identify';
import type { ComponentLogger, Connection, Libp2p, PeerId, PrivateKey, Transport, Upgrader } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import type { Multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2pOptions } from 'libp2p';
import { sparingYamux } from './sparing-yamux.ts';

/** The parts of a libp2p node that the link works with directly, so that nothing is decided in between. */
export interface NodeParts {
  readonly upgrader: Upgrader;
  readonly logger: ComponentLogger;
  readonly transportManager: {
    dial(address: Multiaddr, options: { signal: AbortSignal }): Promise<Connection>;
    dialTransportForMultiaddr(address: Multiaddr): Transport | undefined;
    getAddrs(): Multiaddr[];
  };
  readonly connectionManager: {
    getConnections(peer?: PeerId): Connection[];
  };
}

/** What the circuit transport keeps about reservations. Private in its types; held to its shape by the keeper's regression test. */
export interface ReservationStore {
  addRelay(relay: PeerId, type: 'configured'): Promise<unknown>;
  hasReservation(relay: PeerId): boolean;
  getReservation(relay: PeerId): { readonly addrs: readonly Uint8Array[] } | undefined;
  readonly reservations: {
    get(relay: PeerId): { readonly connection: string; readonly timeout: ReturnType<typeof setTimeout> } | undefined;
    delete(relay: PeerId): void;
  };
  relayFilter: { has(): boolean; add(): void };
}

export interface PassiveNode {
  readonly node: Libp2p;
  readonly parts: NodeParts;
  readonly reservationStore: ReservationStore;
}

type Options = Libp2pOptions<Record<string, unknown>>;

export interface PassiveNodeOptions {
  readonly privateKey: PrivateKey;
  readonly transports: NonNullable<Options['transports']>;
  readonly listen: readonly string[];
  /** Told besides the addresses that are listened on. */
  readonly announce: readonly string[];
  readonly services: NonNullable<Options['services']>;
  /** Connections libp2p itself allows; above the budget of `neighbours`, so that theirs is the one that counts. */
  readonly connectionsMax: number;
}

/** Makes and starts the node. */
export async function startPassiveNode(options: PassiveNodeOptions): Promise<PassiveNode> {
  let parts: NodeParts | undefined;
  let reservationStore: ReservationStore | undefined;

  const circuit = (components: CircuitComponents): Transport => {
    const transport = circuitRelayTransport({ discoveryFilter: NO_DISCOVERY })(onlyReservedRelays(components));
    reservationStore = (transport as unknown as { readonly reservationStore: ReservationStore }).reservationStore;
    // a relay whose dial failed once would otherwise be refused for the rest of the node's life
    reservationStore.relayFilter = { has: () => false, add: () => {} };
    return transport;
  };

  const node = await createLibp2p<Record<string, unknown>>({
    privateKey: options.privateKey,
    start: false,
    addresses: { listen: [...options.listen], appendAnnounce: [...options.announce] },
    transports: [...options.transports, circuit],
    connectionEncrypters: [noise()],
    streamMuxers: [sparingYamux()],
    connectionManager: {
      maxConnections: options.connectionsMax,
      inboundConnectionThreshold: 200,
      maxIncomingPendingConnections: 256,
      maxParallelDials: 64,
      // the circuit transport tags relays as to be kept; who is dialled again, and when, is not its business
      maxParallelReconnects: 0,
      reconnectRetries: 0,
    },
    connectionMonitor: { enabled: false, abortConnectionOnPingFailure: false },
    // who may be dialled is decided above the link; the default refuses private addresses in browsers
    connectionGater: {
      denyDialMultiaddr: () => false,
      denyInboundRelayedConnection: (relay) => reservationStore?.hasReservation(relay) !== true,
    },
    services: {
      ...options.services,
      // present because transports ask for it; it runs on nobody's connection by itself
      identify: identify({ runOnConnectionOpen: false }),
      parts: (components: NodeParts) => {
        parts = components;
        return {};
      },
    },
  });
  node.addEventListener('peer:disconnect', (event) => void node.peerStore.delete(event.detail).catch(() => {}));
  try {
    await node.start();
  } catch (error) {
    await node.stop();
    throw error;
  }
  if (parts === undefined || reservationStore === undefined) throw new Error('libp2p did not make its components');
  return { node, parts, reservationStore };
}

type CircuitComponents = Parameters<ReturnType<typeof circuitRelayTransport>>[0];

const NO_DISCOVERY = { has: () => true, add: () => {}, remove: () => {} };

/** Without this, any neighbour that opens a circuit stream to us would make us listen on it as our relay. */
function onlyReservedRelays(components: CircuitComponents): CircuitComponents {
  const transportManager = {
    listen: async (): Promise<void> => {
      throw new Error('not a relay we asked for a reservation');
    },
  };
  return new Proxy(components, {
    get: (target, property) => (property === 'transportManager' ? transportManager : Reflect.get(target, property)),
  });
}
