/**
 * Two relays behind two different routers, and one outside that both were told of. It tells them that nobody can dial them; they name each other through
 * it, connect directly through their routers, and go on without it. story-timeout: 300 s
 */
import { existsSync } from 'node:fs';
import { BUILT_RELAY } from '../relay-clients.ts';
import { type Spoken, story, type Teller, waitFor } from '../story.ts';
import type { MailLine } from './beacon-mail.ts';
import { type Host, labUnavailable, openLab } from './lab.ts';
import { delayUnavailable } from './lab-air.ts';
import { openPrivateNetwork } from './lab-nat.ts';
import { ProgramInLab } from './program-in-lab.ts';

/** Addresses of the world, because those of homes are not dialled back. They lead nowhere but into the lab. */
const WORLD = '9.77.0';
const PORTS = { http: 8080, https: 8443, tcp: 4001 } as const;
const READY_WITHIN_MS = 30_000;
const SAID_WITHIN_MS = 30_000;
const MAIL_WITHIN_MS = 30_000;
const ALONE = ['--no-mdns', '--beacon=off', '--turn=off', '--webrtc-port=off'];

/** A relay of the lab on one folder for ever, started and ended as often as wanted. */
class HomeRelay {
  readonly host: Host;
  readonly #data: string;
  #running: Spoken | undefined;

  constructor(host: Host, data: string) {
    this.host = host;
    this.#data = data;
  }

  /** Answers its peer id, as it says it. */
  async start(args: readonly string[]): Promise<string> {
    await this.end();
    const running = this.host.spawn(process.execPath, [BUILT_RELAY, ...this.#options(args)]);
    this.#running = running;
    const seen = (): string => running.output();
    await waitFor(() => seen().includes('Ctrl-C'), { withinMs: READY_WITHIN_MS, what: `the relay at ${this.host.name} is ready`, seen });
    const id = /--peer \/ip4\/\S.*\/p2p\/(12D3Koo\w+)$/m.exec(seen())?.[1];
    if (id === undefined) throw new Error(`it says no id: ${seen()}`);
    return id;
  }

  async says(words: string): Promise<void> {
    const seen = (): string => this.#running?.output() ?? '';
    await waitFor(() => seen().includes(words), { withinMs: SAID_WITHIN_MS, what: `${this.host.name} says "${words}"`, seen });
  }

  hasSaid(words: string): boolean {
    return this.#running?.output().includes(words) === true;
  }

  /** What it says of itself to whoever asks this machine. */
  async doctor(args: readonly string[]): Promise<string> {
    const asked = this.host.spawn(process.execPath, [BUILT_RELAY, ...this.#options(args), '--doctor']);
    await asked.ended;
    return asked.output();
  }

  async end(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  output(): string {
    return this.#running?.output() ?? '';
  }

  #options(args: readonly string[]): readonly string[] {
    const origin = `--origin=https://${this.host.address}:${PORTS.https}`;
    return [
      `--data=${this.#data}`,
      `--http-port=${PORTS.http}`,
      `--https-port=${PORTS.https}`,
      `--tcp-port=${PORTS.tcp}`,
      origin,
      ...ALONE,
      ...args,
    ];
  }
}

/** Somebody at one relay leaves an envelope, somebody at the other waits until it comes. Answers the milliseconds that took. */
async function passes(t: Teller, from: HomeRelay, to: HomeRelay): Promise<number> {
  const mail = ({ host }: HomeRelay, what: string, ...more: readonly string[]): ProgramInLab<MailLine> =>
    new ProgramInLab(t, `somebody who ${what}s`, host, 'beacon-mail.ts', [what, host.address, `${PORTS.https}`, ...more]);
  const writer = mail(from, 'leave');
  const left = await writer.until('it is left', MAIL_WITHIN_MS, () => writer.lines[0]);
  if (left.kind !== 'left' || left.result !== 'accepted') throw new Error(JSON.stringify(left));
  const beganMs = Date.now();
  const reader = mail(to, 'await', left.tag);
  const came = await reader.until('it comes', MAIL_WITHIN_MS, () => reader.lines[0]);
  if (came.kind !== 'came' || came.id !== left.id) throw new Error(JSON.stringify(came));
  return Date.now() - beganMs;
}

/** Connections of a host over TCP to this address. */
async function connections({ run }: Host, address: string): Promise<number> {
  const sockets = await run('ss', ['-Htn', 'state', 'established']);
  return sockets.split('\n').filter((line) => line.trim().split(/\s+/)[3]?.startsWith(`${address}:`)).length;
}

story('relays behind routers', async (t) => {
  const why = labUnavailable();
  if (why !== undefined) {
    t.skip('two relays behind two routers connect directly', why);
    return;
  }
  if (!existsSync(BUILT_RELAY)) throw new Error('the relay is not built: run npm run build first');
  const lab = await openLab(t, ['pub', 'ra', 'rb'], { subnet: WORLD });
  const homes = [
    await openPrivateNetwork(t, lab, 'ra', 1, ['left'], 'plain'),
    await openPrivateNetwork(t, lab, 'rb', 2, ['right'], 'plain'),
  ] as const;
  const relayOn = async (host: Host): Promise<HomeRelay> => {
    const relay = new HomeRelay(host, await t.folder(host.name));
    t.evidence(`what the relay at ${host.name} said`, () => relay.output());
    return relay;
  };
  const outside = await relayOn(lab.host('pub'));
  const left = await relayOn(homes[0].host('left'));
  const right = await relayOn(homes[1].host('right'));
  const both = [left, right] as const;

  const there = `--peer=/ip4/${outside.host.address}/tcp/${PORTS.tcp}/p2p/${await outside.start(['--reach=on'])}`;
  const asks = ['--reach=on', there];
  const [leftId, rightId] = await t.claim('two relays at home are told by one outside that nobody can dial them, and say so', async () => {
    const ids = [await left.start(asks), await right.start(asks)] as const;
    for (const relay of both) await relay.says('This relay cannot be dialled from outside');
    return ids;
  });
  const through = (id: string): string => `${there}/p2p-circuit/p2p/${id}`;
  const named = [
    [...asks, through(rightId)],
    [...asks, through(leftId)],
  ] as const;
  const startBoth = async (): Promise<void> => void (await Promise.all([left.start(named[0]), right.start(named[1])]));

  const areDirect = async (): Promise<void> => {
    await startBoth();
    const beganMs = Date.now();
    for (const relay of both) await relay.says('Connected directly through routers: 1');
    t.note(`connected ${Date.now() - beganMs} ms after both were ready`);
    const direct = [await connections(left.host, homes[1].router.address), await connections(right.host, homes[0].router.address)];
    if (direct.join() !== '1,1') throw new Error(`connections to the other's router: ${direct.join(' and ')}`);
  };
  const noDelay = delayUnavailable();
  if (noDelay !== undefined) t.skip('where it is far to the other they connect directly too', noDelay);
  else {
    await t.claim('named to each other through it, 60 ms away, they connect directly, from router to router', async () => {
      await lab.delay(30);
      await areDirect();
      await lab.delay(0);
    });
  }
  await t.claim('so they do next door', areDirect);
  await t.claim('what is left at one of them is fetched at the other when the one outside is gone', async () => {
    await outside.end();
    t.note(`${await passes(t, left, right)} ms from left to right, ${await passes(t, right, left)} ms from right to left`);
  });
  await t.claim(
    'behind routers that give out ports by chance they do without a direct connection, and the one outside carries the mail',
    async () => {
      await Promise.all(homes.map((home) => home.nat('random')));
      await outside.start(['--reach=on']);
      await startBoth();
      for (const relay of both) await relay.says('This relay cannot be dialled from outside');
      await passes(t, left, right);
      if (both.some((relay) => relay.hasSaid('Connected directly'))) throw new Error('they are connected directly');
    },
  );
  await t.claim('a port that was forwarded is found: the relay says that it can be dialled, and so does its doctor', async () => {
    await homes[0].forwardTcp(PORTS.tcp, 'left');
    // It has dialled that address a moment ago, and would not do it again so soon.
    await outside.start(['--reach=on']);
    await left.start(asks);
    await left.says('This relay can be dialled from outside');
    const said = await left.doctor(asks);
    if (!/^ok {2}This relay can be dialled from outside/m.test(said)) throw new Error(said);
  });
  await t.claim('nothing was sent to anybody else', async () => {
    if ((await lab.packets()) < 100) throw new Error('no packets were counted');
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join('; '));
  });
});
