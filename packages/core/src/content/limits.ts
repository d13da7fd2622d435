/** Bounds of what people say to each other, each with its unit and reason. Rule: docs/protocol/content.md. */

/** A text, in bytes of UTF-8: about ten pages, and it fits one envelope. */
export const TEXT_BYTES_MAX = 16_000;

/** A name, in characters after trimming, and in bytes of UTF-8. */
export const NAME_LENGTH_MAX = 60;
export const NAME_BYTES_MAX = 240;

/** Messages one receipt may name. */
export const RECEIPT_MESSAGES_MAX = 256;

/** Relays and addresses a card may name. */
export const CARD_RELAYS_MAX = 4;
export const CARD_ADDRESSES_MAX = 4;
export const CARD_ADDRESS_BYTES_MAX = 200;
