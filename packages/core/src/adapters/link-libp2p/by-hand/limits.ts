/** Numbers of connections made by hand. Those that both sides must agree on stand in docs/protocol/by-hand.md too. */

/** Attempts at a time; each holds sockets of the browser. More than anybody has screens for; the oldest gives way. */
export const ATTEMPTS_MAX = 8;

/** A code stands on a screen, or travels by way of somebody, for at most so long before it is answered. Milliseconds. */
export const SHOWN_MS = 600_000;

/** From the last code until the connection is up. A checked pair takes a fraction of a second, a slow TURN server seconds. Milliseconds. */
export const CONNECT_MS = 15_000;

/** For gathering candidates: those of the device are there at once, a STUN server has one answer's time. Milliseconds. */
export const GATHER_MS = 2_000;

/** Bytes of the longest code that is read: sixteen candidates of the longest kind, and credentials in the longest form. */
export const CODE_BYTES_MAX = 512;

/** Candidates of one code, and of one list of them. */
export const CANDIDATES_MAX = 16;

/** Bytes of the one code of two who know each other: one candidate of the longest kind. */
export const AGAIN_CODE_BYTES_MAX = 20;

/** Certificates that are kept, one for each contact and use; the oldest goes. */
export const CERTIFICATES_MAX = 512;

/** As long as browsers allow. Milliseconds. */
export const CERTIFICATE_LIFE_MS = 31_536_000_000;

/** One that ends sooner than this is not begun with: the other side may show its code tomorrow. Milliseconds. */
export const CERTIFICATE_REST_MS = 86_400_000;

/** A neighbour met by hand cannot be dialled again, so it may be out of range for as long as a walk to the shop. Milliseconds. */
export const HAND_SILENT_MS = 600_000;

/** How often the other's candidates are tried again while it is out of range. Milliseconds. */
export const RETRY_MS = 3_000;

/** Candidates that are tried again at a time, the best first: each costs the browser a look at all that it had before. */
export const RETRIED_CANDIDATES_MAX = 4;

/** Retries of one connection in all its life: some hours out of range. The browser keeps every candidate it was ever told. */
export const RETRIES_MAX = 4_000;

/** How often a side that waits is told of somebody to try: a check that nobody answers lasts some twelve seconds. Milliseconds. */
export const PATIENCE_MS = 4_000;

/** Proposals of new ports with no word of the other side's: each makes the browser gather anew, and whoever never answers does not know them. */
export const RENEWALS_MAX = 3;

/** After the way is back, until new ports are taken, and until that is tried again. Longer than an interface takes to have its addresses. Milliseconds. */
export const RENEW_AFTER_MS = 5_000;
