import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { KeyPair, Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, concat, EMPTY } from '../kernel/bytes.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { bodyNonce, messageKeys, tagOf } from './chain.ts';
import { type Header, openHeader, SEALED_HEADER_BYTES, sealHeader } from './header.ts';
import {
  type Advanced,
  advance,
  type Chain,
  initiatorRatchet,
  nextSealing,
  openWithKey,
  RATCHET_OVERHEAD_BYTES,
  type Ratchet,
  responderRatchet,
} from './ratchet.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const HOUR = 500_000;
const BOUND = new Uint8Array(44).fill(4);
const filled = (value: number): Bytes => new Uint8Array(32).fill(value);
const SECRETS = { rootKey: filled(1), initiatorHeaderKey: filled(2), responderHeaderKey: filled(3), firstEpochKey: filled(4) };

/** The two ends right after a handshake, and chance. */
function begun(seed: number): { ann: Ratchet; bo: Ratchet; readonly random: SeededRandom; readonly signed: KeyPair } {
  const random = new SeededRandom(seed);
  const [mine, signed] = [suite.agreementPair(random.bytes(32)), suite.agreementPair(random.bytes(32))];
  const agreed = suite.agree(mine.secretKey, signed.publicKey) as Bytes;
  const ann = initiatorRatchet(suite, SECRETS, mine, signed.publicKey, agreed, HOUR);
  return { ann, bo: responderRatchet(SECRETS, signed, HOUR), random, signed };
}

function write(random: SeededRandom, ratchet: Ratchet): { readonly ratchet: Ratchet; readonly message: Bytes; readonly tag: Bytes } {
  const sealing = nextSealing(suite, random, ratchet, HOUR);
  return { ratchet: sealing.ratchet, message: sealing.seal(BOUND, new Uint8Array(3).fill(7)), tag: sealing.tag };
}

const refusalOf = (ratchet: Ratchet, chain: 'current' | 'next', number: number, message: Bytes) => {
  const result = advance(suite, ratchet, { chain, number, nowHour: HOUR }, BOUND, message);
  return result.ok ? undefined : result.refusal;
};

function read(ratchet: Ratchet, chain: 'current' | 'next', number: number, message: Bytes): Advanced {
  const result = advance(suite, ratchet, { chain, number, nowHour: HOUR }, BOUND, message);
  if (!result.ok) throw new Error(result.refusal.kind);
  return result.value;
}

/** Both have turned once: Ann is to begin her second chain, Bo stands in his first. */
function turned(seed: number) {
  const { ann, bo, random } = begun(seed);
  const first = write(random, ann);
  const second = write(random, first.ratchet);
  const boRead = read(read(bo, 'next', 0, first.message).ratchet, 'current', 1, second.message).ratchet;
  const answer = write(random, boRead);
  return { ann: read(second.ratchet, 'next', 0, answer.message).ratchet, bo: answer.ratchet, random };
}

const headerOf = (headerKey: Bytes, message: Bytes): Header => openHeader(suite, headerKey, message.subarray(0, 84)) as Header;

describe('what a ratchet begins with', () => {
  test('a chain for who begins, none for the other, and the other header key to come', () => {
    const { ann, bo, signed } = begun(1);
    expect(ann.sending).toMatchObject({ headerKey: SECRETS.initiatorHeaderKey, next: 0, epoch: 0 });
    expect(ann.receiving).toBeUndefined();
    expect(ann.nextReceivingHeaderKey).toEqual(SECRETS.responderHeaderKey);
    expect(ann.previousLength).toBe(0);
    expect(ann.theirs).toEqual(signed.publicKey);
    expect(ann.postQuantum).toMatchObject({ parity: 0, keys: [{ epoch: 0, key: SECRETS.firstEpochKey }], sinceHour: HOUR });
    expect(bo).toMatchObject({ rootKey: SECRETS.rootKey, mine: signed, sending: undefined, receiving: undefined, previousLength: 0 });
    expect([bo.nextSendingHeaderKey, bo.nextReceivingHeaderKey]).toEqual([SECRETS.responderHeaderKey, SECRETS.initiatorHeaderKey]);
    expect(bo.theirs).toEqual(new Uint8Array(32));
    expect(bo.postQuantum).toMatchObject({ parity: 1, keys: [{ epoch: 0, key: SECRETS.firstEpochKey }], sinceHour: HOUR });
  });
});

describe('what is written', () => {
  test('names its chain, number and the length of the chain before', () => {
    const { ann, bo, random } = turned(2);
    const headerKey = ann.nextSendingHeaderKey;
    const one = write(random, ann);
    const two = write(random, one.ratchet);
    const ratchetKey = one.ratchet.mine.publicKey;
    expect(headerOf(headerKey, one.message)).toMatchObject({ ratchetKey, previousLength: 2, number: 0 });
    expect(headerOf(headerKey, two.message)).toMatchObject({ ratchetKey, previousLength: 2, number: 1 });
    expect([one.tag, two.tag]).toEqual([0, 1].map((number) => tagOf(suite, headerKey, number)));
    expect(ratchetKey).not.toEqual(ann.mine.publicKey);
    expect(one.ratchet.rootKey).not.toEqual(ann.rootKey);
    expect(read(bo, 'next', 0, one.message).plaintext).toEqual(new Uint8Array(3).fill(7));
  });

  test('after reading without writing still names the length of the last chain there was', () => {
    const { ann, bo, random } = turned(3);
    const one = write(random, ann);
    const boRead = read(bo, 'next', 0, one.message).ratchet;
    expect(boRead.previousLength).toBe(1);
    expect(boRead.sending).toBeUndefined();
    const more = write(random, one.ratchet);
    expect(read(boRead, 'current', 1, more.message).ratchet.previousLength).toBe(1);
  });

  test('is 100 bytes longer, and what it carries along', () => {
    expect([SEALED_HEADER_BYTES, RATCHET_OVERHEAD_BYTES]).toEqual([84, 100]);
    const { ann, random } = begun(4);
    const sealing = nextSealing(suite, random, ann, HOUR);
    expect(sealing.overheadBytes).toBe(101);
    expect(sealing.seal(BOUND, EMPTY)).toHaveLength(101);
  });
});

describe('a mistake of our own is found out', () => {
  test('by whoever writes before anything was read', () => {
    const { bo, random } = begun(14);
    expect(() => nextSealing(suite, random, bo, HOUR)).toThrow('a ratchet key that was accepted is refused');
  });

  test('by whoever writes in an epoch that is not held', () => {
    const { ann, random } = begun(15);
    const sending = { ...(ann.sending as Chain), epoch: 3 };
    expect(() => nextSealing(suite, random, { ...ann, sending }, HOUR)).toThrow('the epoch of a chain is held as long as the chain');
  });
});

describe('what is refused, and why', () => {
  test('fewer than 100 bytes are malformed; 100 of nobody are not authentic', () => {
    const { bo } = begun(5);
    expect(refusalOf(bo, 'next', 0, new Uint8Array(99))).toEqual({ kind: 'malformed' });
    expect(refusalOf(bo, 'next', 0, new Uint8Array(100))).toEqual({ kind: 'not-authentic' });
    expect(openWithKey(suite, filled(1), BOUND, new Uint8Array(99))).toBeUndefined();
  });

  test('a number of a current chain that is not there is wrong', () => {
    const { ann, bo, random } = begun(6);
    expect(refusalOf(bo, 'current', 0, write(random, ann).message)).toEqual({ kind: 'wrong-number' });
  });

  test('a number other than the header says, before and behind, is wrong', () => {
    const { ann, bo, random } = turned(7);
    const { message } = write(random, ann);
    expect(refusalOf(bo, 'next', 1, message)).toEqual({ kind: 'wrong-number' });
    expect(refusalOf(read(bo, 'next', 0, message).ratchet, 'current', 0, message)).toEqual({ kind: 'wrong-number' });
  });

  test('a header that stands in the chain but names another ratchet key is out of step, though everything else is as it should be', () => {
    const { ann, bo, random } = turned(8);
    const one = write(random, ann);
    const boRead = read(bo, 'next', 0, one.message).ratchet;
    const other: Ratchet = { ...one.ratchet, mine: suite.agreementPair(filled(9)) };
    expect(refusalOf(boRead, 'current', 1, write(random, other).message)).toEqual({ kind: 'out-of-step' });
    expect(refusalOf(boRead, 'current', 1, write(random, one.ratchet).message)).toBeUndefined();
  });

  test('an epoch that changes within a chain, goes back between chains, or is not held, is wrong', () => {
    const { ann, bo, random } = turned(9);
    const one = write(random, ann);
    const boRead = read(bo, 'next', 0, one.message).ratchet;
    const keys = [2, 1, 0].map((epoch) => ({ epoch, key: filled(40 + epoch) }));
    const all = { ...boRead.postQuantum, keys };
    const standing = (epoch: number): Ratchet => ({
      ...boRead,
      receiving: { ...(boRead.receiving as Chain), epoch },
      postQuantum: all,
    });
    const claiming = (headerKey: Bytes, epoch: number): Bytes => {
      const header = { ratchetKey: one.ratchet.mine.publicKey, previousLength: 1, number: 1, epoch, knows: epoch };
      return concat(sealHeader(suite, headerKey, new Uint8Array(24), header), new Uint8Array(100));
    };
    const current = boRead.receiving?.headerKey as Bytes;
    const next = boRead.nextReceivingHeaderKey;
    for (const epoch of [0, 2])
      expect(refusalOf(standing(1), 'current', 1, claiming(current, epoch))).toEqual({ kind: 'wrong-epoch', epoch });
    expect(refusalOf(standing(1), 'current', 1, claiming(current, 1))).toEqual({ kind: 'out-of-step' });
    expect(refusalOf(standing(1), 'next', 1, claiming(next, 0))).toEqual({ kind: 'wrong-epoch', epoch: 0 });
    for (const epoch of [1, 2]) expect(refusalOf(standing(1), 'next', 1, claiming(next, epoch))).toEqual({ kind: 'out-of-step' });
    expect(refusalOf(standing(1), 'next', 1, claiming(next, 3))).toEqual({ kind: 'wrong-epoch', epoch: 3 });
    expect(refusalOf({ ...begun(9).bo, nextReceivingHeaderKey: next }, 'next', 1, claiming(next, 1))).toEqual({
      kind: 'wrong-epoch',
      epoch: 1,
    });
  });

  test('what follows a chain whose epoch is gone is not authentic: its keys could not be kept', () => {
    const { ann, bo, random } = turned(10);
    const { message } = write(random, ann);
    const receiving = { ...(bo.receiving as Chain), epoch: 0 };
    const keys = [{ epoch: 1, key: filled(1) }];
    const headerKey = bo.nextReceivingHeaderKey;
    const header = { ...headerOf(headerKey, message), epoch: 1 };
    const later = concat(sealHeader(suite, headerKey, new Uint8Array(24), header), new Uint8Array(100));
    const gone: Ratchet = { ...bo, receiving, postQuantum: { ...bo.postQuantum, keys } };
    expect(refusalOf(gone, 'next', 0, later)).toEqual({ kind: 'not-authentic' });
  });
});

test('how long the chain before was counts only where a chain begins', () => {
  const { ann, bo, random } = turned(16);
  const one = write(random, ann);
  const boRead = read(bo, 'next', 0, one.message).ratchet;
  const boasting = write(random, { ...one.ratchet, previousLength: 0xffff_ffff });
  expect(read(boRead, 'current', 1, boasting.message).skipped).toEqual([]);
});

test('a message that opens but carries along what nobody knows is none', () => {
  const key = filled(5);
  const nonce = new Uint8Array(24).fill(6);
  const sealedHeader = concat(nonce, new Uint8Array(60));
  const carrying = (extended: Bytes): Bytes => {
    const { bodyKey } = messageKeys(suite, key);
    return concat(sealedHeader, suite.seal(bodyKey, bodyNonce(suite, key, nonce), concat(BOUND, sealedHeader), extended));
  };
  expect(openWithKey(suite, key, BOUND, carrying(bytesOf([0, 9])))?.plaintext).toEqual(bytesOf([9]));
  for (const extended of [EMPTY, bytesOf([1, 9]), bytesOf([3, 9]), new Uint8Array(2000).fill(3)])
    expect(openWithKey(suite, key, BOUND, carrying(extended))).toBeUndefined();
});

describe('what is passed', () => {
  test('leaves a key for each number, of the chain that ended and of the new one, under the tag it will come with', () => {
    const { ann, bo, random } = turned(11);
    const a0 = write(random, ann);
    const a1 = write(random, a0.ratchet);
    const a2 = write(random, a1.ratchet);
    const boRead = read(bo, 'next', 0, a0.message).ratchet;
    const answer = write(random, boRead);
    const annRead = read(a2.ratchet, 'next', 0, answer.message).ratchet;
    const b0 = write(random, annRead);
    const b1 = write(random, b0.ratchet);
    const passed = read(answer.ratchet, 'next', 1, b1.message);
    expect(passed.skipped.map((one) => [one.tag, one.number])).toEqual([
      [a1.tag, 1],
      [a2.tag, 2],
      [b0.tag, 0],
    ]);
    expect(passed.skipped[0]?.headerKey).toEqual(boRead.receiving?.headerKey);
    expect(passed.skipped[2]?.headerKey).toEqual(passed.ratchet.receiving.headerKey);
    for (const [at, sent] of [a1, a2, b0].entries()) {
      const opened = openWithKey(suite, passed.skipped[at]?.messageKey as Bytes, BOUND, sent.message);
      expect(opened?.plaintext).toEqual(new Uint8Array(3).fill(7));
      const foreign = openWithKey(suite, passed.skipped[at]?.messageKey as Bytes, BOUND, b1.message);
      expect(foreign).toBeUndefined();
    }
    expect(passed.ratchet.receiving.next).toBe(2);
    expect(passed.ratchet.theirs).toEqual(b1.ratchet.mine.publicKey);
  });

  test('is nothing when the chain before was shorter than what was read of it', () => {
    const { ann, bo, random } = turned(12);
    const headerKey = ann.nextSendingHeaderKey;
    const { message } = write(random, { ...ann, previousLength: 0 });
    expect(headerOf(headerKey, message).previousLength).toBe(0);
    expect(read(bo, 'next', 0, message).skipped).toEqual([]);
  });
});

test('the key of a message opens that message only, whole and under what it was bound to', () => {
  const { ann, bo, random } = turned(13);
  const zero = write(random, ann);
  const one = write(random, zero.ratchet);
  const [key] = read(bo, 'next', 1, one.message).skipped;
  const open = (bound: Bytes, message: Bytes) => openWithKey(suite, key?.messageKey as Bytes, bound, message);
  const opened = open(BOUND, zero.message);
  expect(opened?.purgeKey).toHaveLength(32);
  expect(open(BOUND.slice(1), zero.message)).toBeUndefined();
  expect(open(BOUND, zero.message.slice(0, -1))).toBeUndefined();
  expect(open(BOUND, one.message)).toBeUndefined();
});
