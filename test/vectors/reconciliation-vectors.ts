/** The frozen example of docs/protocol/reconciliation.md: digests, short ids and their walks, and one stream from its first cell to its last. */
import { label, type Suite } from '../../packages/core/src/crypto/suite.ts';
import { checkOf, keysOf, nextCell, Walk, word } from '../../packages/core/src/gossip/reconcile/cells.ts';
import { Difference } from '../../packages/core/src/gossip/reconcile/difference.ts';
import { SetDigest } from '../../packages/core/src/gossip/reconcile/digest.ts';
import { CELLS_MAX } from '../../packages/core/src/gossip/reconcile/limits.ts';
import { Sketch } from '../../packages/core/src/gossip/reconcile/sketch.ts';
import { encodeCells } from '../../packages/core/src/gossip/reconcile/wire.ts';
import { type Bytes, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { counting, type Json } from './inputs.ts';

const SALTS = [counting(16, 200), counting(32, 201)] as const;
/** 60 items there, 60 here, 50 of them shared. */
const THEIRS: readonly Bytes[] = Array.from({ length: 60 }, (_, i) => counting(32, i));
const OURS: readonly Bytes[] = Array.from({ length: 60 }, (_, i) => counting(32, i + 10));

function digestOf(suite: Suite, ids: readonly Bytes[]): string {
  const digest = new SetDigest(suite);
  for (const id of ids) digest.add(id);
  return toHex(digest.value());
}

function sketchOf(suite: Suite, salt: Bytes, ids: readonly Bytes[]): Sketch {
  const sketch = new Sketch(suite, salt);
  for (const id of ids) sketch.add(id);
  return sketch;
}

function itemUnder(suite: Suite, salt: Bytes, id: Bytes): Json {
  const keys = keysOf(suite, salt);
  const short = suite.mac(keys.shortIdKey, label('gossip/short-id'), id, 16).slice(0, 8);
  const [high, low] = [word(short, 0), word(short, 4)];
  const cells: number[] = [];
  const walk = new Walk();
  for (walk.begin(high, low); walk.cell < CELLS_MAX; walk.next()) cells.push(walk.cell);
  return { id: toHex(id), shortId: toHex(short), check: checkOf(keys, high, low) >>> 0, cells };
}

/** Steps at the edges: of chance, of the stream, and where a rounded root would go one too far or not far enough. */
const STEPS = [
  [0, 0],
  [0, 1],
  [0, 0xfff_ffff],
  [0, 0x7ff_ffff],
  [0, 0x555_5554],
  [0, 0x555_5555],
  [1, 0x7ff_fffe],
  [1, 0x7ff_ffff],
  [30, 0x100_0000],
  [1000, 0xc00_0000],
  [4094, 0xfff_ffff],
  [4094, 0],
  [62, 0x10_0000],
] as const;

function stream(suite: Suite, salt: Bytes): Json {
  const theirs = sketchOf(suite, salt, THEIRS);
  const snapshot = theirs.snapshot();
  const difference = new Difference(suite, sketchOf(suite, salt, OURS).snapshot(), snapshot.size);
  while (difference.take(encodeCells(snapshot, difference.received, 1)) === 'more');
  const sorted = (ids: readonly Bytes[]): Json => ids.map(toHex).sort();
  return {
    size: snapshot.size,
    cells: toHex(encodeCells(snapshot, 0, difference.received)),
    needed: difference.received,
    onlyTheirs: sorted(difference.onlyTheirs),
    onlyOurs: sorted(difference.onlyOurs),
  };
}

export function reconciliation(suite: Suite): Json {
  return {
    digests: { ofNothing: digestOf(suite, []), ofOne: digestOf(suite, THEIRS.slice(0, 1)), theirs: digestOf(suite, THEIRS) },
    theirs: THEIRS.map(toHex),
    ours: OURS.map(toHex),
    steps: STEPS.map(([cell, chance]) => ({ cell, chance, next: nextCell(cell, chance) })),
    salts: SALTS.map((salt) => ({
      salt: toHex(salt),
      key: toHex(keysOf(suite, salt).shortIdKey),
      items: THEIRS.slice(0, 3).map((id) => itemUnder(suite, salt, id)),
      stream: stream(suite, salt),
    })),
  };
}
