/**
 * What lies between the hosts of a lab: loss, a narrow road, and a long one. This kernel has no netem, so frames that shall wait are carried through
 * a program of ours (`lab-delay.ts`). Changes nothing on the hosts themselves.
 */
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Spoken, startProcess, type Teller, waitFor } from '../story.ts';
import type { DelayArguments } from './lab-delay.ts';
import { ip, nftIn } from './lab-host.ts';

const run = promisify(execFile);

export interface Air {
  /** From now on a packet is on its way between two hosts for so long, one way. Needs socat: `delayUnavailable`. */
  delay(ms: number): Promise<void>;
  /** From now on so many of a hundred IP packets between hosts are lost, by chance; 0 ends it. */
  loss(percent: number): Promise<void>;
  /** From now on each host receives so many kilobits a second; 0 ends it. */
  rate(kbit: number): Promise<void>;
}

export function delayUnavailable(): string | undefined {
  try {
    execFileSync('sh', ['-c', 'command -v socat'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'socat is not installed (apt-get install socat)';
  }
}

/** Loopback of the bridge's namespace: four ports a host. */
const PORT_FIRST = 20_000;
const PORTS_EACH = 4;

export function openAir(t: Teller, switchNamespace: string, names: readonly string[]): Air {
  let waiting: Spoken | undefined;
  let hasLossTable = false;
  const port = (name: string): string => `p-${name}`;
  const inSwitch = (command: string, ...args: readonly string[]): Promise<unknown> =>
    run('ip', ['netns', 'exec', switchNamespace, command, ...args]);
  const spawnInSwitch = (command: string, ...args: readonly string[]): Spoken => {
    const started = startProcess('ip', ['netns', 'exec', switchNamespace, command, ...args]);
    t.cleanup(() => started.stop());
    return started;
  };

  /** Takes a host's cable off the bridge and puts it behind two interfaces whose frames go through the program. */
  const reroute = async (name: string, index: number): Promise<void> => {
    const first = PORT_FIRST + PORTS_EACH * index;
    for (const [side, own, to] of [
      ['a', first + 2, first],
      ['b', first + 3, first + 1],
    ] as const) {
      const tap = `TUN,tun-type=tap,tun-name=t${side}-${name},iff-no-pi,iff-up`;
      spawnInSwitch('socat', tap, `UDP4-DATAGRAM:127.0.0.1:${to},bind=127.0.0.1:${own}`);
    }
    const areThere = async (): Promise<boolean> => {
      const links = await ip('-n', switchNamespace, '-o', 'link');
      return links.includes(`ta-${name}:`) && links.includes(`tb-${name}:`);
    };
    await waitFor(areThere, { withinMs: 10_000, what: `the interfaces of ${name}'s long road` });
    await ip('-n', switchNamespace, 'link', 'add', `d-${name}`, 'type', 'bridge', 'mcast_snooping', '0');
    await ip('-n', switchNamespace, 'link', 'set', `d-${name}`, 'up');
    await ip('-n', switchNamespace, 'link', 'set', `ta-${name}`, 'master', 'br0', 'up');
    await ip('-n', switchNamespace, 'link', 'set', `tb-${name}`, 'master', `d-${name}`, 'up');
    await ip('-n', switchNamespace, 'link', 'set', port(name), 'master', `d-${name}`);
  };

  return {
    async delay(ms) {
      await waiting?.stop();
      // both cables of a pair are on the way
      const program = join(import.meta.dirname, 'lab-delay.ts');
      const args: DelayArguments = [ms / 2, PORT_FIRST, names.length];
      const started = spawnInSwitch(process.execPath, ...process.execArgv, program, ...args.map(String));
      await waitFor(() => started.output().includes('ready'), { withinMs: 15_000, what: 'the long road is open', seen: started.output });
      if (waiting === undefined) for (const [index, name] of names.entries()) await reroute(name, index);
      waiting = started;
    },
    async loss(percent) {
      if (!hasLossTable) {
        await nftIn(switchNamespace, 'add table bridge air\nadd chain bridge air pass { type filter hook forward priority 1; }');
        hasLossTable = true;
      }
      await nftIn(switchNamespace, 'flush chain bridge air pass');
      if (percent <= 0) return;
      const chance = `numgen random mod 1000 < ${Math.round(percent * 10)} counter drop`;
      // From cable to cable, or between the interfaces that stand in for them: once a way in either case.
      const ways = ['p-', 'ta-'].map((kind) => `iifname "${kind}*" oifname "${kind}*"`);
      const rules = ways.flatMap((way) => ['ip', 'ip6'].map((type) => `add rule bridge air pass ${way} ether type ${type} ${chance}`));
      await nftIn(switchNamespace, rules.join('\n'));
    },
    async rate(kbit) {
      for (const name of names) {
        await inSwitch('tc', 'qdisc', 'del', 'dev', port(name), 'root').catch(() => {}); // there was none
        if (kbit <= 0) continue;
        const shape = ['tbf', 'rate', `${kbit}kbit`, 'burst', '8kb', 'latency', '200ms'];
        await inSwitch('tc', 'qdisc', 'add', 'dev', port(name), 'root', ...shape);
      }
    },
  };
}
