import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
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
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), fc.nat(1000), (steps, seed) => {
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
  for (const kind of [3, 255]) {
    const bytes = new Uint8Array(2000).fill(1);
    bytes[0] = kind;
    expect(readExtension(new Reader(bytes))).toBeUndefined();
    expect(readExtension(new Reader(bytesOf([kind])))).toBeUndefined();
  }
  expect(readExtension(new Reader(bytesOf([])))).toBeUndefined();
});

test('a proposal that is no key is dropped, and the epoch stays as it was', () => {
  const random = new SeededRandom(3);
  const state = { ...beginPostQuantum(0, random.bytes(32), 0), received: new Uint8Array(1184).fill(0xff) };
  const after = beforeSealing(suite, random, state, 0, 0);
  expect(after.extension).toEqual({ kind: 'none' });
  expect(newestEpoch(after.state)).toBe(0);
  expect(after.state.received).toBeUndefined();
});

describe('which messages carry it along', () => {
  const sealed = (state: PostQuantum, number: number, nowHour = 0) =>
    beforeSealing(suite, new SeededRandom(number), state, number, nowHour);

  test('a proposal: the first three of a chain and every eighth, always the same one', () => {
    let state = beginPostQuantum(1, new Uint8Array(32), 0);
    const carrying: number[] = [];
    const proposals = new Set<string>();
    for (let number = 0; number < 33; number++) {
      const { state: after, extension } = sealed(state, number);
      if (extension.kind === 'proposal') {
        carrying.push(number);
        proposals.add(extension.encapsulationKey.join());
      }
      state = after;
    }
    expect(carrying).toEqual([0, 1, 2, 8, 16, 24, 32]);
    expect(proposals.size).toBe(1);
    expect(state.messages).toBe(33);
  });

  test('an answer: the same, until the proposer says that it knows the epoch', () => {
    const { publicKey } = suite.encapsulationPair(new Uint8Array(64));
    const asked = { ...beginPostQuantum(0, new Uint8Array(32), 0), received: publicKey };
    let state = sealed(asked, 0, 7).state;
    expect(newestEpoch(state)).toBe(1);
    expect([state.received, state.messages, state.sinceHour]).toEqual([undefined, 0, 7]);
    expect([0, 1, 2, 3, 7, 8].map((number) => sealed(state, number).extension.kind)).toEqual([
      ...['answer', 'answer', 'answer', 'none', 'none', 'answer'],
    ]);
    const heard = (peerKnows: number, chainEpoch = 0) =>
      afterOpening(suite, state, { extension: { kind: 'none' }, peerKnows, chainEpoch }, 8);
    expect([heard(0).answer, heard(0).peerKnows, epochForNewChain(heard(0))]).toEqual([state.answer, 0, 0]);
    expect([heard(1).answer, heard(1).peerKnows, epochForNewChain(heard(1))]).toEqual([undefined, 1, 1]);
    expect([heard(0, 1).answer, heard(0, 1).peerKnows, heard(0, 1).keys.map((one) => one.epoch)]).toEqual([undefined, 1, [1]]);
    state = heard(1);
    expect(sealed(state, 0).extension.kind).toBe('none');
  });
});

describe('when an epoch is proposed', () => {
  const standing = (parity: 0 | 1, epoch: number, more: Partial<PostQuantum> = {}): PostQuantum => ({
    ...beginPostQuantum(parity, new Uint8Array(32), 100),
    keys: [{ epoch, key: new Uint8Array(32).fill(epoch) }],
    peerKnows: epoch,
    ...more,
  });
  const proposes = (state: PostQuantum, nowHour = 100) =>
    beforeSealing(suite, new SeededRandom(1), state, 0, nowHour).state.proposed !== undefined;

  test('the first at once, by the responder', () => {
    expect(proposes(standing(1, 0))).toBe(true);
    expect(proposes(standing(0, 0))).toBe(false);
  });

  test('the others after 50 messages with the one that is written, or after 24 hours, by turns', () => {
    expect(proposes(standing(0, 1, { messages: 48 }))).toBe(false);
    expect(proposes(standing(0, 1, { messages: 49 }))).toBe(true);
    expect(proposes(standing(1, 1, { messages: 49 }))).toBe(false);
    expect(proposes(standing(1, 2, { messages: 49 }))).toBe(true);
    expect(proposes(standing(0, 1), 123)).toBe(false);
    expect(proposes(standing(0, 1), 124)).toBe(true);
    expect(proposes(standing(1, 1), 124)).toBe(false);
  });

  test('not while an answer is not known to have come, nor a second time while one is under way', () => {
    expect(proposes(standing(0, 1, { messages: 60, answer: new Uint8Array(1088) }))).toBe(false);
    const proposed = new Uint8Array(64).fill(5);
    expect(beforeSealing(suite, new SeededRandom(1), standing(0, 1, { messages: 60, proposed }), 0, 100).state.proposed).toBe(proposed);
  });
});

test('an answer to a proposal makes the same epoch on both sides, and the proposer knows that the other holds it', () => {
  const random = new SeededRandom(5);
  const first = random.bytes(32);
  const asked = beforeSealing(suite, random, beginPostQuantum(1, first, 0), 0, 3);
  const told = afterOpening(suite, beginPostQuantum(0, first, 0), { extension: asked.extension, peerKnows: 0, chainEpoch: 0 }, 4);
  expect(told.received).toHaveLength(1184);
  const answered = beforeSealing(suite, random, told, 0, 5);
  const done = afterOpening(suite, asked.state, { extension: answered.extension, peerKnows: 1, chainEpoch: 0 }, 6);
  expect([newestEpoch(done), done.peerKnows, done.proposed, done.messages, done.sinceHour]).toEqual([1, 1, undefined, 0, 6]);
  expect(keyOfEpoch(done, 1)).toEqual(keyOfEpoch(answered.state, 1));
  expect(keyOfEpoch(done, 1)).not.toEqual(keyOfEpoch(done, 0));
  expect(answered.state.peerKnows).toBe(0);
});

test('a state without an epoch key is none', () => {
  const writer = new Writer();
  writePostQuantum(writer, { ...beginPostQuantum(0, new Uint8Array(32), 0), keys: [] });
  const reader = new Reader(writer.finish());
  readPostQuantum(reader);
  expect(reader.failed).toBe(true);
});
