/** What pushing costs a crowd in the steady state, another author each time: with a policy, or with the machine that is shipped. */
import type { Suite } from '../../../packages/core/src/crypto/suite.ts';
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import { type Air, Crowd, type Station } from './crowd.ts';
import type { Ear, SaidKind } from './ear.ts';
import { GossipStation, type Heard } from './gossip-station.ts';
import { type Overlay, quickBelow } from './overlay.ts';
import { type PushFrame, type PushRule, PushStation } from './push-station.ts';

export interface Spread {
  /** Payloads that arrived, a node and message. */
  readonly copies: number;
  /** The share of nodes reached. */
  readonly reached: number;
  /** Lines crossed by the copy that came first; the most of them, on average over messages. */
  readonly meanHops: number;
  readonly lastHop: number;
  /** From being said to being heard, over all who heard; and by the last who heard, on average over messages. */
  readonly meanMs: number;
  readonly lastMs: number;
  /** Ids announced, ids asked for, and lines pruned, a node and message. */
  readonly announced: number;
  readonly asked: number;
  readonly pruned: number;
  /** Of all frames, a node and message. */
  readonly bytes: number;
  /** Frames lost, each with its line, a message. */
  readonly lost: number;
}

export interface Talk {
  readonly overlay: Overlay;
  readonly air: Air;
  /** Messages before those that count. */
  readonly warm: number;
  readonly messages: number;
  /** From one message to the next, in milliseconds. */
  readonly everyMs: number;
  /** Done half a second before each message: nodes come and go. */
  readonly between?: (crowd: Between, random: SeededRandom) => void;
}

export type Between = Pick<Crowd<unknown>, 'connect' | 'disconnect' | 'neighboursOf'> & { readonly nodes: number };

interface Speaker {
  has(id: number): boolean;
  say(id: number, nowMs: number): void;
  forget?(): void;
}

/** Nodes that follow a rule. */
export function spread(rule: PushRule, talk: Talk, random: SeededRandom): Spread {
  return measure<PushFrame>((crowd, ear) => new PushStation(crowd, rule, ear), talk, random);
}

/** Gossip machines of persons; every third line is between contacts, the others between strangers. */
export function spreadOurs(suite: Suite, talk: Talk, random: SeededRandom): Spread {
  const tierOf = (a: number, b: number) => ((a + b) % 3 === 0 ? 'contact' : 'stranger');
  const machines = random.fork('machines');
  return measure<Heard>((crowd, ear) => new GossipStation(crowd, suite, ear, machines, tierOf), talk, random);
}

/** Whoever came has said hello when the next message is said. */
const HELLO_MS = 500;

/** Midday on a day without meaning: machines date envelopes by the hour. */
const START_MS = 1_800_000_000_000;

function measure<Frame>(make: (crowd: Crowd<Frame>, ear: Ear) => Speaker & Station<Frame>, talk: Talk, random: SeededRandom): Spread {
  const crowd = new Crowd<Frame>(talk.air, random.fork('air'), START_MS);
  const nodes = talk.overlay.length;
  let isCounting = false;
  let saidAtMs = 0;
  let [lastHop, lastMs, lostBefore] = [0, 0, 0];
  const sum = { copies: 0, first: 0, hops: 0, ms: 0, lastHop: 0, lastMs: 0, bytes: 0 };
  const said: Record<SaidKind, number> = { push: 0, announce: 0, prune: 0, ask: 0, other: 0 };
  let current = -1;
  const speakers = talk.overlay.map(() =>
    make(crowd, {
      copy(_node, id, hops, isFirst, nowMs) {
        if (!isCounting) return;
        sum.copies++;
        if (!isFirst || id !== current) return;
        sum.first++;
        sum.hops += hops;
        sum.ms += nowMs - saidAtMs;
        lastHop = Math.max(lastHop, hops);
        lastMs = nowMs - saidAtMs;
      },
      frame(kind, ids, bytes) {
        if (!isCounting) return;
        said[kind] += ids;
        sum.bytes += bytes;
      },
    }),
  );
  crowd.joinAll(talk.overlay);
  crowd.run(crowd.nowMs + talk.everyMs);
  const authors = random.fork('authors');
  const changes = random.fork('between');
  const between: Between = {
    nodes,
    connect: (a, b) => crowd.connect(a, b),
    disconnect: (a, b) => crowd.disconnect(a, b),
    neighboursOf: (node) => crowd.neighboursOf(node),
  };
  for (let id = 0; id < talk.warm + talk.messages; id++) {
    if (id === talk.warm) lostBefore = crowd.lost;
    isCounting = id >= talk.warm;
    talk.between?.(between, changes);
    crowd.run(crowd.nowMs + HELLO_MS);
    [current, lastHop, lastMs, saidAtMs] = [id, 0, 0, crowd.nowMs];
    speakers[quickBelow(authors, nodes)]?.say(id, crowd.nowMs);
    crowd.run(saidAtMs + talk.everyMs);
    sum.lastHop += isCounting ? lastHop : 0;
    sum.lastMs += isCounting ? lastMs : 0;
    if (id % 4 === 3) for (const speaker of speakers) speaker.forget?.();
  }
  const each = talk.messages * nodes;
  return {
    copies: sum.copies / each,
    reached: (sum.first + talk.messages) / each,
    meanHops: sum.hops / sum.first,
    lastHop: sum.lastHop / talk.messages,
    meanMs: sum.ms / sum.first,
    lastMs: sum.lastMs / talk.messages,
    announced: said.announce / each,
    asked: said.ask / each,
    pruned: said.prune / each,
    bytes: sum.bytes / each,
    lost: (crowd.lost - lostBefore) / talk.messages,
  };
}
