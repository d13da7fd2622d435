/**
 * Fair comparison on a machine that is never quiet: A B A B …, and the ratio of each pair by itself, so that a slow minute slows both.
 * The first pair warms up and is not counted.
 */

export interface Paired {
  /** Medians over the counted runs. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of ours ÷ theirs, pair by pair. */
  readonly ratio: number;
  /** The smallest and the largest ratio seen: how far to believe the median. */
  readonly ratioRange: readonly [number, number];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The value below which the share `p` (0 to 1) of the values lies; NaN for none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))] ?? Number.NaN;
}

/** Runs ours and theirs in turns, `pairs` times after one warm-up pair. Each answers its figure; the order flips from pair to pair. */
export async function runPairs(
  pairs: number,
  ours: () => number | Promise<number>,
  theirs: () => number | Promise<number>,
): Promise<Paired> {
  const mine: number[] = [];
  const other: number[] = [];
  for (let pair = 0; pair <= pairs; pair++) {
    let a: number;
    let b: number;
    if (pair % 2 === 0) {
      a = await ours();
      b = await theirs();
    } else {
      b = await theirs();
      a = await ours();
    }
    if (pair === 0) continue;
    mine.push(a);
    other.push(b);
  }
  const ratios = mine.map((value, at) => value / (other[at] ?? Number.NaN));
  return { ours: median(mine), theirs: median(other), ratio: median(ratios), ratioRange: [Math.min(...ratios), Math.max(...ratios)] };
}
