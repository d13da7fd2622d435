/**
 * One host of a lab: a network namespace with one interface, joined by a cable to a bridge that stands in another namespace, and everything that
 * leaves it counted and named. What stands on the bridge is the lab's to say (lab.ts, lab-nat.ts).
 */
import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Spoken, startProcess, type Teller } from '../story.ts';

const run = promisify(execFile);

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

/** Where a host's cable ends, and what it takes for its own network. */
export interface Place {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  /** The bridge, and the namespace it stands in. */
  readonly bridge: string;
  readonly bridgeNamespace: string;
  /** The broadcast address of its network, a /24. */
  readonly broadcast: string;
  /** Its way out, if it shall have one. */
  readonly gateway: string | undefined;
  /** Networks that are not outside, as nftables writes them. */
  readonly inside: readonly string[];
}

export const ip = async (...args: readonly string[]): Promise<string> => (await run('ip', [...args])).stdout;

export const nftIn = async (namespace: string, rules: string): Promise<string> =>
  (await run('ip', ['netns', 'exec', namespace, 'nft', '--json', rules.trim()])).stdout;

/** Adds a namespace with a loopback interface; it and whatever runs in it end with the story. */
export async function addNamespace(t: Teller, namespace: string): Promise<void> {
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
}

export async function addHost(t: Teller, place: Place): Promise<Host> {
  const { name, namespace, address, bridge, bridgeNamespace, gateway } = place;
  const port = `p-${name}`;
  await addNamespace(t, namespace);
  await ip('link', 'add', 'eth0', 'netns', namespace, 'type', 'veth', 'peer', 'name', port, 'netns', bridgeNamespace);
  await ip('-n', bridgeNamespace, 'link', 'set', port, 'master', bridge, 'up');
  await ip('-n', namespace, 'addr', 'add', `${address}/24`, 'broadcast', place.broadcast, 'dev', 'eth0');
  await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
  if (gateway !== undefined) await ip('-n', namespace, 'route', 'add', 'default', 'via', gateway, 'dev', 'eth0');
  await nftIn(namespace, watchRules(place.inside));

  return {
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
    cut: async () => void (await ip('-n', bridgeNamespace, 'link', 'set', port, 'down')),
    restore: async () => void (await ip('-n', bridgeNamespace, 'link', 'set', port, 'up')),
    interfaceDown: async () => void (await ip('-n', namespace, 'link', 'set', 'eth0', 'down')),
    async interfaceUp() {
      await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
      // The kernel forgets the default route with the interface.
      if (gateway !== undefined) await ip('-n', namespace, 'route', 'replace', 'default', 'via', gateway, 'dev', 'eth0');
    },
    nft: async (rules) => void (await nftIn(namespace, rules)),
  };
}

function watchRules(inside: readonly string[]): string {
  return `
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
add rule inet watch out ip daddr { ${inside.join(', ')}, 224.0.0.0/4, 255.255.255.255, 169.254.0.0/16 } accept
add rule inet watch out ip6 daddr { fe80::/10, ff00::/8 } accept
add rule inet watch out meta nfproto ipv4 meta l4proto { tcp, udp } update @strangers4 { ip daddr . meta l4proto . th dport }
add rule inet watch out meta nfproto ipv6 meta l4proto { tcp, udp } update @strangers6 { ip6 daddr . meta l4proto . th dport }
add rule inet watch out meta nfproto ipv4 meta l4proto != { tcp, udp } update @others4 { ip daddr . meta l4proto }
add rule inet watch out meta nfproto ipv6 meta l4proto != { tcp, udp } update @others6 { ip6 daddr . meta l4proto }
`;
}
