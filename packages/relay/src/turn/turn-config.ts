/**
 * The configuration of the TURN server as coturn reads it. Never says which programs it is given to. Why each line stands here is told in
 * docs/operations/nat.md.
 */
import type { TurnBounds } from './bounds.ts';
import { RELAYED_PORTS } from './limits.ts';

export interface TurnPlace {
  readonly port: number;
  /** Of this machine. Phones come by all of them; what is carried leaves by IPv4 if there is one of it. */
  readonly addresses: readonly string[];
  readonly bounds: TurnBounds;
  /** For its pid file, and for the data base of users that it opens and that stays empty. */
  readonly folder: string;
}

/**
 * Whom nobody may reach by way of this machine: itself where only its own programs listen, machines that answer by link-local addresses, and
 * everybody at once. The local network is not among them: the phones that need this server are there.
 */
const DENIED: readonly string[] = [
  '0.0.0.0-0.255.255.255',
  '127.0.0.0-127.255.255.255',
  '169.254.0.0-169.254.255.255',
  '224.0.0.0-255.255.255.255',
  // not from '::' on: coturn takes a range that begins there for one of all families
  '::1',
  '::ffff:0.0.0.0-::ffff:255.255.255.255',
  // IPv4 addresses in the clothes of IPv6: NAT64 and 6to4
  '64:ff9b::-64:ff9b::ffff:ffff',
  '2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  'fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  'ff00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
];

export function turnConfig(place: TurnPlace, secret: string): string {
  const [firstPort, lastPort] = RELAYED_PORTS;
  const { addresses, bounds } = place;
  // so two phones meet here whichever way each of them came
  const ip4 = addresses.filter((address) => !address.includes(':'));
  const lines = [
    `listening-port=${place.port}`,
    ...addresses.map((address) => `listening-ip=${address}`),
    ...(ip4.length > 0 ? ip4 : addresses).map((address) => `relay-ip=${address}`),
    ...(ip4.length > 0 ? [] : ['allocation-default-address-family=ipv6']),
    `min-port=${firstPort}`,
    `max-port=${lastPort}`,
    'relay-threads=1',
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    'realm=kith',
    'fingerprint',
    'stale-nonce=600',
    'no-cli',
    'no-tls',
    'no-dtls',
    'no-tcp-relay',
    'no-multicast-peers',
    'no-software-attribute',
    'no-rfc5780',
    'no-stun-backward-compatibility',
    'response-origin-only-with-rfc5780',
    ...DENIED.map((range) => `denied-peer-ip=${range}`),
    `user-quota=${bounds.allocationsEach}`,
    `total-quota=${bounds.allocations}`,
    `max-bps=${bounds.rateEach}`,
    `bps-capacity=${bounds.rateTotal}`,
    // what it would log are addresses and names
    'log-file=/dev/null',
    'simple-log',
    'no-stdout-log',
    `pidfile=${place.folder}/turnserver.pid`,
    `userdb=${place.folder}/users.db`,
  ];
  return `${lines.join('\n')}\n`;
}
