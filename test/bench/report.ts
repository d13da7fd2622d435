/** What a benchmark says: named values with units, and where it has a peer, ours ÷ the peer's from interleaved pairs of the same run. */

export interface Figure {
  readonly bench: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What stood beside ours, with its version. */
  readonly peer?: string;
  /** Ours ÷ peer's: the median over the pairs. */
  readonly ratio?: number;
}

export interface Report {
  /** One result. Names end in their unit: `latency-p99-ms`. */
  figure(name: string, value: number, unit: string, beside?: { readonly peer: string; readonly ratio?: number }): void;
  /** What is going on, for whoever waits; never part of the results. */
  progress(text: string): void;
}

/** What a file of this folder exports under the name `bench`. */
export type Bench = (report: Report) => Promise<void>;
