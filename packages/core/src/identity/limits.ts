/** Bounds of identity, each with its unit and reason. Rule: docs/protocol/identity.md. */

/** Devices of one account. A list must fit the smallest relayed record; nobody has been seen to own more. */
export const DEVICES_MAX = 16;

/** A device list counts as fresh for this long, in hours (90 days). Older ones stay valid and are marked. */
export const DEVICE_LIST_FRESH_HOURS: number = 90 * 24;

/** Private halves of prekeys are kept this long after they were handed out, in days: the longest delay a first message may have. */
export const PREKEY_KEPT_DAYS = 45;
