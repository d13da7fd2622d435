/** The rows of one space by name, and their order. The order is made at the first range and kept from then on. */
import { type Bytes, fromKey, toKey } from '../../kernel/bytes.ts';

export class MemorySpace {
  /** As strings of as many characters, which lie in V8's heap: of byte strings, which lie beside it, 64 MB more make it look through everything there is. */
  #values: Map<string, string> = new Map<string, string>();
  #sorted: string[] | undefined;

  get(name: string): Bytes | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : fromKey(value);
  }

  bytesOf(name: string): number {
    const value = this.#values.get(name);
    return value === undefined ? 0 : name.length + value.length;
  }

  /** Answers by how many bytes the space has grown. */
  put(name: string, value: Bytes): number {
    const before = this.#values.get(name);
    if (this.#sorted && before === undefined) this.#sorted.splice(firstNotBelow(this.#sorted, name), 0, name);
    this.#values.set(name, textOf(value));
    return before !== undefined ? value.length - before.length : name.length + value.length;
  }

  delete(name: string): number {
    const before = this.#values.get(name);
    if (before === undefined) return 0;
    this.#sorted?.splice(firstNotBelow(this.#sorted, name), 1);
    this.#values.delete(name);
    return -(name.length + before.length);
  }

  namesIn(prefix: string, after: string | undefined, limit: number, reverse: boolean): readonly string[] {
    this.#sorted ??= [...this.#values.keys()].sort((a, b) => (a < b ? -1 : 1));
    const sorted = this.#sorted;
    const pastPrefix = `${prefix}\u{ffff}`; // no unit of a name is above 0xff
    let from = firstNotBelow(sorted, prefix);
    let to = firstNotBelow(sorted, pastPrefix);
    if (after !== undefined && reverse) to = Math.min(to, firstNotBelow(sorted, after));
    if (after !== undefined && !reverse) from = Math.max(from, firstNotBelow(sorted, `${after}\u{0}`));
    if (from >= to) return [];
    return reverse ? sorted.slice(Math.max(from, to - limit), to).reverse() : sorted.slice(from, Math.min(to, from + limit));
  }

  /** Values are never changed in place, so that copies share them. */
  copy(): MemorySpace {
    const copy = new MemorySpace();
    copy.#values = new Map(this.#values);
    copy.#sorted = this.#sorted?.slice();
    return copy;
  }
}

/** Bytes turned into one string at a time: more arguments than this no engine takes for certain. */
const PIECE_BYTES = 4096;

function textOf(bytes: Bytes): string {
  if (bytes.length <= PIECE_BYTES) return toKey(bytes);
  return toKey(bytes.subarray(0, PIECE_BYTES)) + textOf(bytes.subarray(PIECE_BYTES));
}

function firstNotBelow(sorted: readonly string[], name: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
