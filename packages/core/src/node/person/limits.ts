/** Bounds of a person's node, each with its unit and reason. */

/** People one can know: the tags of their sessions are held in memory. */
export const CONTACTS_MAX = 2000;

/** Relays kept. */
export const RELAYS_MAX = 8;

/** A contact heard through the relay this recently counts as reachable through it, in milliseconds. */
export const HEARD_RECENTLY_MS = 90_000;

/** Messages written and not yet delivered, per profile. */
export const OUTBOX_MAX = 10_000;

/** How often what runs out of time is looked for (messages, prekeys, deposits due), in milliseconds. */
export const CHECK_MS = 3_600_000;

/** Relays of other people that are dialled beside one's own: enough to meet somebody from another house. */
export const OTHERS_RELAYS_MAX = 4;

/** A bundle under the contact key is good for this long, in hours: it is carried for 14 days, and a day more for clocks. */
export const BUNDLE_GOOD_HOURS: number = 15 * 24;

/** A spare bundle is renewed after this many hours, and good for a while longer: whoever holds it may be away. */
export const SPARE_RENEW_HOURS: number = 30 * 24;
export const SPARE_GOOD_HOURS: number = 75 * 24;

/** Messages sealed again in one turn: each needs a row to be read. */
export const RESEALS_PER_TURN = 16;

/** How long a linking or a comparison may take, in milliseconds; a code on a screen is good for no longer. */
export const LINKING_MS = 600_000;

/** Comparisons under way at a time. */
export const COMPARISONS_MAX = 64;
