/** Bounds of identity, each with its unit and reason. Rule: docs/protocol/identity.md. */

/** Devices of one account. A list must fit the smallest relayed record; nobody has been seen to own more. */
export const DEVICES_MAX = 16;

/** Private halves of prekeys are kept this long after they were handed out, in days: the longest delay a first message may have. */
export const PREKEY_KEPT_DAYS = 45;
