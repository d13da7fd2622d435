/**
 * The address grammar the machines need: how a person is reached through a relay's signalling, and which addresses that were heard on
 * the local network are of it. libp2p multiaddrs; peer ids of Ed25519 keys (libp2p peer-ids specification).
 * Rule: docs/protocol/neighbours.md §2.
 */
import { base58 } from '../kernel/base58.ts';
import { fromHex } from '../kernel/bytes.ts';
import { ADDRESS_LENGTH_MAX, ADDRESSES_MAX } from './limits.ts';

/** An identity multihash of the protobuf-encoded public key: 0x00 0x24, then key type Ed25519 and 32 bytes. */
const PEER_ID_PREFIX = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/** The libp2p peer id of a transport key; `undefined` if it is not 64 hexadecimal digits. */
export function peerIdOf(transportKey: string): string | undefined {
  const key = fromHex(transportKey);
  return key?.length === 32 ? base58([...PEER_ID_PREFIX, ...key]) : undefined;
}

/** Where a person is reached when both keep a reservation at a relay: WebRTC, signalled through the relay's circuit. Takes peer ids. */
export function throughRelay(relayAddress: string, relay: string, person: string): string {
  return `${relayAddress}/p2p/${relay}/p2p-circuit/webrtc/p2p/${person}`;
}

/** What a stranger may make us dial: a whole address of plain TCP, beyond the ports at which a system's own services listen. */
const LOCAL_ADDRESS = /^\/(?:ip4\/(\d{1,3}(?:\.\d{1,3}){3})|(?:ip6zone\/([\w.:@-]{1,32})\/)?ip6\/([0-9a-f:]{2,39}))\/tcp\/([1-9]\d{3,4})$/;

/** RFC 1918, RFC 3927, RFC 6598: networks that end at somebody's router. Never this device itself. */
function isLocalIp4(text: string): boolean {
  const parts = text.split('.').map(Number);
  const [a, b] = parts as [number, number, number, number];
  if (parts.some((part) => part > 255) || parts.join('.') !== text) return false;
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

/** RFC 4193; and with the name of an interface, without which they are no use, link-local ones (RFC 4291 §2.5.6). */
function isLocalIp6(text: string, zone: string | undefined): boolean {
  return zone === undefined ? /^f[cd][0-9a-f]{2}:/.test(text) : /^fe[89ab][0-9a-f]:/.test(text);
}

/** Of addresses that somebody announced on the local network, those that may be dialled, at most `ADDRESSES_MAX`. */
export function localAddresses(addresses: readonly string[]): readonly string[] {
  const local: string[] = [];
  for (const address of addresses) {
    if (local.length === ADDRESSES_MAX) break;
    const [, ip4, zone, ip6, port] = (address.length <= ADDRESS_LENGTH_MAX && LOCAL_ADDRESS.exec(address)) || [];
    const isLocal = ip4 === undefined ? ip6 !== undefined && isLocalIp6(ip6, zone) : isLocalIp4(ip4);
    if (isLocal && Number(port) >= 1024 && Number(port) <= 65_535) local.push(address);
  }
  return local;
}
