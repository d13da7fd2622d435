import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { End, makeOffer, meet as meetWith, type Sent, TEST_HOUR } from '../testing/session-devices.ts';
import { JUMP_MAX, SKIPPED_MAX } from './limits.ts';
import { encodeSession } from './session.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

/** Both have written and read, and Bo's answers begin a chain of Ann's. */
function acquainted(seed: number) {
  const met = meetWith(suite, new SeededRandom(seed));
  met.boEnd.read(met.hello);
  met.annEnd.read(met.boEnd.write('hi'));
  return met;
}

function write(end: End, count: number): readonly Sent[] {
  return Array.from({ length: count }, (_, i) => end.write(`${i}`));
}

function roundTrips(met: { readonly annEnd: End; readonly boEnd: End }, count: number): void {
  for (let round = 0; round < count; round++) {
    const nowHour = TEST_HOUR + round * 17;
    expect(met.boEnd.read(met.annEnd.write(`to bo ${round}`, nowHour), nowHour)).toBe(`to bo ${round}`);
    expect(met.annEnd.read(met.boEnd.write(`to ann ${round}`, nowHour), nowHour)).toBe(`to ann ${round}`);
  }
}

describe('a late message', () => {
  test.each([6, 50, 60])('is read %i round trips later, the first of all messages too', (rounds) => {
    const met = meetWith(suite, new SeededRandom(rounds));
    const { annEnd, boEnd, hello } = met;
    const [second, third] = write(annEnd, 2) as [Sent, Sent];
    expect(boEnd.read(third)).toBe(third.text);
    expect(annEnd.read(boEnd.write('hi'))).toBe('hi');
    const late = annEnd.write('late');
    roundTrips(met, rounds);
    for (const sent of [late, hello, second]) expect(boEnd.read(sent)).toBe(sent.text);
    for (const sent of [late, hello, second, third]) expect(boEnd.read(sent)).toEqual({ kind: 'unknown-tag' });
    expect(boEnd.skipped.size).toBe(0);
  });

  test('is read behind 3,900 others, and they are read in any order', () => {
    const { annEnd, boEnd } = acquainted(1);
    const [late, ...others] = write(annEnd, 3901) as [Sent, ...Sent[]];
    const [last, ...rest] = others.toReversed() as [Sent, ...Sent[]];
    // What stands at a number of the window or a multiple of 32 is recognised; the gap before it is filled then.
    const first = [...rest.filter((_, i) => i < 64), last].find((sent) => boEnd.place(sent.tag) !== undefined);
    expect(boEnd.read(first as Sent)).toBe(first?.text);
    expect(boEnd.skipped.size).toBeGreaterThan(3800);
    expect(boEnd.read(late)).toBe(late.text);
    for (const sent of others.filter((one, i) => i % 97 === 0 && one !== first)) expect(boEnd.read(sent)).toBe(sent.text);
  });
});

describe('what follows a loss', () => {
  test('of the first 70 messages is recognised at once and opened, before there was an answer', () => {
    const { annEnd, boEnd } = meetWith(suite, new SeededRandom(2));
    write(annEnd, 70);
    const next = annEnd.write('after 71 that are lost');
    expect(boEnd.session.ratchet.receiving).toBeUndefined();
    expect(boEnd.place(next.tag)).toEqual({ chain: 'next', number: 71 });
    expect(boEnd.read(next)).toBe(next.text);
  });

  test('of the first 63 messages is recognised by the last first tag', () => {
    const { annEnd, boEnd } = meetWith(suite, new SeededRandom(3));
    write(annEnd, 62);
    const next = annEnd.write('the 64th');
    expect(boEnd.place(next.tag)).toEqual({ chain: 'first', number: 63 });
    expect(boEnd.read(next)).toBe(next.text);
  });

  test.each([70, 127, 3840])('of the first %i of a chain is recognised and opened', (lost) => {
    const { annEnd, boEnd } = acquainted(lost);
    write(annEnd, lost);
    const next = annEnd.write('next');
    expect(boEnd.place(next.tag)).toEqual({ chain: 'next', number: lost });
    expect(boEnd.read(next)).toBe('next');
    expect(boEnd.skipped.size).toBe(lost);
  });

  test.each([3900, 3969])('of the first %i of a chain is recognised within 32 messages', (lost) => {
    const { annEnd, boEnd } = acquainted(lost);
    write(annEnd, lost);
    const after = write(annEnd, 32);
    const known = after.filter((sent) => boEnd.place(sent.tag) !== undefined);
    expect(known).toHaveLength(1);
    expect(boEnd.read(known[0] as Sent)).toBe(known[0]?.text);
    // The others are asked for again, and read.
    for (const sent of after.filter((one) => one !== known[0])) expect(boEnd.read(sent)).toBe(sent.text);
  });

  test('of exactly 4,000 is opened; of one more it is refused, and changes nothing', () => {
    const { annEnd, boEnd } = acquainted(4);
    write(annEnd, JUMP_MAX);
    const [last, tooFar] = [annEnd.write('last'), annEnd.write('too far')];
    const before = encodeSession(boEnd.session);
    expect(boEnd.read(tooFar)).toEqual({ kind: 'unknown-tag' });
    expect(encodeSession(boEnd.session)).toEqual(before);
    expect(boEnd.read(last)).toBe('last');
    expect(boEnd.skipped.size).toBe(SKIPPED_MAX);
    expect(boEnd.read(tooFar)).toBe('too far');
  });
});

describe('a chain that ended unread', () => {
  /** Ann's chain of `length` messages, of which Bo reads the first, is followed by her next one; answers the first of that one. */
  function next(seed: number, length: number) {
    const met = acquainted(seed);
    const [first, ...rest] = write(met.annEnd, length) as [Sent, ...Sent[]];
    met.boEnd.read(first);
    met.annEnd.read(met.boEnd.write('turn'));
    return { ...met, rest, sent: met.annEnd.write('in the next chain') };
  }

  test('leaves its keys behind, up to 4,000', () => {
    const { boEnd, sent, rest } = next(5, JUMP_MAX + 1);
    expect(boEnd.read(sent)).toBe(sent.text);
    expect(boEnd.skipped.size).toBe(JUMP_MAX);
    for (const late of [rest[0], rest[1999], rest[3999]] as Sent[]) expect(boEnd.read(late)).toBe(late.text);
  });

  test('by more than 4,000 is too far: the refusal says how far', () => {
    const { boEnd, sent } = next(6, JUMP_MAX + 2);
    const before = encodeSession(boEnd.session);
    expect(boEnd.read(sent)).toEqual({ kind: 'too-far', skipped: JUMP_MAX + 1, max: JUMP_MAX });
    expect(encodeSession(boEnd.session)).toEqual(before);
    expect(boEnd.skipped.size).toBe(0);
  });

  test('and what was lost of the new one count together', () => {
    const { annEnd, boEnd, sent } = next(7, 2001);
    const more = [sent, ...write(annEnd, 2048)];
    const [within, beyond] = [more[1984], more[2016]] as [Sent, Sent];
    expect(boEnd.read(beyond)).toEqual({ kind: 'too-far', skipped: 2000 + 2016, max: SKIPPED_MAX });
    expect(boEnd.read(within)).toBe(within.text);
    expect(boEnd.skipped.size).toBe(2000 + 1984);
  });
});

describe('after one side was set back', () => {
  test.each(['writer', 'reader'] as const)('the %s: what has no receipt is sealed again in a new session and arrives', (who) => {
    const { ann, bo, annEnd, boEnd, random } = acquainted(8);
    const [annBefore, boBefore] = [annEnd.copy(), boEnd.copy()];
    const sent = write(annEnd, 20);
    for (const one of sent.slice(0, 5)) boEnd.read(one);
    annEnd.read(boEnd.write('five came'));
    const unreceipted = sent.slice(5).map((one) => one.text);
    // The state of before goes on; what the other side has is ahead of it.
    const [writer, reader] = who === 'writer' ? [annBefore, boEnd] : [annEnd, boBefore];
    const lost = writer.write('in the old session');
    if (who === 'reader') expect(typeof reader.read(lost)).toBe('object');
    const offer = makeOffer(suite, random, bo, 'contact-key');
    const anew = End.open(suite, random, ann, offer);
    const again = unreceipted.map((text) => anew.write(text));
    const accepted = End.accept(suite, random, offer, (again[0] as Sent).body);
    expect(again.map((one) => accepted?.read(one))).toEqual(unreceipted);
    expect(accepted?.session.id).not.toEqual(boEnd.session.id);
  });
});
