/**
 * Prosody under the same load: lean modules (no limits, no archive, no roster), TLS from the first byte, on loopback, with a data folder
 * of its own. The clients are raw sockets and count messages without parsing XML, so that they cost next to nothing.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { freePort, type Pairs, type Server, startServer, stopServer } from './relay.part.server.ts';

const HOST = 'localhost';
const PASSWORD = 'secret';
const END = '</message>';
/** Shorter than what is kept between two reads, so that it is seen when it is cut in two. */
const PING = 'pong-here';

/** `Prosody 0.12.3`, or `undefined` when it is not installed. */
export function prosodyVersion(): string | undefined {
  try {
    const said = execFileSync('prosodyctl', ['about'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return /Prosody (\d+\.\d+\.\d+)/.exec(said)?.[0] ?? 'Prosody';
  } catch {
    return undefined;
  }
}

export async function startProsody(users: number): Promise<Server> {
  const { pid, port, stop } = await runProsody(users, { keepsOffline: false });
  let next = 0;
  const open = (): Promise<XmppClient> => XmppClient.open(port, `u${next++ % users}`);
  return { name: 'prosody', pid, pairs: (count) => openPairs(count, open), idleClient: open, stop };
}

/** The program with accounts `u0`, `u1` …; `keepsOffline`: it keeps what is written to somebody absent, in its own files as by default. */
export async function runProsody(
  users: number,
  options: { readonly keepsOffline: boolean },
): Promise<{ readonly pid: number; readonly port: number; stop(): Promise<void> }> {
  const data = await mkdtemp(join(tmpdir(), 'kith-bench-prosody-'));
  const port = await freePort();
  const certificate = join(data, 'localhost.crt');
  const key = join(data, 'localhost.key');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${HOST}`,
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore' },
  );
  const accounts = join(data, HOST, 'accounts');
  await mkdir(accounts, { recursive: true });
  for (let at = 0; at < users; at++) await writeFile(join(accounts, `u${at}.dat`), `return { ["password"] = "${PASSWORD}"; };\n`);
  const config = join(data, 'prosody.cfg.lua');
  await writeFile(config, configText(data, port, certificate, key, options.keepsOffline));
  const child = await startServer('prosody', ['--config', config, '-F'], () => accepts(port));
  return {
    pid: child.pid,
    port,
    stop: async () => {
      await stopServer(child);
      await rm(data, { recursive: true, force: true });
    },
  };
}

function configText(data: string, port: number, certificate: string, key: string, keepsOffline: boolean): string {
  return `run_as_root = true
pidfile = "${data}/prosody.pid"
data_path = "${data}"
plugin_paths = {}
modules_enabled = { "saslauth"; "tls"; "presence"; "message"; "iq"; "ping"${keepsOffline ? '; "offline"' : ''} }
modules_disabled = { "s2s"${keepsOffline ? '' : '; "offline"'} }
storage_archive_item_limit = 1000000
allow_registration = false
authentication = "internal_plain"
storage = "internal"
log = { error = "*console" }
interfaces = { "127.0.0.1" }
c2s_ports = {}
c2s_direct_tls_ports = { ${port} }
c2s_direct_tls_ssl = { certificate = "${certificate}"; key = "${key}" }
s2s_ports = {}
http_ports = {}
https_ports = {}
c2s_require_encryption = true
VirtualHost "${HOST}"
  ssl = { certificate = "${certificate}"; key = "${key}" }
`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export class XmppClient {
  readonly #socket: TLSSocket;
  readonly jid: string;
  /** `count` messages came in one read. */
  onMessages: (count: number) => void = () => {};
  #onPong: (() => void) | undefined;
  #tail = '';
  #out = '';

  private constructor(socket: TLSSocket, jid: string) {
    this.#socket = socket;
    this.jid = jid;
    socket.on('data', (piece: Buffer) => this.#hear(piece.toString('latin1')));
    socket.on('close', () => {
      if (!socket.destroyed) throw new Error('Prosody hung up');
    });
  }

  static async open(port: number, user: string): Promise<XmppClient> {
    const socket = connect({ host: '127.0.0.1', port, servername: HOST, rejectUnauthorized: false });
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => {});
    const ask = (text: string, until: RegExp): Promise<string> =>
      new Promise((resolve, reject) => {
        let said = '';
        const hear = (piece: Buffer): void => {
          said += piece.toString('latin1');
          if (/<(failure|stream:error)/.test(said)) reject(new Error(said));
          if (!until.test(said)) return;
          socket.off('data', hear);
          resolve(said);
        };
        socket.on('data', hear);
        socket.write(text);
      });
    const stream = `<?xml version='1.0'?><stream:stream to='${HOST}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
    await ask(stream, /<\/stream:features>/);
    const secret = Buffer.from(`\0${user}\0${PASSWORD}`).toString('base64');
    await ask(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${secret}</auth>`, /<success/);
    await ask(stream, /<\/stream:features>/);
    const bind = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>";
    const jid = /<jid>([^<]+)<\/jid>/.exec(await ask(bind, /<\/iq>/))?.[1];
    if (jid === undefined) throw new Error('Prosody bound no resource');
    return new XmppClient(socket, jid);
  }

  /** Sent with whatever else is sent in this turn of the loop. */
  send(text: string): void {
    if (this.#out === '') queueMicrotask(() => this.#flush());
    this.#out += text;
  }

  /** Resolves when the server has done all that was sent before: it takes one thing after the other. */
  ping(): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.#onPong = resolve;
    });
    this.send(`<iq type='get' to='${HOST}' id='${PING}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    return done;
  }

  close(): void {
    this.#socket.destroy();
  }

  #flush(): void {
    this.#socket.write(this.#out, 'latin1');
    this.#out = '';
  }

  #hear(piece: string): void {
    const text = this.#tail + piece;
    let count = 0;
    let at = 0;
    for (let found = text.indexOf(END); found >= 0; found = text.indexOf(END, at)) {
      count++;
      at = found + END.length;
    }
    if (this.#onPong !== undefined && text.includes(PING, at)) {
      this.#onPong();
      this.#onPong = undefined;
    }
    this.#tail = text.slice(Math.max(at, text.length - END.length + 1));
    if (count > 0) this.onMessages(count);
  }
}

export const BODY: string = 'x'.repeat(100);

async function openPairs(count: number, open: () => Promise<XmppClient>): Promise<Pairs> {
  const pairs: { readonly writer: XmppClient; readonly reader: XmppClient; sent: number; arrived: number }[] = [];
  for (let at = 0; at < count; at++) pairs.push({ writer: await open(), reader: await open(), sent: 0, arrived: 0 });
  const it: Pairs = {
    onArrival: () => {},
    prepare: async () => {},
    send(at) {
      const pair = pairs[at];
      if (pair === undefined) return;
      pair.sent++;
      pair.writer.send(`<message to='${pair.reader.jid}' type='chat' id='m${pair.sent}'><body>${BODY}</body></message>`);
    },
    settled: async () => {
      if (pairs.some((pair) => pair.arrived < pair.sent)) throw new Error('Prosody did not deliver everything');
    },
    close() {
      for (const pair of pairs) {
        pair.writer.close();
        pair.reader.close();
      }
    },
  };
  for (const [at, pair] of pairs.entries()) {
    pair.reader.onMessages = (arrived) => {
      pair.arrived += arrived;
      for (let i = 0; i < arrived; i++) it.onArrival(at);
    };
  }
  return it;
}
