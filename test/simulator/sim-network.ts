/** The simulated world between nodes: who is within whose reach, who listens where, how long a frame takes, and who meets whom. */
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { type Bytes, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { peerIdOf } from '../../packages/core/src/neighbours/addresses.ts';
import type { Path } from '../../packages/core/src/node/machine.ts';
import type { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import type { Profile } from './profiles.ts';
import { SimLink } from './sim-link.ts';

export { SimLink } from './sim-link.ts';

export interface Scheduler {
  readonly nowMs: number;
  after(delayMs: number, what: () => void): void;
}

/** Who owns a link. Somebody hostile has no node: their frames are scripted. */
export type LinkKind = 'person' | 'relay' | 'hostile';

/** Frames of before that somebody hostile may hand over again; of all that travel one in so many is kept. */
const REMEMBERED_MAX = 256;
const REMEMBERED_EVERY = 16;
const REPLAYED_AT_ONCE = 8;

/** Two who lost each other in the middle of a meeting find each other again after this long. */
const FOUND_AGAIN_MS = 3000;

export class SimNetwork {
  readonly links: Map<string, SimLink> = new Map<string, SimLink>();
  readonly #byPeer: Map<string, SimLink> = new Map<string, SimLink>();
  readonly #suite: Suite;
  readonly #scheduler: Scheduler;
  readonly #profile: () => Profile;
  readonly #chance: SeededRandom;
  readonly #faults: SeededRandom;
  readonly #remembered: Bytes[] = [];
  #travelled = 0;
  /** Every frame that ever travelled: for the oracles and the figures. */
  onFrame: (from: SimLink, to: SimLink, frame: Bytes) => void = () => {};

  constructor(suite: Suite, scheduler: Scheduler, profile: () => Profile, chance: SeededRandom) {
    this.#suite = suite;
    this.#scheduler = scheduler;
    this.#profile = profile;
    this.#chance = chance;
    this.#faults = chance.fork('faults');
  }

  link(name: string, kind: LinkKind): SimLink {
    const link = new SimLink(this, name, kind);
    this.links.set(name, link);
    return link;
  }

  /** The transport key that a seed gives; from now on its peer id leads to this link. */
  keyFor(link: SimLink, seed: Bytes): string {
    const key = toHex(this.#suite.signingPair(seed).publicKey);
    this.#byPeer.set(peerIdOf(key) ?? key, link);
    return key;
  }

  after(delayMs: number, what: () => void): void {
    this.#scheduler.after(delayMs, what);
  }

  now(): number {
    return this.#scheduler.nowMs;
  }

  latency(): number {
    const { least, most } = this.#profile().latencyMs;
    return least + this.#chance.below(most - least + 1);
  }

  /** How much longer frames take in this direction, for as long as the world stands. */
  slowness(from: SimLink, to: SimLink): number {
    const { slowDirections, slowMs } = this.#profile();
    return slowDirections > 0 && this.#faults.fork(`${from.name}>${to.name}`).chance(slowDirections) ? slowMs : 0;
  }

  /** Tells of a frame that travels; answers whether it is lost on the way. */
  travels(from: SimLink, to: SimLink, frame: Bytes): boolean {
    this.onFrame(from, to, frame);
    const { loss, replay } = this.#profile();
    if (replay > 0 && ++this.#travelled % REMEMBERED_EVERY === 0) {
      if (this.#remembered.length < REMEMBERED_MAX) this.#remembered.push(frame);
      else this.#remembered[this.#faults.below(REMEMBERED_MAX)] = frame;
    }
    return loss > 0 && this.#faults.chance(loss);
  }

  /** What somebody hostile says as soon as they are connected: frames of before, whoever sent them to whomever. */
  replayed(): readonly Bytes[] {
    const { replay } = this.#profile();
    if (replay === 0 || this.#remembered.length === 0 || !this.#faults.chance(replay)) return [];
    return Array.from({ length: REPLAYED_AT_ONCE }, () => this.#faults.pick(this.#remembered));
  }

  isInReach(a: SimLink, b: SimLink): boolean {
    const isSamePlace = a.place === undefined || b.place === undefined || a.place === b.place;
    return !a.isAway && !b.isAway && isSamePlace && a.side === b.side;
  }

  /** Whether there is a way from the one to the other at this moment, over whoever is connected and means well. */
  areConnected(from: SimLink, to: SimLink): boolean {
    const reached = new Set<SimLink>([from]);
    for (const link of reached) {
      if (link === to) return true;
      if (link.kind !== 'hostile') for (const next of link.neighbours()) reached.add(next);
    }
    return false;
  }

  /** Who listens under an address: `sim:NAME` for a relay, or a person behind a relay that both are connected to. */
  find(from: SimLink, address: string): { readonly link: SimLink; readonly path: Path } | undefined {
    const [relayName, circuit] = address.split('/p2p/', 1).concat(address.split('/p2p-circuit/webrtc/p2p/').slice(1));
    const relay = this.links.get((relayName ?? '').replace('sim:', ''));
    if (circuit === undefined) return relay && { link: relay, path: 'relay' };
    const person = this.#byPeer.get(circuit);
    if (!this.#profile().direct || person === undefined || relay === undefined) return undefined;
    return from.isConnectedTo(relay) && person.isConnectedTo(relay) ? { link: person, path: 'direct' } : undefined;
  }

  /**
   * Two come near each other for so long: connected at once, and again after a moment when the connection is lost. Answers false if they
   * are connected already or out of reach.
   */
  encounter(a: SimLink, b: SimLink, forMs: number): boolean {
    if (a === b || a.isConnectedTo(b)) return false;
    return this.#near(a, b, this.now() + forMs);
  }

  #near(a: SimLink, b: SimLink, untilMs: number): boolean {
    if (a.key === undefined || b.key === undefined || !this.isInReach(a, b) || a.isConnectedTo(b)) return false;
    const leave = a.connect(b, 'direct', undefined, () => {
      this.after(FOUND_AGAIN_MS, () => {
        if (this.now() < untilMs) this.#near(a, b, untilMs);
      });
    });
    this.after(untilMs - this.now(), leave);
    return true;
  }
}
