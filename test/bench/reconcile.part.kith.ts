/** Our cells, as two relays stream them: pieces behind a head of three bytes, until the other side says stop. Nothing is lost and nothing overtakes. */
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { cellsAfter } from '../../packages/core/src/gossip/reconcile/cells.ts';
import { Difference } from '../../packages/core/src/gossip/reconcile/difference.ts';
import { SetDigest } from '../../packages/core/src/gossip/reconcile/digest.ts';
import { Sketch } from '../../packages/core/src/gossip/reconcile/sketch.ts';
import { encodeCells } from '../../packages/core/src/gossip/reconcile/wire.ts';
import type { Bytes } from '../../packages/core/src/kernel/bytes.ts';
import { check, cpuMs, type Item, type Method, type Sets } from './reconcile.part.sets.ts';

const SALT: Bytes = new Uint8Array(16).fill(7);
const HEAD_BYTES = 3;
/** Count and digest of a set in a hello: with equal sets all there is. */
export const EQUAL_BYTES = 36;

function sketchOf(suite: Suite, items: readonly Item[]): Sketch {
  const sketch = new Sketch(suite, SALT);
  for (const { id } of items) sketch.add(id);
  return sketch;
}

export function digestMs(suite: Suite, { ours }: Sets): number {
  const startedMs = cpuMs();
  const digest = new SetDigest(suite);
  for (const { id } of ours) digest.add(id);
  digest.value();
  return cpuMs() - startedMs;
}

export function kith(suite: Suite): Method {
  /** Sketches are kept up to date as items arrive, so they are there before a meeting. */
  const kept = new WeakMap<readonly Item[], Sketch>();
  const keptOf = (items: readonly Item[]): Sketch => {
    const sketch = kept.get(items) ?? sketchOf(suite, items);
    kept.set(items, sketch);
    return sketch;
  };
  return {
    name: 'kith',
    version: '',
    run: async ({ theirs, ours }, isFirst) => {
      const streaming = keptOf(theirs);
      if (!isFirst) keptOf(ours);
      const cost = { bytes: HEAD_BYTES, asking: HEAD_BYTES, roundTrips: 1, askedMs: 0, knowingMs: 0 };
      const timed = <Value>(side: 'askedMs' | 'knowingMs', work: () => Value): Value => {
        const startedMs = cpuMs();
        const value = work();
        cost[side] += cpuMs() - startedMs;
        return value;
      };
      const snapshot = timed('askedMs', () => streaming.snapshot());
      const difference = timed('knowingMs', () => {
        const own = isFirst ? sketchOf(suite, ours) : keptOf(ours);
        return new Difference(suite, own.snapshot(), snapshot.size);
      });
      for (let isWhole = false; !isWhole; ) {
        const sent = difference.received;
        const cells = timed('askedMs', () => encodeCells(snapshot, sent, cellsAfter(sent)));
        cost.bytes += HEAD_BYTES + cells.length;
        isWhole = timed('knowingMs', () => difference.take(cells)) === 'whole';
      }
      check(difference.onlyTheirs.length + difference.onlyOurs.length, 'kith');
      cost.asking += 8 * difference.onlyTheirs.length;
      return cost;
    },
  };
}
