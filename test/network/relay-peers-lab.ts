/**
 * Two networks with a router between them, which lets nothing through but TCP from one relay to the other: no multicast, no broadcast, no person.
 * Names are what each host's own hosts file says, and that may change while programs run.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Teller } from '../story.ts';
import { addHost, addNamespace, type Host, ip, nftIn } from './lab-host.ts';

export interface TwoNetworks {
  /** By name: `r1`, `p1` in the first network, `r2`, `p2` in the second. */
  host(name: 'r1' | 'p1' | 'r2' | 'p2'): Host;
  /** The relay of the second network leaves its address and takes this one. */
  moveRelay(from: string, to: string): Promise<void>;
  /** From now on a host takes this name for that address. */
  setName(host: Host, name: string, address: string): Promise<void>;
}

/** The addresses a relay of the second network may have; its first is .1. */
export const RELAY_ADDRESSES = ['10.78.2.1', '10.78.2.9'] as const;
const ROUTER = 254;

export async function openTwoNetworks(t: Teller): Promise<TwoNetworks> {
  const prefix = `k${process.pid}`;
  const router = `${prefix}-router`;
  await addNamespace(t, router);
  const hosts = new Map<string, Host>();
  for (const network of [1, 2]) {
    const subnet = `10.78.${network}`;
    const bridge = `br${network}`;
    await ip('-n', router, 'link', 'add', bridge, 'type', 'bridge', 'mcast_snooping', '0');
    await ip('-n', router, 'addr', 'add', `${subnet}.${ROUTER}/24`, 'dev', bridge);
    await ip('-n', router, 'link', 'set', bridge, 'up');
    for (const [index, name] of [`r${network}`, `p${network}`].entries()) {
      const namespace = `${prefix}-${name}`;
      const folder = join('/etc/netns', namespace);
      // Before the namespace is entered for the first time, or its hosts file is this machine's.
      await mkdir(folder, { recursive: true });
      t.cleanup(() => rm(folder, { recursive: true, force: true }));
      await writeFile(join(folder, 'hosts'), '127.0.0.1 localhost\n');
      const place = {
        name,
        namespace,
        address: `${subnet}.${index + 1}`,
        bridge,
        bridgeNamespace: router,
        broadcast: `${subnet}.255`,
        gateway: `${subnet}.${ROUTER}`,
        inside: ['10.78.0.0/16'],
      };
      hosts.set(name, await addHost(t, place));
    }
  }
  await ip('netns', 'exec', router, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  // What a bridge passes on by itself comes by here too on machines with br_netfilter.
  const there = RELAY_ADDRESSES.join(', ');
  await nftIn(
    router,
    `add table ip door
add chain ip door through { type filter hook forward priority 0; policy drop; }
add rule ip door through iifname "br1" oifname "br1" accept
add rule ip door through iifname "br2" oifname "br2" accept
add rule ip door through ip saddr 10.78.1.1 ip daddr { ${there} } meta l4proto { tcp, icmp } accept
add rule ip door through ip saddr { ${there} } ip daddr 10.78.1.1 meta l4proto { tcp, icmp } accept`,
  );
  const host = (name: string): Host => hosts.get(name) as Host;
  return {
    host,
    async moveRelay(from, to) {
      const { namespace } = host('r2');
      await ip('-n', namespace, 'addr', 'del', `${from}/24`, 'dev', 'eth0');
      await ip('-n', namespace, 'addr', 'add', `${to}/24`, 'broadcast', '10.78.2.255', 'dev', 'eth0');
      await ip('-n', namespace, 'route', 'replace', 'default', 'via', `10.78.2.${ROUTER}`, 'dev', 'eth0');
    },
    // Written in place: what a namespace sees is the file, not its name.
    setName: ({ namespace }, name, address) =>
      writeFile(join('/etc/netns', namespace, 'hosts'), `127.0.0.1 localhost\n${address} ${name}\n`),
  };
}
