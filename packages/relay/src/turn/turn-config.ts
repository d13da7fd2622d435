/**
 * The configuration of the TURN server as coturn reads it. Never says which programs it is given to. Why each line stands here is told in
 * docs/operations/nat.md.
 */
import { ALLOCATIONS_EACH_MAX, RATE_EACH_MAX, RELAYED_PORTS } from './limits.ts';

export interface TurnPlace {
  readonly port: number;
  /** IPv4 addresses of this machine. */
  readonly addresses: readonly string[];
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
  '::1',
  '::ffff:0.0.0.0-::ffff:255.255.255.255',
  'fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  'ff00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
];

export function turnConfig(place: TurnPlace, secret: string): string {
  const [firstPort, lastPort] = RELAYED_PORTS;
  const lines = [
    `listening-port=${place.port}`,
    ...place.addresses.flatMap((address) => [`listening-ip=${address}`, `relay-ip=${address}`]),
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
    `user-quota=${ALLOCATIONS_EACH_MAX}`,
    `total-quota=${lastPort - firstPort + 1}`,
    `max-bps=${RATE_EACH_MAX}`,
    // what it would log are addresses and names
    'log-file=/dev/null',
    'simple-log',
    'no-stdout-log',
    `pidfile=${place.folder}/turnserver.pid`,
    `userdb=${place.folder}/users.db`,
  ];
  return `${lines.join('\n')}\n`;
}
