/** Gossip machines side by side without nodes: what each keeps, says and hears. For tests of gossip. */
import type { Suite } from '../crypto/suite.ts';
import { type Envelope, encodeHeader, headerFor, makeEnvelope, purgeHashOf } from '../envelope/envelope.ts';
import type { GossipEffect } from '../gossip/effects.ts';
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  giveHead,
  type Hello,
  NO_CURSOR,
  NO_DIGEST,
  NO_WORK,
  type PullSaid,
  pushHead,
  type Role,
} from '../gossip/frames.ts';
import { Gossip } from '../gossip/gossip.ts';
import { type GossipLimits, PERSON_LIMITS, RELAY_LIMITS } from '../gossip/limits.ts';
import type { Tier, Who } from '../gossip/tier.ts';
import { type Bytes, bytesOf, concat, toHex } from '../kernel/bytes.ts';
import { SeededRandom } from './seeded-random.ts';

export const START_MS = 1_800_000_000_000;

export interface Made {
  readonly envelope: Envelope;
  readonly purgeKey: Bytes;
}

let made = 0;

export interface Shape {
  readonly tag?: Bytes;
  readonly bodyBytes?: number;
  readonly nowMs?: number;
  readonly class?: 1 | 2 | 3;
}

/** An envelope like no other. */
export function makeOne(suite: Suite, shape: Shape = {}): Made {
  const purgeKey = suite.hash(new Uint8Array(0) as never, bytesOf([++made & 255, (made >> 8) & 255, made >> 16]));
  const header = headerFor(shape.tag ?? purgeKey.slice(0, 16), purgeHashOf(suite, purgeKey), shape.class ?? 1, shape.nowMs ?? START_MS);
  const body = new Uint8Array(shape.bodyBytes ?? 256).fill(made);
  return { envelope: makeEnvelope(suite, header, encodeHeader(header), body), purgeKey };
}

/** A stranger with this number, unless told otherwise. */
export function whoIs(neighbour: number, tier: Tier = 'stranger', isKnownRelay = false): Who {
  return { key: (neighbour + 1).toString(16).padStart(4, '0').repeat(16), tier, isKnownRelay };
}

export function plainHello(role: Role = 'person', pull: PullSaid = 'cover', nowMs: number = START_MS): Hello {
  const nothing = { count: 0, digest: NO_DIGEST };
  const hour = Math.floor(nowMs / 3_600_000);
  return { kind: 'hello', role, pull, hour, held: nothing, tokens: nothing, since: NO_CURSOR, work: NO_WORK };
}

export interface HolderOptions {
  readonly role?: Role;
  readonly limits?: Partial<GossipLimits>;
  readonly seed?: number;
}

/** A gossip with what it keeps, as its node would keep it. */
export class Holder {
  readonly gossip: Gossip;
  readonly name: string;
  readonly role: Role;
  readonly rows: Map<string, { readonly key: Bytes; readonly value: Bytes }> = new Map();
  readonly bodies: Map<string, Bytes> = new Map();
  readonly seen: Map<string, { readonly key: Bytes; readonly value: Bytes }> = new Map();
  readonly arrived: Envelope[] = [];
  readonly custody: string[] = [];
  readonly read: string[] = [];
  readonly expired: string[] = [];
  readonly mine: Set<string> = new Set();

  constructor(suite: Suite, name: string, { role = 'person', limits = {}, seed = 1 }: HolderOptions = {}) {
    this.name = name;
    this.role = role;
    const all = { ...(role === 'relay' ? RELAY_LIMITS : PERSON_LIMITS), ...limits };
    this.gossip = new Gossip(suite, new SeededRandom(seed).fork(name), role, all, (tag) => this.mine.has(toHex(tag)));
  }

  has(it: Made): boolean {
    return this.bodies.has(toHex(it.envelope.id));
  }

  awaits(it: Made): this {
    this.mine.add(toHex(it.envelope.header.tag));
    return this;
  }

  /** Keeps what is to be kept; answers the frames that leave. */
  take(): readonly { readonly to: number; readonly frame: Bytes }[] {
    return this.gossip.take().flatMap((effect) => this.#perform(effect));
  }

  #perform(effect: GossipEffect): readonly { readonly to: number; readonly frame: Bytes }[] {
    switch (effect.kind) {
      case 'keep':
        this.bodies.set(toHex(effect.id), effect.body);
        this.rows.set(toHex(effect.id), { key: effect.id, value: effect.row });
        return [];
      case 'keep-row':
        this.rows.set(toHex(effect.id), { key: effect.id, value: effect.row });
        return [];
      case 'drop':
        this.bodies.delete(toHex(effect.id));
        this.rows.delete(toHex(effect.id));
        return [];
      case 'seen':
        this.seen.set(toHex(effect.id), { key: effect.id, value: effect.row });
        return [];
      case 'unsee':
        this.seen.delete(toHex(effect.id));
        return [];
      case 'send':
        return [effect];
      case 'send-stored': {
        const body = this.bodies.get(toHex(effect.id));
        return body === undefined ? [] : [{ to: effect.to, frame: concat(effect.head, body) }];
      }
      case 'arrived':
        this.arrived.push(effect.envelope);
        return [];
      case 'custody':
        this.custody.push(toHex(effect.id));
        return [];
      case 'read':
        this.read.push(toHex(effect.id));
        return [];
      case 'expired':
        this.expired.push(toHex(effect.id));
        return [];
    }
  }

  /** What it says now or within a second, to whomever. */
  saysTo(nowMs: number = START_MS): readonly { readonly to: number; readonly frame: Frame }[] {
    const said = [...this.take()];
    for (const atMs of [nowMs, nowMs + 20]) {
      this.gossip.wakeAtMs(nowMs);
      this.gossip.wake(atMs);
      said.push(...this.take());
    }
    return said.map(({ to, frame }) => ({ to, frame: decodeFrame(frame) as Frame }));
  }

  says(nowMs: number = START_MS): readonly Frame[] {
    return this.saysTo(nowMs).map(({ frame }) => frame);
  }

  hears(neighbour: number, frame: Exclude<Frame, { kind: 'give' | 'push' }>, nowMs: number = START_MS): void {
    this.gossip.frame(neighbour, encodeFrame(frame), nowMs);
  }

  isGiven(neighbour: number, it: Made, copies = 8, nowMs: number = START_MS): void {
    this.gossip.frame(neighbour, concat(giveHead(copies, 0), it.envelope.bytes), nowMs);
  }

  isPushed(neighbour: number, it: Made, options: { readonly hops?: number; readonly copies?: number; readonly nowMs?: number } = {}): void {
    const { hops = 0, copies = 0, nowMs = START_MS } = options;
    this.gossip.frame(neighbour, concat(pushHead(hops, copies, 0), it.envelope.bytes), nowMs);
  }

  /** A neighbour came up and has said hello. */
  greeted(
    neighbour: number,
    role: Role = 'person',
    options: { readonly tier?: Tier; readonly pull?: PullSaid; readonly nowMs?: number } = {},
  ): this {
    const { tier = role === 'relay' ? 'own' : 'stranger', pull = 'cover', nowMs = START_MS } = options;
    this.gossip.up(neighbour, whoIs(neighbour, tier, role === 'relay'), nowMs);
    this.hears(neighbour, plainHello(role, pull, nowMs), nowMs);
    this.says(nowMs);
    return this;
  }
}

/** Carries every frame between holders until all is said; their number is their place. Answers how many bytes that took. */
export function settle(holders: readonly Holder[], nowMs: number = START_MS): number {
  let bytes = 0;
  let at = nowMs;
  // Longer than the pause between two pages of a list.
  for (let quiet = 0; quiet < 8; at += 20) {
    quiet++;
    for (const from of holders) {
      from.gossip.wakeAtMs(at);
      from.gossip.wake(at);
      for (const { to, frame } of from.take()) {
        holders[to]?.gossip.frame(holders.indexOf(from), frame, at);
        bytes += frame.length;
        quiet = 0;
      }
    }
  }
  return bytes;
}

/** Two of them meet. */
export function meet(holders: readonly Holder[], a: number, b: number, tier: Tier = 'stranger', nowMs: number = START_MS): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const isRelay = holders[other]?.role === 'relay' && holders[one]?.role === 'person';
    holders[one]?.gossip.up(other, whoIs(other, isRelay ? 'own' : tier, isRelay), nowMs);
  }
  settle(holders, nowMs);
}

export function part(holders: readonly Holder[], a: number, b: number): void {
  holders[a]?.gossip.down(b);
  holders[b]?.gossip.down(a);
}

/** Everybody is connected to everybody. */
export function joinAll(holders: readonly Holder[], tier: Tier = 'stranger'): void {
  for (const [i] of holders.entries()) for (let j = i + 1; j < holders.length; j++) meet(holders, i, j, tier);
}
