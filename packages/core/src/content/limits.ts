/** Bounds of what people say to each other, each with its unit and reason. Rule: docs/protocol/content.md. */

/** A text, in bytes of UTF-8: about ten pages, and it fits one envelope. */
export const TEXT_BYTES_MAX = 16_000;

/** A name, in characters after trimming, and in bytes of UTF-8. */
export const NAME_LENGTH_MAX = 60;
export const NAME_BYTES_MAX = 240;

/** Messages one receipt may name. */
export const RECEIPT_MESSAGES_MAX = 256;

/** Transport keys a card may tell, one for each day, and minutes of a day. */
export const CARD_DAYS_MAX = 32;
export const CARD_MINUTES = 1440;

/** Relays and addresses a card may name. */
export const CARD_RELAYS_MAX = 4;
export const CARD_ADDRESSES_MAX = 4;
export const CARD_ADDRESS_BYTES_MAX = 200;

/** A device list: 16 devices and a lineage of seven earlier roots make 1,800 bytes. */
export const LIST_RECORD_BYTES_MAX = 2048;

/** Spare bundles kept of one device, and the length of one. */
export const SPARES_MAX = 2;
export const SPARE_BYTES_MAX = 1500;

/** Removed devices told along with a list. */
export const REMOVED_MAX = 16;

/** What a sync may repeat: a text with its head, or a receipt. */
export const SYNC_BYTES_MAX = 16_200;

/** A piece of an archive: fits the largest envelope together with a session's overhead. */
export const ARCHIVE_BYTES_MAX = 26_000;

/** What a new device is told when it is taken in. */
export const WELCOME_BYTES_MAX = 4096;

/** Lost sessions named at a time; a device has seldom more than one. */
export const LOST_SESSIONS_MAX = 32;

/** What a link may say of where it is, in a signal, in bytes: eight addresses and more. */
export const SIGNAL_CODE_BYTES_MAX = 400;

/** An invitation that is passed on, in bytes. */
export const INTRODUCED_BYTES_MAX = 300;
