/**
 * The STUN and TURN servers of this page's relays, for every connection it makes: `/webrtc` and by hand. Each relay is asked on the connection
 * that holds a reservation there, and again before its credentials end; what it answers counts at the host where this page dialled it and
 * nowhere else. No public server is ever among them. Rule: docs/protocol/link.md §5.
 */
import type { Connection } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { IceOffer } from '../ice-offer.ts';
import { askIce } from '../ice-protocol.ts';

/** Relays whose servers are used at a time: more of them only make the browser slower to find a way. */
const RELAYS_MAX = 4;
/** After an answer that was none, or a refusal. */
const ASK_AGAIN_MS = 60_000;
const ANSWER_WITHIN_MS = 10_000;
/** Asked again when less than this share of the lifetime is left. */
const RENEW_SHARE = 0.25;

interface Asked {
  readonly connection: Connection;
  readonly askAgainAtMs: number;
  /** Absent: none is there, or none was told yet. */
  readonly found?: { readonly servers: readonly RTCIceServer[]; readonly endsAtMs: number };
}

export interface IceServersOptions {
  readonly ask?: (connection: Connection, signal: AbortSignal) => Promise<IceOffer | undefined>;
  readonly nowMs?: () => number;
}

export class IceServers {
  readonly #ask: (connection: Connection, signal: AbortSignal) => Promise<IceOffer | undefined>;
  readonly #nowMs: () => number;
  /** By the relay's peer id, the one that was asked last at the end. */
  readonly #relays: Map<string, Asked> = new Map();

  constructor(options: IceServersOptions = {}) {
    this.#ask = options.ask ?? askIce;
    this.#nowMs = options.nowMs ?? ((): number => Date.now());
  }

  /** As RTCPeerConnection takes them. */
  get current(): RTCIceServer[] {
    const nowMs = this.#nowMs();
    return [...this.#relays.values()].flatMap(({ found }) => (found !== undefined && found.endsAtMs > nowMs ? found.servers : []));
  }

  /** A reservation is held on this connection now. Told as often as that is known; asks only when there is reason to. */
  reserved(connection: Connection): void {
    const host = hostOf(connection.remoteAddr);
    const relay = connection.remotePeer.toString();
    const before = this.#relays.get(relay);
    if (host === undefined || (before?.connection === connection && this.#nowMs() < before.askAgainAtMs)) return;
    const kept = before?.connection === connection ? before.found : undefined;
    this.#keep(relay, { connection, askAgainAtMs: this.#nowMs() + ASK_AGAIN_MS, ...(kept === undefined ? {} : { found: kept }) });
    if (before?.connection !== connection) connection.addEventListener('close', () => this.#forget(relay, connection));
    this.#ask(connection, AbortSignal.timeout(ANSWER_WITHIN_MS)).then(
      (offer) => this.#answered(relay, connection, host, offer),
      () => {}, // it speaks of no such server, or is gone: asked again by and by
    );
  }

  #answered(relay: string, connection: Connection, host: string, offer: IceOffer | undefined): void {
    if (this.#relays.get(relay)?.connection !== connection || connection.status !== 'open') return;
    const nowMs = this.#nowMs();
    if (offer === undefined) return this.#keep(relay, { connection, askAgainAtMs: nowMs + ASK_AGAIN_MS });
    this.#keep(relay, {
      connection,
      askAgainAtMs: nowMs + Math.max(ASK_AGAIN_MS, offer.lifetimeMs * (1 - RENEW_SHARE)),
      found: { servers: serversOf(host, offer), endsAtMs: nowMs + offer.lifetimeMs },
    });
  }

  #keep(relay: string, asked: Asked): void {
    this.#relays.delete(relay);
    this.#relays.set(relay, asked);
    for (const oldest of this.#relays.keys()) {
      if (this.#relays.size <= RELAYS_MAX) return;
      this.#relays.delete(oldest);
    }
  }

  #forget(relay: string, connection: Connection): void {
    if (this.#relays.get(relay)?.connection === connection) this.#relays.delete(relay);
  }
}

function serversOf(host: string, { port, username, credential }: IceOffer): readonly RTCIceServer[] {
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return [{ urls: [`stun:${at}`] }, { urls: [`turn:${at}?transport=udp`, `turn:${at}?transport=tcp`], username, credential }];
}

/** Where the page dialled: an IP address or a name; `undefined` through a circuit and for anything that does not read like one. */
function hostOf(address: Multiaddr): string | undefined {
  const components = address.getComponents();
  if (components.some((component) => component.name === 'p2p-circuit')) return undefined;
  const { name, value = '' } = components[0] ?? {};
  const isHost =
    name === 'ip4' || name === 'ip6' || ((name === 'dns' || name === 'dns4' || name === 'dns6') && /^[a-z0-9.-]{1,253}$/i.test(value));
  return isHost ? value : undefined;
}
