/** Bounds of being reached from outside, each with its unit and reason. Rule: docs/protocol/link.md §6. */

/** Bytes of one message, as the specification of DCUtR bounds its own; those of AutoNAT here name one address. */
export const MESSAGE_BYTES_MAX = 4096;

/** Bytes of an answer of identify: what js-libp2p reads of one. */
export const IDENTIFY_BYTES_MAX = 8192;

/** Fields that are read of a message, the lists in it counted one by one: an answer of identify names every protocol and address. */
export const FIELDS_MAX = 256;

/** Below are the ports of a system's own services: nobody makes us dial one. */
export const PORT_MIN = 1024;

/** One address (of a whole network, behind a shared router) is dialled back once in this long, in milliseconds. */
export const DIAL_BACK_AGAIN_MS = 30_000;

/** Addresses of which it is remembered when they were dialled back. */
export const DIAL_BACK_REMEMBERED_MAX = 256;

/** Dials for others under way at one time. */
export const DIAL_BACKS_MAX = 4;

/** What is not connected and proven by then cannot be dialled, in milliseconds: two lost packets are made good in it. */
export const DIAL_BACK_WITHIN_MS = 5_000;

/** Whoever asks waits so long, in milliseconds: the dial, and a slow way there and back. */
export const ANSWER_WITHIN_MS = 10_000;

/** A named relay is asked again after this long, in milliseconds: routers forget what was set, and homes get other addresses. */
export const ASK_EVERY_MS = 900_000;

/** One that would not say is asked again after this long, in milliseconds: it may have dialled this address a moment before. */
export const ASK_AGAIN_MS = 35_000;

/**
 * One attempt at a direct connection, in milliseconds, and the number of them on one circuit, whichever side begins: as other implementations of DCUtR
 * have it. The place that is knocked at is the other's word, so this is also how often a named relay can have a third dialled.
 */
export const PUNCH_WITHIN_MS = 5_000;
export const PUNCHES_MAX = 3;

/** Between two attempts, in milliseconds; of two that began at once the larger key waits twice as long. */
export const PUNCH_PAUSE_MS = 1_500;

/** A router that says no at once, because the other side has not knocked yet, is knocked at again after this long, in milliseconds. */
export const KNOCK_AGAIN_MS = 150;
