/** What a measurement hears of a crowd: every copy that came and every frame that left. */

export type SaidKind = 'push' | 'announce' | 'prune' | 'ask' | 'other';

export interface Ear {
  /** A copy of a message came; `hops` is how many lines it has crossed. */
  copy(node: number, id: number, hops: number, isFirst: boolean, nowMs: number): void;
  /** `ids`: how many are announced or asked for; otherwise 1. */
  frame(kind: SaidKind, ids: number, bytes: number): void;
}
