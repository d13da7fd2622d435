/** What is known of one neighbour while it is connected, and what waits to be said to it. Everything it can fill has a maximum. */
import { BoundedMap } from '../kernel/bounded-map.ts';
import type { Bytes } from '../kernel/bytes.ts';
import type { Carried } from './carried.ts';
import type { Pull, Role } from './frames.ts';
import { WANTS_MAX } from './limits.ts';
import type { CarryResult } from './refusals.ts';

export interface Neighbour {
  /** As far as it is believed; `undefined` until it has said hello. */
  role: Role | undefined;
  pull: Pull;
  /** The node knows this neighbour as a relay of its own; what a stranger says of itself does not make it one. */
  readonly isKnownRelay: boolean;
  /** Wanted by it and not yet given. */
  readonly asked: Map<string, Bytes>;
  /** What it has not been told yet of all that is here. */
  listing: Iterator<Carried> | undefined;
  /** When a hello after the first was answered last. */
  greetedAtMs: number;
  /** Its queue was full: what it missed is listed again when it drains. */
  behind: boolean;
  /** Wanted from it and not yet given. */
  readonly wanted: BoundedMap<string, true>;
  /** The tags by which it asked for its mail. */
  readonly tags: Set<string>;
  readonly results: { readonly id: Bytes; readonly result: CarryResult }[];
  readonly tokens: Bytes[];
}

export function newNeighbour(isKnownRelay: boolean): Neighbour {
  return {
    role: undefined,
    pull: 'cover',
    isKnownRelay,
    asked: new Map(),
    listing: undefined,
    greetedAtMs: Number.NEGATIVE_INFINITY,
    behind: false,
    wanted: new BoundedMap(WANTS_MAX * 4),
    tags: new Set(),
    results: [],
    tokens: [],
  };
}
