/** What a store adapter brings to its exam: how to open it, and how to break the device under it (or why that cannot be done). */
import type { Write } from '../node/machine.ts';
import type { Store } from '../ports/store.ts';

/** A fault that this engine or this machine cannot stage; the case is skipped and says so. */
export interface Cannot {
  readonly cannot: string;
}

export interface StoreHarness {
  /** An empty store that no case has seen before; it becomes the current one. What came before it is closed and may be thrown away. */
  open(): Promise<Store>;
  /** Ends the program that has the current store open (it may be closed already) and opens the same data again. */
  reopen(): Promise<Store>;
  /** `bytes` unless told: all keys in bytewise order. `sealed`: only places within a group (`SpaceTraits.sealed`). */
  readonly order?: 'bytes' | 'sealed';
  readonly faults: StoreFaults;
}

export interface StoreFaults {
  /** Commits `batch` to the current store, dies in the middle of it, and opens the same data again. */
  readonly crashDuringCommit: ((batch: readonly Write[]) => Promise<Store>) | Cannot;
  /** Leaves the device without room for a few hundred KiB, by something outside the store; and gives the room back. */
  readonly fullDisk: { fill(): Promise<void>; free(): Promise<void> } | Cannot;
  /** Makes the data, which is closed, say that it is of this version. */
  readonly otherVersion: ((version: number) => Promise<void>) | Cannot;
  /** Opens the current data a second time while it is open. */
  readonly secondOpener: (() => Promise<Store>) | Cannot;
  /** Damages the data, which is closed, where the engine can notice. */
  readonly damage: (() => Promise<void>) | Cannot;
}

/** One question of an exam, for any test runner: `run` resolves when the answer is right and throws a claim that does not hold. */
export interface ExamCase {
  readonly name: string;
  /** Why the case cannot be run here; then `run` throws. */
  readonly skipped: string | undefined;
  run(): Promise<void>;
}

/** A question whose store was opened for it. */
export type StoreCase = readonly [name: string, check: (store: Store, harness: StoreHarness) => Promise<void>];
