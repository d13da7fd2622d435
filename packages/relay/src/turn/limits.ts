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

/** Allocations under one name at a time: what one page needs for sixteen connections that are being made, or thirty-two that are there. */
export const ALLOCATIONS_EACH_MAX = 64;

/**
 * Bytes a second for one allocation, each way: a file, or a call with a picture. There is none for all of them together: coturn sets each one's
 * rate aside from such a total in advance, idle or not, and refuses whoever comes when it is given out.
 */
export const RATE_EACH_MAX = 1_250_000;

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
