/**
 * Our relay under load: the program as it is built, with a data folder of its own, and clients that do what a person's node does with a
 * relay (hello with a mailbox, give, purge tokens), with envelopes made in advance of random bytes under random tags.
 */
import { randomFillSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { encodeHeader, headerFor, makeEnvelope, makePurgeToken, purgeHashOf } from '../../packages/core/src/envelope/envelope.ts';
import { encodeFrame, giveHead } from '../../packages/core/src/gossip/frames.ts';
import { LIST_MAX, RELAY_LIMITS } from '../../packages/core/src/gossip/limits.ts';
import { type Bytes, concat } from '../../packages/core/src/kernel/bytes.ts';
import { plainHello } from '../../packages/core/src/testing/gossip-holder.ts';
import { freePort, type Pairs, type Server, startServer, stopServer } from './relay.part.server.ts';
import { WireClient } from './relay.part.wire.ts';

/** Another build may be named, to compare two. */
const MAIN = process.env['KITH_BENCH_RELAY'] ?? join(import.meta.dirname, '../../packages/relay/dist/main.js');
const HOST = '127.0.0.1';
/** The smallest body an envelope may have: a text of 100 bytes, sealed, is padded to it. */
const BODY_BYTES = 256;
/** Kind → where the envelope's tag begins. What comes while the reader is there is pushed, what was there before is given. */
const TAG_AT: Readonly<Record<number, number>> = { 4: 8, 8: 9 };
const RESULTS = 5;
const FORGET = 6;

const random = (bytes: number): Bytes => randomFillSync(new Uint8Array(bytes));

export interface KithOptions {
  readonly webrtc?: boolean;
  /** Options for Node itself, before the program; those of `npm start` unless told. */
  readonly nodeArgs?: readonly string[];
}

/** What `npm start` gives to Node. */
const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { scripts: { start: string } };
const NODE_ARGS = scripts.start.split(' ').filter((word) => word.startsWith('--'));

export async function startKith(options: KithOptions = {}): Promise<Server> {
  if (!existsSync(MAIN)) throw new Error('the relay is not built: npm run build:relay');
  const data = await mkdtemp(join(tmpdir(), 'kith-bench-'));
  const ports = { http: await freePort(), https: await freePort(), tcp: await freePort() };
  const webrtcPort = options.webrtc === true ? await freePort() : 'off';
  const suite = await loadSodiumSuite();
  const args = [
    ...(options.nodeArgs ?? NODE_ARGS),
    MAIN,
    `--data=${data}`,
    `--host=${HOST}`,
    `--origin=https://${HOST}:${ports.https}`,
    `--http-port=${ports.http}`,
    `--https-port=${ports.https}`,
    `--tcp-port=${ports.tcp}`,
    `--webrtc-port=${webrtcPort}`,
    '--no-mdns',
  ];
  const start = () => startServer(process.execPath, args, (said) => said.includes('Ctrl-C'), { KITH_DURABILITY: 'relaxed' });
  // The first start makes the household's keys; what is measured is every start after it.
  await stopServer(await start());
  const child = await start();
  const open = (): Promise<WireClient> => openPerson(ports.https);
  return {
    name: 'kith',
    pid: child.pid,
    pairs: (count) => openPairs(suite, count, open),
    idleClient: async () => {
      const client = await open();
      client.send(encodeFrame({ kind: 'tags', replace: true, tags: Array.from({ length: 64 }, () => random(16)) }));
      return client;
    },
    stop: async () => {
      await stopServer(child);
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function openPerson(port: number): Promise<WireClient> {
  const client = await WireClient.open(HOST, port);
  client.onEnd = (why) => {
    throw new Error(`the relay hung up: ${why}`);
  };
  client.send(encodeFrame(plainHello('person', 'mailbox', Date.now())));
  return client;
}

/** A message ready to be sent, and what its reader will say of it. */
interface Ready {
  readonly give: Bytes;
  readonly tag: Bytes;
  readonly token: Bytes;
}

function makeMessage(suite: Suite): Ready {
  const purgeKey = random(32);
  const tag = random(16);
  const header = headerFor(tag, purgeHashOf(suite, purgeKey), 1, Date.now());
  const envelope = makeEnvelope(suite, header, encodeHeader(header), random(BODY_BYTES));
  return {
    give: concat(giveHead(RELAY_LIMITS.copies[1], 0), envelope.bytes),
    tag,
    token: makePurgeToken(suite, envelope, purgeKey),
  };
}

interface Pair {
  readonly writer: WireClient;
  readonly reader: WireClient;
  messages: readonly Ready[];
  sent: number;
  arrived: number;
  /** Purge tokens that have come back to the writer: the relay has forgotten these. */
  forgotten: number;
  /** Read in this turn and not yet answered. */
  readonly unanswered: Ready[];
}

async function openPairs(suite: Suite, count: number, open: () => Promise<WireClient>): Promise<Pairs> {
  const pairs: Pair[] = [];
  for (let at = 0; at < count; at++) {
    pairs.push({ writer: await open(), reader: await open(), messages: [], sent: 0, arrived: 0, forgotten: 0, unanswered: [] });
  }
  const isQuiet = (): boolean => pairs.every((pair) => pair.forgotten >= pair.sent);
  const it: Pairs = {
    onArrival: () => {},
    async prepare(perPair) {
      for (const pair of pairs) {
        pair.messages = Array.from({ length: perPair + 1 }, () => makeMessage(suite));
        pair.sent = 0;
        pair.arrived = 0;
        pair.forgotten = 0;
        const tags = pair.messages.map((message) => message.tag);
        for (let from = 0; from < tags.length; from += LIST_MAX)
          pair.reader.send(encodeFrame({ kind: 'tags', replace: from === 0, tags: tags.slice(from, from + LIST_MAX) }));
      }
      // the first message of each pair goes ahead: when it has arrived, the mailboxes are open
      for (const [at] of pairs.entries()) it.send(at);
      await this.settled();
    },
    send(at) {
      const pair = pairs[at] as Pair;
      const message = pair.messages[pair.sent++];
      if (message === undefined) throw new Error('more was sent than was prepared');
      pair.writer.send(message.give);
    },
    async settled() {
      for (let waitedMs = 0; !isQuiet(); waitedMs += 5) {
        if (waitedMs > 20_000) throw new Error('the relay did not finish');
        await pause(5);
      }
    },
    close() {
      for (const pair of pairs) {
        pair.writer.close();
        pair.reader.close();
      }
    },
  };
  for (const [at, pair] of pairs.entries()) {
    pair.reader.onFrame = (frame) => {
      const tagAt = TAG_AT[frame[0] as number];
      if (tagAt === undefined) return;
      const message = pair.messages[pair.arrived++];
      if (message === undefined || !frame.subarray(tagAt, tagAt + 16).equals(message.tag))
        throw new Error('a message came that was not sent');
      pair.unanswered.push(message);
      if (pair.arrived > 1) it.onArrival(at);
    };
    pair.reader.onBatch = () => answer(pair);
    pair.writer.onFrame = (frame) => {
      if (frame[0] === FORGET) pair.forgotten += frame.readUInt16BE(1);
      else if (TAG_AT[frame[0] as number] !== undefined) throw new Error('a writer got a message');
      else if (frame[0] === RESULTS && frame[35] !== 0) throw new Error('the relay did not accept a message');
    };
  }
  return it;
}

/** What a reader's node says in one turn of what it has read: that it may be forgotten. */
function answer(pair: Pair): void {
  if (pair.unanswered.length === 0) return;
  const read = pair.unanswered.splice(0);
  pair.reader.send(encodeFrame({ kind: 'forget', tokens: read.map(({ token }) => token) }));
}
