/**
 * The house's name on real networks, each a network namespace of this run: one-shot resolvers and multicast listeners ask, the shipped answerer answers.
 * Prints one line a claim; exits non-zero when one is false. Run by itself with `answer` or `ask` it plays one of the hosts.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import makeMdns from 'multicast-dns';
import { openNameAnswerer } from '../../packages/relay/src/name-answerer.ts';

const NAME = 'kith-7q2mxa9d.local';
const ME = fileURLToPath(import.meta.url);
const PATIENCE_MS = 5_000;

/** The relay's machine: says on stdout what the answerer notices. */
function playAnswerer(): void {
  const answerer = openNameAnswerer({
    name: NAME,
    networks: 'all',
    nowMs: () => Date.now(),
    onConflict: () => console.info('conflict'),
    onTrouble: (code) => console.info(`trouble ${code}`),
  });
  console.info('listening');
  setInterval(() => answerer.refresh(), 100);
  process.on('SIGTERM', () => void answerer.close().then(() => process.exit(0)));
}

/** A phone: asks in one of the ways phones ask, prints the addresses it heard within its patience. */
async function playAsker(way: string, name: string, own: string): Promise<void> {
  if (way === 'claim') {
    const socket = makeMdns({ interface: own, bind: '0.0.0.0' });
    await new Promise<void>((ready) => socket.once('ready', ready));
    socket.respond([{ name, type: 'A', ttl: 120, data: own }], () => socket.destroy());
    return;
  }
  const mdns = way === 'multicast' ? makeMdns({ interface: own, bind: '0.0.0.0' }) : makeMdns({ interface: own, socket: oneShot(own) });
  const giveUp = setTimeout(() => finish('nothing'), PATIENCE_MS / 2);
  const finish = (heard: string): void => {
    clearTimeout(giveUp);
    console.info(heard);
    process.exit(0);
  };
  mdns.on('response', (response) => {
    const addresses = (response.answers ?? []).flatMap((record) =>
      record.name === name && record.type === 'A' && record.ttl !== 0 ? [String(record.data)] : [],
    );
    if (addresses.length > 0) finish(addresses.join(' '));
  });
  const ask = (): void => mdns.query({ questions: [{ name, type: 'A' }] });
  ask();
  setInterval(ask, 1_100);
}

/** Asks from a port of its own and wants its answer there, as simple resolvers do (RFC 6762 §6.7). */
function oneShot(own: string): ReturnType<typeof createSocket> {
  const socket = createSocket({ type: 'udp4' });
  socket.bind = ((_port: number, _address: string, done: () => void) =>
    Object.getPrototypeOf(socket).bind.call(socket, 0, '0.0.0.0', () => {
      socket.setMulticastInterface(own);
      done();
    })) as typeof socket.bind;
  return socket;
}

if (process.argv[2] === 'answer') playAnswerer();
else if (process.argv[2] === 'ask') await playAsker(process.argv[3] ?? '', process.argv[4] ?? '', process.argv[5] ?? '');
else await tellStory();

async function tellStory(): Promise<void> {
  const run = `kn${process.pid}`;
  const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const spaces = ['house', 'ann', 'bo'].map((who) => `${run}-${who}`);
  const [house = '', ann = '', bo = ''] = spaces;
  let failed = false;
  const claim = (name: string, expected: string, got: string): void => {
    if (got !== expected) failed = true;
    console.info(got === expected ? `ok - ${name}` : `not ok - ${name} (expected ${expected}, got ${got})`);
  };
  const host = (space: string, ...args: string[]): ChildProcess =>
    spawn('ip', ['netns', 'exec', space, process.execPath, ...process.execArgv, ME, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ask = async (space: string, way: string, name: string, own: string): Promise<string> => {
    const child = host(space, 'ask', way, name, own);
    let said = '';
    child.stdout?.on('data', (part: Buffer) => {
      said += part.toString();
    });
    await once(child, 'close');
    return said.trim();
  };
  /** A cable from the house to somebody; `n` is the network's number. */
  const cable = (space: string, n: number): void => {
    ip('link', 'add', `c${n}`, 'netns', house, 'type', 'veth', 'peer', 'name', 'lan', 'netns', space);
    for (const [where, device, address] of [
      [house, `c${n}`, `10.77.${n}.1/24`],
      [space, 'lan', `10.77.${n}.2/24`],
    ] as const) {
      ip('-n', where, 'addr', 'add', address, 'dev', device);
      ip('-n', where, 'link', 'set', device, 'up');
      ip('-n', where, 'route', 'add', '224.0.0.0/4', 'dev', device, 'metric', String(n));
    }
  };

  try {
    ip('netns', 'add', house);
  } catch {
    console.info('skip - the name of the house # needs the right to make network namespaces');
    return;
  }
  const children: ChildProcess[] = [];
  try {
    for (const space of [ann, bo]) ip('netns', 'add', space);
    for (const space of spaces) ip('-n', space, 'link', 'set', 'lo', 'up');
    cable(ann, 1);
    const answerer = host(house, 'answer');
    children.push(answerer);
    const heard: string[] = [];
    const lines = createInterface({ input: answerer.stdout as NodeJS.ReadableStream });
    const waitFor = async (line: string): Promise<string> => {
      const deadline = Date.now() + PATIENCE_MS * 2;
      while (!heard.includes(line) && Date.now() < deadline) await new Promise((later) => setTimeout(later, 20));
      return heard.find((one) => one === line) ?? `only ${heard.join(', ')}`;
    };
    lines.on('line', (line) => heard.push(line));
    await waitFor('listening');

    claim('a phone that asks once finds the house', '10.77.1.1', await ask(ann, 'one-shot', NAME, '10.77.1.2'));
    claim('a phone that listens to the group finds the house', '10.77.1.1', await ask(ann, 'multicast', NAME, '10.77.1.2'));
    claim('nobody answers for another house', 'nothing', await ask(ann, 'one-shot', 'kith-aaaaaaaa.local', '10.77.1.2'));

    cable(bo, 2);
    claim('a network that is joined later hears its own address', '10.77.2.1', await ask(bo, 'one-shot', NAME, '10.77.2.2'));
    claim('the listeners of that network hear the same', '10.77.2.1', await ask(bo, 'multicast', NAME, '10.77.2.2'));
    claim('the first network still hears its own', '10.77.1.1', await ask(ann, 'one-shot', NAME, '10.77.1.2'));

    claim('nothing was taken for a conflict so far', 'listening', heard.join(', '));
    await ask(bo, 'claim', NAME, '10.77.2.2');
    claim('somebody else who answers for the name is noticed', 'conflict', await waitFor('conflict'));
  } finally {
    for (const child of children) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    for (const space of spaces) {
      try {
        ip('netns', 'del', space);
      } catch {
        // It was never made.
      }
    }
  }
  process.exitCode = failed ? 1 : 0;
}
