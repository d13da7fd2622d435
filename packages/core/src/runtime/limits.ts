/** Bounds of archives and backups, each with its unit and reason. Rule: docs/protocol/archive.md. */

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
