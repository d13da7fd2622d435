/** Bounds of a session, each with its unit and reason. Rule: docs/protocol/session.md §7. */
import type { Purpose } from './purpose.ts';

/** Message keys kept for messages that were overtaken, per session: weeks of a busy correspondence. */
export const SKIPPED_MAX = 4000;

/** How far one message may run ahead of the last one seen in its chain. */
export const JUMP_MAX = 4000;

/** Overtaken messages' keys are kept this long, in days: the mesh carries for 14, a shelf of stored mail for longer. */
export const SKIPPED_KEPT_DAYS = 45;

/** Tags held ready per chain: each of the next 128 numbers … */
export const TAG_WINDOW = 128;

/** … and every 32nd of the following ones up to `JUMP_MAX`, so that a long loss does not make deaf. */
export const TAG_STRIDE = 32;

/** Messages an initiator may send with the handshake before the first answer; the tags of all of them are held ready. */
export const FIRST_MESSAGES_MAX = 64;

/** The same by occasion: of spare bundles two are handed to every device one knows, and what lies under the contact key is for all contacts, so fewer tags are held ready for each. */
export const FIRST_MESSAGES: Readonly<Record<Purpose, number>> = { invitation: 64, hello: 64, 'contact-key': 8, spare: 8, link: 8 };

/** A session that is only read is kept this long, in days: as long as what was sealed for it may be carried, and a shelf's delay. */
export const RETIRED_KEPT_DAYS = 45;

/** Numbers of the current chain that are remembered after they were read: whoever uses one again was set back. */
export const SPENT_TAGS = 32;

/** Closed chains remembered for the same reason, and numbers of each: a device that was set back goes on where it was. */
export const PAST_CHAINS = 16;
export const PAST_HEARD = 3;

/** A new post-quantum epoch is proposed after this many messages either way … */
export const EPOCH_MESSAGES = 50;

/** … or after this many hours, whichever comes first and a message is written. */
export const EPOCH_HOURS = 24;

/** A proposal or an answer travels in the first messages of a chain … */
export const ANNOUNCE_FIRST = 3;

/** … and in every 8th, until the peer has said that it knows: 1.2 KB each, and any one of them may be lost. */
export const ANNOUNCE_EVERY = 8;

/** Epoch keys held: the chain being read, and those after it. The peer's chains never go back. */
export const EPOCH_KEYS_MAX = 5;
