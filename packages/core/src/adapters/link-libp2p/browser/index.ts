/**
 * The link of a page: WebSockets to relays, WebRTC to other pages with a relay's circuit for the signalling, webrtc-direct to Node.
 * Lives on the page's thread, because workers have no RTCPeerConnection; the node in the worker reaches it by `link-message-port`.
 */
import '../promise-with-resolvers.ts';
import type { Ed25519PrivateKey } from '@libp2p/interface';
import type { Link } from '../../../ports/link.ts';
import { ByHand } from '../by-hand/by-hand.ts';
import { Libp2pLink, type LinkTuning } from '../libp2p-link.ts';
import { type PassiveNode, type PassiveNodeOptions, startPassiveNode } from '../passive-node.ts';
import { webSocketDialling } from '../web-socket-dialling.ts';
import { IceServers } from './ice-servers.ts';

export type { LinkTuning } from '../libp2p-link.ts';

export interface BrowserLinkOptions extends LinkTuning {
  /** WebRTC to other pages and to Node. Its code is fetched when the link is told to listen, not before. Default true. */
  readonly webrtc?: boolean;
  /** Default 256. */
  readonly connectionsMax?: number;
  /** The IndexedDB database of the certificates for meeting again by hand. Default `kith-certificates`. */
  readonly certificatesName?: string;
}

export interface BrowserLink extends Link {
  /** Resolves when the node is there. Call after `listen` was performed. */
  ready(): Promise<void>;
  /** Under which others can reach this page now: through relays it has a reservation at. */
  addresses(): Promise<readonly string[]>;
}

export function createBrowserLink(options: BrowserLinkOptions = {}): BrowserLink {
  const hasWebRtc = options.webrtc !== false && 'RTCPeerConnection' in globalThis;
  const iceServers = new IceServers();
  const { certificatesName } = options;
  const hands = new ByHand({
    iceServers: () => iceServers.current,
    ...(certificatesName === undefined ? {} : { databaseName: certificatesName }),
  });

  const makeNode = async (privateKey: Ed25519PrivateKey): Promise<PassiveNode> =>
    startPassiveNode({
      privateKey,
      transports: [webSocketDialling(), ...(hasWebRtc ? await webRtcTransports(iceServers) : [])],
      listen: hasWebRtc ? ['/webrtc'] : [],
      announce: [],
      connectionsMax: options.connectionsMax ?? 256,
      services: {},
    });

  const link = new Libp2pLink({
    ...options,
    makeNode,
    ownAddresses: () => [],
    offersWebRtc: hasWebRtc,
    ...(hasWebRtc ? { hands } : {}),
    reservedAt: (connection) => iceServers.reserved(connection),
  });
  return {
    start: (listener) => link.start(listener),
    perform: (command) => link.perform(command),
    send: (neighbour, frame) => link.send(neighbour, frame),
    stop: () => link.stop(),
    ready: async () => void (await link.ready()),
    addresses: () => link.addresses(),
  };
}

async function webRtcTransports(iceServers: IceServers): Promise<PassiveNodeOptions['transports']> {
  const { webRTC, webRTCDirect } = await import('@libp2p/webrtc');
  // whoever is dialled by webrtc-direct has an address of its own: there is nothing to find out
  return [
    webRTC({ rtcConfiguration: async () => ({ iceServers: iceServers.current }) }),
    webRTCDirect({ rtcConfiguration: { iceServers: [] } }),
  ];
}
