/** Bounds of a session, each with its unit and reason. Rule: docs/protocol/session.md §7. */

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

/** Messages an initiator may send before the first answer; each carries the handshake. */
export const FIRST_MESSAGES_MAX = 64;

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
