/**
 * The link of a Node process: tcp, ws, webrtc-direct and WebSockets that a web server hands over; optionally a circuit relay for
 * others, and discovery on the local network. Composition only; the link itself is `libp2p-link.ts`.
 */
import '../node-20-shims.ts';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2';
import type { Connection, Ed25519PrivateKey, Startable } from '@libp2p/interface';
import { type MulticastDNSComponents, mdns } from '@libp2p/mdns';
import { tcp } from '@libp2p/tcp';
import type { TransportKey } from '../../../node/machine.ts';
import type { Link } from '../../../ports/link.ts';
import { listenAddresses, withoutLastPeer } from '../dial-target.ts';
import type { IceOffer } from '../ice-offer.ts';
import { serveIce } from '../ice-protocol.ts';
import { Libp2pLink, type LinkTuning } from '../libp2p-link.ts';
import { type PassiveNode, type PassiveNodeOptions, startPassiveNode } from '../passive-node.ts';
import { transportKeyOf } from '../transport-identity.ts';
import { webSocketDialling } from '../web-socket-dialling.ts';
import { Beacon, type BeaconStatus } from './beacon/beacon.ts';
import { FoundNews } from './found-news.ts';
import { FoundPlaces } from './found-places.ts';
import { LinkLocalDoors } from './link-local-doors.ts';
import { Outside, type OutsideSetting, type OutsideStatus } from './outside/outside.ts';
import { dialSocket, freeTcpPort, type OwnPort, type ProxiedDials, socketDialling } from './socket-dialling.ts';
import { UpgradeAcceptor } from './upgrade-acceptor.ts';
import { listenForUpgrades, type UpgradeServer } from './upgrade-server.ts';
import { type WebRtcCertificateStore, webRtcCertificate } from './web-rtc-certificate.ts';

export type { IceOffer } from '../ice-offer.ts';
export type { LinkTuning } from '../libp2p-link.ts';
export { BEACON_PORT } from './beacon/limits.ts';
export type { NamedRelay, OutsideSetting, OutsideStatus } from './outside/outside.ts';
export type { ProxiedDials, SocksProxy } from './socket-dialling.ts';
export type { WebRtcCertificate, WebRtcCertificateStore } from './web-rtc-certificate.ts';

/** An IP address and a port; port 0 lets the system choose. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

export interface RelayServerOptions {
  /** Devices that may be reachable through this relay at a time. Default 512. */
  readonly reservations?: number;
  /** What one circuit may carry. Defaults of the protocol: 2 minutes, 128 KiB; enough for signalling. */
  readonly circuitMs?: number;
  readonly circuitBytes?: number;
}

export interface NodeLinkOptions extends LinkTuning {
  readonly tcp?: Listen;
  readonly ws?: Listen;
  /** Browsers reach it without a web certificate, by the hash in its address; so the certificate has to be kept. */
  readonly webrtcDirect?: Listen & { readonly certificate: WebRtcCertificateStore };
  /** Also dial and accept `/webrtc` through circuits. Costs about 15 MiB of memory. Default false. */
  readonly webrtc?: boolean;
  /** Announce and find nodes of this kind on the local network. Default false. */
  readonly mdns?: boolean;
  /**
   * Do the same on every network by itself, so that those without a default route are served too. `port`: UDP. Needs `tcp`. Default false.
   */
  readonly beacon?: boolean | { readonly port?: number };
  /** Dial some addresses by TCP through a SOCKS5 proxy, and in no other way. Default: none. */
  readonly proxied?: ProxiedDials;
  /**
   * Learn from these relays whether this one can be dialled from outside, tell others the same, stay reachable through them, and with those that
   * are reached through another connect directly through routers. Needs `tcp`; goes past `proxied`. Default: none of it.
   */
  readonly outside?: OutsideSetting;
  /** What is told of the STUN and TURN server beside this relay, to one who holds a reservation here (its peer id). Default: there is none. */
  readonly iceOffer?: (peer: string) => IceOffer | undefined;
  /** Lend circuits to others. Default false. */
  readonly relayServer?: RelayServerOptions | false;
  /** Addresses under which others reach this node and which it cannot see itself, best first, without `/p2p`. */
  readonly announce?: readonly string[];
  /** Connections libp2p allows before it closes some itself. Default 2,048. */
  readonly connectionsMax?: number;
}

export interface NodeLink extends Link {
  /** Resolves when the node listens everywhere it was told to; rejects when it could not. Call after `listen` was performed. */
  ready(): Promise<void>;
  /** Best first, without `/p2p`: announced, listened on (webrtc-direct with its certificate's hash), through relays. */
  addresses(): Promise<readonly string[]>;
  /** Takes over a WebSocket upgrade of a web server as an incoming connection. Answers 503 while the node is not there. */
  acceptUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** What it does to be found, and how that goes. */
  discovery(): Discovery;
}

export interface Discovery {
  readonly mdns: boolean;
  readonly beacon: BeaconStatus | undefined;
  /** `undefined` where it was not asked for. */
  readonly outside?: OutsideStatus | undefined;
}

const MDNS_TAG = '_kith._udp.local';
const NO_STUN: { readonly rtcConfiguration: RTCConfiguration } = { rtcConfiguration: { iceServers: [] } };

export function createNodeLink(options: NodeLinkOptions = {}): NodeLink {
  const upgrades = new UpgradeAcceptor();
  const announce = options.announce ?? [];
  const news = new FoundNews();
  const places = new FoundPlaces();
  let beacon: Beacon | undefined;
  /** The node that speaks under the latest key. */
  let newest: PassiveNode | undefined;
  let relay: CircuitRelayService | undefined;
  let server: UpgradeServer | undefined;
  let announced: Startable | undefined;
  let outside: Outside | undefined;

  const makeNode = async (privateKey: Ed25519PrivateKey): Promise<PassiveNode> => {
    const ownPort = options.outside === undefined ? undefined : await portForOutside(options.outside);
    const transports: PassiveNodeOptions['transports'] = [
      socketDialling(options.proxied, ownPort),
      tcp(),
      webSocketDialling(),
      ...(await webRtcTransports(options)),
    ];
    const relayServer = options.relayServer || undefined;
    if (options.ws !== undefined && server === undefined) server = await listenForUpgrades(options.ws.host, options.ws.port, upgrades);
    const passive = await startPassiveNode({
      privateKey,
      transports,
      // Under a later key the ports of the earlier one may still be in use.
      listen: listenOn(newest === undefined ? options : onAnyPort(options)),
      announce: [...announce, ...(server?.addresses() ?? [])],
      connectionsMax: options.connectionsMax ?? 2_048,
      services: {
        ...(relayServer === undefined ? {} : { relay: circuitRelayServer(relayInit(relayServer)) }),
        ...(options.mdns === true ? { discovery } : {}),
      },
    });
    relay = passive.node.services['relay'] as CircuitRelayService | undefined;
    const { iceOffer } = options;
    if (iceOffer !== undefined) {
      const mayAsk = (connection: Connection): boolean => relay?.reservations.has(connection.remotePeer) === true;
      await serveIce(passive, { offer: iceOffer, mayAsk, nowMs: () => Date.now() });
    }
    upgrades.serve(passive.parts);
    newest = passive;
    if (options.outside !== undefined && ownPort !== undefined) await reachOutside(passive, options.outside, ownPort.port);
    if (options.tcp !== undefined && (options.beacon ?? false) !== false) beacon ??= openBeacon(options.tcp);
    return passive;
  };

  const portForOutside = async ({ peers }: OutsideSetting): Promise<OwnPort> => ({
    port: await freeTcpPort(),
    addresses: peers.flatMap(({ addresses }) => addresses.filter((address) => /^\/(ip4|dns4)\/[^/]+\/tcp\/\d+$/.test(address))),
    dialled: (connection) => void outside?.dialled(connection),
  });

  const reachOutside = async (passive: PassiveNode, setting: OutsideSetting, localPort: number): Promise<void> => {
    outside?.stop();
    outside = new Outside(passive, setting, {
      tcpPort: () => tcpPortOf(passive),
      reserve: (address) => link.perform({ kind: 'reserve', address }),
      join: (connection, signal) => link.join(connection, signal),
      knock: ({ host, port }, signal) => dialSocket({ host, port, localPort, family: 4 }, signal),
    });
    await outside.start();
  };

  const openBeacon = ({ host }: Listen): Beacon =>
    new Beacon({
      port: typeof options.beacon === 'object' ? options.beacon.port : undefined,
      // Who listens on every IPv4 network is reached by link-local IPv6 too: there a network needs nobody to give out addresses.
      listening: { ip4: host.includes(':') ? undefined : host, ip6: host.includes(':') ? host : host === '0.0.0.0' ? '::' : undefined },
      announced: () => {
        const key = newest === undefined ? undefined : transportKeyOf(newest.node.peerId);
        if (newest === undefined || key === undefined) return undefined;
        const port = tcpPortOf(newest);
        return host.includes(':') ? { key, tcpPort4: undefined, tcpPort6: port } : { key, tcpPort4: port, tcpPort6: undefined };
      },
      doors: new LinkLocalDoors(() => {
        const port = newest === undefined || host.includes(':') ? undefined : tcpPortOf(newest);
        return newest === undefined || port === undefined ? undefined : { parts: newest.parts, port };
      }),
      found: (key, address) => tellFound(key, [address]),
    });

  const tellFound = (key: TransportKey, heard: readonly string[]): void => {
    const addresses = places.note(key, heard, Date.now());
    if (addresses.length > 0 && news.isNews(key, addresses, Date.now())) link.tell({ kind: 'found', key, addresses });
  };

  /** Discovery as a service, so that libp2p does not hear of it: its peer store would keep all that is announced, and tell of each once. */
  const discovery = (components: MulticastDNSComponents): Startable => {
    const announcer = mdns({ serviceTag: MDNS_TAG })(components);
    announcer.addEventListener('peer', ({ detail }) => {
      const key = transportKeyOf(detail.id);
      if (key !== undefined) tellFound(key, [...new Set(detail.multiaddrs.map(withoutLastPeer))]);
    });
    const { start, stop } = announcer as unknown as Startable;
    const speaking: Startable = { start: () => start.call(announcer), stop: () => stop.call(announcer) };
    return {
      start: async () => {
        // Only the latest key is announced.
        await announced?.stop();
        announced = speaking;
        await speaking.start();
      },
      stop: () => speaking.stop(),
    };
  };

  const link: Libp2pLink = new Libp2pLink({
    ...options,
    makeNode,
    ownAddresses: (passive) => [...announce, ...listenAddresses(passive.parts.transportManager.getAddrs(), server?.addresses() ?? [])],
    offersWebRtc: options.webrtc === true,
    isReservedHere: (connection) => relay?.reservations.has(connection.remotePeer) === true,
  });

  return {
    start: (listener) => link.start(listener),
    perform: (command) => link.perform(command),
    send: (neighbour, frame) => link.send(neighbour, frame),
    stop: async () => {
      upgrades.stop();
      outside?.stop();
      await link.stop();
      beacon?.stop();
      server?.close();
    },
    ready: async () => void (await link.ready()),
    addresses: () => link.addresses(),
    acceptUpgrade: (request, socket, head) => upgrades.accept(request, socket, head),
    discovery: () => ({ mdns: options.mdns === true, beacon: beacon?.status(), outside: outside?.status() }),
  };
}

/** The port it listens at for TCP as it is, whatever was asked for. */
function tcpPortOf({ parts }: PassiveNode): number | undefined {
  const ports = parts.transportManager
    .getAddrs()
    .map((address) => /^\/ip[46]\/[^/]+\/tcp\/(\d+)(?:\/p2p\/|$)/.exec(address.toString())?.[1]);
  const [port] = ports.filter((one) => one !== undefined);
  return port === undefined ? undefined : Number(port);
}

function onAnyPort({ tcp, webrtcDirect, ...others }: NodeLinkOptions): NodeLinkOptions {
  return {
    ...others,
    ...(tcp === undefined ? {} : { tcp: { ...tcp, port: 0 } }),
    ...(webrtcDirect === undefined ? {} : { webrtcDirect: { ...webrtcDirect, port: 0 } }),
  };
}

function listenOn({ tcp, webrtcDirect }: NodeLinkOptions): readonly string[] {
  const ip = ({ host }: Listen): string => (host.includes(':') ? `/ip6/${host}` : `/ip4/${host}`);
  const addresses: string[] = [];
  if (tcp !== undefined) addresses.push(`${ip(tcp)}/tcp/${tcp.port}`);
  if (webrtcDirect !== undefined) addresses.push(`${ip(webrtcDirect)}/udp/${webrtcDirect.port}/webrtc-direct`);
  return addresses;
}

/** Imported only when wanted: the library and its native part are worth a quarter of a small relay's memory. */
async function webRtcTransports({ webrtc, webrtcDirect }: NodeLinkOptions): Promise<PassiveNodeOptions['transports']> {
  if (webrtc !== true && webrtcDirect === undefined) return [];
  const library = await import('@libp2p/webrtc');
  const direct =
    webrtcDirect === undefined
      ? library.webRTCDirect(NO_STUN)
      : library.webRTCDirect({ ...NO_STUN, certificate: await webRtcCertificate(library.webRTCDirect, webrtcDirect.certificate) });
  return webrtc === true ? [direct, library.webRTC(NO_STUN)] : [direct];
}

function relayInit({ reservations, circuitMs, circuitBytes }: RelayServerOptions): Parameters<typeof circuitRelayServer>[0] {
  return {
    maxInboundHopStreams: 32,
    reservations: {
      maxReservations: reservations ?? 512,
      ...(circuitMs === undefined ? {} : { defaultDurationLimit: circuitMs }),
      ...(circuitBytes === undefined ? {} : { defaultDataLimit: BigInt(circuitBytes) }),
    },
  };
}
