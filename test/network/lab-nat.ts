/**
 * Private networks behind the routers of a lab: a host of the lab becomes a router, and further hosts stand behind it with addresses of their own.
 * What comes from outside and was not asked for is dropped at the door, as home routers do it: without that the router would keep a place for it, and
 * the port a phone was given would be another one when it answers.
 */
import type { Teller } from '../story.ts';
import { areSettled, type Lab } from './lab.ts';
import { addHost, type Host, ip } from './lab-host.ts';

/** `plain`: the router gives a phone the same port towards everybody, if it can. `random`: another one for each far end. */
export type NatKind = 'plain' | 'random';

export interface PrivateNetwork {
  readonly router: Host;
  host(name: string): Host;
  nat(kind: NatKind): Promise<void>;
  /** From now on no UDP passes the router, as in some hotels and offices; again lets it pass. */
  forbidUdp(): Promise<void>;
  /** From now on nothing passes the router but TCP to these ports. */
  onlyTcpTo(ports: readonly number[]): Promise<void>;
  /** From now on nothing passes the router but UDP, and that only to other hosts than these. */
  onlyUdpBesides(addresses: readonly string[]): Promise<void>;
  /** From now on nothing passes the router but UDP to this port, and its answers. */
  onlyUdpTo(port: number): Promise<void>;
  /** From now on nothing leaves by the router that one of these nftables matches describes. */
  forbid(...matches: readonly string[]): Promise<void>;
  /** From now on who comes to the router at this TCP port is led to this host, as a keeper sets it up at home. */
  forwardTcp(port: number, host: string): Promise<void>;
  /** Ends what these began. */
  allowAll(): Promise<void>;
}

/** The network is 192.168.`number`.0/24, its router's own address .1, and the hosts' from .2 on in the order of `names`. */
export async function openPrivateNetwork(
  t: Teller,
  lab: Lab,
  routerName: string,
  number: number,
  names: readonly string[],
  kind: NatKind,
): Promise<PrivateNetwork> {
  const router = lab.host(routerName);
  const subnet = `192.168.${number}`;
  await ip('-n', router.namespace, 'link', 'add', 'lan0', 'type', 'bridge', 'mcast_snooping', '0');
  await ip('-n', router.namespace, 'addr', 'add', `${subnet}.1/24`, 'dev', 'lan0');
  await ip('-n', router.namespace, 'link', 'set', 'lan0', 'up');
  await router.run('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
  await router.nft(`add table ip door
add chain ip door post { type nat hook postrouting priority 100; }
add chain ip door pre { type nat hook prerouting priority -100; }
add chain ip door rules
add chain ip door through { type filter hook forward priority 0; }
add rule ip door through jump rules
add rule ip door through iifname "eth0" ct state new ct status dnat accept
add rule ip door through iifname "eth0" ct state new drop
add chain ip door in { type filter hook input priority 0; }
add rule ip door in iifname "eth0" ct state new drop`);

  const hosts = new Map<string, Host>();
  for (const [index, name] of names.entries()) {
    const place = {
      name,
      namespace: `k${process.pid}-${name}`,
      address: `${subnet}.${index + 2}`,
      bridge: 'lan0',
      bridgeNamespace: router.namespace,
      broadcast: `${subnet}.255`,
      gateway: `${subnet}.1`,
      inside: [`${lab.subnet}.0/24`, `${subnet}.0/24`],
    };
    const host = await addHost(t, place);
    hosts.set(name, host);
    lab.adopt(host);
  }
  await areSettled([...hosts.values()]);

  const setRules = async (rules: readonly string[]): Promise<void> => {
    await router.nft(['flush chain ip door rules', ...rules.map((rule) => `add rule ip door rules ${rule}`)].join('\n'));
    // What passed before is not let pass for that reason.
    await router.run('sh', ['-c', 'command -v conntrack > /dev/null && conntrack -F 2> /dev/null || true']);
  };
  const network: PrivateNetwork = {
    router,
    host(name) {
      const host = hosts.get(name);
      if (host === undefined) throw new Error(`the network has no host ${name}`);
      return host;
    },
    nat: (now) =>
      router.nft(`flush chain ip door post
add rule ip door post oifname "eth0" masquerade${now === 'random' ? ' fully-random' : ''}`),
    forbidUdp: () => setRules(['meta l4proto udp drop']),
    onlyTcpTo: (ports) => setRules([`oifname "eth0" tcp dport { ${ports.join(', ')} } accept`, 'oifname "eth0" drop']),
    onlyUdpBesides: (addresses) =>
      setRules(['oifname "eth0" meta l4proto tcp drop', `oifname "eth0" ip daddr { ${addresses.join(', ')} } drop`]),
    onlyUdpTo: (port) => setRules([`oifname "eth0" udp dport ${port} accept`, 'oifname "eth0" drop']),
    forbid: (...matches) => setRules(matches.map((match) => `oifname "eth0" ${match} drop`)),
    forwardTcp: (port, name) => router.nft(`add rule ip door pre iifname "eth0" tcp dport ${port} dnat to ${network.host(name).address}`),
    allowAll: () => setRules([]),
  };
  await network.nat(kind);
  return network;
}
