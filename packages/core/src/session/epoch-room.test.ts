import { beforeAll, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { EPOCH_HOURS, EPOCH_KEYS_MAX } from './limits.ts';
import {
  afterOpening,
  beforeSealing,
  beginPostQuantum,
  type Extension,
  keyOfEpoch,
  newestEpoch,
  type PostQuantum,
} from './post-quantum.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

test('a peer that proposes and answers in one chain for ever does not push out the epoch our own chain stands in', () => {
  const random = new SeededRandom(1);
  let it: PostQuantum = beginPostQuantum(0, new Uint8Array(32).fill(1), 0);
  for (let day = 1; day <= 20; day++) {
    const sealed = beforeSealing(suite, random, it, 0, day * EPOCH_HOURS);
    it = sealed.state;
    const knows = newestEpoch(it);
    const answer = (): Extension => {
      if (sealed.extension.kind !== 'proposal')
        return { kind: 'proposal', encapsulationKey: suite.encapsulationPair(random.bytes(64)).publicKey };
      const made = suite.encapsulate(sealed.extension.encapsulationKey, random.bytes(32));
      if (made === undefined) throw new Error('a proposal is a key');
      return { kind: 'answer', ciphertext: made.ciphertext };
    };
    const extension = answer();
    const peerKnows = extension.kind === 'answer' ? knows + 1 : knows;
    it = afterOpening(suite, it, { extension, peerKnows, chainEpoch: 0 }, day * EPOCH_HOURS);
    expect(keyOfEpoch(it, 0), `day ${day}`).toBeDefined();
    expect(it.keys.length).toBeLessThanOrEqual(EPOCH_KEYS_MAX);
  }
  expect(newestEpoch(it)).toBe(EPOCH_KEYS_MAX - 1);
});

test('when the peer begins a chain in a later epoch there is room again', () => {
  const random = new SeededRandom(2);
  const keys = Array.from({ length: EPOCH_KEYS_MAX }, (_, i) => ({ epoch: EPOCH_KEYS_MAX - 1 - i, key: new Uint8Array(32).fill(i) }));
  const full: PostQuantum = { ...beginPostQuantum(1, new Uint8Array(32), 0), keys, peerKnows: EPOCH_KEYS_MAX - 1 };
  expect(beforeSealing(suite, random, full, 0, 1000).extension.kind).toBe('none');
  const told = { extension: { kind: 'none' } as const, peerKnows: EPOCH_KEYS_MAX - 1, chainEpoch: EPOCH_KEYS_MAX - 1 };
  const later = afterOpening(suite, full, told, 1000);
  expect(later.keys).toHaveLength(1);
  expect(beforeSealing(suite, random, later, 0, 1000).extension.kind).toBe('proposal');
});
