/**
 * A network of one's own: hosts as network namespaces on a bridge that stands in a namespace too, so the machine's own network is
 * never touched. Names carry the process id. Every packet a host sends to an address outside the lab is counted and named.
 * It never listens or routes outside its namespaces. Needs root; `labUnavailable` says what is missing.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Spoken, startProcess, type Teller, waitFor } from '../story.ts';

const run = promisify(execFile);

const SUBNET = '10.77.0';
/** Nobody has this address: it only makes programs believe that there is a way out, so that what they try can be counted. */
const NOBODY = `${SUBNET}.254`;

export interface Host {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  /** Runs a command to its end in this host and returns what it printed; throws with its words when it fails. */
  run(command: string, args: readonly string[]): Promise<string>;
  /** Starts a program in this host; it is ended with the story. */
  spawn(command: string, args: readonly string[], options?: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv }): Spoken;
  /** A script that runs `executable` in this host, for programs that want one path (a browser's executablePath). */
  wrapper(executable: string, folder: string): Promise<string>;
  /** Pulls the cable: the address stays, nothing passes. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** Takes the host's own interface down, as when Wi-Fi is switched off. */
  interfaceDown(): Promise<void>;
  interfaceUp(): Promise<void>;
  /** Adds nftables statements to this host. */
  nft(rules: string): Promise<void>;
}

export interface Lab {
  host(name: string): Host;
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

const WATCH = `
add table inet watch
add set inet watch strangers4 { type ipv4_addr . inet_proto . inet_service; flags dynamic; size 4096; }
add set inet watch strangers6 { type ipv6_addr . inet_proto . inet_service; flags dynamic; size 4096; }
add set inet watch others4 { type ipv4_addr . inet_proto; flags dynamic; size 4096; }
add set inet watch others6 { type ipv6_addr . inet_proto; flags dynamic; size 4096; }
add counter inet watch sent
add chain inet watch out { type filter hook output priority 0; }
add rule inet watch out oifname "lo" th dport 53 meta nfproto ipv4 update @strangers4 { ip daddr . meta l4proto . th dport }
add rule inet watch out oifname "lo" accept
add rule inet watch out counter name sent
add rule inet watch out ip daddr { ${SUBNET}.0/24, 224.0.0.0/4, 255.255.255.255, 169.254.0.0/16 } accept
add rule inet watch out ip6 daddr { fe80::/10, ff00::/8 } accept
add rule inet watch out meta nfproto ipv4 meta l4proto { tcp, udp } update @strangers4 { ip daddr . meta l4proto . th dport }
add rule inet watch out meta nfproto ipv6 meta l4proto { tcp, udp } update @strangers6 { ip6 daddr . meta l4proto . th dport }
add rule inet watch out meta nfproto ipv4 meta l4proto != { tcp, udp } update @others4 { ip daddr . meta l4proto }
add rule inet watch out meta nfproto ipv6 meta l4proto != { tcp, udp } update @others6 { ip6 daddr . meta l4proto }
`;

interface NftSetElements {
  readonly nftables: readonly { readonly set?: { readonly elem?: readonly unknown[] }; readonly counter?: { readonly packets: number } }[];
}

/** Makes a lab with these hosts; it is torn down with the story. Host n has the address 10.77.0.n, in the order of `names`. */
export async function openLab(t: Teller, names: readonly string[], options: { readonly defaultRoute?: boolean } = {}): Promise<Lab> {
  for (const name of names) if (!/^[a-z][a-z0-9]{0,8}$/.test(name)) throw new Error(`a host's name is 1 to 9 small letters: ${name}`);
  const prefix = `k${process.pid}`;
  const switchNamespace = `${prefix}-switch`;
  const ip = async (...args: string[]): Promise<string> => (await run('ip', args)).stdout;
  const nftIn = async (namespace: string, rules: string): Promise<string> =>
    (await run('ip', ['netns', 'exec', namespace, 'nft', '--json', rules.trim()])).stdout;

  const addNamespace = async (namespace: string): Promise<void> => {
    await ip('netns', 'add', namespace);
    t.cleanup(async () => {
      const { stdout } = await run('ip', ['netns', 'pids', namespace]);
      for (const pid of stdout.split('\n').filter(Boolean)) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // It ended by itself.
        }
      }
      await ip('netns', 'delete', namespace);
    });
    await ip('-n', namespace, 'link', 'set', 'lo', 'up');
  };

  await addNamespace(switchNamespace);
  await ip('-n', switchNamespace, 'link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0');
  await ip('-n', switchNamespace, 'link', 'set', 'br0', 'up');

  const hosts = new Map<string, Host>();
  for (const [index, name] of names.entries()) {
    const namespace = `${prefix}-${name}`;
    const address = `${SUBNET}.${index + 1}`;
    const port = `p-${name}`;
    await addNamespace(namespace);
    await ip('link', 'add', 'eth0', 'netns', namespace, 'type', 'veth', 'peer', 'name', port, 'netns', switchNamespace);
    await ip('-n', switchNamespace, 'link', 'set', port, 'master', 'br0', 'up');
    await ip('-n', namespace, 'addr', 'add', `${address}/24`, 'broadcast', `${SUBNET}.255`, 'dev', 'eth0');
    await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
    if (options.defaultRoute !== false) await ip('-n', namespace, 'route', 'add', 'default', 'via', NOBODY, 'dev', 'eth0');
    await nftIn(namespace, WATCH);

    hosts.set(name, {
      name,
      namespace,
      address,
      async run(command, args) {
        return (await run('ip', ['netns', 'exec', namespace, command, ...args], { maxBuffer: 16 * 1024 * 1024 })).stdout;
      },
      spawn(command, args, how) {
        const started = startProcess('ip', ['netns', 'exec', namespace, command, ...args], how);
        t.cleanup(() => started.stop());
        return started;
      },
      async wrapper(executable, folder) {
        const path = join(folder, `in-${name}.sh`);
        await writeFile(path, `#!/bin/sh\nexec ip netns exec ${namespace} ${executable} "$@"\n`);
        await chmod(path, 0o700);
        return path;
      },
      cut: async () => void (await ip('-n', switchNamespace, 'link', 'set', port, 'down')),
      restore: async () => void (await ip('-n', switchNamespace, 'link', 'set', port, 'up')),
      interfaceDown: async () => void (await ip('-n', namespace, 'link', 'set', 'eth0', 'down')),
      async interfaceUp() {
        await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
        // The kernel forgets the default route with the interface.
        if (options.defaultRoute !== false) await ip('-n', namespace, 'route', 'replace', 'default', 'via', NOBODY, 'dev', 'eth0');
      },
      nft: async (rules) => void (await nftIn(namespace, rules)),
    });
  }

  // An address that is still being tried out becomes usable a second later, and a browser takes that for a change of its network.
  const isSettled = async (): Promise<boolean> => {
    for (const { namespace, run: runIn } of hosts.values()) {
      if ((await runIn('cat', ['/proc/sys/net/ipv6/conf/eth0/disable_ipv6'])).trim() === '1') continue;
      const addresses = await ip('-n', namespace, '-6', 'addr', 'show', 'dev', 'eth0', 'scope', 'link');
      if (!addresses.includes('inet6') || addresses.includes('tentative')) return false;
    }
    return true;
  };
  if (existsSync('/proc/sys/net/ipv6/conf/all'))
    await waitFor(isSettled, { withinMs: 15_000, what: "the hosts' own addresses are settled" });

  return {
    switchNamespace,
    host(name) {
      const host = hosts.get(name);
      if (host === undefined) throw new Error(`the lab has no host ${name}`);
      return host;
    },
    nft: async (rules) => void (await nftIn(switchNamespace, rules)),
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
