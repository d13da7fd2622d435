/** Bounds of carrying for others, each with its unit and reason. Rule: docs/protocol/gossip.md §6. */

export interface GossipLimits {
  /** Bytes of envelopes carried at the most, one's own included. */
  readonly carriedBytesMax: number;
  readonly carriedMax: number;
  /** Ids remembered as seen, so that nothing is taken twice. */
  readonly seenMax: number;
  /** Tags one neighbour may have its mail picked by. */
  readonly tagsPerNeighbourMax: number;
}

export const PERSON_LIMITS: GossipLimits = { carriedBytesMax: 64 * 2 ** 20, carriedMax: 20_000, seenMax: 100_000, tagsPerNeighbourMax: 0 };

export const RELAY_LIMITS: GossipLimits = { carriedBytesMax: 2 ** 30, carriedMax: 200_000, seenMax: 200_000, tagsPerNeighbourMax: 16_384 };

/** Copies a small envelope is given at birth; media half of it; bulk is never sprayed (Spray and Wait, Spyropoulos et al. 2005). */
export const COPIES: Readonly<Record<1 | 2 | 3, number>> = { 1: 8, 2: 4, 3: 1 };

/** Entries of one list frame: with 51 bytes each it stays under the largest frame of every link. */
export const LIST_MAX = 1000;

/** Wants under way to one neighbour at a time. */
export const WANTS_MAX = 256;

/** Envelopes from one neighbour that were read past in the hope that their tag will mean something later. */
export const PASSED_OVER_MAX = 20_000;

/** An id stays seen for this long after its envelope expired, in hours: clocks disagree by a time zone. */
export const SEEN_AFTER_EXPIRY_HOURS = 25;

/**
 * Results and purge tokens wait this long, so that those of many envelopes leave in one frame and one write; nobody sees the difference,
 * and a relay spends half its time on writes. In milliseconds.
 */
export const ANSWER_WAIT_MS = 10;

/** A neighbour that says hello again is answered with a list at most this often, in milliseconds: four bytes must not buy megabytes. */
export const HELLO_AGAIN_MS = 30_000;

/** How often expired rows are looked for, in milliseconds. */
export const SWEEP_MS = 600_000;

/** Purge tokens held for one neighbour until the end of a turn. */
export const TOKENS_MAX = 4000;

/** Rows let go of in one sweep; what is left waits for the next one, at once. */
export const SWEEP_ROWS_MAX = 1000;

/** Ids one neighbour may have asked for and not yet been given. */
export const ASKED_MAX = 2048;

/** Bytes of stored envelopes handed to one neighbour at a time; more in the next turn. */
export const GIVEN_BYTES_MAX: number = 2 ** 20;
