/**
 * `/.well-known/kith.json`: how the app that was just opened finds the relay that served it. Public, and says nothing about people.
 * The addresses are multiaddrs, as libp2p reads them.
 */
import { isIP } from 'node:net';
import type { Origin } from '../authority/origin.ts';

export interface KithJson {
  readonly kith: 1;
  /** What people call this relay. */
  readonly name: string;
  /** The address under which phones keep the app. */
  readonly origin: string;
  readonly relay: { readonly key: string; readonly addresses: readonly string[] };
  readonly version: string;
}

export interface RelayFacts {
  readonly key: string;
  readonly addresses: readonly string[];
}

interface HouseFacts {
  readonly name: string;
  readonly version: string;
  readonly origin: Origin;
}

/** The site that was asked, in its own words. */
interface AskedAt {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

/** `/dns4/<name>/tcp/<port>` or `/ip4/…`, `/ip6/…`. */
export function tcpAddress(host: string, port: number): string {
  const family = isIP(host);
  return `/${family === 4 ? 'ip4' : family === 6 ? 'ip6' : 'dns4'}/${host}/tcp/${port}`;
}

/**
 * On this very machine the local socket first; then the house's own, and what needs no house key. All of them always: invitations name
 * them to others, for whom `localhost` is somebody else. Plain TCP is of no use to a browser and is left out.
 */
export function kithJson(house: HouseFacts, relay: RelayFacts, from: AskedAt): KithJson {
  const local = from.scheme === 'http' ? [`${tcpAddress(from.host, from.port)}/ws`] : [];
  const own = `${tcpAddress(house.origin.host, house.origin.port)}/tls/ws`;
  // Of a relay behind a router some lead through another relay, for relays alone.
  const direct = relay.addresses.filter((address) => address.includes('/webrtc-direct') && !address.includes('/p2p-circuit'));
  return {
    kith: 1,
    name: house.name,
    origin: house.origin.href,
    relay: { key: relay.key, addresses: [...local, own, ...direct] },
    version: house.version,
  };
}
