/** What is to happen, ordered by (time, sequence): no ties, no luck. A binary heap. */
interface Timed {
  readonly atMs: number;
  readonly sequence: number;
  readonly what: () => void;
}

export class Agenda {
  readonly #heap: Timed[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the next thing happens. */
  get nextAtMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  push(atMs: number, what: () => void): void {
    const it: Timed = { atMs, sequence: this.#sequence++, what };
    const heap = this.#heap;
    let at = heap.push(it) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(it, heap[parent] as Timed)) break;
      heap[at] = heap[parent] as Timed;
      at = parent;
    }
    heap[at] = it;
  }

  pop(): Timed | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timed, heap[child] as Timed)) child++;
      if (!isBefore(heap[child] as Timed, last)) break;
      heap[at] = heap[child] as Timed;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Timed, b: Timed): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}
