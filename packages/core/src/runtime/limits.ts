/** Bounds of archives, backups, bundle files and of rows remembered, each with its unit and reason. Rules: docs/protocol/archive.md, docs/protocol/bundle.md. */

/** A backup file, in bytes: it is sealed and opened in memory. Years of texts take a hundredth of it. */
export const BACKUP_BYTES_MAX: number = 2 ** 30;

/** Plaintext of one sealed chunk of a backup, in bytes: what a file is cut into is of no use to whoever reads it, so few tags and little to hold. */
export const BACKUP_CHUNK_BYTES: number = 64 * 1024;

/** Messages handed to a device that is being linked: years of one person's, and some minutes by relay. */
export const ARCHIVED_MESSAGES_MAX = 20_000;

/** Pieces they may take: half of what a person's node carries (64 MiB), and a quarter of what a session runs ahead without an answer. */
export const ARCHIVED_PIECES_MAX = 1000;

/** Rows read or asked for at a time. */
export const ARCHIVE_ROWS = 200;

/** A bundle file, in bytes: at the least a few messages (a loop of pictures), at the most what a person's node carries, which is held in memory. */
export const BUNDLE_BYTES_MIN: number = 4 * 1024;
export const BUNDLE_BYTES_MAX: number = 64 * 2 ** 20;

/** The shortest frame of a bundle file, in bytes: one purge token. It bounds how many a file can hold. */
export const BUNDLE_FRAME_BYTES_MIN = 111;

/** Frames of a bundle file handed to the node at a time: at most 4 MiB wait, and whatever else comes is heard in between. */
export const BUNDLE_FRAMES_AT_ONCE = 64;

/** Rows written lately that are answered from memory, and the bytes of one: what a brisk conversation asks for again, in a mebibyte. */
export const RECENT_ROWS_MAX = 256;
export const RECENT_ROW_BYTES_MAX: number = 4 * 1024;
