/** Bounds of dialling, each with its unit and reason. Rule: docs/protocol/neighbours.md. */

/** First wait after a failed dial, in milliseconds; doubled each time. */
export const BACK_OFF_FIRST_MS = 1000;

/** Longest wait for a relay: a house whose relay returns must be whole again within 20 s. */
export const BACK_OFF_RELAY_MAX_MS = 8000;

/** Longest wait for a person: they may be away for days. */
export const BACK_OFF_PERSON_MAX_MS = 60_000;

/** Of two who could dial each other, the one with the larger key waits this long, so that seldom two connections come up. */
export const COURTESY_MS = 1500;

/** A dial that has said nothing for this long counts as failed. */
export const DIAL_PATIENCE_MS = 30_000;

/** Dials under way at one time. */
export const DIALS_MAX = 6;

/** Addresses kept for one key. */
export const ADDRESSES_MAX = 8;

/** An address may be this long. */
export const ADDRESS_LENGTH_MAX = 512;
