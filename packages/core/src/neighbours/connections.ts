/**
 * The connections there are, by number and by key, and the one that has to go so that a stranger may come in.
 * Closes nothing itself. Rule: docs/protocol/neighbours.md §4 and §5.
 */
import { STRANGER_STAYS_MS } from './limits.ts';

export type NeighbourPath = 'direct' | 'relay' | 'circuit';

export interface Connected {
  readonly neighbour: number;
  readonly key: string;
  readonly path: NeighbourPath;
  readonly dialled: boolean;
  /** The number of our dial that made it. */
  readonly dial?: number;
  /** Of the attempt by hand that made it: such a connection cannot be dialled again. */
  readonly hand?: number;
}

interface Kept {
  it: Connected;
  readonly sinceMs: number;
  /** It came up while this side had another key. */
  isAged: boolean;
}

export class Connections {
  readonly #kept: Map<number, Kept> = new Map<number, Kept>();
  /** key → ids, so that `has` is cheap. */
  readonly #byKey: Map<string, Set<number>> = new Map<string, Set<number>>();

  *all(): Generator<Connected, undefined> {
    for (const { it } of this.#kept.values()) yield it;
  }

  get(neighbour: number): Connected | undefined {
    return this.#kept.get(neighbour)?.it;
  }

  /** Whether there is a connection to it under the key this side has now. */
  has(key: string): boolean {
    for (const id of this.#byKey.get(key) ?? []) if (this.#kept.get(id)?.isAged === false) return true;
    return false;
  }

  /** This side takes another key: whatever there is serves until others have taken its place. */
  age(): void {
    for (const kept of this.#kept.values()) kept.isAged = true;
  }

  /** Connections under an earlier key, to one neighbour or to all. */
  aged(key?: string): readonly Connected[] {
    return [...this.#kept.values()].filter((kept) => kept.isAged && (key === undefined || kept.it.key === key)).map(({ it }) => it);
  }

  /** Connections to it under the key this side has now. */
  to(key: string): readonly Connected[] {
    return [...(this.#byKey.get(key) ?? [])].flatMap((id) => {
      const kept = this.#kept.get(id);
      return kept === undefined || kept.isAged ? [] : [kept.it];
    });
  }

  /** Whether a connection to it was dialled from here. */
  isDialled(key: string): boolean {
    for (const id of this.#byKey.get(key) ?? []) if (this.get(id)?.dialled === true) return true;
    return false;
  }

  add(it: Connected, nowMs: number): void {
    this.#kept.set(it.neighbour, { it, sinceMs: nowMs, isAged: false });
    const ids = this.#byKey.get(it.key);
    if (ids === undefined) this.#byKey.set(it.key, new Set([it.neighbour]));
    else ids.add(it.neighbour);
  }

  /** Its bytes take another path now. One that is gone is passed over. */
  reroute(neighbour: number, path: NeighbourPath): void {
    const kept = this.#kept.get(neighbour);
    if (kept !== undefined) kept.it = { ...kept.it, path };
  }

  /** Answers what it was, and since when. */
  remove(neighbour: number): Kept | undefined {
    const kept = this.#kept.get(neighbour);
    if (kept === undefined) return undefined;
    this.#kept.delete(neighbour);
    const ids = this.#byKey.get(kept.it.key);
    ids?.delete(neighbour);
    if (ids?.size === 0) this.#byKey.delete(kept.it.key);
    return kept;
  }

  count(counts: (it: Connected) => boolean): number {
    let count = 0;
    for (const { it } of this.#kept.values()) if (counts(it)) count++;
    return count;
  }

  /** Of two connections to one key by the same path, the one both ends close; `undefined` if `it` is the only one. */
  oneTooMany(it: Connected, myKey: string): number | undefined {
    for (const id of this.#byKey.get(it.key) ?? []) {
      const rival = this.#kept.get(id)?.isAged === true ? undefined : this.get(id);
      if (rival === undefined || rival.path !== it.path || id === it.neighbour) continue;
      // Whoever dials twice has lost the first; of two who dialled each other, the smaller key's stays.
      const keepsNew = rival.dialled === it.dialled || it.dialled === myKey < it.key;
      return keepsNew ? id : it.neighbour;
    }
    return undefined;
  }

  /**
   * The stranger that makes room for `it`: the one that came in and has been there longest. To whoever came in too it gives way only
   * after `STRANGER_STAYS_MS`; what this side dialled gives way to nobody.
   */
  longestGuest(it: Connected, isStranger: (key: string) => boolean, nowMs: number): Connected | undefined {
    for (const { it: guest, sinceMs } of this.#kept.values()) {
      if (guest.dialled || !isStranger(guest.key)) continue;
      return it.dialled || nowMs - sinceMs >= STRANGER_STAYS_MS ? guest : undefined;
    }
    return undefined;
  }
}
