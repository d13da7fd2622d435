/**
 * An IPv4 address and a TCP port in the world outside, as libp2p writes it in bytes (multiaddr), and which of them count. Everything that another
 * node names to be dialled is one of these or nothing: no name is looked up, and no network of one's own is reached.
 */
import { isIPv4 } from 'node:net';
import { isPrivateIp } from '@libp2p/utils';
import type { Multiaddr } from '@multiformats/multiaddr';
import { type Bytes, bytesOf } from '../../../../kernel/bytes.ts';
import { PORT_MIN } from './limits.ts';

export interface Place {
  /** Four numbers with points between. */
  readonly host: string;
  readonly port: number;
}

/** Codes of `/ip4` and `/tcp`, and the first bytes of `/p2p`. */
const IP4 = 4;
const TCP = 6;
const P2P = [0xa5, 0x03] as const;
const PLACE_BYTES = 8;
/** The first number of groups and of what is kept for later (RFC 5771, RFC 1112 §4). */
const MULTICAST_FROM = 224;

export function encodePlace({ host, port }: Place): Bytes {
  return bytesOf([IP4, ...host.split('.').map(Number), TCP, port >>> 8, port & 0xff]);
}

/** `undefined` for anything but `/ip4/…/tcp/…`, with or without a peer behind. */
export function decodePlace(bytes: Uint8Array): Place | undefined {
  const [ip4, a, b, c, d, tcp, high = 0, low = 0, ...behind] = bytes;
  if (bytes.length < PLACE_BYTES || ip4 !== IP4 || tcp !== TCP) return undefined;
  if (behind.length > 0 && !(behind[0] === P2P[0] && behind[1] === P2P[1])) return undefined;
  return { host: `${a}.${b}.${c}.${d}`, port: high * 256 + low };
}

/** Where a connection comes from or leads to, whatever is spoken on its socket; `undefined` for what is no IPv4. */
export function placeOf(address: Multiaddr): Place | undefined {
  const [ip4, tcp] = address.getComponents();
  if (ip4?.name !== 'ip4' || ip4.value === undefined || !isIPv4(ip4.value) || tcp?.name !== 'tcp') return undefined;
  return { host: ip4.value, port: Number(tcp.value) };
}

/** Whether it is in the world outside, at a port that anybody's program may have. */
export function isOutside({ host, port }: Place): boolean {
  return port >= PORT_MIN && Number(host.split('.')[0]) < MULTICAST_FROM && isPrivateIp(host) === false;
}
