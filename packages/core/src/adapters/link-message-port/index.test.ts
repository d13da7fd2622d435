import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../../kernel/bytes.ts';
import { type LinkCommand, type LinkEvent, neighbourId, transportKey } from '../../node/machine.ts';
import type { Link } from '../../ports/link.ts';
import { handExam } from '../../testing/hand-exam.ts';
import { type LinkExamHarness, linkExam } from '../../testing/link-exam.ts';
import { MemoryNetwork } from '../link-memory/index.ts';
import { type LinkPort, LinkPortClient, serveLink } from './index.ts';
import { CREDIT_FRAMES, readToLink, readToNode } from './messages.ts';

const seedOf = (value: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(value);

/** The port's types of Node and of the DOM differ in what an event carries besides `data`. */
const asPort = (port: MessagePort): LinkPort => port as unknown as LinkPort;

describe('a link across a real message channel passes the link exam', () => {
  let salt = 0;
  const harness: LinkExamHarness = {
    open: async () => {
      const network = new MemoryNetwork({ delivery: 'auto' });
      const channels = [new MessageChannel(), new MessageChannel()] as const;
      const side = (
        name: string,
        channel: MessageChannel,
      ): { link: Link; seed: Uint8Array<ArrayBuffer>; key: ReturnType<typeof transportKey> } => {
        serveLink(network.link(name), asPort(channel.port2));
        salt = (salt + 1) % 250;
        const seed = seedOf(salt);
        return { link: new LinkPortClient(asPort(channel.port1)), seed, key: transportKey(toHex(seed)) };
      };
      return {
        dialler: side('a', channels[0]),
        listener: side('b', channels[1]),
        // the commands are under way in two channels; a dial goes behind them in one, so ask until the listener is there
        address: async () => {
          while (typeof network.find('memory:b') === 'undefined') await new Promise((resolve) => setImmediate(resolve));
          return 'memory:b';
        },
        nowhere: 'memory:nobody',
        close: async () => {
          for (const { port1, port2 } of channels) {
            port1.close();
            port2.close();
          }
        },
      };
    },
  };
  for (const { name, run } of [...linkExam(harness), ...handExam(harness)]) test(name, run);
});

/** A link that takes nothing, and ports that deliver at once. */
function stalled(): {
  client: LinkPortClient;
  told: LinkEvent[];
  commands: LinkCommand[];
  tell: (event: LinkEvent) => void;
  open: () => void;
} {
  type Listener = (event: { readonly data: unknown }) => void;
  const listeners: [Set<Listener>, Set<Listener>] = [new Set(), new Set()];
  const port = (mine: 0 | 1): LinkPort => ({
    postMessage: (message, transfer) => {
      const data: unknown = structuredClone(message, { transfer });
      for (const listener of listeners[mine === 0 ? 1 : 0]) listener({ data });
    },
    addEventListener: (_, listener) => void listeners[mine].add(listener),
    removeEventListener: (_, listener) => void listeners[mine].delete(listener),
  });
  const commands: LinkCommand[] = [];
  let tell: (event: LinkEvent) => void = () => {};
  let isOpen = false;
  const link: Link = {
    start: (listener) => {
      tell = listener;
    },
    perform: (command) => void commands.push(command),
    send: () => (isOpen ? 'queued' : 'full'),
    stop: async () => {},
  };
  serveLink(link, port(1));
  const client = new LinkPortClient(port(0));
  const told: LinkEvent[] = [];
  client.start((event) => told.push(event));
  const up: LinkEvent = {
    kind: 'up',
    neighbour: neighbourId(1),
    key: transportKey('00'),
    path: 'direct',
    dialled: false,
    frameBytesMax: 65_536,
  };
  tell(up);
  const open = (): void => {
    isOpen = true;
  };
  return { client, told, commands, tell: (event) => tell(event), open };
}

describe('credit', () => {
  test('while the real link is full, no more than the credit crosses the port', () => {
    const { client, told, tell, open } = stalled();
    let queued = 0;
    while (client.send(neighbourId(1), seedOf(1)) === 'queued') queued++;
    expect(queued).toBe(CREDIT_FRAMES);
    open();
    tell({ kind: 'drained', neighbour: neighbourId(1) });
    expect(told.at(-1)).toEqual({ kind: 'drained', neighbour: 1 });
    expect(client.send(neighbourId(1), seedOf(1))).toBe('queued');
  });

  test('a neighbour that overruns a node which takes nothing is closed, not buffered without end', () => {
    const { port1 } = new MessageChannel(); // its far end never answers with credit
    const commands: LinkCommand[] = [];
    let tell: (event: LinkEvent) => void = () => {};
    const link: Link = {
      start: (listener) => {
        tell = listener;
      },
      perform: (command) => void commands.push(command),
      send: () => 'queued',
      stop: async () => {},
    };
    serveLink(link, asPort(port1));
    tell({ kind: 'up', neighbour: neighbourId(1), key: transportKey('00'), path: 'direct', dialled: false, frameBytesMax: 65_536 });
    for (let at = 0; at < 400 && commands.length === 0; at++)
      tell({ kind: 'frame', neighbour: neighbourId(1), frame: new Uint8Array(65_536) });
    expect(commands).toEqual([{ kind: 'close', neighbour: 1 }]);
    port1.close();
  });
});

describe('messages', () => {
  test('anything at all is read as a message or ignored, never thrown at', () => {
    fc.assert(
      fc.property(
        fc.anything({ withTypedArray: true, withNullPrototype: true }),
        fc.constantFrom('command', 'send', 'event', 'credit', 'stop', 'x'),
        (junk, kind) => {
          for (const data of [junk, { kind, command: junk, event: junk, neighbour: junk, frame: junk, frames: junk, bytes: junk }]) {
            readToLink(data);
            readToNode(data);
          }
        },
      ),
    );
  });

  test('every event and command crosses unchanged', () => {
    const events: LinkEvent[] = [
      { kind: 'up', neighbour: neighbourId(1), key: transportKey('ab'), path: 'circuit', dialled: true, dial: 4, frameBytesMax: 9 },
      { kind: 'down', neighbour: neighbourId(2) },
      { kind: 'frame', neighbour: neighbourId(3), frame: seedOf(2) },
      { kind: 'drained', neighbour: neighbourId(4) },
      { kind: 'path', neighbour: neighbourId(6), path: 'circuit' },
      { kind: 'dial-failed', dial: 0, reason: 'wrong-key' },
      { kind: 'addresses', addresses: ['x'] },
      { kind: 'found', key: transportKey('cd'), addresses: [] },
      { kind: 'up', neighbour: neighbourId(5), key: transportKey('ab'), path: 'direct', dialled: false, hand: 0, frameBytesMax: 9 },
      { kind: 'hand-code', hand: 0, code: seedOf(3) },
      { kind: 'hand-failed', hand: 1, reason: 'wrong-key' },
      { kind: 'hand-certificate', name: 'ann', fingerprint: seedOf(4) },
      { kind: 'hand-certificate', name: 'ann', fingerprint: undefined },
    ];
    for (const event of events) expect(readToNode({ kind: 'event', event })).toEqual({ kind: 'event', event });
    const commands: LinkCommand[] = [
      { kind: 'listen', seed: seedOf(1) },
      { kind: 'dial', id: 1, address: 'x', expectedKey: transportKey('ab') },
      { kind: 'dial', id: 2, address: 'x' },
      { kind: 'close', neighbour: neighbourId(1) },
      { kind: 'reserve', address: 'r' },
      { kind: 'reserve', address: 'r', helps: true },
      { kind: 'reserve', address: 'r', helps: false },
      { kind: 'unreserve', address: 'r' },
      { kind: 'probe' },
      { kind: 'probe', neighbour: neighbourId(6) },
      { kind: 'hand-offer', hand: 0, codeBytesMax: 80 },
      { kind: 'hand-answer', hand: 1, offer: seedOf(1), expectedKey: transportKey('ab'), codeBytesMax: 80 },
      { kind: 'hand-accept', hand: 2, answer: seedOf(1), expectedKey: transportKey('ab') },
      {
        kind: 'hand-again',
        hand: 3,
        expectedKey: transportKey('ab'),
        secret: seedOf(1),
        certificate: 'ann',
        peerFingerprint: seedOf(2),
        shown: seedOf(3),
      },
      {
        kind: 'hand-again',
        hand: 4,
        secret: seedOf(1),
        certificate: 'ann',
        peerFingerprint: seedOf(2),
      },
      { kind: 'hand-drop', hand: 5 },
      { kind: 'hand-certify', name: 'ann' },
      { kind: 'hand-forget', name: 'ann' },
    ];
    for (const command of commands) expect(readToLink({ kind: 'command', command })).toEqual({ kind: 'command', command });
  });

  test('a path crosses only if it is one, of a neighbour with a number', () => {
    const wrong = [
      { kind: 'path', neighbour: 1 },
      { kind: 'path', neighbour: 1, path: 'by sea' },
      { kind: 'path', neighbour: -1, path: 'direct' },
    ];
    for (const event of wrong) expect(readToNode({ kind: 'event', event })).toBeUndefined();
  });

  test('a connection by hand crosses only with whole secrets and known reasons', () => {
    const again = {
      kind: 'hand-again',
      hand: 3,
      expectedKey: 'ab',
      secret: seedOf(1),
      certificate: 'ann',
      peerFingerprint: seedOf(2),
    } as const;
    const wrong = [
      { ...again, secret: seedOf(1).slice(1) },
      { ...again, peerFingerprint: new Uint8Array(20) },
      { ...again, shown: 'text' },
      { ...again, expectedKey: 7 },
      { ...again, hand: -1 },
      { kind: 'hand-offer', hand: 1 },
      { kind: 'hand-answer', hand: 1, offer: seedOf(1), codeBytesMax: 80 },
      { kind: 'hand-certify', name: 7 },
    ];
    for (const command of wrong) expect(readToLink({ kind: 'command', command })).toBeUndefined();
    expect(readToNode({ kind: 'event', event: { kind: 'hand-failed', hand: 1, reason: 'tired' } })).toBeUndefined();
    expect(readToNode({ kind: 'event', event: { kind: 'hand-certificate', name: 'a', fingerprint: seedOf(1).slice(1) } })).toBeUndefined();
  });
});
