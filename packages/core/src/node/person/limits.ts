/** Bounds of a person's node, each with its unit and reason. */

/** People one can know: the tags of their sessions are held in memory. */
export const CONTACTS_MAX = 2000;

/** Relays kept. */
export const RELAYS_MAX = 8;

/** A contact heard through the relay this recently counts as reachable through it, in milliseconds. */
export const HEARD_RECENTLY_MS = 90_000;

/** Messages written and not yet delivered, per profile. */
export const OUTBOX_MAX = 10_000;

/** How often the outbox is looked through for messages that have run out of time, in milliseconds. */
export const OUTBOX_CHECK_MS = 3_600_000;

/** Relays of other people that are dialled beside one's own: enough to meet somebody from another house. */
export const OTHERS_RELAYS_MAX = 4;
