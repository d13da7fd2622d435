/**
 * Three relays on one network that has no router: no default route and no route for multicast, so that mDNS reaches nobody. They find each
 * other by the beacon, and what is left at one of them is fetched at another.
 */
import { existsSync } from 'node:fs';
import type { RelayProgram } from '../relay-clients.ts';
import { story, waitFor } from '../story.ts';
import type { MailLine } from './beacon-mail.ts';
import { type Host, labUnavailable, openLab } from './lab.ts';
import { ProgramInLab } from './program-in-lab.ts';
import { relayIn } from './relay-in-lab.ts';

const NAMES = ['r1', 'r2', 'r3'] as const;
/** The aim: from when the last of them is up, all are connected. */
const CONNECTED_WITHIN_MS = 3_000;
const MAIL_WITHIN_MS = 20_000;
/** Interfaces are looked at every 2 s; those who dialled it in vain wait for it, or hear of it anew. */
const AGAIN_WITHIN_MS = 30_000;

story('relays on a network without a router', async (t) => {
  const why = labUnavailable();
  if (why !== undefined) {
    t.skip('three relays find each other where nothing helps', why);
    return;
  }
  const lab = await openLab(t, [...NAMES, 'someone'], { defaultRoute: false });
  const relays = await Promise.all(NAMES.map((name) => relayIn(t, lab.host(name))));

  /** How many of the others each is connected to over TCP at its port, or theirs. */
  const connected = async (): Promise<readonly number[]> =>
    Promise.all(
      relays.map(async (relay, at) => {
        const sockets = await lab.host(NAMES[at] as string).run('ss', ['-Htn', 'state', 'established']);
        const others = relays.filter((other) => other !== relay);
        return others.filter((other) =>
          sockets.split('\n').some((line) => {
            const [, , mine = '', theirs = ''] = line.trim().split(/\s+/);
            return mine === `${relay.host}:${relay.tcpPort}`
              ? theirs.startsWith(`${other.host}:`)
              : theirs === `${other.host}:${other.tcpPort}`;
          }),
        ).length;
      }),
    );
  const untilConnected = async (withinMs: number): Promise<void> => {
    let last: readonly number[] = [];
    const look = async (): Promise<boolean> => {
      last = await connected();
      return last.every((count) => count === 2);
    };
    await waitFor(look, { withinMs, what: 'each relay is connected to both others', everyMs: 20, seen: () => last });
  };

  await t.claim('there is no way out of this network, and none for multicast', async () => {
    for (const name of NAMES) {
      const routes = await lab.host(name).run('ip', ['route', 'show']);
      if (/default|224\.|multicast/.test(routes)) throw new Error(routes);
    }
  });
  const [first, second, last] = relays as [RelayProgram, RelayProgram, RelayProgram];
  await Promise.all([first.start(), second.start()]);
  const startedMs = Date.now();
  await last.start();
  const upMs = Date.now();
  await t.claim(`three relays are all connected less than ${CONNECTED_WITHIN_MS / 1000} s after the last of them is up`, async () => {
    await untilConnected(CONNECTED_WITHIN_MS);
    t.note(`connected ${Date.now() - upMs} ms after the last said that it is ready, ${Date.now() - startedMs} ms after it was started`);
  });

  /** Somebody at one place leaves an envelope at a relay, and somebody at another place waits for it at another one. */
  const fetched = async (from: readonly [Host, string, RelayProgram], to: readonly [Host, string, RelayProgram]): Promise<void> => {
    const mail = ([host, address, { httpsPort }]: typeof from, what: string, ...more: readonly string[]): ProgramInLab<MailLine> =>
      new ProgramInLab(t, `somebody who ${what}s`, host, 'beacon-mail.ts', [what, address, `${httpsPort}`, ...more]);
    const writer = mail(from, 'leave');
    const left = await writer.until('it is left', MAIL_WITHIN_MS, () => writer.lines[0]);
    if (left.kind !== 'left' || left.result !== 'accepted') throw new Error(JSON.stringify(left));
    const reader = mail(to, 'await', left.tag);
    const came = await reader.until('it comes', MAIL_WITHIN_MS, () => reader.lines[0]);
    if (came.kind !== 'came' || came.id !== left.id) throw new Error(JSON.stringify(came));
  };
  const someone = lab.host('someone');
  await t.claim('an envelope that is left at one of them is fetched at another', () =>
    fetched([someone, first.host, first], [someone, last.host, last]),
  );

  await t.claim('one whose cable is plugged in after its start is found as well', async () => {
    await last.kill();
    await lab.host('r3').interfaceDown();
    await last.start();
    if ((await connected())[2] !== 0) throw new Error('it is connected without a cable');
    await lab.host('r3').interfaceUp();
    const pluggedMs = Date.now();
    await untilConnected(AGAIN_WITHIN_MS);
    t.note(`connected ${Date.now() - pluggedMs} ms after the cable was plugged in`);
    await fetched([someone, second.host, second], [someone, last.host, last]);
  });
  await t.claim('they find each other where nobody gave them addresses either, by those that every interface has', async () => {
    if (!existsSync('/proc/sys/net/ipv6/conf/all')) return t.note('this machine has no IPv6');
    for (const [at, relay] of relays.entries()) {
      await relay.kill();
      const host = lab.host(NAMES[at] as string);
      await host.run('ip', ['-4', 'addr', 'flush', 'dev', 'eth0']);
      // For whoever sits at the machine itself.
      await host.run('ip', ['addr', 'add', `${host.address}/32`, 'dev', 'lo']);
    }
    await Promise.all(relays.map((relay) => relay.start(['--host=0.0.0.0'])));
    await fetched([lab.host('r1'), first.host, first], [lab.host('r3'), last.host, last]);
  });
  await t.claim('nothing was sent to anybody outside', async () => {
    if ((await lab.packets()) < 100) throw new Error('no packets were counted');
    const strangers = await lab.strangers();
    if (strangers.length > 0) throw new Error(strangers.join('; '));
  });
});
