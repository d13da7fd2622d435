/** Links of the simulated world: a connection is a pair of ends, a frame arrives after its latency, in order, whole, or with the connection gone. */

import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import type { Bytes } from '../../packages/core/src/kernel/bytes.ts';
import { toHex } from '../../packages/core/src/kernel/bytes.ts';
import { peerIdOf } from '../../packages/core/src/neighbours/addresses.ts';
import {
  type LinkCommand,
  type LinkEvent,
  type NeighbourId,
  neighbourId,
  type Path,
  transportKey,
} from '../../packages/core/src/node/machine.ts';
import type { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import type { Profile } from './profiles.ts';

export interface Scheduler {
  readonly nowMs: number;
  after(delayMs: number, what: () => void): void;
}

interface End {
  readonly owner: SimLink;
  readonly id: NeighbourId;
  other: End | undefined;
  lastArrivalMs: number;
}

export class SimNetwork {
  readonly links: Map<string, SimLink> = new Map<string, SimLink>();
  readonly #suite: Suite;
  readonly #scheduler: Scheduler;
  readonly #profile: Profile;
  readonly #chance: SeededRandom;
  /** Every frame that ever travelled: for the oracles. */
  onFrame: (from: string, to: string, frame: Bytes) => void = () => {};

  constructor(suite: Suite, scheduler: Scheduler, profile: Profile, chance: SeededRandom) {
    this.#suite = suite;
    this.#scheduler = scheduler;
    this.#profile = profile;
    this.#chance = chance;
  }

  link(name: string, kind: 'person' | 'relay'): SimLink {
    const link = new SimLink(this, name, kind);
    this.links.set(name, link);
    return link;
  }

  keyOf(seed: Bytes): string {
    return toHex(this.#suite.signingPair(seed).publicKey);
  }

  after(delayMs: number, what: () => void): void {
    this.#scheduler.after(delayMs, what);
  }

  latency(): number {
    const { least, most } = this.#profile.latencyMs;
    return least + this.#chance.below(most - least + 1);
  }

  now(): number {
    return this.#scheduler.nowMs;
  }

  /** Who listens under an address: `sim:NAME` for a relay, or a person behind a relay that both are connected to. */
  find(from: SimLink, address: string): { readonly link: SimLink; readonly path: Path } | undefined {
    const [relayName, circuit] = address.split('/p2p/', 1).concat(address.split('/p2p-circuit/webrtc/p2p/').slice(1));
    const relay = this.links.get((relayName ?? '').replace('sim:', ''));
    if (circuit === undefined) return relay && { link: relay, path: 'relay' };
    if (!this.#profile.direct) return undefined;
    const person = [...this.links.values()].find((link) => link.key !== undefined && peerIdOf(link.key) === circuit);
    return person && relay && from.isConnectedTo(relay) && person.isConnectedTo(relay) ? { link: person, path: 'direct' } : undefined;
  }
}

export class SimLink {
  readonly name: string;
  readonly kind: 'person' | 'relay';
  key: string | undefined;
  /** Out of everybody's range. */
  isAway = false;
  readonly #network: SimNetwork;
  readonly #ends: Map<NeighbourId, End> = new Map<NeighbourId, End>();
  #nextId = 1;
  listener: (event: LinkEvent) => void = () => {};

  constructor(network: SimNetwork, name: string, kind: 'person' | 'relay') {
    this.#network = network;
    this.name = name;
    this.kind = kind;
  }

  isConnectedTo(other: SimLink): boolean {
    return [...this.#ends.values()].some((end) => end.other?.owner === other);
  }

  perform(command: LinkCommand): void {
    if (command.kind === 'listen') this.key = this.#network.keyOf(command.seed);
    if (command.kind === 'close') this.#disconnect(this.#ends.get(command.neighbour));
    if (command.kind === 'dial') this.#network.after(this.#network.latency(), () => this.#dial(command));
  }

  #dial(command: Extract<LinkCommand, { kind: 'dial' }>): void {
    const found = this.#network.find(this, command.address);
    if (found === undefined || found.link.isAway || this.isAway || found.link.key === undefined || this.key === undefined) {
      return this.listener({ kind: 'dial-failed', dial: command.id, reason: 'unreachable' });
    }
    if (command.expectedKey !== undefined && command.expectedKey !== found.link.key) {
      return this.listener({ kind: 'dial-failed', dial: command.id, reason: 'wrong-key' });
    }
    const mine = this.#adopt();
    const theirs = found.link.#adopt();
    mine.other = theirs;
    theirs.other = mine;
    const up = { kind: 'up', frameBytesMax: 65_536 } as const;
    this.listener({ ...up, neighbour: mine.id, key: transportKey(found.link.key), path: found.path, dialled: true, dial: command.id });
    found.link.listener({ ...up, neighbour: theirs.id, key: transportKey(this.key), path: 'direct', dialled: false });
  }

  #adopt(): End {
    const end: End = { owner: this, id: neighbourId(this.#nextId++), other: undefined, lastArrivalMs: 0 };
    this.#ends.set(end.id, end);
    return end;
  }

  send(neighbour: NeighbourId, frame: Bytes): void {
    const end = this.#ends.get(neighbour);
    const to = end?.other;
    if (end === undefined || to === undefined) return;
    this.#network.onFrame(this.name, to.owner.name, frame);
    const atMs = Math.max(end.lastArrivalMs, this.#network.now() + this.#network.latency());
    end.lastArrivalMs = atMs;
    this.#network.after(atMs - this.#network.now(), () => {
      if (end.other === to) to.owner.listener({ kind: 'frame', neighbour: to.id, frame });
    });
  }

  #disconnect(end: End | undefined): void {
    const other = end?.other;
    if (end === undefined || other === undefined) return;
    end.other = undefined;
    other.other = undefined;
    for (const side of [end, other]) {
      side.owner.#ends.delete(side.id);
      side.owner.listener({ kind: 'down', neighbour: side.id });
    }
  }

  /** All connections go; with `away` none comes up until `back`. */
  cut(away: boolean): void {
    this.isAway = away;
    for (const end of [...this.#ends.values()]) this.#disconnect(end);
  }

  back(): void {
    this.isAway = false;
  }
}
