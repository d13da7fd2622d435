/** Bounds of meeting, each with its unit and reason. Rule: docs/protocol/rendezvous.md. */

/** An invitation must fit a QR code that an old camera reads. */
export const INVITATION_BYTES_MAX = 300;

/** How long an invitation is good for, in hours. */
export const INVITATION_HOURS = 24;

/** One that only one person may take up travels as mail does, in hours. */
export const PINNED_INVITATION_HOURS = 240;

/** Invitations made and not yet used that are kept; the oldest gives way. */
export const INVITATIONS_MAX = 32;

/** Relays an invitation names. */
export const INVITATION_RELAYS_MAX = 1;

/** Whoever has taken up an invitation and not found its bundle for this long deposits its own, in milliseconds. */
export const HELLO_AFTER_MS = 60_000;

/** Minutes of a day, among which a device's own turn is drawn. */
export const TURN_MINUTES = 1440;

/** Days after which a card tells further transport keys: three weeks without a card are still reached. */
export const CARD_WINDOW_DAYS = 20;

/** Transport keys a card tells: those of its window, of the day before, and of ten days to come. */
export const CARD_DAYS = 31;

/** Those in a deposit, for a first meeting: the whole card comes with the answer. */
export const DEPOSIT_DAYS = 3;

/** What the link may put into a code beside the rest, in bytes: user fragment, password, fingerprint and an address or two. */
export const HAND_CODE_BYTES_MAX = 80;
/** Of the one code of two who know each other, in bytes: addresses alone. */
export const AGAIN_BYTES_MAX = 40;
/** Certificates kept of each side: the one in use and the one after it. */
export const CERTIFICATES_KEPT = 2;

/** How long a code that connects by hand stands on a screen, in milliseconds. */
export const HAND_CODE_MS = 600_000;

/** Attempts by hand at one time. */
export const HANDS_MAX = 8;

/** About the turn of a device's day it is dialled under both keys for this long, in milliseconds: clocks are seldom further apart. */
export const REACHED_WITHIN_MS = 7_200_000;
