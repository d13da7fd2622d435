/** Bounds of the vault, each with its unit and reason. Rule: docs/protocol/vault.md. */
import type { StretchCost } from '../../crypto/suite.ts';

/** What one guess of a passphrase costs: a third of a second and 64 MiB on a laptop, the second choice of RFC 9106 §4. */
export const STRETCH_COST: StretchCost = { passes: 3, memoryBytes: 64 << 20 };

/** The cost stands in a row that others may have written to: past these bounds it is not tried. The upper ones are seconds, and what a phone has. */
export const STRETCH_PASSES_MAX = 10;
export const STRETCH_MEMORY_BYTES_MIN: number = 8 << 20;
export const STRETCH_MEMORY_BYTES_MAX: number = 512 << 20;

/** The device secret as a device key wraps it, in bytes: 32, and room for whatever a platform adds. */
export const WRAPPED_BYTES_MAX = 256;

/** Rows sealed in one batch when a profile from before the vault is taken in: some MiB at a time, bodies included. */
export const MIGRATION_ROWS = 100;

/** Rows deleted in one batch of an erase. */
export const ERASE_ROWS = 200;
