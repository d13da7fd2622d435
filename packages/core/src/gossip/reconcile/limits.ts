/** Bounds of reconciling two sets, each with its unit and reason. Rule: docs/protocol/reconciliation.md §6. */

/** Bytes of an id: a hash. */
export const ID_BYTES = 32;

/** Bytes of a short id, as it travels in cells and in what comes out of them. */
export const SHORT_ID_BYTES = 8;

/** A salt is 16 to 32 bytes of chance. */
export const SALT_BYTES_MIN = 16;
export const SALT_BYTES_MAX = 32;

/**
 * Items of one set. More than a relay remembers; and the security of the digest (docs/protocol/reconciliation.md §1) falls slowly with it.
 */
export const ITEMS_MAX: number = 2 ** 18;

/**
 * Cells of a stream at the most. A difference takes 1.3 to 1.45 cells, so about 2,900 decode, for 54 KB: what a plain list of 1,050 entries
 * costs. A sketch is this many cells of 16 bytes. The arithmetic of `nextCell` is exact up to here. No honest stream gives more items than it
 * has cells, so this is also what may come off them: it bounds the work that a lie can cause.
 */
export const CELLS_MAX = 4096;

/** Full ids beside the cells, because their short id is that of another held one. By accident one set of 2^18 in 2^29 has one. */
export const EXCEPTIONS_MAX = 64;

/** Cells of the first piece of a stream, and of a later one at the least: under 600 and 300 bytes, so that few differences cost little. */
export const FIRST_CELLS = 32;
export const MORE_CELLS_MIN = 16;
/** A later piece is this part of what was sent before, so that a stream overshoots by no more than it. */
export const MORE_CELLS_PART = 8;
