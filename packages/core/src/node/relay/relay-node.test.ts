import { beforeAll, expect, test } from 'vitest';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { encodeHeader, headerFor, makeEnvelope } from '../../envelope/envelope.ts';
import { decodeFrame, encodeFrame, type Frame, giveHead } from '../../gossip/frames.ts';
import { RELAY_LIMITS } from '../../gossip/limits.ts';
import { concat } from '../../kernel/bytes.ts';
import { ANSWER_PATIENCE_MS, BACK_OFF_RELAY_MAX_MS } from '../../neighbours/limits.ts';
import { plainHello } from '../../testing/gossip-holder.ts';
import { SeededRandom } from '../../testing/index.ts';
import { type HostInput, type LinkCommand, neighbourId, transportKey } from '../machine.ts';
import type { RelayPeer } from './peers.ts';
import { type RelayInput, RelayNode } from './relay-node.ts';

const START_MS = 1_800_000_000_000;
const PEER: RelayPeer = { key: 'cd'.repeat(32), addresses: ['/dns4/kith.example.org/tcp/4001', '/ip4/203.0.113.7/tcp/4001'] };
const FRIEND: RelayPeer = { key: 'ef'.repeat(32), addresses: ['/ip4/203.0.113.8/tcp/4001'] };

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

/** A relay that was told of others, driven by hand. */
class Bench {
  readonly random: SeededRandom = new SeededRandom('peers');
  readonly node: RelayNode;
  nowMs = START_MS;
  commands: LinkCommand[] = [];
  said: { readonly to: number; readonly frame: Frame | undefined }[] = [];
  wakeAtMs: number | undefined;

  constructor(peers: readonly RelayPeer[], limits: typeof RELAY_LIMITS = RELAY_LIMITS) {
    const rows = { transportSeed: undefined, carried: [], seen: [] };
    this.node = new RelayNode(suite, this.random, rows, this.random.bytes(32), limits, peers);
    this.input({ kind: 'start' });
  }

  input(input: RelayInput | HostInput): void {
    const step = this.node.handle(input, new Map(), this.nowMs);
    if (step.kind !== 'outcome') throw new Error('a relay needs no rows');
    this.commands.push(...step.outcome.commands);
    for (const send of step.outcome.sends)
      this.said.push({ to: send.neighbour, frame: decodeFrame('frame' in send ? send.frame : send.head) });
    this.wakeAtMs = step.outcome.wakeAtMs;
  }

  wake(): void {
    this.nowMs = Math.max(this.nowMs, this.wakeAtMs ?? this.nowMs);
    this.input({ kind: 'wake' });
  }

  up(neighbour: number, key: string, dial?: number): void {
    const up = { kind: 'up', neighbour: neighbourId(neighbour), key: transportKey(key), path: 'direct', frameBytesMax: 65_536 } as const;
    this.input({ kind: 'link', event: dial === undefined ? { ...up, dialled: false } : { ...up, dialled: true, dial } });
  }

  hear(neighbour: number, frame: Uint8Array<ArrayBuffer>): void {
    this.input({ kind: 'link', event: { kind: 'frame', neighbour: neighbourId(neighbour), frame } });
  }

  /** The dials since the last call. */
  dials(): readonly Extract<LinkCommand, { kind: 'dial' }>[] {
    const dials = this.commands.filter((command) => command.kind === 'dial');
    this.commands = [];
    return dials;
  }

  deposit(from: number): void {
    const header = headerFor(this.random.bytes(16), this.random.bytes(16), 1, this.nowMs);
    const envelope = makeEnvelope(suite, header, encodeHeader(header), this.random.bytes(256));
    this.hear(from, concat(giveHead(8, 0), envelope.bytes));
  }
}

test('the relays it was told of are dialled at the start, each by its own key', () => {
  const dials = new Bench([PEER, FRIEND]).dials();
  expect(dials.map(({ address, expectedKey }) => [address, expectedKey])).toEqual([
    ['/dns4/kith.example.org/tcp/4001', PEER.key],
    ['/ip4/203.0.113.8/tcp/4001', FRIEND.key],
  ]);
});

test('one that does not answer is dialled for ever, at its addresses in turn, and never later than a few seconds after', () => {
  const bench = new Bench([PEER]);
  const addresses: string[] = [];
  for (let attempt = 0; attempt < 50; attempt++) {
    const [dial] = bench.dials();
    if (dial === undefined) throw new Error('it has given up');
    addresses.push(dial.address);
    bench.input({ kind: 'link', event: { kind: 'dial-failed', dial: dial.id, reason: 'unreachable' } });
    const beforeMs = bench.nowMs;
    while (bench.commands.every(({ kind }) => kind !== 'dial')) bench.wake();
    expect(bench.nowMs - beforeMs).toBeLessThanOrEqual(BACK_OFF_RELAY_MAX_MS);
  }
  expect(addresses).toEqual(Array.from({ length: 50 }, (_, at) => PEER.addresses[at % 2]));
});

test('one that is there is not dialled, whoever dialled; when it goes it is dialled at once', () => {
  const bench = new Bench([PEER]);
  const [dial] = bench.dials();
  bench.up(1, PEER.key, dial?.id);
  expect(bench.node.peers).toEqual([{ ...PEER, isConnected: true }]);
  bench.nowMs += 60_000;
  bench.wake();
  expect(bench.dials()).toEqual([]);
  bench.input({ kind: 'link', event: { kind: 'down', neighbour: neighbourId(1) } });
  expect(bench.dials()).toHaveLength(1);
  expect(bench.node.peers).toEqual([{ ...PEER, isConnected: false }]);
});

test('it takes up no place at another relay', () => {
  const bench = new Bench([PEER]);
  bench.up(1, PEER.key, bench.dials()[0]?.id);
  expect(bench.commands.filter(({ kind }) => kind === 'reserve')).toEqual([]);
});

test('when room is short a relay it was told of is asked for no work, and others are', () => {
  const bench = new Bench([PEER], { ...RELAY_LIMITS, carriedMax: 10 });
  bench.up(1, 'ab'.repeat(32));
  bench.hear(1, encodeFrame(plainHello('person', 'cover', bench.nowMs)));
  for (let n = 0; n < 9; n++) bench.deposit(1);
  bench.up(2, PEER.key);
  bench.up(3, '12'.repeat(32));
  const asked = (to: number): number | undefined => {
    const hello = bench.said.findLast((one) => one.to === to && one.frame?.kind === 'hello')?.frame;
    return hello?.kind === 'hello' ? hello.work.bits : undefined;
  };
  expect(asked(2)).toBe(0);
  expect(asked(3)).toBeGreaterThan(0);
});

test('one that was handed something and says nothing is asked for a sign of life; of a stranger nothing is waited for', () => {
  const bench = new Bench([PEER]);
  bench.up(1, PEER.key, bench.dials()[0]?.id);
  bench.up(2, 'ab'.repeat(32));
  for (const [neighbour, role] of [
    [1, 'relay'],
    [2, 'person'],
  ] as const)
    bench.hear(neighbour, encodeFrame(plainHello(role, 'cover', bench.nowMs)));
  bench.up(3, '12'.repeat(32));
  bench.deposit(3);
  const probed = (): unknown => bench.commands.filter(({ kind }) => kind === 'probe');
  bench.nowMs += ANSWER_PATIENCE_MS - 1;
  bench.input({ kind: 'wake' });
  expect(probed()).toEqual([]);
  bench.nowMs += 1;
  bench.input({ kind: 'wake' });
  expect(probed()).toEqual([{ kind: 'probe', neighbour: 1 }]);
});
