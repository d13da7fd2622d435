/**
 * How much the TURN server takes in all, worked out from the one number that the keeper may choose. Knows nothing of how coturn is told.
 * Rule: docs/operations/nat.md.
 */
import { ALLOCATIONS_EACH_MAX, ALLOCATIONS_MAX, ALLOCATIONS_MIN, NAMES_AT_LEAST, RATE_EACH } from './limits.ts';

export interface TurnBounds {
  /** At a time, all together. */
  readonly allocations: number;
  /** At a time, under one name. */
  readonly allocationsEach: number;
  /** Bytes a second of one allocation, each way. */
  readonly rateEach: number;
  /** Bytes a second of all allocations together, each way. */
  readonly rateTotal: number;
}

const BYTES_OF_MEGABIT = 125_000;

/** With less to share out there are fewer allocations, down to a number that a house needs; from there on each carries less. */
export function turnBounds(megabits: number): TurnBounds {
  const rateTotal = Math.floor(megabits * BYTES_OF_MEGABIT);
  const allocations = Math.max(ALLOCATIONS_MIN, Math.min(ALLOCATIONS_MAX, Math.floor(rateTotal / RATE_EACH)));
  return {
    allocations,
    allocationsEach: Math.min(ALLOCATIONS_EACH_MAX, Math.floor(allocations / NAMES_AT_LEAST)),
    rateEach: Math.floor(rateTotal / allocations),
    rateTotal,
  };
}
