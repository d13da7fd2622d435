/** How far the comparison of a set with one neighbour has come. What happens in each state: `comparing.ts`. */
import type { Bytes } from '../kernel/bytes.ts';
import type { SetName } from './frames.ts';
import type { Snapshot } from './reconcile/cells.ts';
import type { Difference } from './reconcile/difference.ts';
import type { SetDigest } from './reconcile/digest.ts';
import type { Sketch } from './reconcile/sketch.ts';

/** What the other side said of the set it streams. */
interface Streamed {
  readonly digest: Bytes;
  readonly exceptions: readonly Bytes[];
}

/** What is under way with one neighbour. */
export type Comparison =
  | {
      readonly side: 'streams';
      readonly set: SetName;
      readonly sketch: Sketch;
      readonly snapshot: Snapshot;
      sent: number;
      answered: number;
      /** When more leaves; after the last cells, when a stop is waited for no longer. */
      nextAtMs: number;
    }
  /** Its stream is waited for. */
  | { readonly side: 'waits'; readonly set: SetName; readonly untilMs: number }
  | {
      readonly side: 'decodes';
      readonly set: SetName;
      readonly theirs: Streamed;
      readonly sketch: Sketch;
      /** Of our set as it was when the stream began. */
      readonly digest: SetDigest;
      readonly difference: Difference;
      untilMs: number;
    }
  /** The difference is known; what is missing has been asked for, and is counted as it is listed. */
  | {
      readonly side: 'fills';
      readonly set: SetName;
      readonly sketch: Sketch;
      readonly left: Set<string>;
      readonly filled: Bytes[];
      /** Whether these complete our set to theirs. */
      readonly isAll: (filled: readonly Bytes[]) => boolean;
      readonly untilMs: number;
    };
