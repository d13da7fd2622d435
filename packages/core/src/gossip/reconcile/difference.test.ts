import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Bytes, bytesOf, concat, toHex } from '../../kernel/bytes.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { cellsAfter, type Snapshot } from './cells.ts';
import { Difference, type Progress } from './difference.ts';
import { SetDigest } from './digest.ts';
import { CELLS_MAX, ITEMS_MAX } from './limits.ts';
import { Sketch } from './sketch.ts';
import { encodeCells } from './wire.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const SALT = bytesOf(new Uint8Array(16).fill(3));

function many(seed: string, length: number): readonly Bytes[] {
  const random = new SeededRandom(seed);
  return Array.from({ length }, () => random.bytes(32));
}

function sketchOf(ids: readonly Bytes[], salt: Bytes = SALT, by: Suite = suite): Sketch {
  const sketch = new Sketch(by, salt);
  for (const id of ids) sketch.add(id);
  return sketch;
}

/** Streams as a link would: in pieces, until the receiver has had enough. */
function stream(theirs: Snapshot, difference: Difference, pieceAfter: (sent: number) => number = cellsAfter): Progress {
  let progress: Progress = 'more';
  for (let sent = 0; progress === 'more'; ) {
    const count = Math.min(pieceAfter(sent), CELLS_MAX - sent);
    progress = difference.take(encodeCells(theirs, sent, count));
    sent += count;
  }
  return progress;
}

const fullIds = (sketch: Sketch, short: readonly Bytes[]): readonly string[] => short.map((one) => toHex(sketch.idOf(one) as Bytes)).sort();
const hexOf = (ids: readonly Bytes[]): readonly string[] => ids.map(toHex).sort();

describe('a difference', () => {
  test('is found, all of it and nothing else, of any two sets', () => {
    const size = fc.nat(60);
    fc.assert(
      fc.property(size, size, size, fc.integer(), (shared, theirsOnly, oursOnly, seed) => {
        const all = many(`sets ${seed}`, shared + theirsOnly + oursOnly);
        const theirs = sketchOf(all.slice(0, shared + theirsOnly));
        const ours = sketchOf([...all.slice(0, shared), ...all.slice(shared + theirsOnly)]);
        const difference = new Difference(suite, ours.snapshot(), theirs.snapshot().size);
        expect(stream(theirs.snapshot(), difference)).toBe('whole');
        expect(fullIds(theirs, difference.onlyTheirs)).toEqual(hexOf(all.slice(shared, shared + theirsOnly)));
        expect(fullIds(ours, difference.onlyOurs)).toEqual(hexOf(all.slice(shared + theirsOnly)));
      }),
      { seed: 8, numRuns: 100 },
    );
  });

  test('of equal sets is whole with the first cell', () => {
    const ours = sketchOf(many('equal', 50)).snapshot();
    const difference = new Difference(suite, ours, ours.size);
    expect(difference.take(encodeCells(ours, 0, 1))).toBe('whole');
    expect([difference.onlyTheirs, difference.onlyOurs]).toEqual([[], []]);
  });

  test('takes the same cells in whatever pieces they come', () => {
    const all = many('pieces', 300);
    const [theirs, ours] = [sketchOf(all.slice(0, 250)).snapshot(), sketchOf(all.slice(50)).snapshot()];
    const one = new Difference(suite, ours, theirs.size);
    expect(stream(theirs, one, () => 1)).toBe('whole');
    const needed = one.received;
    const atOnce = new Difference(suite, ours, theirs.size);
    expect(atOnce.take(encodeCells(theirs, 0, needed - 1))).toBe('more');
    expect([atOnce.onlyTheirs, atOnce.onlyOurs]).toEqual([[], []]);
    expect(atOnce.take(encodeCells(theirs, needed - 1, 1))).toBe('whole');
    expect(hexOf(atOnce.onlyTheirs)).toEqual(hexOf(one.onlyTheirs));
    expect(hexOf(atOnce.onlyOurs)).toEqual(hexOf(one.onlyOurs));
  });

  test('of a hundred items takes fewer than two cells an item, and one of 2,500 is within a stream', () => {
    for (const [differing, cellsMax] of [
      [100, 182],
      [2500, CELLS_MAX],
    ] as const) {
      const all = many(`${differing} differ`, 3000 + differing);
      const theirs = sketchOf(all.slice(0, 3000 + differing / 2)).snapshot();
      const ours = sketchOf([...all.slice(0, 3000), ...all.slice(3000 + differing / 2)]).snapshot();
      const difference = new Difference(suite, ours, theirs.size);
      expect(stream(theirs, difference)).toBe('whole');
      expect(difference.onlyTheirs.length + difference.onlyOurs.length).toBe(differing);
      expect(difference.received).toBeLessThanOrEqual(cellsMax);
    }
  });

  test('of too much is hopeless: at the end of the stream, or at once if already the sizes say it', () => {
    const all = many('too much', 8000);
    const [theirs, ours] = [sketchOf(all.slice(0, 4000)).snapshot(), sketchOf(all.slice(4000)).snapshot()];
    const difference = new Difference(suite, ours, theirs.size);
    expect(stream(theirs, difference)).toBe('hopeless');
    expect([difference.received, difference.onlyTheirs, difference.onlyOurs]).toEqual([CELLS_MAX, [], []]);
    for (const size of [ours.size + CELLS_MAX + 1, ITEMS_MAX + 1, 2 ** 32 - 1, -1, 0.5, Number.NaN])
      expect(new Difference(suite, ours, size).take(encodeCells(theirs, 0, 1))).toBe('hopeless');
  });
});

/** What a caller does with a whole difference: it fetches the ids under `onlyTheirs` and compares digests. */
function holds(
  difference: Difference,
  theirs: Sketch,
  ours: Sketch,
  digests: { readonly ours: SetDigest; readonly theirs: Bytes },
): boolean {
  const added = difference.onlyTheirs.map((short) => theirs.idOf(short));
  const removed = difference.onlyOurs.map((short) => ours.idOf(short));
  if (added.includes(undefined) || removed.includes(undefined)) return false;
  return toHex(digests.ours.with(added as Bytes[], removed as Bytes[])) === toHex(digests.theirs);
}

function digestOf(ids: readonly Bytes[]): SetDigest {
  const digest = new SetDigest(suite);
  for (const id of ids) digest.add(id);
  return digest;
}

describe('a stream that lies', () => {
  const own = (): Snapshot => sketchOf(many('own', 200)).snapshot();

  test('ends within a stream, whatever bytes it sends', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }), fc.nat(400), (pieces, theirSize) => {
        const difference = new Difference(suite, own(), theirSize);
        let progress: Progress = 'more';
        for (const piece of pieces) progress = difference.take(bytesOf(piece));
        expect(difference.received).toBeLessThanOrEqual(CELLS_MAX);
        if (progress !== 'more') expect(difference.take(bytesOf(pieces[0] ?? []))).toBe(progress);
      }),
      { seed: 9, numRuns: 100 },
    );
  });

  test('of well-formed nonsense ends hopeless with its last cell', () => {
    const random = new SeededRandom('nonsense');
    const difference = new Difference(suite, own(), 200);
    const pieces = (): Bytes => concat(...Array.from({ length: 64 }, () => concat(bytesOf([random.below(6)]), random.bytes(12))));
    let progress: Progress = 'more';
    for (let i = 0; i < CELLS_MAX / 64; i++) progress = difference.take(pieces());
    expect([progress, difference.received]).toEqual(['hopeless', CELLS_MAX]);
  });

  test.each([
    ['nothing', []],
    ['half a cell', [0, 1, 2, 3]],
    ['a deviation of endless bytes', new Array<number>(40).fill(0xff)],
    ['more cells than there are', Array.from({ length: 13 * (CELLS_MAX + 1) }, (_, i) => (i % 13 === 0 ? 1 : i & 0x7f))],
  ])('with %s is hopeless at once', (_, bytes) => {
    const difference = new Difference(suite, own(), 200);
    expect(difference.take(bytesOf(bytes))).toBe('hopeless');
    expect(difference.received).toBe(0);
  });

  test('with counts at their extremes ends hopeless', () => {
    for (const deviation of [
      [0xff, 0xff, 0x7f],
      [0xfe, 0xff, 0x7f],
    ]) {
      // the smallest and the largest that can be written
      const difference = new Difference(suite, own(), ITEMS_MAX / 2 ** 10);
      const piece = concat(...Array.from({ length: CELLS_MAX / 4 }, () => bytesOf([...deviation, ...new Uint8Array(12)])));
      expect([1, 2, 3, 4].map(() => difference.take(piece))).toEqual(['more', 'more', 'more', 'hopeless']);
    }
  });

  test('that gives an item away twice is hopeless', () => {
    const single = sketchOf(many('again', 1)).snapshot();
    const second = single.counts.indexOf(1, 1);
    // Cell 0 holds the item and its next cell does not: taken out of both, it is in the next one with the other sign.
    const cells = concat(encodeCells({ ...single, size: 0 }, 0, 1), new Uint8Array(13 * second));
    const difference = new Difference(suite, sketchOf([]).snapshot(), 0);
    expect(difference.take(cells)).toBe('hopeless');
    expect([difference.onlyTheirs, difference.onlyOurs]).toEqual([[], []]);
  });

  test('cannot give away an item in a cell that is not one of its own', () => {
    const single = sketchOf(many('elsewhere', 1)).snapshot();
    const elsewhere = single.counts.indexOf(0);
    const cells = concat(new Uint8Array(13 * elsewhere), encodeCells({ ...single, size: 0 }, 0, 1));
    expect(new Difference(suite, sketchOf([]).snapshot(), 0).take(cells)).toBe('more');
  });

  test('of cells of another set, or under another salt, never gives a difference that the digest confirms', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), fc.nat(20), (seed, isOtherSalt, sizeOff) => {
        const all = many(`lies ${seed}`, 60);
        const [claimed, oursIds, sent] = [all.slice(0, 40), all.slice(20), all.slice(10, 50)];
        const [theirs, ours] = [sketchOf(claimed), sketchOf(oursIds)];
        const salt = isOtherSalt ? bytesOf(new Uint8Array(16).fill(4)) : SALT;
        const difference = new Difference(suite, ours.snapshot(), claimed.length + sizeOff);
        const progress = stream(sketchOf(sent, salt).snapshot(), difference);
        const digests = { ours: digestOf(oursIds), theirs: digestOf(claimed).value() };
        expect(progress === 'whole' && holds(difference, theirs, ours, digests)).toBe(false);
      }),
      { seed: 10, numRuns: 40 },
    );
  });

  test('of the truth gives one that it does', () => {
    const all = many('truth', 60);
    const [theirs, ours] = [sketchOf(all.slice(0, 40)), sketchOf(all.slice(20))];
    const difference = new Difference(suite, ours.snapshot(), theirs.snapshot().size);
    stream(theirs.snapshot(), difference);
    expect(holds(difference, theirs, ours, { ours: digestOf(all.slice(20)), theirs: digestOf(all.slice(0, 40)).value() })).toBe(true);
  });
});

test('two ids with one short id, one on each side, cancel in the cells, and the digest gives it away', () => {
  const mac: Suite['mac'] = (key, label, message, length) =>
    suite.mac(key, label, message.length === 32 && length === 16 ? message.slice(1) : message, length);
  const blind = Object.assign(Object.create(suite) as Suite, { mac });
  const shared = many('shared', 10);
  const [x, y] = [bytesOf(new Uint8Array(32)), bytesOf(new Uint8Array(32))];
  y[0] = 1;
  const [theirs, ours] = [sketchOf([...shared, x], SALT, blind), sketchOf([...shared, y], SALT, blind)];
  const difference = new Difference(blind, ours.snapshot(), theirs.snapshot().size);
  expect(stream(theirs.snapshot(), difference)).toBe('whole');
  expect([difference.onlyTheirs, difference.onlyOurs]).toEqual([[], []]);
  expect(holds(difference, theirs, ours, { ours: digestOf([...shared, y]), theirs: digestOf([...shared, x]).value() })).toBe(false);
});
