/**
 * Who is worth being connected to, and how dialling them has gone: relays and people that somebody named, strangers that were found nearby.
 * A key stands under one kind only. Decides nothing about dialling. Rule: docs/protocol/neighbours.md §1.
 */
import { type Random, randomBelow } from '../kernel/random.ts';
import { peerIdOf, throughRelay } from './addresses.ts';

/** One that is under way. */
export interface Dial {
  readonly id: number;
  readonly address: string;
  readonly sinceMs: number;
}

export type Closeness = 'relay' | 'person' | 'stranger';

export interface Known {
  readonly key: string;
  readonly kind: Closeness;
  /** Its key as libp2p writes it in addresses; `undefined` for a key that is none. */
  readonly peerId: string | undefined;
  /** Own addresses; a person's may be empty: it is then reached through relays both know, or where it is found nearby. */
  addresses: readonly string[];
  /** Relays (keys) through which a person says it can be reached. */
  relays: readonly string[];
  /** Where it was last found on the local network, and when. Anybody can say so of anybody: it stands beside `addresses`, never in their place. */
  near: readonly string[];
  nearAtMs: number;
  /** When being found, or named by others at another address, last ended a wait. */
  calledAtMs: number;
  /** Dials that failed, ever: which address is next. Nobody's announcing can set it back, so every address has its turn. */
  tried: number;
  /** Dials that failed since it was last there or last found: how long to wait. */
  attempts: number;
  /** Connections that were closed soon, since one was not. */
  closedSoon: number;
  notBeforeMs: number;
  dial: Dial | undefined;
  /** Dials of a relay that were not waited for, the latest last. */
  tired: readonly Dial[];
  /** An address of a relay that was heard of just now: it is dialled before all others. */
  fresh: { readonly address: string; readonly atMs: number } | undefined;
  /** Where it was last reached, and how long that took; known of relays alone. */
  good: string | undefined;
  reachedInMs: number;
  /** A relay that this side chose itself; false of all others. */
  isOwn: boolean;
}

/** Where it may be dialled, the best way first. `relays`: those that are connected. */
export function waysTo(known: Known, relays: readonly Known[]): readonly string[] {
  // A relay's name is meant to last; a person on the same network is reached there soonest.
  if (known.kind === 'relay') return [...known.addresses, ...known.near];
  const ways = [...known.near, ...known.addresses];
  if (known.kind === 'stranger') return ways;
  for (const relay of relays) {
    const [address] = relay.addresses;
    const isShared = known.relays.length === 0 || known.relays.includes(relay.key);
    if (isShared && address !== undefined && relay.peerId !== undefined && known.peerId !== undefined)
      ways.push(throughRelay(address, relay.peerId, known.peerId));
  }
  return ways;
}

/** Of these ways, the one whose turn it is: what was heard of just now, then each in turn, but every other time the one that last led there. */
export function nextWay({ good, tried, fresh }: Pick<Known, 'good' | 'tried' | 'fresh'>, ways: readonly string[]): string | undefined {
  if (fresh !== undefined && ways.includes(fresh.address)) return fresh.address;
  const others = ways.filter((way) => way !== good);
  if (others.length === ways.length || others.length === 0) return ways[tried % Math.max(1, ways.length)];
  return tried % 2 === 0 ? good : others[Math.floor(tried / 2) % others.length];
}

export class Roster {
  readonly #relays: Map<string, Known> = new Map<string, Known>();
  readonly #persons: Map<string, Known> = new Map<string, Known>();
  /** Bounded by whoever adds to it: its places are given away by a rule of their own. */
  readonly #strangers: Map<string, Known> = new Map<string, Known>();

  get(key: string): Known | undefined {
    return this.#relays.get(key) ?? this.#persons.get(key) ?? this.#strangers.get(key);
  }

  of(kind: Closeness): ReadonlyMap<string, Known> {
    return this.#map(kind);
  }

  /** Adds a key, or moves it to another kind; what is known of where it was found, and a dial under way, go with it. */
  put(key: string, kind: Closeness): Known {
    const before = this.get(key);
    const known: Known = {
      key,
      kind,
      peerId: before?.peerId ?? peerIdOf(key),
      addresses: [],
      relays: [],
      near: before?.near ?? [],
      nearAtMs: before?.nearAtMs ?? Number.NEGATIVE_INFINITY,
      calledAtMs: before?.calledAtMs ?? Number.NEGATIVE_INFINITY,
      tried: 0,
      attempts: 0,
      closedSoon: 0,
      notBeforeMs: 0,
      dial: before?.dial,
      tired: before?.tired ?? [],
      fresh: undefined,
      good: before?.good,
      reachedInMs: before?.reachedInMs ?? 0,
      isOwn: false,
    };
    this.delete(key);
    this.#map(kind).set(key, known);
    return known;
  }

  delete(key: string): void {
    for (const map of [this.#relays, this.#persons, this.#strangers]) map.delete(key);
  }

  /**
   * Whose place a newcomer gets: that of the stranger which failed most. If none did, by chance one or nobody, so that a crowd does not
   * choose alike. One that is being dialled, or was dialled and is there, keeps its place.
   */
  strangerThatLeaves(random: Random, isDialled: (key: string) => boolean): string | undefined {
    const others = [...this.#strangers.values()].filter((it) => it.dial === undefined && !isDialled(it.key));
    const [worst] = others.toSorted((one, other) => other.attempts - one.attempts);
    if (worst === undefined || worst.attempts > 0) return worst?.key;
    return randomBelow(random, 2) === 0 ? undefined : others[randomBelow(random, others.length)]?.key;
  }

  /** The nearest first: in this order they are dialled. */
  *all(): Generator<Known> {
    yield* this.#relays.values();
    yield* this.#persons.values();
    yield* this.#strangers.values();
  }

  #map(kind: Closeness): Map<string, Known> {
    return kind === 'relay' ? this.#relays : kind === 'person' ? this.#persons : this.#strangers;
  }
}
