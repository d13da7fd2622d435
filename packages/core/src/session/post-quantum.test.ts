import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { bytesOf } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import {
  afterOpening,
  beforeSealing,
  beginPostQuantum,
  type Extension,
  encodeExtension,
  epochForNewChain,
  keyOfEpoch,
  newestEpoch,
  type PostQuantum,
  readExtension,
  readPostQuantum,
  writePostQuantum,
} from './post-quantum.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

interface Told {
  readonly extension: Extension;
  readonly peerKnows: number;
  readonly chainEpoch: number;
}

function stored(state: PostQuantum): PostQuantum {
  const writer = new Writer();
  writePostQuantum(writer, state);
  const reader = new Reader(writer.finish());
  const read = readPostQuantum(reader);
  expect(reader.finish(true)).toBe(true);
  return read;
}

test('whatever is lost, delayed or repeated, both sides hold the same keys for the epochs they share, and an epoch begins only when both know it', () => {
  const step = fc.record({ initiator: fc.boolean(), keep: fc.boolean(), deliver: fc.nat(5), newChain: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.nat(1000), (steps, seed) => {
      const random = new SeededRandom(seed);
      const first = random.bytes(32);
      const sides = [beginPostQuantum(0, first, 0), beginPostQuantum(1, first, 0)] as [PostQuantum, PostQuantum];
      const chains = [
        { epoch: 0, number: 0 },
        { epoch: 0, number: 0 },
      ] as [{ epoch: number; number: number }, { epoch: number; number: number }];
      const way: { readonly to: 0 | 1; readonly told: Told }[] = [];
      steps.forEach(({ initiator, keep, deliver, newChain }, i) => {
        const me = initiator ? 0 : 1;
        if (newChain) chains[me] = { epoch: epochForNewChain(sides[me]), number: 0 };
        const { state, extension } = beforeSealing(suite, random, sides[me], chains[me].number++, i);
        sides[me] = stored(state);
        if (keep) way.push({ to: me === 0 ? 1 : 0, told: { extension, peerKnows: newestEpoch(state), chainEpoch: chains[me].epoch } });
        const [one] = deliver > 0 ? way.splice(deliver % Math.max(1, way.length), 1) : [];
        // A chain of an epoch that the reader does not hold would be refused before it comes this far.
        if (one === undefined || keyOfEpoch(sides[one.to], one.told.chainEpoch) === undefined) return;
        sides[one.to] = stored(afterOpening(suite, sides[one.to], one.told, i));
      });
      for (const { epoch, key } of sides[0].keys) {
        const theirs = keyOfEpoch(sides[1], epoch);
        if (theirs !== undefined) expect(theirs).toEqual(key);
      }
      for (const side of sides) expect(keyOfEpoch(side, epochForNewChain(side))).toBeDefined();
      expect(Math.abs(newestEpoch(sides[0]) - newestEpoch(sides[1]))).toBeLessThanOrEqual(1);
    }),
    { seed: 1, numRuns: 150 },
  );
});

test('extensions of any bytes are read or refused, never thrown at, and come back as they were', () => {
  for (const extension of [
    { kind: 'none' },
    { kind: 'proposal', encapsulationKey: new Uint8Array(1184).fill(1) },
    { kind: 'answer', ciphertext: new Uint8Array(1088).fill(2) },
  ] as const) {
    expect(readExtension(new Reader(encodeExtension(extension)))).toEqual(extension);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 1300 }), (bytes) => void readExtension(new Reader(bytesOf(bytes)))));
  expect(readExtension(new Reader(bytesOf([3])))).toBeUndefined();
});

test('a proposal that is no key is dropped, and the epoch stays as it was', () => {
  const random = new SeededRandom(3);
  const state = { ...beginPostQuantum(0, random.bytes(32), 0), received: new Uint8Array(1184).fill(0xff) };
  const after = beforeSealing(suite, random, state, 0, 0);
  expect(after.extension).toEqual({ kind: 'none' });
  expect(newestEpoch(after.state)).toBe(0);
  expect(after.state.received).toBeUndefined();
});
