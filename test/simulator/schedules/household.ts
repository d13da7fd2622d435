/** Everybody is at the relay and writes to everybody. */
import type { Pair } from '../world.ts';
import type { Schedule } from './schedule.ts';

export const HOUSEHOLD: Schedule = {
  pairs: (world) => world.people.flatMap((a, i) => world.people.slice(i + 1).map((b): Pair => [a, b])),
  live: () => {},
};
