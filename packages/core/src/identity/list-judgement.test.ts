import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { type KeyPair, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, compareBytes, concat, EMPTY } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { commitmentTo, rootPair } from './account.ts';
import { listHash, readDeviceList, signDeviceList } from './device-list.ts';
import { DEVICE_LIST_BYTES_MAX } from './limits.ts';
import { encodeEquivocation, judgeList, type KnownList, readEquivocation } from './list-judgement.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const fill = (value: number): Bytes => new Uint8Array(32).fill(value);

/** Root `index` of the true account, or of a thief who gets hold of one. */
const root = (index: number): KeyPair => rootPair(suite, fill(1), index);
const thief = (index: number): KeyPair => rootPair(suite, fill(2), index);

interface Detail {
  readonly sequence?: number;
  readonly device?: number;
  readonly previousHash?: Bytes;
  readonly devices?: number;
  /** The root committed to; the account's own unless told. */
  readonly next?: KeyPair;
}

/** A sound list signed by the last of these roots, each of which vouched for the one after it. */
function listOf(roots: readonly KeyPair[], detail: Detail = {}): KnownList {
  const signer = roots.at(-1) as KeyPair;
  const lineage = roots.slice(0, -1).map((one, at) => ({
    rootKey: one.publicKey,
    signature:
      at === 0 ? EMPTY : suite.sign(one.secretKey, label('identity/succession'), commitmentTo(suite, (roots[at + 1] as KeyPair).publicKey)),
  }));
  const record = signDeviceList(
    suite,
    {
      rootIndex: roots.length - 1,
      sequence: detail.sequence ?? 100,
      previousHash: detail.previousHash ?? fill(0),
      minimumSuite: 1,
      devices: Array.from({ length: detail.devices ?? 1 }, (_, at) => ({
        signingKey: fill((detail.device ?? 50) + at),
        agreementKey: fill(60),
      })),
      lineage,
      rootKey: signer.publicKey,
      nextRootCommitment: commitmentTo(suite, (detail.next ?? root(roots.length)).publicKey),
    },
    signer.secretKey,
  );
  const list = readDeviceList(suite, new Reader(record));
  if (!list.ok) throw new Error(list.refusal.kind);
  return { list: list.value, record };
}

const until = (last: number): readonly KeyPair[] => Array.from({ length: last + 1 }, (_, at) => root(at));
const judge = (known: KnownList, next: KnownList) => judgeList(suite, known, next);

describe.each([0, 1, 3])('under root %i, a list beside a known one', (index) => {
  const own = (detail: Detail = {}): KnownList => listOf(until(index), detail);

  test('is the same, newer or older by its sequence', () => {
    expect(judge(own(), own())).toBe('same');
    expect(judge(own(), own({ sequence: 101 }))).toBe('newer');
    expect(judge(own(), own({ sequence: 99 }))).toBe('older');
  });

  test('of the same sequence and other content is an equivocation', () => {
    expect(judge(own(), own({ device: 51 }))).toBe('equivocation');
    expect(judge(own({ device: 51 }), own())).toBe('equivocation');
  });

  test('is newer even if it names another list before it: lists between them got lost', () => {
    const known = own();
    expect(judge(known, own({ sequence: 105, previousHash: fill(3) }))).toBe('newer');
    expect(judge(known, own({ sequence: 105, previousHash: listHash(suite, known.record) }))).toBe('newer');
  });

  test('of another account is that, whatever else it says', () => {
    const other = listOf([thief(0)], { next: thief(1) });
    expect(judge(own(), other)).toBe('other-account');
    expect(judge(other, own())).toBe('other-account');
  });
});

describe('a later root', () => {
  test.each([
    [0, 1],
    [0, 2],
    [0, 7],
    [1, 2],
    [2, 3],
    [2, 5],
  ])('that follows %i at %i by the committed way is a rotation, and the way back is old', (from, to) => {
    expect(judge(listOf(until(from)), listOf(until(to)))).toBe('rotated');
    expect(judge(listOf(until(to)), listOf(until(from)))).toBe('older');
  });

  test('counts before the sequence', () => {
    expect(judge(listOf(until(1), { sequence: 200 }), listOf(until(2), { sequence: 100 }))).toBe('rotated');
    expect(judge(listOf(until(2), { sequence: 100 }), listOf(until(1), { sequence: 200 }))).toBe('older');
    expect(judge(listOf(until(1)), listOf(until(2)))).toBe('rotated');
  });

  /** Each pair contradicts itself about one root of the account; neither side of it may pass for a rotation. */
  const contradictions: readonly (readonly [string, () => KnownList, () => KnownList])[] = [
    ['that the known one did not commit to', () => listOf(until(1)), () => listOf([root(0), root(1), thief(2)])],
    ['behind one that the known one did not commit to', () => listOf(until(1)), () => listOf([root(0), root(1), thief(2), thief(3)])],
    ['in the place of the known one', () => listOf(until(2)), () => listOf([root(0), root(1), thief(2)])],
    ['that came by another way to the known one', () => listOf(until(3)), () => listOf([root(0), root(1), thief(2), root(3)])],
    ['that leaves the known way and comes back behind it', () => listOf(until(2)), () => listOf([root(0), root(1), thief(2), root(3)])],
    ['that leaves the way before the known one', () => listOf(until(3)), () => listOf([root(0), root(1), thief(2), root(3), root(4)])],
    ['that commits to another one than before', () => listOf(until(1)), () => listOf(until(1), { next: thief(2), sequence: 101 })],
    ['that committed to another one than followed', () => listOf(until(2)), () => listOf(until(1), { next: thief(2) })],
  ];

  test.each(contradictions)('%s is one that nothing committed to, from either side', (_, known, next) => {
    expect(judge(known(), next())).toBe('uncommitted-root');
    expect(judge(next(), known())).toBe('uncommitted-root');
  });
});

describe('a proof of equivocation', () => {
  const pair = (): readonly [KnownList, KnownList] => {
    const lists = [listOf(until(2)), listOf(until(2), { device: 51 })] as const;
    return compareBytes(lists[0].record, lists[1].record) < 0 ? lists : [lists[1], lists[0]];
  };
  const written = (first: Uint8Array, second: Uint8Array): Bytes =>
    concat(new Writer(8).u8(1).u16(first.length).finish(), first, new Writer(2).u16(second.length).finish(), second);
  const refusal = (bytes: Uint8Array) => {
    const result = readEquivocation(suite, bytes);
    return result.ok ? 'accepted' : result.refusal;
  };
  const isNone = { kind: 'no-contradiction' };

  test('reads back, and is the same whoever found it in whichever order', () => {
    const [first, second] = pair();
    const proof = encodeEquivocation(first.record, second.record);
    expect(proof).toEqual(written(first.record, second.record));
    expect(encodeEquivocation(second.record, first.record)).toEqual(proof);
    expect(readEquivocation(suite, proof)).toEqual({ ok: true, value: { account: first.list.account, first, second } });
  });

  test('holds for the longest lists there are, and no longer ones are read', () => {
    const lists = [51, 52].map((device) => listOf(until(7), { devices: 16, device: device * 2 }).record) as [Bytes, Bytes];
    expect(lists[0]).toHaveLength(DEVICE_LIST_BYTES_MAX);
    expect(refusal(encodeEquivocation(...lists))).toBe('accepted');
    const [first, second] = pair();
    const longer = new Uint8Array(DEVICE_LIST_BYTES_MAX + 1);
    longer[0] = 9;
    const full = longer.subarray(1);
    expect(refusal(written(longer, second.record))).toEqual({ kind: 'malformed' });
    expect(refusal(written(first.record, longer))).toEqual({ kind: 'malformed' });
    expect(refusal(written(full, second.record))).toEqual({ kind: 'unknown-version', found: 0 });
    expect(refusal(written(first.record, full))).toEqual({ kind: 'unknown-version', found: 0 });
  });

  test('is none if the lists are one, or stand in the wrong order', () => {
    const [first, second] = pair();
    expect(refusal(written(first.record, first.record))).toEqual(isNone);
    expect(refusal(written(second.record, first.record))).toEqual(isNone);
  });

  test('is none about two sequences, two roots or two accounts', () => {
    const known = listOf(until(2)).record;
    for (const other of [listOf(until(2), { sequence: 101 }), listOf(until(1)), listOf(until(3)), listOf([thief(0), root(1), root(2)])])
      expect(refusal(encodeEquivocation(known, other.record))).toEqual(isNone);
  });

  test('is refused with any byte changed, cut short or longer', () => {
    const [first, second] = pair();
    const proof = encodeEquivocation(first.record, second.record);
    for (let at = 0; at < proof.length; at++) {
      const changed = proof.slice();
      changed[at] = (changed[at] as number) ^ 0x10;
      expect(readEquivocation(suite, changed).ok, `byte ${at}`).toBe(false);
    }
    for (let length = 0; length < proof.length; length++) expect(refusal(proof.slice(0, length))).toEqual({ kind: 'malformed' });
    expect(refusal(concat(proof, bytesOf([0])))).toEqual({ kind: 'malformed' });
    expect(refusal(bytesOf([2]))).toEqual({ kind: 'unknown-version', found: 2 });
  });

  test('is refused if a list in it does not hold, or does not end where it should', () => {
    const [first, second] = pair();
    const broken = (record: Bytes): Bytes => concat(record.subarray(0, -1), bytesOf([(record.at(-1) as number) ^ 1]));
    expect(refusal(written(broken(first.record), second.record))).toEqual({ kind: 'signature' });
    expect(refusal(written(first.record, broken(second.record)))).toEqual({ kind: 'signature' });
    expect(refusal(written(concat(first.record, bytesOf([0])), second.record))).toEqual({ kind: 'malformed' });
    expect(refusal(written(first.record, concat(second.record, bytesOf([0]))))).toEqual({ kind: 'malformed' });
  });

  test('of any bytes is refused, never thrown at', () => {
    const { record } = listOf(until(1));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (any) => {
        for (const bytes of [any, concat(bytesOf([1]), any), written(record, any), written(any, record)])
          expect(readEquivocation(suite, bytes).ok).toBe(false);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
