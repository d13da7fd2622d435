/** Sizes and lifetimes of envelopes, each with its unit and reason. Rule: docs/protocol/envelope.md §2. */

/** Lengths a body may have, in bytes: few, so that a length says little. */
export const BODY_BYTES: readonly number[] = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768];

export const BODY_BYTES_MAX = 32_768;

/** How long each class lives, in hours: a message 14 days, media 7, bulk 7 (relays only). */
export const LIFETIME_HOURS: Readonly<Record<1 | 2 | 3, number>> = { 1: 14 * 24, 2: 7 * 24, 3: 7 * 24 };

/** How far in the future an envelope may say it was made, in hours: a phone's clock may be in the wrong time zone, not in the wrong week. */
export const AHEAD_HOURS_MAX = 26;
