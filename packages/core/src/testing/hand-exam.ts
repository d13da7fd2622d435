/**
 * The exam of links that make connections by hand, beside `link-exam`: two codes, one code, and what is refused. The harness is the
 * same; nobody dials. Knows no test runner. Rule: node/machine.ts and docs/protocol/by-hand.md.
 */
import { assert } from '../kernel/assert.ts';
import { type Bytes, bytesOf, EMPTY, sameBytes } from '../kernel/bytes.ts';
import type { HandAgain } from '../node/machine.ts';
import type { TransportKey } from '../ports/link.ts';
import { type Bench, type Connected, examCase, exchange, type LinkExamCase, type LinkExamHarness, otherKey } from './link-exam.ts';
import type { ExamSide } from './link-exam-side.ts';

const CODE_BYTES_MAX = 80;
/** Of the one code of two who know each other. */
const AGAIN_BYTES_MAX = 20;
const SECRET: Bytes = new Uint8Array(32).fill(0x5e);

export function handExam(harness: LinkExamHarness): readonly LinkExamCase[] {
  const exam = (name: string, body: (bench: Bench) => Promise<void>): LinkExamCase => examCase(harness, name, body);

  return [
    exam('an offer, an answer: both are up, each with its number; whoever began counts as the dialler', async (bench) => {
      const { pair, a, b } = bench;
      const met = await meet(bench, 1);
      assert(met.near.key === pair.listener.key && met.far.key === pair.dialler.key, 'each is told the other’s key');
      assert(met.near.dialled && !met.far.dialled, 'whoever began dialled');
      assert(met.near.path === 'direct' && met.far.path === 'direct', 'there is nothing between them');
      await exchange(a, b, met);
      a.link.perform({ kind: 'close', neighbour: met.near.neighbour });
      await Promise.all([a.down(met.near.neighbour), b.down(met.far.neighbour)]);
      await exchange(a, b, await meet(bench, 2));
    }),

    exam('whoever answers refuses somebody else', async (bench) => {
      const { key } = await otherKey(harness);
      await refused(bench, 1, { expectedByA: bench.pair.listener.key, expectedByB: key });
      await exchange(bench.a, bench.b, await meet(bench, 2));
    }),

    exam('whoever began refuses somebody else', async (bench) => {
      const { key } = await otherKey(harness);
      await refused(bench, 1, { expectedByA: key, expectedByB: bench.pair.dialler.key });
      await exchange(bench.a, bench.b, await meet(bench, 2));
    }),

    exam('what is no code, or not of this attempt, is refused in words', async (bench) => {
      const { pair, a, b } = bench;
      const bad = [EMPTY, bytesOf([0]), new Uint8Array(70), new Uint8Array(5_000).fill(0xff)];
      for (const [at, offer] of bad.entries()) {
        b.link.perform({ kind: 'hand-answer', hand: 100 + at, offer, expectedKey: pair.dialler.key, codeBytesMax: CODE_BYTES_MAX });
        assert((await b.handFailed(100 + at)).reason === 'bad-code', `offer number ${at} is none`);
      }
      for (const [at, answer] of bad.entries()) {
        a.link.perform({ kind: 'hand-offer', hand: 200 + at, codeBytesMax: CODE_BYTES_MAX });
        await a.handCode(200 + at);
        a.link.perform({ kind: 'hand-accept', hand: 200 + at, answer, expectedKey: pair.listener.key });
        assert((await a.handFailed(200 + at)).reason === 'bad-code', `answer number ${at} is none`);
      }
      a.link.perform({ kind: 'hand-accept', hand: 300, answer: bytesOf([1, 2, 3]), expectedKey: pair.listener.key });
      assert((await a.handFailed(300)).reason === 'bad-code', 'an answer without an offer is refused');
      await exchange(a, b, await meet(bench, 301));
    }),

    exam('an attempt that was dropped is over, and no other with it', async (bench) => {
      const { pair, a } = bench;
      a.link.perform({ kind: 'hand-offer', hand: 1, codeBytesMax: CODE_BYTES_MAX });
      await a.handCode(1);
      const met = meet(bench, 2);
      a.link.perform({ kind: 'hand-drop', hand: 1 });
      await exchange(a, bench.b, await met);
      a.link.perform({ kind: 'hand-accept', hand: 1, answer: bytesOf([1]), expectedKey: pair.listener.key });
      assert((await a.handFailed(1)).reason === 'bad-code', 'a dropped attempt takes no answer');
    }),

    exam('two who know each other need one code', async (bench) => {
      const { a, b } = bench;
      const prints = await certify(bench);
      if (prints === undefined) return;
      for (const round of [1, 2]) {
        const secret = new Uint8Array(32).fill(round);
        const code = await showAgain(bench, round, prints.b, secret);
        assert(code.length <= AGAIN_BYTES_MAX, `the one code has ${code.length} bytes`);
        readAgain(bench, round, prints.a, secret, code);
        const met = await bothUp(a, b, round);
        assert(met.near.dialled && !met.far.dialled, 'whoever showed dialled');
        await exchange(a, b, met);
        a.link.perform({ kind: 'close', neighbour: met.near.neighbour });
        await Promise.all([a.down(met.near.neighbour), b.down(met.far.neighbour)]);
      }
    }),

    exam('a certificate stays the same until it is forgotten, and without it one code is not enough', async (bench) => {
      const { a, b } = bench;
      const prints = await certify(bench);
      if (prints === undefined) return;
      const once = await certify(bench);
      assert(once !== undefined && sameBytes(prints.a, once.a) && sameBytes(prints.b, once.b), 'it is kept');
      assert(!sameBytes(prints.a, prints.b), 'each has its own');
      a.link.perform({ kind: 'hand-forget', name: 'exam-a' });
      again(a, 1, { expectedKey: bench.pair.listener.key, secret: SECRET, certificate: 'exam-a', peerFingerprint: prints.b });
      assert((await a.handFailed(1)).reason === 'no-certificate', 'it is gone');
      readAgain(bench, 2, prints.a, SECRET, new Uint8Array(200).fill(9));
      assert((await b.handFailed(2)).reason === 'bad-code', 'a code that is none is refused here too');
    }),
  ];
}

async function meet(bench: Bench, hand: number): Promise<Connected> {
  await codes(bench, hand, { expectedByA: bench.pair.listener.key, expectedByB: bench.pair.dialler.key });
  return bothUp(bench.a, bench.b, hand);
}

async function bothUp(a: ExamSide, b: ExamSide, hand: number): Promise<Connected> {
  const [near, far] = await Promise.all([a.upOfHand(hand), b.upOfHand(hand)]);
  return { near, far };
}

interface Expected {
  readonly expectedByA: TransportKey;
  readonly expectedByB: TransportKey;
}

/** Carries the offer and the answer across. */
async function codes({ a, b }: Bench, hand: number, { expectedByA, expectedByB }: Expected): Promise<void> {
  a.link.perform({ kind: 'hand-offer', hand, codeBytesMax: CODE_BYTES_MAX });
  const offer = await a.handCode(hand);
  b.link.perform({ kind: 'hand-answer', hand, offer, expectedKey: expectedByB, codeBytesMax: CODE_BYTES_MAX });
  const answer = await b.handCode(hand);
  for (const code of [offer, answer]) assert(code.length <= CODE_BYTES_MAX, `a code of ${code.length} bytes is too long`);
  a.link.perform({ kind: 'hand-accept', hand, answer, expectedKey: expectedByA });
}

async function refused(bench: Bench, hand: number, expected: Expected): Promise<void> {
  const { a, b } = bench;
  await codes(bench, hand, expected);
  const [near, far] = await Promise.all([a.handFailed(hand), b.handFailed(hand)]);
  assert(near.reason === 'wrong-key' && far.reason === 'wrong-key', `it is the key, not ${near.reason} and ${far.reason}`);
  assert(a.countUps() === 0 && b.countUps() === 0, 'nobody came up');
}

/** The fingerprints of both; `undefined` where one code cannot be enough. */
async function certify({ a, b }: Bench): Promise<{ readonly a: Bytes; readonly b: Bytes } | undefined> {
  const print = async (side: ExamSide, name: string): Promise<Bytes | undefined> => {
    const before = side.events.length;
    side.link.perform({ kind: 'hand-certify', name });
    const told = await side.event(`${name} is answered`, (events) =>
      events.slice(before).find((event) => event.kind === 'hand-certificate' && event.name === name),
    );
    return told.kind === 'hand-certificate' ? told.fingerprint : undefined;
  };
  const [ofA, ofB] = await Promise.all([print(a, 'exam-a'), print(b, 'exam-b')]);
  return ofA === undefined || ofB === undefined ? undefined : { a: ofA, b: ofB };
}

function again(side: ExamSide, hand: number, how: HandAgain): void {
  side.link.perform({ kind: 'hand-again', hand, ...how });
}

/** Whoever shows takes whoever holds the other certificate. */
async function showAgain({ a }: Bench, hand: number, printOfB: Bytes, secret: Bytes): Promise<Bytes> {
  again(a, hand, { secret, certificate: 'exam-a', peerFingerprint: printOfB });
  return a.handCode(hand);
}

function readAgain({ pair, b }: Bench, hand: number, printOfA: Bytes, secret: Bytes, shown: Bytes): void {
  again(b, hand, { expectedKey: pair.dialler.key, secret, certificate: 'exam-b', peerFingerprint: printOfA, shown });
}
