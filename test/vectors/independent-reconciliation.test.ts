/** Digests, cells and a stream from docs/protocol/reconciliation.md alone, in whole numbers without bounds: the second implementation goes on. */
import { describe, expect, test } from 'vitest';
import { type Bytes, hash, hex, join, mac, NOTHING, toHex, u8, u32, vectors } from './independent.ts';

const { digests, theirs, ours, steps, salts } = vectors('reconciliation');
type Salted = (typeof salts)[number];

const bigOf = (bytes: Bytes): bigint => BigInt(`0x${toHex(bytes)}`);
const CELLS = 4096;
const WORD = 0xffff_ffffn;

/** §1. */
function digestOf(ids: readonly string[]): string {
  let sum = 0n;
  for (const id of ids)
    sum += bigOf(join(...[0, 1, 2, 3].map((block) => mac(join(u8(block), new Uint8Array(31)), 'gossip/digest-item', hex(id), 64))));
  const bytes = hex((sum % 2n ** 2048n).toString(16).padStart(512, '0'));
  return toHex(hash('gossip/digest', u32(ids.length), bytes));
}

/** §2. */
function mix(value: bigint): bigint {
  let x = value ^ (value >> 16n);
  x = (x * 0x85eb_ca6bn) & WORD;
  x ^= x >> 13n;
  x = (x * 0xc2b2_ae35n) & WORD;
  return x ^ (x >> 16n);
}

interface Item {
  readonly short: bigint;
  readonly check: bigint;
  readonly cells: readonly number[];
}

/** §3. */
function next(cell: number, r: bigint): number {
  const goal = 2n ** 28n * BigInt(cell + 1) * BigInt(cell + 2);
  let j = cell + 1;
  while (j < CELLS && (r + 1n) * BigInt(j + 1) * BigInt(j + 2) < goal) j++;
  return j;
}

function itemOf(key: Bytes, short: bigint): Item {
  const drawn = mac(key, 'gossip/sketch-check', NOTHING, 16);
  const [k0, k1] = [bigOf(drawn.slice(0, 4)), bigOf(drawn.slice(4, 8))];
  const [high, low] = [short >> 32n, short & WORD];
  const cells: number[] = [];
  for (let cell = 0, state = high; cell < CELLS; ) {
    cells.push(cell);
    state = (state + (low | 1n)) & WORD;
    cell = next(cell, mix(state) >> 4n);
  }
  return { short, check: mix(((mix(high ^ k0) + low) & WORD) ^ k1), cells };
}

const keyOf = (salt: string): Bytes => hash('gossip/sketch-key', hex(salt));
const shortOf = (key: Bytes, id: string): bigint => bigOf(mac(key, 'gossip/short-id', hex(id), 16).slice(0, 8));

interface Cell {
  count: number;
  short: bigint;
  check: bigint;
}

const EMPTY = (): Cell => ({ count: 0, short: 0n, check: 0n });

function put(cells: readonly Cell[], item: Item, sign: number): void {
  for (const at of item.cells) {
    const cell = cells[at];
    if (cell === undefined) return;
    cell.count += sign;
    cell.short ^= item.short;
    cell.check ^= item.check;
  }
}

function cellsOf(key: Bytes, ids: readonly string[], length: number): readonly Cell[] {
  const cells = Array.from({ length }, EMPTY);
  for (const id of ids) put(cells, itemOf(key, shortOf(key, id)), 1);
  return cells;
}

/** §4. */
function written(cells: readonly Cell[], size: number): string {
  const digits = (value: bigint, bytes: number): string => value.toString(16).padStart(2 * bytes, '0');
  const one = ({ count, short, check }: Cell, k: number): string => {
    const d = count - Math.floor((2 * size) / (k + 2));
    let z = d >= 0 ? 2 * d : -2 * d - 1;
    let deviation = '';
    for (; z > 127; z = Math.floor(z / 128)) deviation += digits(BigInt(128 + (z % 128)), 1);
    return deviation + digits(BigInt(z), 1) + digits(short, 8) + digits(check, 4);
  };
  return cells.map(one).join('');
}

function read(bytes: Bytes, size: number): readonly Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; at < bytes.length; ) {
    let z = 0;
    let shift = 1;
    for (; (bytes[at] as number) > 127; at++, shift *= 128) z += ((bytes[at] as number) - 128) * shift;
    z += (bytes[at++] as number) * shift;
    const d = z % 2 === 0 ? z / 2 : -(z + 1) / 2;
    const count = d + Math.floor((2 * size) / (cells.length + 2));
    cells.push({ count, short: bigOf(bytes.slice(at, at + 8)), check: bigOf(bytes.slice(at + 8, at + 12)) });
    at += 12;
  }
  return cells;
}

/** §5. */
function peel(key: Bytes, cells: readonly Cell[]): { readonly isWhole: boolean; readonly theirs: string[]; readonly ours: string[] } {
  const found: { readonly theirs: string[]; readonly ours: string[] } = { theirs: [], ours: [] };
  for (let at = 0; at < cells.length; at++) {
    const { count, short, check } = cells[at] as Cell;
    if (count !== 1 && count !== -1) continue;
    const item = itemOf(key, short);
    if (item.check !== check || !item.cells.includes(at)) continue;
    put(cells, item, -count);
    (count === 1 ? found.theirs : found.ours).push(short.toString(16).padStart(16, '0'));
    at = -1;
  }
  return { isWhole: cells.every((cell) => cell.count === 0 && cell.short === 0n && cell.check === 0n), ...found };
}

test('digests, of any order', () => {
  expect(digestOf([])).toBe(digests.ofNothing);
  expect(digestOf([theirs[0]])).toBe(digests.ofOne);
  expect(digestOf([...theirs].reverse())).toBe(digests.theirs);
});

test('steps from cell to cell', () => {
  for (const step of steps) expect(next(step.cell, BigInt(step.chance)), JSON.stringify(step)).toBe(step.next);
});

test('the deviations of the table', () => {
  const bytesOf = (d: number): string => written([{ count: d, short: 0n, check: 0n }], 0).slice(0, -24);
  expect([0, -1, 1, 63, -64, 64, -8192, 8192].map(bytesOf)).toEqual(['00', '01', '02', '7e', '7f', '8001', 'ff7f', '808001']);
});

describe.each<Salted>(salts)('under the salt $salt', ({ salt, key, items, stream }) => {
  test('short ids, checks and walks', () => {
    expect(toHex(keyOf(salt))).toBe(key);
    for (const { id, shortId, check, cells } of items) {
      const short = shortOf(keyOf(salt), id);
      expect(short.toString(16).padStart(16, '0')).toBe(shortId);
      expect(itemOf(keyOf(salt), short)).toEqual({ short, check: BigInt(check), cells });
    }
  });

  test('a stream is written byte for byte', () => {
    expect(written(cellsOf(keyOf(salt), theirs, stream.needed), stream.size)).toBe(stream.cells);
  });

  test('and read: all of the difference with its last cell, and not before', () => {
    const mine = cellsOf(keyOf(salt), ours, stream.needed);
    const left = (length: number): readonly Cell[] =>
      read(hex(stream.cells), stream.size)
        .slice(0, length)
        .map((cell, at) => {
          const own = mine[at] as Cell;
          return { count: cell.count - own.count, short: cell.short ^ own.short, check: cell.check ^ own.check };
        });
    const { isWhole, theirs: onlyTheirs, ours: onlyOurs } = peel(keyOf(salt), left(stream.needed));
    expect([isWhole, onlyTheirs.sort(), onlyOurs.sort()]).toEqual([true, stream.onlyTheirs, stream.onlyOurs]);
    expect(stream.onlyTheirs).toEqual(shortIds(salt, theirs, ours));
    expect(stream.onlyOurs).toEqual(shortIds(salt, ours, theirs));
    expect(peel(keyOf(salt), left(stream.needed - 1)).isWhole).toBe(false);
  });
});

function shortIds(salt: string, of: readonly string[], without: readonly string[]): readonly string[] {
  const key = keyOf(salt);
  return of
    .filter((id) => !without.includes(id))
    .map((id) => shortOf(key, id).toString(16).padStart(16, '0'))
    .sort();
}
