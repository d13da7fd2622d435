/**
 * `--doctor`: what this machine can do for a relay, looked at and said in sentences, one a line. Changes nothing, starts nothing that stays, and says
 * no secret. Whether the findings are good enough is the exit code's to say: 0 when nothing is in the way, 1 otherwise.
 */
import { createSocket } from 'node:dgram';
import { access, constants, readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import makeMdns from 'multicast-dns';
import { readOrigin } from '../authority/origin.ts';
import type { Config } from '../config.ts';
import { diskRoom, roomLine, roomTrouble } from '../disk-room.ts';
import { lanAddresses } from '../lan-addresses.ts';
import { assertTcpPort, assertUdpPort } from '../open-ports.ts';
import { notedOutside, outsideSentences } from '../outside.ts';
import { turnBounds } from '../turn/bounds.ts';
import { ip6Addresses, readIp6Table } from '../turn/ip6-addresses.ts';
import { turnBoundsSentence, turnSentence } from '../turn/sentences.ts';
import { answersStun } from '../turn/stun-probe.ts';
import { findTurnProgram } from '../turn/turn-program.ts';
import { endingFor } from './exit.ts';

/** `trouble`: a relay cannot work so. `lacking`: it can, and something of it is not there. */
export type Standing = 'good' | 'lacking' | 'trouble';

export interface Finding {
  readonly standing: Standing;
  readonly sentence: string;
}

const MARKS: Readonly<Record<Standing, string>> = { good: 'ok ', lacking: '-- ', trouble: 'no ' };
const GROUP = '224.0.0.251';
const ANSWER_WITHIN_MS = 2_000;

const good = (sentence: string): Finding => ({ standing: 'good', sentence });
const lacking = (sentence: string): Finding => ({ standing: 'lacking', sentence });
const trouble = (sentence: string): Finding => ({ standing: 'trouble', sentence });

export async function examine(config: Config, path: string | undefined): Promise<readonly Finding[]> {
  const addresses = lanAddresses(networkInterfaces(), config.host);
  const isRunning = await runsHere(config);
  return [
    isRunning ? good(`A relay runs here and answers at port ${config.httpPort}.`) : good('No relay runs here at the moment.'),
    await dataFinding(config),
    addresses.length > 0
      ? good(`Phones can reach this machine at ${addresses.join(', ')}.`)
      : trouble('This machine has no address on a local network that phones could reach.'),
    ...(isRunning ? [] : await portFindings(config)),
    await multicastFinding(config, addresses),
    await nameFinding(config, isRunning),
    await turnFinding(config, path, addresses, isRunning),
    ...(await outsideFindings(config, isRunning)),
  ];
}

export function doctorText(findings: readonly Finding[]): { readonly text: string; readonly code: 0 | 1 } {
  const lines = findings.map(({ standing, sentence }) => `${MARKS[standing]} ${sentence}`);
  return { text: `${lines.join('\n')}\n`, code: findings.some(({ standing }) => standing === 'trouble') ? 1 : 0 };
}

async function runsHere({ host, httpPort }: Config): Promise<boolean> {
  const place = host === undefined || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${place}:${httpPort}/healthz`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}

async function dataFinding(config: Config): Promise<Finding> {
  try {
    const folder = await nearestFolder(config.data);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const room = await diskRoom(folder, config.keepFreeBytes);
    return roomTrouble(room) === undefined ? good(roomLine(room)) : trouble(roomLine(room));
  } catch (error) {
    return trouble(endingFor(error, config).sentence);
  }
}

/** The folder itself, or the first above it that is there: it is made at the first start. */
async function nearestFolder(folder: string): Promise<string> {
  try {
    await access(folder);
    return folder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    return nearestFolder(dirname(folder));
  }
}

async function portFindings(config: Config): Promise<readonly Finding[]> {
  const host = config.host ?? '0.0.0.0';
  const tcp: readonly (readonly [string, number | 'off'])[] = [
    ['--http-port', config.httpPort],
    ['--https-port', config.httpsPort],
    ['--tcp-port', config.tcpPort],
    ['--turn', config.turnPort],
  ];
  const udp: typeof tcp = [
    ['--webrtc-port', config.webrtcPort],
    ['--turn', config.turnPort],
  ];
  const found: Finding[] = [];
  for (const [kind, list, assertFree] of [
    ['TCP', tcp, assertTcpPort],
    ['UDP', udp, assertUdpPort],
  ] as const) {
    for (const [option, port] of list) {
      if (port === 'off') continue;
      const finding = await assertFree(port, host, option).then(
        () => undefined,
        (error: unknown) => trouble(endingFor(error, config).sentence),
      );
      if (finding !== undefined) found.push(option === '--turn' ? { ...finding, standing: 'lacking' } : finding);
    }
    if (!found.some(({ sentence }) => sentence.startsWith('Port')))
      found.push(good(`The ports for ${kind} are free: ${list.flatMap(([, port]) => (port === 'off' ? [] : [port])).join(', ')}.`));
  }
  return found;
}

/** Whether each network lets this machine join the group that names are asked for in. */
async function multicastFinding(config: Config, addresses: readonly string[]): Promise<Finding> {
  if (config.mdns === 'off') return lacking('Names ending in .local are not answered for (--mdns off).');
  const refused: string[] = [];
  for (const address of addresses) if (!(await joins(address))) refused.push(address);
  if (addresses.length > 0 && refused.length === addresses.length)
    return lacking('No network here takes multicast: other relays are not found by it, and the name must be answered by a router or DNS.');
  if (refused.length > 0) return lacking(`The network of ${refused.join(', ')} does not take multicast.`);
  return good('Multicast works here: the name can be answered for, and other relays can be found.');
}

function joins(address: string): Promise<boolean> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      socket.removeAllListeners();
      socket.on('error', () => {});
      try {
        socket.close();
      } catch {
        // it never opened
      }
      resolve(answer);
    };
    socket.on('error', () => end(false));
    socket.bind(0, () => {
      try {
        socket.addMembership(GROUP, address);
        end(true);
      } catch {
        end(false);
      }
    });
  });
}

async function nameFinding(config: Config, isRunning: boolean): Promise<Finding> {
  const kept = config.origin?.href ?? (await readFile(join(config.data, 'authority', 'origin'), 'utf8').catch(() => '')).trim();
  const origin = readOrigin(kept);
  if (origin === undefined) return good('The house has no address yet: it gets one at the first start.');
  if (!origin.host.endsWith('.local')) return good(`Phones keep the app at ${origin.href}; a router or DNS answers for that name.`);
  if (await isAnswered(origin.host)) return good(`Phones keep the app at ${origin.href}, and the name is answered for.`);
  const sentence = `Phones keep the app at ${origin.href}, and nobody answers for that name`;
  if (!isRunning) return lacking(`${sentence} while no relay runs here.`);
  return config.mdns === 'off' ? lacking(`${sentence}.`) : trouble(`${sentence}.`);
}

function isAnswered(name: string): Promise<boolean> {
  const asker = makeMdns({ reuseAddr: true });
  return new Promise((resolve) => {
    const end = (answer: boolean): void => {
      clearTimeout(late);
      asker.destroy();
      resolve(answer);
    };
    const late = setTimeout(() => end(false), ANSWER_WITHIN_MS);
    asker.on('error', () => end(false));
    asker.on('response', ({ answers }) => {
      if (answers?.some((answer) => answer.type === 'A' && answer.name.toLowerCase() === name)) end(true);
    });
    asker.query(name, 'A');
  });
}

/** What the relay that runs here has learned of it; nothing where it was not asked for. */
async function outsideFindings({ data, reach }: Config, isRunning: boolean): Promise<readonly Finding[]> {
  if (!reach) return [];
  if (!isRunning) return [lacking('Whether a relay here could be dialled from outside is learned by running it.')];
  const noted = await notedOutside(data);
  return outsideSentences(noted, 'ID').map((sentence) => (noted.dialable === 'yes' ? good(sentence) : lacking(sentence)));
}

async function turnFinding(
  { host, turnPort, turnMegabits }: Config,
  path: string | undefined,
  addresses: readonly string[],
  isRunning: boolean,
): Promise<Finding> {
  if (turnPort === 'off') return lacking(turnSentence('off', 0));
  if ((await findTurnProgram(path)) === undefined) return lacking(turnSentence('absent', turnPort));
  const [address] = [...addresses, ...ip6Addresses(readIp6Table(), host)];
  if (address === undefined) return lacking(turnSentence('no-address', turnPort));
  const bounds = turnBoundsSentence(turnBounds(turnMegabits));
  if (!isRunning) return good(`coturn is installed: STUN and TURN for phones behind routers will answer at port ${turnPort}. ${bounds}`);
  return (await answersStun(address, turnPort, ANSWER_WITHIN_MS))
    ? good(`${turnSentence('running', turnPort)} ${bounds}`)
    : trouble(`STUN and TURN do not answer at port ${turnPort}, though coturn is installed.`);
}
