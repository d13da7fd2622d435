/** What the reconciliation benchmark gives both sides of every method: two sets that differ by a hundred, half of it on each side. */
import type { Bytes } from '../../packages/core/src/kernel/bytes.ts';
import { SeededRandom } from '../../packages/core/src/testing/index.ts';

export interface Item {
  readonly id: Bytes;
  /** Seconds; only methods that sort by time ask for it. */
  readonly at: number;
}

export interface Sets {
  readonly theirs: readonly Item[];
  readonly ours: readonly Item[];
}

/** What one reconciliation cost. */
export interface Cost {
  /** Both ways, framed as it is sent, until one side knows what is missing on both. */
  readonly bytes: number;
  /** The ids that the knowing side then asks for, where a method leaves that to the caller. */
  readonly asking: number;
  readonly roundTrips: number;
  /** Processor time of the side that is asked, and of the side that then knows the difference. */
  readonly askedMs: number;
  readonly knowingMs: number;
}

export interface Method {
  readonly name: string;
  readonly version: string;
  /** `isFirst`: the knowing side has nothing prepared and its preparation counts. The asked side always has. */
  run(sets: Sets, isFirst: boolean): Promise<Cost>;
}

export const DIFFERING = 100;
const SPAN_SECONDS = 30 * 86_400;

/** Where in 30 days the differing items lie: anywhere, or all in the last hour. */
export type Place = 'scattered' | 'recent';

export function makeSets(size: number, place: Place, seed: number): Sets {
  const random = new SeededRandom(`${size} ${place} ${seed}`);
  const make = (isDiffering: boolean): Item => ({
    id: random.bytes(32),
    at: isDiffering && place === 'recent' ? SPAN_SECONDS - random.below(3600) : random.below(SPAN_SECONDS),
  });
  const many = (length: number, isDiffering: boolean): readonly Item[] => Array.from({ length }, () => make(isDiffering));
  const shared = many(size - DIFFERING / 2, false);
  return { theirs: [...shared, ...many(DIFFERING / 2, true)], ours: [...many(DIFFERING / 2, true), ...shared] };
}

export function check(found: number, method: string): void {
  if (found !== DIFFERING) throw new Error(`${method} found ${found} of ${DIFFERING} differences`);
}

/** Processor time of this process, all threads, in milliseconds: what others do on the machine is not in it. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
