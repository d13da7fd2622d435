import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { encodeHeader, headerFor, makeEnvelope, makePurgeToken, purgeHashOf } from '../../envelope/envelope.ts';
import { BODY_BYTES } from '../../envelope/limits.ts';
import { type Carried, encodeCarried, NOBODY } from '../../gossip/carried.ts';
import { decodeFrame } from '../../gossip/frames.ts';
import { SeenSet } from '../../gossip/seen.ts';
import { type Bytes, toHex } from '../../kernel/bytes.ts';
import { chooseToCarry } from './carrying.ts';
import { BUNDLE_COPIES } from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const HOUR = 500_000;
const NOW_MS = HOUR * 3_600_000;
const EXTRA = 2;

interface Row {
  readonly key: Bytes;
  readonly value: Bytes;
}

const idOf = (n: number): Bytes => new Uint8Array(32).fill(n);

/** A row of something carried that was made `ageHours` ago. */
function carried(n: number, about: Partial<Carried> & { readonly madeHoursAgo?: number } = {}): Row {
  const { madeHoursAgo = 0, ...rest } = about;
  const one: Carried = {
    id: idOf(n),
    tag: new Uint8Array(16).fill(n),
    class: 1,
    size: 0,
    expiryHour: HOUR - madeHoursAgo + 14 * 24,
    own: false,
    copies: 4,
    ageHours: 0,
    arrivedHour: HOUR,
    depositor: NOBODY,
    tier: 'stranger',
    ...rest,
  };
  return { key: one.id, value: encodeCarried(one) };
}

function seenToken(n: number, madeHoursAgo = 0, isPublic = true): Row {
  const purgeKey = new Uint8Array(32).fill(n);
  const header = headerFor(new Uint8Array(16).fill(n), purgeHashOf(suite, purgeKey), 1, NOW_MS - madeHoursAgo * 3_600_000);
  const envelope = makeEnvelope(suite, header, encodeHeader(header), new Uint8Array(256));
  const { row } = new SeenSet(1).remember(envelope.id, header.expiryHour, makePurgeToken(suite, envelope, purgeKey), isPublic);
  return { key: envelope.id, value: row };
}

const choose = (some: readonly Row[], seen: readonly Row[] = [], roomBytes = 1e6) => chooseToCarry(some, seen, roomBytes, EXTRA, NOW_MS);
const chosen = (some: readonly Row[], roomBytes?: number) => choose(some, [], roomBytes).gives.map(({ id }) => id[0]);
/** What one envelope with a body of this size takes in a file. */
const room = (size: number) => EXTRA + 4 + 44 + (BODY_BYTES[size] as number);

describe('into a bundle file goes', () => {
  test('everything that waits, when there is room, in an order that says nothing about who wrote it', () => {
    expect(chosen([carried(3), carried(1, { own: true }), carried(2, { size: 4 })])).toEqual([1, 2, 3]);
  });

  test('one of our own before those of others, however large it is', () => {
    const some = [carried(1), carried(2, { own: true, size: 5 })];
    expect(chosen(some, room(5))).toEqual([2]);
    expect(chosen(some, room(5) + room(0) - 1)).toEqual([2]);
  });

  test('small before large, and of one size the newest first', () => {
    const some = [carried(1, { size: 1 }), carried(2, { madeHoursAgo: 50 }), carried(3, { madeHoursAgo: 3 })];
    expect(chosen(some, room(0))).toEqual([3]);
    expect(chosen(some, 2 * room(0))).toEqual([2, 3]);
  });

  test('nothing of class bulk of others, and no row that does not read', () => {
    const bulk = carried(2, { class: 3, expiryHour: HOUR + 5 });
    expect(chosen([bulk, { key: idOf(3), value: new Uint8Array(3) }, carried(4)])).toEqual([4]);
  });

  test('no token that is held back still, and none of what has expired', () => {
    expect(choose([carried(1)], [seenToken(1, 0, false), seenToken(3, 14 * 24 + 1)]).forgets).toEqual([]);
  });

  test('each with the same copies, whoever wrote it and however many are left: a file costs none of them', () => {
    const heads = choose([carried(1, { copies: 5 }), carried(2, { copies: 0 })]).gives.map(({ head }) => decodeFrame(head));
    const give = { kind: 'give', copies: BUNDLE_COPIES };
    expect(heads).toMatchObject([give, give]);
  });

  test('each with the hours it has travelled by now', () => {
    const [give] = choose([carried(1, { ageHours: 3, arrivedHour: HOUR - 4 })]).gives;
    expect(give && decodeFrame(give.head)).toMatchObject({ ageHours: 7 });
  });

  test('tokens before all else, for a quarter of the room that our own leave, those first that are of use for longest', () => {
    const [old, young] = [seenToken(1, 300), seenToken(2, 1)];
    const tokens = choose([carried(1)], [old, young, seenToken(3, 14 * 24 + 1)]).forgets.map(decodeFrame);
    expect(tokens).toMatchObject([{ kind: 'forget', tokens: { length: 2 } }]);
    const few = choose([carried(1)], [old, young], 4 * (EXTRA + 3 + 108) + 3).forgets.map(decodeFrame);
    expect(few.flatMap((frame) => (frame?.kind === 'forget' ? frame.tokens.map(toHex) : []))).toEqual([toHex(young.value.slice(4))]);
    expect(choose([carried(1, { own: true })], [old], room(0) + 4).forgets).toEqual([]);
  });
});

test('whatever is carried and however small the room, what is chosen fits', () => {
  const one = fc.record({ size: fc.nat(7), own: fc.boolean(), copies: fc.nat(8), madeHoursAgo: fc.nat(400) });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), fc.nat(20), fc.nat(60_000), (some, tokens, roomBytes) => {
      const rows = some.map((about, i) => carried(i + 1, about));
      const seen = Array.from({ length: tokens }, (_, i) => seenToken(i + 1));
      const { forgets, gives } = choose(rows, seen, roomBytes);
      const sizes = gives.map(({ id }) => room(some[(id[0] as number) - 1]?.size as number));
      const bytes = [...sizes, ...forgets.map((frame) => EXTRA + frame.length)].reduce((a, b) => a + b, 0);
      expect(bytes).toBeLessThanOrEqual(roomBytes);
      expect(new Set(gives.map(({ id }) => toHex(id))).size).toBe(gives.length);
    }),
    { seed: 5 },
  );
});
