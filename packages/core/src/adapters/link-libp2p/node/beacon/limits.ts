/** Bounds and addresses of the beacon, each with its unit and reason. Rule: docs/protocol/link.md §4.2. */

/**
 * UDP. Of the range 14501 to 14935, which IANA has assigned to nobody; beyond the ports that need rights, and below those that systems give
 * to whoever asks for any (Linux from 32768, IANA from 49152), so that no other program sits there by chance.
 */
export const BEACON_PORT = 14_720;

/**
 * 239.255/16 is the local scope that any site may use (RFC 2365 §6.1). 224.0.0/24 would be the link's own, but only IANA gives addresses in it;
 * what keeps a packet on its link is its time to live of 1.
 */
export const GROUP_4 = '239.255.75.84';

/** Link scope, assigned by nobody (flag T, RFC 4291 §2.7), and of the group ids for those (RFC 3307 §4.3). */
export const GROUP_6 = 'ff12::cb49:5448';

/** Networks announced on, each address of an interface being one. */
export const NETWORKS_MAX = 16;

/** Packets looked at in one second: of one source, so that nobody alone can keep the others from being heard, and of all. */
export const PACKETS_OF_SOURCE_MAX = 16;
export const PACKETS_MAX = 128;

/** Keys of which it is remembered when they were last heard. */
export const KEYS_MAX = 256;

/** A key that was not heard for this long, in milliseconds, is a newcomer: three times the pause between two packets, so that two may be lost. */
export const NEWCOMER_AFTER_MS = 30_000;

/** A newcomer is answered within this time, in milliseconds, by chance: a room full of programs must not answer in one moment. */
export const ANSWER_WITHIN_MS = 150;

/** On one network nothing is said twice within this time, in milliseconds, however many newcomers there are or pretend to be. */
export const PAUSE_MS = 1000;

/** Pause between two packets, in milliseconds, give or take a fifth: the first few, and then. A packet of broadcast is lost easily, and never sent again by itself. */
export const FIRST_EVERY_MS = 5000;
export const FIRST_PACKETS = 6;
export const EVERY_MS = 10_000;

/** How often interfaces, and one's own key, are looked at, in milliseconds. */
export const LOOK_EVERY_MS = 2000;
