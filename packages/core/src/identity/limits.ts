/** Bounds of identity, each with its unit and reason. Rule: docs/protocol/identity.md. */

/** Devices of one account. A list must fit the smallest relayed record; nobody has been seen to own more. */
export const DEVICES_MAX = 16;

/** Roots an account may go through: each costs its later lists 96 bytes, and seven lost devices are a long life. */
export const ROOTS_MAX = 8;

/** Bytes of the longest device list: 16 devices under the eighth root. It still fits the sealed identity of a handshake. */
export const DEVICE_LIST_BYTES_MAX = 1800;

/** Private halves of prekeys are kept this long after they were handed out, in days: the longest delay a first message may have. */
export const PREKEY_KEPT_DAYS = 45;

/** Words of an account's seed: 256 bits and 8 of a checksum, 11 to a word. */
export const RECOVERY_WORDS = 24;

/** Characters of a text that is read for recovery words: 24 of them take 216, the rest is room for numbers and layout. */
export const RECOVERY_TEXT_CHARS_MAX = 4000;

/** Characters of a word nobody knows that are shown back; the longest word there is has 8. */
export const UNKNOWN_WORD_CHARS_MAX = 32;

/** Hours for which a tag under the contact key stays the same: a bundle is made anew every 7 days, and lists go with it. */
export const CONTACT_PERIOD_HOURS = 168;

/** Envelopes that one device may publish under the contact key in one period: its bundle, its list, proofs, and writing again after changes. */
export const CONTACT_SLOTS = 16;

/** Bytes of a link code before base64url: what a phone's camera reads from another screen at once. */
export const LINK_CODE_BYTES_MAX = 300;

/** Relays in a link code: one, so that the picture stays coarse. */
export const LINK_CODE_RELAYS_MAX = 1;

/** Characters of a scanned or pasted text, the link around a code included. */
export const CODE_TEXT_CHARS_MAX = 2000;
