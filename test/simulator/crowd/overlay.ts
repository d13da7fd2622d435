/** Who is connected to whom at the start: seeded graphs, as lists of neighbours. No loops, no line twice. */
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';

export type Overlay = readonly (readonly number[])[];

/** A whole number below `limit`, cheaper than `random.below` and, below a million, uniform to four digits and more. */
export function quickBelow(random: SeededRandom, limit: number): number {
  return Math.floor(random.unit() * limit);
}

/** Every node with exactly `degree` lines, drawn at random: stubs are joined, and a line that may not be is exchanged with one that stands. */
export function regularOverlay(nodes: number, degree: number, random: SeededRandom): Overlay {
  const near = Array.from({ length: nodes }, () => new Set<number>());
  const stubs: number[] = [];
  for (let node = 0; node < nodes; node++) for (let line = 0; line < degree; line++) stubs.push(node);
  shuffle(stubs, random);
  const lines: [number, number][] = [];
  const left: [number, number][] = [];
  for (let at = 0; at + 1 < stubs.length; at += 2) {
    const [a, b] = [stubs[at] as number, stubs[at + 1] as number];
    if (mayJoin(near, a, b)) join(near, lines, a, b);
    else left.push([a, b]);
  }
  for (const [a, b] of left) {
    for (;;) {
      const at = quickBelow(random, lines.length);
      const [c, d] = lines[at] as [number, number];
      if (!mayJoin(near, a, c) || !mayJoin(near, b, d) || (a === b && c === d)) continue;
      near[c]?.delete(d);
      near[d]?.delete(c);
      lines[at] = lines[lines.length - 1] as [number, number];
      lines.pop();
      join(near, lines, a, c);
      join(near, lines, b, d);
      break;
    }
  }
  return near.map((one) => [...one]);
}

/** Nodes at random places of a square, joined when near enough to have `degree` neighbours on average; its largest connected part, numbered anew. */
export function geometricOverlay(nodes: number, degree: number, random: SeededRandom): Overlay {
  const places = Array.from({ length: nodes }, () => [random.unit(), random.unit()] as const);
  const reach = Math.sqrt(degree / (Math.PI * nodes));
  const cells = new Map<string, number[]>();
  const cellOf = (x: number, y: number): string => `${Math.floor(x / reach)},${Math.floor(y / reach)}`;
  for (const [node, [x, y]] of places.entries()) {
    const cell = cells.get(cellOf(x, y));
    if (cell === undefined) cells.set(cellOf(x, y), [node]);
    else cell.push(node);
  }
  const near = places.map(([x, y], node) => {
    const found: number[] = [];
    for (const dx of [-reach, 0, reach])
      for (const dy of [-reach, 0, reach])
        for (const other of cells.get(cellOf(x + dx, y + dy)) ?? []) {
          const [u, v] = places[other] as readonly [number, number];
          if (other !== node && (u - x) ** 2 + (v - y) ** 2 <= reach ** 2) found.push(other);
        }
    return found;
  });
  return largestPart(near);
}

function largestPart(near: Overlay): Overlay {
  const partOf = new Int32Array(near.length).fill(-1);
  let largest: number[] = [];
  for (let start = 0; start < near.length; start++) {
    if (partOf[start] !== -1) continue;
    const part = [start];
    partOf[start] = start;
    for (const node of part)
      for (const other of near[node] ?? [])
        if (partOf[other] === -1) {
          partOf[other] = start;
          part.push(other);
        }
    if (part.length > largest.length) largest = part;
  }
  const numberOf = new Map(largest.map((node, at) => [node, at]));
  return largest.map((node) => (near[node] ?? []).map((other) => numberOf.get(other) as number));
}

export function shuffle(items: number[], random: SeededRandom): void {
  for (let at = items.length - 1; at > 0; at--) {
    const other = quickBelow(random, at + 1);
    [items[at], items[other]] = [items[other] as number, items[at] as number];
  }
}

function mayJoin(near: readonly Set<number>[], a: number, b: number): boolean {
  return a !== b && near[a]?.has(b) === false;
}

function join(near: readonly Set<number>[], lines: [number, number][], a: number, b: number): void {
  near[a]?.add(b);
  near[b]?.add(a);
  lines.push([a, b]);
}
