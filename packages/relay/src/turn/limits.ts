/** What the TURN server beside the relay may take, with unit and reason. Rule: docs/operations/nat.md. */

/** Two more than the relay's own ports, and not 3478, where a server that somebody else set up may stand. */
export const TURN_PORT = 4_003;

/**
 * UDP ports on which what is relayed leaves, the first and the last: below the range from which Linux gives ports to programs (32768), so that
 * nothing else is in the way. A thousand: each end of a WebRTC connection keeps two while it lives (measured), also when its way is direct, and
 * twice as many while it is being made.
 */
export const RELAYED_PORTS: readonly [number, number] = [20_000, 20_999];

/** Milliseconds that credentials count: a page that was open all day asks again twice. */
export const CREDENTIALS_MS: number = 12 * 3_600_000;

/**
 * Allocations under one name at a time, and never more than an eighth of all: what one page needs for eight connections that are being made, or
 * sixteen that are there. A name costs a key, which costs nothing: this keeps a page from taking all by mistake, and nobody who means to.
 */
export const ALLOCATIONS_EACH_MAX = 32;

/** Names it takes to hold all allocations, at the least. */
export const NAMES_AT_LEAST = 8;

/**
 * Megabits a second that are carried for all together, each way, unless the keeper chooses (`--turn-rate`): half of what a Raspberry Pi's network
 * takes, so that mail and the app pass beside it. What is carried comes in and leaves again, so the network has this much of each.
 */
export const MEGABITS = 512;

/** The least that can be chosen, in megabits a second: the fewest allocations have a voice's rate each. */
export const MEGABITS_MIN = 16;
export const MEGABITS_MAX = 100_000;

/**
 * Bytes a second for one allocation, each way, where there is enough for the fewest: a call with a picture, and a file of 100 MB in seven minutes.
 * coturn sets it aside for each allocation in advance, idle or not, so the total is this times the number of allocations, and more for each means
 * fewer of them.
 */
export const RATE_EACH = 250_000;

/** All together at a time, at the least and at the most: thirty-two connections of which both ends keep two, and one for each port. */
export const ALLOCATIONS_MIN = 128;
export const ALLOCATIONS_MAX = 1_000;

/** Addresses of this machine it listens at: the likeliest ones; each costs a socket for every thread. */
export const ADDRESSES_MAX = 8;

/** Milliseconds before it is started again when it ended: at first, and at most. */
export const WAIT_MIN_MS = 1_000;
export const WAIT_MAX_MS = 300_000;

/** A run that lasted so long, in milliseconds, was a good one: the next wait is the shortest again. */
export const GOOD_RUN_MS = 60_000;

/** Milliseconds until it has to answer after a start, and to end when it is told to. */
export const START_WITHIN_MS = 10_000;
export const END_WITHIN_MS = 3_000;
