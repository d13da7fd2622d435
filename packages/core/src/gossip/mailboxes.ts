/** Who asked a relay for mail by which tags. A tag says nothing about whose it is; a relay only matches. */
import { type Bytes, toKey } from '../kernel/bytes.ts';
import { MAILBOX_TAGS_LEAST, MAILBOX_TAGS_MAX } from './limits.ts';
import type { Neighbour } from './neighbour.ts';

const NOBODY: readonly number[] = [];

export class Mailboxes {
  /** Nearly every tag is asked for by one neighbour: a set for each would be most of what a silent neighbour costs. */
  readonly #open: Map<string, number | Set<number>> = new Map<string, number | Set<number>>();
  readonly #tagsMax: number;
  #count = 0;

  constructor(tagsPerNeighbourMax: number) {
    this.#tagsMax = tagsPerNeighbourMax;
  }

  /** Answers whether this is news: not for a tag that is open already, nor past the neighbour's maximum. */
  open(tag: Bytes, neighbour: number, it: Neighbour): boolean {
    const key = toKey(tag);
    const most = this.#count < MAILBOX_TAGS_MAX ? this.#tagsMax : Math.min(this.#tagsMax, MAILBOX_TAGS_LEAST);
    if (it.tags.has(key) || it.tags.size >= most) return false;
    it.tags.add(key);
    this.#count++;
    const open = this.#open.get(key);
    if (open === undefined) this.#open.set(key, neighbour);
    else if (typeof open === 'number') this.#open.set(key, new Set([open, neighbour]));
    else open.add(neighbour);
    return true;
  }

  closeAll(neighbour: number, it: Neighbour): void {
    for (const tag of it.tags) {
      const open = this.#open.get(tag);
      if (typeof open === 'object') open.delete(neighbour);
      if (open === neighbour || (typeof open === 'object' && open.size === 0)) this.#open.delete(tag);
    }
    this.#count -= it.tags.size;
    it.tags.clear();
  }

  of(tag: Bytes): Iterable<number> {
    const open = this.#open.get(toKey(tag)) ?? NOBODY;
    return typeof open === 'number' ? [open] : open;
  }
}
