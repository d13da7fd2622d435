/** What is to happen, in order of time and, at one time, in the order in which it was asked for. Never a clock of the machine it runs on. */

export class Agenda<What> {
  readonly #heap: { readonly at: number; readonly order: number; readonly what: What }[] = [];
  #asked = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The time of what comes next; infinite when nothing does. */
  get nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  add(at: number, what: What): void {
    const heap = this.#heap;
    const one = { at, order: this.#asked++, what };
    let hole = heap.length;
    heap.push(one);
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const other = heap[above] as typeof one;
      if (other.at < at || (other.at === at && other.order < one.order)) break;
      heap[hole] = other;
      hole = above;
    }
    heap[hole] = one;
  }

  take(): What | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) this.#sink(last);
    return first.what;
  }

  #sink(one: { readonly at: number; readonly order: number; readonly what: What }): void {
    const heap = this.#heap;
    let hole = 0;
    for (;;) {
      let below = 2 * hole + 1;
      let other = heap[below];
      if (other === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && (right.at < other.at || (right.at === other.at && right.order < other.order))) {
        other = right;
        below++;
      }
      if (one.at < other.at || (one.at === other.at && one.order < other.order)) break;
      heap[hole] = other;
      hole = below;
    }
    heap[hole] = one;
  }
}
