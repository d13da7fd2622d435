/** What is known of one neighbour while it is connected, and what waits to be said to it. Everything it can fill has a maximum. */
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Bytes } from '../kernel/bytes.ts';
import type { Carried } from './carried.ts';
import type { Comparison } from './comparison.ts';
import type { Cursor, Hello, Listed, PullSaid, Role, SetSummary } from './frames.ts';
import { PUSHES_AT_ONCE, WAITING_MAX, WANTS_MAX } from './limits.ts';
import type { CarryResult } from './refusals.ts';
import type { Tier, Who } from './tier.ts';

/** For each number of hops, the last standing for all beyond: 0 to push; else how many times it has to be asked for until it is pushed again. */
export type Lazy = Uint8Array<ArrayBuffer>;

/** `isLive`: announced, not listed; it comes as a push. */
export interface Asked {
  readonly id: Bytes;
  readonly isLive: boolean;
}

/** Copies that went along to a neighbour, and whether they went more than once. */
export interface Handed {
  readonly copies: number;
  readonly isAgain: boolean;
}

/** What a neighbour is asked for, as long as it is connected. */
export interface Demand {
  bits: number;
  readonly challenge: Bytes;
  /** Numbers below were used: no stamp counts twice. */
  nonceLeast: number;
  /** Paid for and not yet given. */
  readonly stamped: BoundedMap<string, true>;
}

export interface Neighbour {
  readonly who: Who;
  readonly depositor: string;
  /** As `who` says, unless it was learned since. */
  tier: Tier;
  /** As far as it is believed; `undefined` until it has said hello. */
  role: Role | undefined;
  pull: PullSaid;
  /** What our last hello said of our sets: both sides decide by the same numbers. */
  told: { readonly held: SetSummary; readonly tokens: SetSummary } | undefined;
  /** A hello that comes until then answers one of ours. */
  answersUntilMs: number;
  /** What its last hello said. */
  greeting: Hello | undefined;
  /** Wanted by it and not yet given. */
  readonly asked: Map<string, Asked>;
  /** What it has not been told yet of all that is here, and when the next page of it may leave. */
  listing: Iterator<{ readonly number: number; readonly one: Carried }> | undefined;
  pageAtMs: number;
  /** When a list was begun last. */
  listedAtMs: number;
  /** When a hello after the first was answered last. */
  greetedAtMs: number;
  /** When it is to be greeted again by itself. */
  compareAtMs: number;
  /** Its queue was full: what it missed is listed again when it drains. */
  behind: boolean;
  /** Wanted from it and not yet given. */
  readonly wanted: BoundedMap<string, true>;
  /** Handed to it for carrying, with the copies that went along until it has answered that it took them; outlives the connection. */
  readonly handed: BoundedMap<string, Handed>;
  /** The tags by which it asked for its mail, and what is still to be given under those it named last. */
  readonly tags: Set<string>;
  mail: Iterator<Carried> | undefined;
  /** When it was given something last, and what: the latest, as much as may be lost when its queue runs over. */
  gaveAtMs: number;
  readonly gave: { readonly asked: Asked; readonly bytes: number }[];
  gaveBytes: number;
  /** Waiting envelopes it listed that are for somebody else: decoys are drawn from them. */
  readonly waiting: BoundedMap<string, Listed>;
  readonly results: { readonly id: Bytes; readonly result: CarryResult }[];
  readonly tokens: Bytes[];
  /** The comparison of sets that is under way. */
  comparison: Comparison | undefined;
  /** Up to where a relay says it has listed, once all that was wanted of it has come. */
  upto: Cursor | undefined;
  /** Nothing that was read past has been forgotten since it was last greeted: only then it need not list that again. */
  countsUpTo: boolean;
  /** Whether it is pushed what is new, or told the ids. */
  readonly lazy: Lazy;
  /** What it is asked for each envelope that it leaves; `undefined` for nothing. */
  demand: Demand | undefined;
  /** The next number to be tried for a stamp. */
  nonce: number;
  /** Pushes it may still send, and when that was worked out. */
  allowance: number;
  allowanceAtMs: number;
}

export function newNeighbour(who: Who, depositor: string, lazy: Lazy, handed: BoundedMap<string, Handed>): Neighbour {
  return {
    who,
    depositor,
    tier: who.tier,
    role: undefined,
    pull: 'cover',
    told: undefined,
    answersUntilMs: Number.NEGATIVE_INFINITY,
    greeting: undefined,
    asked: new Map(),
    listing: undefined,
    pageAtMs: 0,
    listedAtMs: Number.NEGATIVE_INFINITY,
    greetedAtMs: Number.NEGATIVE_INFINITY,
    compareAtMs: Number.POSITIVE_INFINITY,
    behind: false,
    wanted: new BoundedMap(WANTS_MAX * 4),
    handed,
    tags: new Set(),
    mail: undefined,
    gaveAtMs: Number.NEGATIVE_INFINITY,
    gave: [],
    gaveBytes: 0,
    waiting: new BoundedMap(WAITING_MAX),
    results: [],
    tokens: [],
    comparison: undefined,
    upto: undefined,
    countsUpTo: true,
    lazy,
    demand: undefined,
    nonce: 0,
    allowance: PUSHES_AT_ONCE,
    allowanceAtMs: 0,
  };
}
