/** Bounds of meeting, each with its unit and reason. Rule: docs/protocol/rendezvous.md. */

/** An invitation must fit a QR code that an old camera reads. */
export const INVITATION_BYTES_MAX = 300;

/** How long an invitation is good for, in hours. */
export const INVITATION_HOURS = 24;

/** Invitations made and not yet used that are kept; the oldest gives way. */
export const INVITATIONS_MAX = 32;

/** Relays an invitation names. */
export const INVITATION_RELAYS_MAX = 1;

/** Whoever has taken up an invitation and not found its bundle for this long deposits its own, in milliseconds. */
export const HELLO_AFTER_MS = 60_000;
