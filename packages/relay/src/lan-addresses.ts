/** The addresses of this machine that a phone in the house can open. Never asks anyone. */
import type { NetworkInterfaceInfo } from 'node:os';

const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;
/** Interfaces behind which is no house, but programs of this machine or another network. */
export const NOT_A_HOUSE: RegExp = /^(docker|br-|veth|virbr|lxc|cni|flannel|tun|wg|tailscale|zt)/;

/** IPv4 addresses, likeliest first: private ones on real networks before all others. `host`: the only one listened at, if one was chosen. */
export function lanAddresses(
  found: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
  host: string | undefined,
): readonly string[] {
  const all = Object.entries(found).flatMap(([name, infos = []]) =>
    infos
      .filter((info) => info.family === 'IPv4' && !info.internal && !info.address.startsWith('169.254.'))
      .map((info) => ({ address: info.address, rank: (PRIVATE.test(info.address) ? 0 : 1) + (NOT_A_HOUSE.test(name) ? 2 : 0) })),
  );
  const ordered = all.sort((a, b) => a.rank - b.rank).map(({ address }) => address);
  return host === undefined || host === '0.0.0.0' || host === '::' ? ordered : ordered.filter((address) => address === host);
}
