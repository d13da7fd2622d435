/**
 * A network of one's own: hosts as network namespaces on a bridge that stands in a namespace too, so the machine's own network is
 * never touched. Names carry the process id. Every packet a host sends to an address outside the lab is counted and named.
 * It never listens or routes outside its namespaces. Needs root; `labUnavailable` says what is missing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Teller, waitFor } from '../story.ts';
import { type Air, openAir } from './lab-air.ts';
import { addHost, addNamespace, type Host, ip, nftIn } from './lab-host.ts';

export type { Host } from './lab-host.ts';

const SUBNET = '10.77.0';
/** Nobody has this address: it only makes programs believe that there is a way out, so that what they try can be counted. */
const NOBODY = 254;

export interface Lab extends Air {
  host(name: string): Host;
  /** Counts a host that stands behind one of the lab's among its own. */
  adopt(host: Host): void;
  /** The first three numbers of its addresses. */
  readonly subnet: string;
  /** The bridge's namespace. */
  readonly switchNamespace: string;
  /** Adds nftables statements where the bridge stands (family `bridge`). */
  nft(rules: string): Promise<void>;
  /** Drops mDNS on the bridge, as a Wi-Fi that filters multicast does. */
  dropMulticastDns(): Promise<void>;
  /**
   * What any host tried to send outside the lab so far, one line `host → address,protocol,port` each; empty when nothing ever tried.
   * Multicast and broadcast of the local link are not outside; a DNS question to a resolver on loopback is.
   */
  strangers(): Promise<readonly string[]>;
  /** The number of packets that left all hosts, the lab's own included: proof that the counters count. */
  packets(): Promise<number>;
}

/** The reason why no lab can stand on this machine, or `undefined`. */
export function labUnavailable(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const tool of ['ip', 'nft']) {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
    } catch {
      return `${tool} is not installed (apt-get install iproute2 nftables)`;
    }
  }
  const probe = `k${process.pid}-probe`;
  try {
    execFileSync('ip', ['netns', 'add', probe], { stdio: 'pipe' });
    execFileSync('ip', ['netns', 'exec', probe, 'nft', 'add table inet probe'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `this machine does not let us make network namespaces (${error instanceof Error ? error.message.split('\n').at(-2) : error})`;
  } finally {
    try {
      execFileSync('ip', ['netns', 'delete', probe], { stdio: 'ignore' });
    } catch {
      // It was never made.
    }
  }
}

interface NftSetElements {
  readonly nftables: readonly { readonly set?: { readonly elem?: readonly unknown[] }; readonly counter?: { readonly packets: number } }[];
}

/**
 * Makes a lab with these hosts; it is torn down with the story. Host n has the address 10.77.0.n, in the order of `names`, or one under another
 * `subnet`: in here any will do.
 */
export async function openLab(
  t: Teller,
  names: readonly string[],
  options: { readonly defaultRoute?: boolean; readonly subnet?: string } = {},
): Promise<Lab> {
  const subnet = options.subnet ?? SUBNET;
  for (const name of names) if (!/^[a-z][a-z0-9]{0,8}$/.test(name)) throw new Error(`a host's name is 1 to 9 small letters: ${name}`);
  const prefix = `k${process.pid}`;
  const switchNamespace = `${prefix}-switch`;
  await addNamespace(t, switchNamespace);
  await ip('-n', switchNamespace, 'link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0');
  await ip('-n', switchNamespace, 'link', 'set', 'br0', 'up');

  const hosts = new Map<string, Host>();
  for (const [index, name] of names.entries()) {
    const place = {
      name,
      namespace: `${prefix}-${name}`,
      address: `${subnet}.${index + 1}`,
      bridge: 'br0',
      bridgeNamespace: switchNamespace,
      broadcast: `${subnet}.255`,
      gateway: options.defaultRoute === false ? undefined : `${subnet}.${NOBODY}`,
      inside: [`${subnet}.0/24`],
    };
    hosts.set(name, await addHost(t, place));
  }

  await areSettled([...hosts.values()]);

  return {
    subnet,
    switchNamespace,
    host(name) {
      const host = hosts.get(name);
      if (host === undefined) throw new Error(`the lab has no host ${name}`);
      return host;
    },
    adopt: (host) => void hosts.set(host.name, host),
    nft: async (rules) => void (await nftIn(switchNamespace, rules)),
    ...openAir(t, switchNamespace, names),
    async dropMulticastDns() {
      await nftIn(
        switchNamespace,
        `add table bridge filter
add chain bridge filter pass { type filter hook forward priority 0; }
add rule bridge filter pass ether daddr 01:00:5e:00:00:fb drop
add rule bridge filter pass ether daddr 33:33:00:00:00:fb drop`,
      );
    },
    async strangers() {
      const seen: string[] = [];
      for (const host of hosts.values()) {
        for (const set of ['strangers4', 'strangers6', 'others4', 'others6']) {
          const answer = JSON.parse(await nftIn(host.namespace, `list set inet watch ${set}`)) as NftSetElements;
          for (const one of answer.nftables.flatMap((part) => part.set?.elem ?? [])) {
            seen.push(
              `${host.name} → ${JSON.stringify(one)
                .replaceAll(/[{}[\]"]/g, '')
                .replaceAll(/\b(concat|elem|val):/g, '')}`,
            );
          }
        }
      }
      return seen;
    },
    async packets() {
      let sum = 0;
      for (const host of hosts.values()) {
        const answer = JSON.parse(await nftIn(host.namespace, 'list counter inet watch sent')) as NftSetElements;
        for (const part of answer.nftables) sum += part.counter?.packets ?? 0;
      }
      return sum;
    },
  };
}

/** An address that is still being tried out becomes usable a second later, and a browser takes that for a change of its network. */
export async function areSettled(hosts: readonly Host[]): Promise<void> {
  if (!existsSync('/proc/sys/net/ipv6/conf/all')) return;
  const isSettled = async (): Promise<boolean> => {
    for (const { namespace, run } of hosts) {
      if ((await run('cat', ['/proc/sys/net/ipv6/conf/eth0/disable_ipv6'])).trim() === '1') continue;
      const addresses = await ip('-n', namespace, '-6', 'addr', 'show', 'dev', 'eth0', 'scope', 'link');
      if (!addresses.includes('inet6') || addresses.includes('tentative')) return false;
    }
    return true;
  };
  await waitFor(isSettled, { withinMs: 15_000, what: "the hosts' own addresses are settled" });
}
