/**
 * The relay program: the one place where the relay meets its store, its link, the house's servers and its name.
 * Everything it says to its keeper comes from cli/; everything it decides for itself is the order of starting and stopping.
 */

import { access, constants, readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createNodeLink } from '@kith/core/adapters/link-libp2p/node';
import { openLevelStore } from '@kith/core/adapters/store-leveldb';
import { consoleLog, systemClock, systemEntropy } from '@kith/core/adapters/system';
import { createRelay, type Log, relayPeerId } from '@kith/core/relay';
import { openAuthority } from './authority/authority.ts';
import { makeFolder, openKeyFolder } from './authority/key-folder.ts';
import { settleOrigin } from './authority/origin-memory.ts';
import { webrtcFile } from './authority/webrtc-file.ts';
import { doctorText, examine } from './cli/doctor.ts';
import { type Ending, EXIT, endingFor } from './cli/exit.ts';
import { greeting } from './cli/greeting.ts';
import { helpText } from './cli/help.ts';
import { type Config, readConfig } from './config.ts';
import { diskRoom, roomLine, roomSentence, roomTrouble } from './disk-room.ts';
import { openAppFiles } from './http/app-files.ts';
import { listenForHouse } from './http/house-server.ts';
import { tcpAddress } from './http/kith-json.ts';
import { lanAddresses } from './lan-addresses.ts';
import { openNameAnswerer } from './name-answerer.ts';
import { assertTcpPort, assertUdpPort } from './open-ports.ts';
import { forgetOutside, noteOutside, outsideSentences } from './outside.ts';
import { describeReach } from './reach.ts';
import { turnBounds } from './turn/bounds.ts';
import { ip6Addresses, readIp6Table } from './turn/ip6-addresses.ts';
import { turnSentence } from './turn/sentences.ts';
import { findTurnProgram } from './turn/turn-program.ts';
import { NO_TURN, openTurnServer, type TurnServer } from './turn/turn-server.ts';

const DAY_MS = 86_400_000;
const NETWORKS_EVERY_MS = 10_000;
const LEAF_EVERY_MS = DAY_MS;
const LEAF_TROUBLE_MS = 7 * DAY_MS;
const STOP_WITHIN_MS = 10_000;

/** Both from src/ and from dist/, the same steps lead there. */
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const QUIET: Log = { note: () => {} };

interface Running {
  readonly greeting: string;
  close(): Promise<void>;
}

/** Starts everything, in the order in which a second relay, a damaged store and a taken port are each noticed before anything is changed. */
async function start(config: Config, version: string, onStopped: (why: string) => void): Promise<Running> {
  const clock = systemClock();
  const log = config.log ? consoleLog() : QUIET;
  await makeFolder(config.data);
  await access(config.data, constants.R_OK | constants.W_OK | constants.X_OK);
  const store = await openLevelStore(join(config.data, 'store'));

  const keys = await openKeyFolder(join(config.data, 'authority'));
  const authority = await openAuthority(keys, config.origin, clock.nowMs());
  const names = { house: authority.host.host, machine: hostname() };
  const server = await listenForHouse(config, names, authority.leaf());
  const origin = await settleOrigin(keys, authority, config.origin, server.httpsPort, config.httpsPort !== 0);

  const linkHost = config.host ?? '0.0.0.0';
  await assertTcpPort(config.tcpPort, linkHost, '--tcp-port');
  if (config.webrtcPort !== 'off') await assertUdpPort(config.webrtcPort, linkHost, '--webrtc-port');
  const turn = await openTurn(config, clock.nowMs, log);
  const link = createNodeLink({
    tcp: { host: linkHost, port: config.tcpPort },
    ...(config.webrtcPort === 'off' ? {} : { webrtcDirect: { host: linkHost, port: config.webrtcPort, certificate: webrtcFile(keys) } }),
    relayServer: {},
    iceOffer: (peer) => turn.offer(peer),
    mdns: config.mdns === 'all',
    beacon: config.beacon === 'off' ? false : { port: config.beacon },
    ...(config.proxy === undefined ? {} : { proxied: { ...config.proxy, addresses: config.peers.flatMap(({ addresses }) => addresses) } }),
    ...(config.reach ? { outside: { peers: config.peers, changed: () => sayOutside() } } : {}),
    announce: [`${tcpAddress(origin.host, origin.port)}/tls/ws`],
  });
  /** Once the greeting has said how it stands. */
  let peerId: string | undefined;
  const sayOutside = (): void => {
    const { outside } = link.discovery();
    if (outside === undefined) return;
    log.note('outside', { known: outside.dialable !== 'unknown', dialable: outside.dialable === 'yes', punched: outside.punched });
    if (peerId !== undefined) process.stdout.write(`${outsideSentences(outside, peerId).join('\n')}\n`);
    void noteOutside(config.data, outside);
  };
  await forgetOutside(config.data);
  let room = await diskRoom(config.data, config.keepFreeBytes);
  const roomBytes = async (): Promise<number> => {
    const before = room;
    room = await diskRoom(config.data, config.keepFreeBytes);
    if (room.roomBytes <= 0 !== before.roomBytes <= 0) process.stderr.write(`${roomSentence(room, config.data)}\n`);
    return room.roomBytes;
  };
  const relay = await createRelay({
    link,
    store,
    clock,
    entropy: systemEntropy(),
    log,
    durability: config.durability,
    roomBytes,
    peers: config.peers,
  });
  let stopped: string | undefined;
  relay.onStopped((why) => {
    stopped = why;
    onStopped(why);
  });
  await link.ready();

  const networks = origin.host.endsWith('.local') && config.mdns !== 'off' ? config.mdns : undefined;
  const answerer =
    networks !== undefined
      ? openNameAnswerer({
          name: origin.host,
          networks,
          nowMs: () => clock.nowMs(),
          onConflict: () => {
            log.note('name-conflict');
            process.stderr.write(
              `Something else on this network answers for ${origin.host}. Phones may reach it instead of this relay, and will not trust it.\n`,
            );
          },
          onTrouble: () => log.note('name-not-answered'),
        })
      : undefined;

  const timers = [
    setInterval(() => {
      answerer?.refresh();
      turn.refresh();
    }, NETWORKS_EVERY_MS),
    setInterval(() => {
      authority.renewIfDue(clock.nowMs()).then(
        (done) => {
          if (done === 'renewed') server.useLeaf(authority.leaf());
          log.note('leaf-checked', { renewed: done === 'renewed', clockBehind: done === 'clock-behind' });
        },
        () => log.note('leaf-not-renewed'),
      );
    }, LEAF_EVERY_MS),
  ];
  for (const timer of timers) timer.unref();

  const troubles = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    if (stopped !== undefined) found.push('the relay has stopped');
    if (authority.leafEndsAtMs() - clock.nowMs() < LEAF_TROUBLE_MS) found.push('the certificate ends within a week');
    const disk = await diskRoom(config.data, config.keepFreeBytes).catch(() => undefined);
    const trouble = disk === undefined ? 'the data folder cannot be read' : roomTrouble(disk);
    if (trouble !== undefined) found.push(trouble);
    return found;
  };

  const app = await openAppFiles(config.app ?? here('../../pwa/dist'));
  const trustAssets = {
    css: await readFile(here('./http/trust/trust.css'), 'utf8'),
    script: await readFile(here('./http/trust/check.js'), 'utf8'),
  };
  const { certificate, der, words } = authority;
  server.open(
    {
      name: config.name,
      version,
      origin,
      names,
      certificate,
      der,
      words,
      httpPort: server.httpPort,
      app,
      trustAssets,
      relay: () => relay.status(),
      troubles,
    },
    (request, socket, head) => link.acceptUpgrade(request, socket, head),
  );

  peerId = relayPeerId(relay.status().key);
  const isOnePlace = config.host !== undefined && config.host !== '0.0.0.0' && config.host !== '::';
  const local =
    isOnePlace && config.host !== '127.0.0.1'
      ? `http://${config.host?.includes(':') ? `[${config.host}]` : config.host}:${server.httpPort}`
      : `http://localhost:${server.httpPort}`;
  return {
    greeting: greeting(
      {
        local,
        trustPages: lanAddresses(networkInterfaces(), config.host).map((address) => `http://${address}:${server.httpPort}`),
        origin: origin.href,
        listensAt: server.httpsPort,
        originPort: origin.port,
        words,
        hasApp: app !== undefined,
        answersName: networks !== undefined,
        room: roomLine(room),
        reach: describeReach(link.discovery(), relay.status(), config.proxy),
        turn: turnSentence(turn.state(), config.turnPort === 'off' ? 0 : config.turnPort),
      },
      process.stdout.isTTY === true,
    ),
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await answerer?.close();
      await relay.close();
      await turn.close();
      await server.close();
    },
  };
}

/** Says what changes while it runs: the greeting has said how it began. */
async function openTurn({ turnPort, turnMegabits, data, host }: Config, nowMs: () => number, log: Log): Promise<TurnServer> {
  if (turnPort === 'off') return NO_TURN;
  return openTurnServer({
    port: turnPort,
    folder: join(data, 'turn'),
    program: await findTurnProgram(process.env['PATH']),
    addresses: () => [...lanAddresses(networkInterfaces(), host), ...ip6Addresses(readIp6Table(), host)],
    bounds: turnBounds(turnMegabits),
    nowMs,
    changed: (state) => {
      log.note(`turn-${state}`);
      if (state === 'port-taken' || state === 'failing') process.stderr.write(`${turnSentence(state, turnPort)}\n`);
    },
  });
}

function end({ code, sentence }: Ending): never {
  if (sentence !== '') process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

async function main(): Promise<void> {
  let config: Config | undefined;
  try {
    const { version } = JSON.parse(await readFile(here('../package.json'), 'utf8')) as { version: string };
    const asked = readConfig(process.argv.slice(2), process.env);
    if (asked.do === 'help') {
      process.stdout.write(helpText());
      return;
    }
    if (asked.do === 'version') {
      process.stdout.write(`${version}\n`);
      return;
    }
    config = asked.config;
    if (asked.do === 'doctor') {
      const { text, code } = doctorText(await examine(config, process.env['PATH']));
      process.stdout.write(text);
      process.exitCode = code;
      return;
    }
    const running = await start(config, version, (why) =>
      end({
        code: EXIT.mistake.code,
        sentence: `Kith stopped because of a mistake in the program. What is kept is safe; start it again. (${why})`,
      }),
    );
    let isStopping = false;
    const stop = (): void => {
      // Ctrl-C under npm arrives twice: from the terminal and from npm.
      if (isStopping) return;
      isStopping = true;
      setTimeout(() => process.exit(EXIT.stopped.code), STOP_WITHIN_MS).unref();
      running.close().then(
        () => process.exit(EXIT.stopped.code),
        (error: unknown) => end(endingFor(error, config)),
      );
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    process.stdout.write(running.greeting);
  } catch (error) {
    end(endingFor(error, config));
  }
}

await main();
