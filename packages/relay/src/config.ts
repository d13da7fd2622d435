/**
 * What a keeper may choose, from flags, then the environment, then defaults. One table says every option's name, meaning and form.
 * Never touches the disk or the network.
 */
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { SocksProxy } from '@kith/core/adapters/link-libp2p/node';
import { BEACON_PORT } from '@kith/core/adapters/link-libp2p/node';
import type { RelayPeer } from '@kith/core/relay';
import { type Origin, readOrigin } from './authority/origin.ts';
import { isThroughRelay, readPeers, readProxy } from './reach.ts';
import { MEGABITS, MEGABITS_MAX, MEGABITS_MIN, TURN_PORT } from './turn/limits.ts';

export interface Config {
  /** The folder that holds everything this relay knows. */
  readonly data: string;
  /** The folder with the built app; without one, the app that came with this program. */
  readonly app: string | undefined;
  /** What people call this relay. */
  readonly name: string;
  /** The address to listen at; without one, every address of this machine. */
  readonly host: string | undefined;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly tcpPort: number;
  /** `off`: phones come by the house key's way alone; spares some 40 MB of memory. */
  readonly webrtcPort: number | 'off';
  /** STUN and TURN for phones behind routers, where coturn is installed. */
  readonly turnPort: number | 'off';
  /** Megabits a second that TURN carries in all, each way. */
  readonly turnMegabits: number;
  /** The address under which phones keep the app; without one, the canonical name and the https port. */
  readonly origin: Origin | undefined;
  /** Where the name is answered for: nowhere, on every network interface, or on those named. */
  readonly mdns: 'off' | 'all' | readonly string[];
  /** UDP port at which relays nearby announce themselves to each other. */
  readonly beacon: number | 'off';
  /** Relays to be kept connected, wherever they are. */
  readonly peers: readonly RelayPeer[];
  /** Through which `peers` are dialled. */
  readonly proxy: SocksProxy | undefined;
  /** Learn from `peers` whether this relay can be dialled from outside, say the same to others, and pass routers together with them. */
  readonly reach: boolean;
  /** Bytes of the disk that mail never takes; without one, the default for a disk of its size (`disk-room.ts`). */
  readonly keepFreeBytes: number | undefined;
  /** Says what happens while it runs, in event names and counts. */
  readonly log: boolean;
  /** `durable`: mail counts as accepted after the sync to disk. `relaxed`: survives a crash, not a power cut. Environment only. */
  readonly durability: 'durable' | 'relaxed';
}

export type Asked = { readonly do: 'run' | 'doctor'; readonly config: Config } | { readonly do: 'help' } | { readonly do: 'version' };

/** An option that cannot be used, in words for the person who typed it. */
export class BadOption extends Error {
  override readonly name = 'BadOption';
}

export interface OptionText {
  readonly flag: string;
  readonly value: string | undefined;
  readonly env: string | undefined;
  readonly byDefault: string | undefined;
  readonly meaning: string;
  /** May be given several times; in the environment, several with spaces between them. */
  readonly repeats?: true;
}

const DEFAULT_DATA = '~/.local/share/kith-relay';

/** In the order in which the help shows them. */
export const OPTIONS: readonly OptionText[] = [
  {
    flag: 'data',
    value: 'FOLDER',
    env: 'KITH_DATA',
    byDefault: DEFAULT_DATA,
    meaning:
      'Where the keys and the sealed mail are kept. Only you can read it. Copy it to keep this relay; lose it and every phone must trust a new one.',
  },
  {
    flag: 'name',
    value: 'NAME',
    env: 'KITH_NAME',
    byDefault: 'House relay',
    meaning: 'What people call this relay, at most 40 letters: "Kitchen", for example.',
  },
  {
    flag: 'http-port',
    value: 'PORT',
    env: 'KITH_HTTP_PORT',
    byDefault: '8080',
    meaning: 'The plain page: the app for this computer, and for everyone else the page on which a phone learns to trust this house.',
  },
  {
    flag: 'https-port',
    value: 'PORT',
    env: 'KITH_HTTPS_PORT',
    byDefault: '8443',
    meaning: 'The app itself, for phones that trust this house. It is part of the address for ever: do not change it once people use it.',
  },
  { flag: 'tcp-port', value: 'PORT', env: 'KITH_TCP_PORT', byDefault: '4001', meaning: 'Where other relays and programs connect.' },
  {
    flag: 'webrtc-port',
    value: 'PORT',
    env: 'KITH_WEBRTC_PORT',
    byDefault: '4002',
    meaning:
      'Where phones connect without needing the house key (UDP). Phones remember it, so keep it the same. "off" spares memory on a very small machine.',
  },
  {
    flag: 'turn',
    value: 'PORT',
    env: 'KITH_TURN',
    byDefault: '4003',
    meaning:
      'Where phones behind routers find a way to each other (STUN and TURN, UDP and TCP), if coturn is installed on this machine. "off" does without.',
  },
  {
    flag: 'turn-rate',
    value: 'MBIT',
    env: 'KITH_TURN_RATE',
    byDefault: `${MEGABITS}`,
    meaning:
      'How much TURN carries for all phones together, each way, in megabits a second. Choose what your line can spare: it is shared out in advance.',
  },
  {
    flag: 'origin',
    value: 'ADDRESS',
    env: 'KITH_ORIGIN',
    byDefault: 'https://kith-….local:8443',
    meaning:
      'The address under which phones keep the app, for ever: a name your router or a public DNS answers (https://kith.home.arpa:8443), or a fixed address (https://192.168.1.5:8443). Choose it before the first phone.',
  },
  { flag: 'host', value: 'ADDRESS', env: 'KITH_HOST', byDefault: 'all of them', meaning: 'The one address of this machine to listen at.' },
  {
    flag: 'mdns',
    value: 'WHERE',
    env: 'KITH_MDNS',
    byDefault: 'all',
    meaning: 'Where the name ending in .local is answered for: "all", "off", or network interfaces such as eth0,wlan0.',
  },
  { flag: 'no-mdns', value: undefined, env: undefined, byDefault: undefined, meaning: 'The same as --mdns off.' },
  {
    flag: 'beacon',
    value: 'PORT',
    env: 'KITH_BEACON',
    byDefault: `${BEACON_PORT}`,
    meaning:
      'Where relays and programs on the same network find each other (UDP), also where there is no router. The same number on all of them; "off" leaves it to mDNS.',
  },
  {
    flag: 'peer',
    value: 'ADDRESS',
    env: 'KITH_PEER',
    byDefault: undefined,
    repeats: true,
    meaning:
      'Another relay to keep in touch with over the internet, such as /dns4/kith.example.org/tcp/4001/p2p/12D3KooW…: it says its id when it starts. May be given several times.',
  },
  {
    flag: 'proxy',
    value: 'ADDRESS',
    env: 'KITH_PROXY',
    byDefault: undefined,
    meaning:
      'A SOCKS5 proxy through which the relays of --peer are reached, and by which their names are looked up: socks5://127.0.0.1:9050 for Tor. Give it in the environment if it holds a password.',
  },
  {
    flag: 'reach',
    value: 'HOW',
    env: 'KITH_REACH',
    byDefault: 'off',
    meaning:
      'For a relay on the internet or behind a router. "on" asks the relays of --peer whether this one can be dialled from outside and says so, tells others the same who ask, and connects directly with relays behind other routers that are named through one both know: --peer ADDRESS/p2p-circuit/p2p/ID.',
  },
  { flag: 'app', value: 'FOLDER', env: 'KITH_APP', byDefault: 'the one that came with it', meaning: 'The folder with the built app.' },
  {
    flag: 'keep-free',
    value: 'MIB',
    env: 'KITH_KEEP_FREE',
    byDefault: '256, or a twentieth of a small disk',
    meaning:
      'How much of the disk stays free for this machine, in MiB. With less, new mail is refused until there is room; what is kept stays.',
  },
  {
    flag: 'log',
    value: undefined,
    env: undefined,
    byDefault: undefined,
    meaning: 'Say what happens while it runs: names of events and counts, never people, addresses or text.',
  },
  {
    flag: 'doctor',
    value: undefined,
    env: undefined,
    byDefault: undefined,
    meaning: 'Say what this machine can do for a relay with these options, and stop: with 0 when nothing is in the way, with 1 otherwise.',
  },
  { flag: 'version', value: undefined, env: undefined, byDefault: undefined, meaning: 'Say the version and stop.' },
  { flag: 'help', value: undefined, env: undefined, byDefault: undefined, meaning: 'Say this and stop.' },
];

/** Reads what was asked for. Throws `BadOption` with a sentence for the keeper. */
export function readConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Asked {
  const flags = readFlags(args);
  if (flags['help'] === true) return { do: 'help' };
  if (flags['version'] === true) return { do: 'version' };
  const chosen = (flag: string): Given | undefined => {
    const typed = flags[flag];
    if (typeof typed === 'string') return { text: typed, by: `--${flag}` };
    const variable = OPTIONS.find((option) => option.flag === flag)?.env;
    const set = variable === undefined ? undefined : env[variable];
    return set === undefined || set === '' || variable === undefined ? undefined : { text: set, by: variable };
  };
  const config: Config = {
    data: folder(chosen('data') ?? { text: DEFAULT_DATA, by: 'the default' }, env['HOME']),
    app: chosen('app') === undefined ? undefined : folder(chosen('app') as Given, env['HOME']),
    name: relayName(chosen('name')),
    host: address(chosen('host')),
    httpPort: port(chosen('http-port'), 8080),
    httpsPort: port(chosen('https-port'), 8443),
    tcpPort: port(chosen('tcp-port'), 4001),
    webrtcPort: chosen('webrtc-port')?.text === 'off' ? 'off' : port(chosen('webrtc-port'), 4002),
    turnPort: chosen('turn')?.text === 'off' ? 'off' : port(chosen('turn'), TURN_PORT),
    turnMegabits: megabits(chosen('turn-rate')),
    origin: origin(chosen('origin')),
    mdns: flags['no-mdns'] === true ? 'off' : interfaces(chosen('mdns')),
    beacon: chosen('beacon')?.text === 'off' ? 'off' : port(chosen('beacon'), BEACON_PORT),
    peers: peers(flags['peer'], env['KITH_PEER']),
    proxy: proxy(chosen('proxy')),
    reach: isOn(chosen('reach')),
    keepFreeBytes: mebibytes(chosen('keep-free')),
    log: flags['log'] === true,
    durability: durability(env['KITH_DURABILITY']),
  };
  const tcp = [config.httpPort, config.httpsPort, config.tcpPort, config.turnPort].filter((one) => one !== 0 && one !== 'off');
  if (new Set(tcp).size !== tcp.length)
    throw new BadOption('--http-port, --https-port, --tcp-port and --turn must differ from each other.');
  if (config.proxy !== undefined && (config.reach || config.peers.some(({ addresses }) => addresses.some(isThroughRelay))))
    throw new BadOption('--reach, and relays named through another, do not go through a --proxy: one of the two has to be left out.');
  return { do: flags['doctor'] === true ? 'doctor' : 'run', config };
}

/** For measuring, and for disks whose sync is ruinously slow; not among the flags, because few should choose it. */
function durability(text: string | undefined): Config['durability'] {
  if (text === undefined || text === '' || text === 'durable') return 'durable';
  if (text === 'relaxed') return 'relaxed';
  throw new BadOption('KITH_DURABILITY is "durable" or "relaxed".');
}

interface Given {
  readonly text: string;
  /** The flag or variable that said it, for the sentence. */
  readonly by: string;
}

type Flag = string | boolean | readonly (string | boolean)[] | undefined;

function readFlags(args: readonly string[]): Readonly<Record<string, Flag>> {
  const options = Object.fromEntries(
    OPTIONS.map(({ flag, value, repeats }) => [
      flag,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: repeats === true },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const said = (error as Error).message.split(/\. |\n/)[0] ?? '';
    throw new BadOption(`${said.replace(/\.$/, '')}.`);
  }
}

function folder(given: Given, home: string | undefined): string {
  if (given.text.includes('\0')) throw new BadOption(`${given.by} is not the name of a folder.`);
  return given.text.startsWith('~/') ? join(home ?? homedir(), given.text.slice(2)) : resolve(given.text);
}

function port(given: Given | undefined, byDefault: number): number {
  if (given === undefined) return byDefault;
  if (!/^\d{1,5}$/.test(given.text) || Number(given.text) > 65_535)
    throw new BadOption(`${given.by} must be a number from 0 to 65535, not "${given.text}".`);
  return Number(given.text);
}

function mebibytes(given: Given | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (!/^\d{1,8}$/.test(given.text)) throw new BadOption(`${given.by} must be a number of MiB, not "${given.text}".`);
  return Number(given.text) * 2 ** 20;
}

function megabits(given: Given | undefined): number {
  if (given === undefined) return MEGABITS;
  const number = /^\d{1,6}$/.test(given.text) ? Number(given.text) : 0;
  if (number < MEGABITS_MIN || number > MEGABITS_MAX)
    throw new BadOption(`${given.by} must be a number from ${MEGABITS_MIN} to ${MEGABITS_MAX}, not "${given.text}".`);
  return number;
}

function relayName(given: Given | undefined): string {
  const name = given?.text.trim() ?? 'House relay';
  if (name === '' || name.length > 40 || /\p{Cc}/u.test(name)) throw new BadOption(`${given?.by} must be a name of 1 to 40 letters.`);
  return name;
}

function address(given: Given | undefined): string | undefined {
  if (given !== undefined && isIP(given.text) === 0)
    throw new BadOption(`${given.by} must be an address of this machine such as 192.168.1.5, not "${given.text}".`);
  return given?.text;
}

function origin(given: Given | undefined): Origin | undefined {
  if (given === undefined) return undefined;
  const read = readOrigin(given.text);
  if (read === undefined)
    throw new BadOption(`${given.by} must look like https://kith.home.arpa:8443 and have nothing behind the port, not "${given.text}".`);
  return read;
}

function peers(typed: Flag, set: string | undefined): readonly RelayPeer[] {
  const isTyped = Array.isArray(typed);
  const texts = isTyped ? typed.map(String) : (set ?? '').split(/[\s,]+/).filter((text) => text !== '');
  const read = readPeers(texts, isTyped ? '--peer' : 'KITH_PEER');
  if (typeof read === 'string') throw new BadOption(read);
  return read;
}

function proxy(given: Given | undefined): SocksProxy | undefined {
  if (given === undefined) return undefined;
  const read = readProxy(given.text);
  // What was typed may hold a password, so it is not said again.
  if (read === undefined) throw new BadOption(`${given.by} must look like socks5://127.0.0.1:9050.`);
  return read;
}

function isOn(given: Given | undefined): boolean {
  if (given === undefined || given.text === 'off') return false;
  if (given.text === 'on') return true;
  throw new BadOption(`${given.by} must be "on" or "off", not "${given.text}".`);
}

function interfaces(given: Given | undefined): Config['mdns'] {
  const text = given?.text ?? 'all';
  if (text === 'all' || text === 'off') return text;
  const names = text.split(',').map((name) => name.trim());
  if (names.length > 32 || names.some((name) => !/^[^\s/]{1,32}$/.test(name)))
    throw new BadOption(`${given?.by} must be "all", "off", or interfaces such as eth0,wlan0, not "${text}".`);
  return names;
}
