/** Bounds of a person's node, each with its unit and reason. */
import { SIGNAL_CODE_BYTES_MAX } from '../../content/limits.ts';

/** People one can know: the tags of their sessions are held in memory. */
export const CONTACTS_MAX = 2000;

/** Relays kept. */
export const RELAYS_MAX = 8;

/** A contact heard through the relay this recently counts as reachable through it, in milliseconds. */
export const HEARD_RECENTLY_MS = 90_000;

/** Others who may carry a receipt: fewer than carry a text, because a purge token tells of the reading as well (docs/delivery.md). */
export const RECEIPT_COPIES = 2;

/**
 * A receipt leaves so long after it was written, by chance, in milliseconds: in the very instant it would say who has just read. No longer,
 * because somebody looks at the screen and waits for it.
 */
export const RECEIPT_LATE_MS: { readonly least: number; readonly most: number } = { least: 200, most: 1500 };

/** What lies under our contact key is for many and lives its whole life: no stranger carries it. It is offered here, and by relays. */
export const DEPOSIT_COPIES = 1;

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

/** How long a session may be in doubt before it is begun anew, in milliseconds, and how often that is done for a doubt, in hours: a carrier can raise one. */
export const DOUBT_MS = 600_000;
export const DOUBTS_EVERY_HOURS = 24;

/** A session in which something was not receipted for so long is begun anew, and how often: one of the two may have been set back unnoticed. In hours. */
export const STALE_HOURS = 72;
export const STALE_EVERY_HOURS = 72;

/** Sessions kept with one device; the oldest that is only read gives way. */
export const SESSIONS_PER_DEVICE_MAX = 8;

/** Receipts held for messages that are not known here yet. */
export const EARLY_MAX = 1024;

/** Spare bundles given to one device within their lives, used ones as well: who uses them up at once has to wait. */
export const SPARES_GIVEN_MAX = 12;

/** A session that was opened and not answered for so long may be opened again by a newer deposit, in hours. */
export const UNANSWERED_HOURS = 48;

/** Pieces of an archive that may wait for the welcome, at most 26 MB. */
export const LINKED_PIECES_MAX = 1000;

/** A list signed with the words is dated up to so many hours ahead, by chance. */
export const TAKE_OVER_SPREAD_HOURS = 64;

/** The part of a bundle file's room that purge tokens may take, as a divisor: they free others' room, envelopes are what is waited for. */
export const BUNDLE_TOKENS_SHARE = 4;

/**
 * Messages of a chain whose tags are named ahead to a relay that is asked by tags; half of them have to come before more are named. Each
 * turn of a conversation begins a chain, so this is what a turn costs, times 16 bytes; of a longer burst the rest comes in a second step.
 */
export const NEWS_AHEAD = 16;

/** Others to whom a courier may hand on what came in a file. */
export const BUNDLE_COPIES = 4;

/** After a full disk nothing is carried for others for so long, in milliseconds: each refused commit costs a node built anew. */
export const DISK_FULL_MS = 60_000;

/** How long the link is waited for when a code is wanted on the screen, in milliseconds: then it is shown without what only the link knows. */
export const HAND_LINK_MS = 6000;

/** What a signal may hold of the link, in bytes: more addresses than a code on a screen. */
export const SIGNAL_CODE_BYTES: number = SIGNAL_CODE_BYTES_MAX;

/** A signal, or a sign that somebody is near, means something for this long, in milliseconds; clocks differ by less, mostly. */
export const SIGNAL_FRESH_MS = 120_000;

/** Between two attempts to reach a device directly by signals, in milliseconds; doubled each time. */
export const SIGNAL_WAIT_FIRST_MS = 30_000;
export const SIGNAL_WAIT_MAX_MS = 1_800_000;

/** One device's signals are answered at most this often, in milliseconds. */
export const SIGNAL_ANSWER_MS = 10_000;

/** Certificates that are being made at a time. */
export const CERTIFYING_MAX = 64;

/** Introductions kept, made and received: a person answers them one by one. */
export const INTRODUCTIONS_MAX = 32;

/** Of these, by one introducer, or made here; the oldest of theirs gives way. */
export const INTRODUCTIONS_OF_ONE_MAX = 8;

/** An introduction that nobody answered goes after this long, in milliseconds. */
export const INTRODUCTION_MS: number = 14 * 24 * 3_600_000;
