/**
 * The networks this machine is on, as the beacon sees them: one for each address of an interface that others nearby can reach.
 * Reads what the system says; asks nobody. Rule: docs/protocol/link.md §4.2.
 */
import type { NetworkInterfaceInfo } from 'node:os';
import { NETWORKS_MAX } from './limits.ts';

export interface BeaconNetwork {
  readonly family: 4 | 6;
  readonly interface: string;
  readonly address: string;
  /** IPv4 alone; `undefined` where a network has none. */
  readonly broadcast: string | undefined;
  /** Of the address, as many bits are the network's. */
  readonly bits: number;
}

/** Where the node can be reached by TCP: for each family every address, one of them, or none. */
export interface Listening {
  readonly ip4: string | undefined;
  readonly ip6: string | undefined;
}

/** IPv4 networks, and link-local IPv6 ones, of which every interface has one. Never loopback. */
export function beaconNetworks(
  found: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
  { ip4, ip6 }: Listening,
): readonly BeaconNetwork[] {
  const networks: BeaconNetwork[] = [];
  for (const [name, infos = []] of Object.entries(found)) {
    for (const { internal, family, address, cidr } of infos) {
      const isLinkLocal = family === 'IPv4' || /^fe[89ab][0-9a-f]:/.test(address);
      const at = family === 'IPv4' ? ip4 : ip6;
      if (internal || !isLinkLocal || (at !== address && at !== '0.0.0.0' && at !== '::')) continue;
      const bits = Number(cidr?.split('/')[1] ?? (family === 'IPv4' ? 32 : 64));
      const broadcast = family === 'IPv4' ? broadcastOf(address, bits) : undefined;
      networks.push({ family: family === 'IPv4' ? 4 : 6, interface: name, address, broadcast, bits });
    }
  }
  return networks.slice(0, NETWORKS_MAX);
}

/** A network of one or two addresses has none. */
function broadcastOf(address: string, bits: number): string | undefined {
  const value = ip4Value(address);
  return value === undefined || bits > 30 ? undefined : ip4Text((value | (0xffff_ffff >>> bits)) >>> 0);
}

/** The network that a packet with this source came from; `undefined` for one that came from elsewhere. */
export function networkOf(source: string, networks: readonly BeaconNetwork[]): BeaconNetwork | undefined {
  const [address = '', zone] = source.split('%');
  if (zone !== undefined) return networks.find((network) => network.family === 6 && network.interface === zone);
  const value = ip4Value(address);
  if (value === undefined) return undefined;
  return networks.find((network) => {
    const own = network.family === 4 ? ip4Value(network.address) : undefined;
    return own !== undefined && (network.bits === 0 || (own ^ value) >>> (32 - network.bits) === 0);
  });
}

/** The multiaddr of a TCP port at the source of a packet. */
export function addressAt(source: string, tcpPort: number): string {
  const [address, zone] = source.split('%');
  if (zone !== undefined) return `/ip6zone/${zone}/ip6/${address}/tcp/${tcpPort}`;
  return `/ip4/${address}/tcp/${tcpPort}`;
}

function ip4Value(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((value, part) => value * 256 + part, 0);
}

function ip4Text(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
