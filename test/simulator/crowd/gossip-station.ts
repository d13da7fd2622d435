/** The gossip machine that is shipped, as one of a crowd: it keeps in memory what its node would keep, and says what leaves. No node, no store. */
import type { Suite } from '../../../packages/core/src/crypto/suite.ts';
import { encodeHeader, headerFor, makeEnvelope } from '../../../packages/core/src/envelope/envelope.ts';
import { Gossip } from '../../../packages/core/src/gossip/gossip.ts';
import { PERSON_LIMITS } from '../../../packages/core/src/gossip/limits.ts';
import type { Tier } from '../../../packages/core/src/gossip/tier.ts';
import { type Bytes, concat, toKey } from '../../../packages/core/src/kernel/bytes.ts';
import { Reader, Writer } from '../../../packages/core/src/kernel/codec.ts';
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import type { Crowd, Station } from './crowd.ts';
import type { Ear, SaidKind } from './ear.ts';

/** A frame and, where it bears an envelope, how far that has really come; the machine does not see this. */
export interface Heard {
  readonly bytes: Bytes;
  readonly hops: number;
}

/** Where a station stands: in a crowd, or on a host of flesh and sockets. */
export type Place = Pick<Crowd<Heard>, 'add' | 'send' | 'wakeAt'>;

/** First byte of a frame (docs/protocol/gossip.md §2) → what it counts as, and where an envelope begins in it. */
const KINDS: Readonly<Record<number, { readonly kind: SaidKind; readonly envelopeAt?: number }>> = {
  4: { kind: 'push', envelopeAt: 4 },
  8: { kind: 'push', envelopeAt: 5 },
  9: { kind: 'announce' },
  10: { kind: 'prune' },
  11: { kind: 'ask' },
};
const TAG_AT = 4;
const ID_LIST_HEAD_BYTES = 3;
const ID_BYTES = 32;

export class GossipStation implements Station<Heard> {
  readonly node: number;
  readonly gossip: Gossip;
  readonly #suite: Suite;
  readonly #crowd: Place;
  readonly #ear: Ear;
  readonly #tierOf: (a: number, b: number) => Tier;
  readonly #bodies: Map<string, Bytes> = new Map<string, Bytes>();
  readonly #hops: Map<number, number> = new Map<number, number>();

  constructor(crowd: Place, suite: Suite, ear: Ear, random: SeededRandom, tierOf: (a: number, b: number) => Tier) {
    this.#crowd = crowd;
    this.#suite = suite;
    this.#ear = ear;
    this.#tierOf = tierOf;
    this.node = crowd.add(this);
    this.gossip = new Gossip(suite, random.fork(`node/${this.node}`), 'person', PERSON_LIMITS, () => false);
  }

  has(id: number): boolean {
    return this.#hops.has(id);
  }

  /** Writes an envelope whose tag is its number here: for nobody, so that everybody passes it on. */
  say(id: number, nowMs: number): void {
    const tag = new Writer(16).u64(id).u64(1).finish();
    const header = headerFor(tag, tag, 1, nowMs);
    const body = new Uint8Array(256).fill(id);
    this.#hops.set(id, 0);
    this.gossip.publish(makeEnvelope(this.#suite, header, encodeHeader(header), body), nowMs);
    this.#perform(nowMs);
  }

  up(neighbour: number, nowMs: number): void {
    const key = neighbour.toString(16).padStart(8, '0').repeat(8);
    this.gossip.up(neighbour, { key, tier: this.#tierOf(this.node, neighbour), isKnownRelay: false }, nowMs);
    this.#perform(nowMs);
  }

  down(neighbour: number, nowMs: number): void {
    this.gossip.down(neighbour);
    this.#perform(nowMs);
  }

  hear(from: number, frame: Heard, nowMs: number): void {
    const at = KINDS[frame.bytes[0] ?? 0]?.envelopeAt;
    if (at !== undefined) {
      const id = numberOf(frame.bytes.subarray(at));
      const isFirst = !this.#hops.has(id);
      if (isFirst) this.#hops.set(id, frame.hops);
      this.#ear.copy(this.node, id, frame.hops, isFirst, nowMs);
    }
    this.gossip.frame(from, frame.bytes, nowMs);
    this.#perform(nowMs);
  }

  wake(nowMs: number): void {
    this.gossip.wake(nowMs);
    this.#perform(nowMs);
  }

  #perform(nowMs: number): void {
    for (const effect of this.gossip.take()) {
      if (effect.kind === 'keep') this.#bodies.set(toKey(effect.id), effect.body);
      else if (effect.kind === 'drop') this.#bodies.delete(toKey(effect.id));
      else if (effect.kind === 'send') this.#send(effect.to, effect.frame);
      else if (effect.kind === 'send-stored') {
        const body = this.#bodies.get(toKey(effect.id));
        if (body !== undefined) this.#send(effect.to, concat(effect.head, body));
      }
    }
    this.#crowd.wakeAt(this.node, this.gossip.wakeAtMs(nowMs));
  }

  #send(to: number, bytes: Bytes): void {
    const known = KINDS[bytes[0] ?? 0];
    const kind = known?.kind ?? 'other';
    const isList = kind === 'announce' || kind === 'ask';
    this.#ear.frame(kind, isList ? (bytes.length - ID_LIST_HEAD_BYTES) / ID_BYTES : 1, bytes.length);
    const hops = known?.envelopeAt === undefined ? 0 : (this.#hops.get(numberOf(bytes.subarray(known.envelopeAt))) ?? 0) + 1;
    this.#crowd.send(this.node, to, { bytes, hops });
  }
}

function numberOf(envelope: Bytes): number {
  return new Reader(envelope.subarray(TAG_AT, TAG_AT + 8)).u64();
}
