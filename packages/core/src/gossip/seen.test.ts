import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PURGE_TOKEN_BYTES } from '../envelope/envelope.ts';
import { type Bytes, bytesOf, concat, toHex, toKey } from '../kernel/bytes.ts';
import { SeenSet } from './seen.ts';

const IDS = 120;
const SIZE_MAX = 100;
const EXPIRY_HOUR = 500_000;

const idOf = (number: number): Bytes => concat(bytesOf([number]), new Uint8Array(31));
const tokenOf = (filling: number): Bytes => new Uint8Array(PURGE_TOKEN_BYTES).fill(filling);
const numberOf = (id: Bytes): number => id[0] as number;

/** What is remembered of an id, as a map with the same bound would have it. */
interface Known {
  readonly token: Bytes | undefined;
  readonly isPublic: boolean;
}

const steps = fc.array(
  fc.record({
    id: fc.nat(IDS - 1),
    what: fc.constantFrom('token', 'held-back', 'nothing', 'forget'),
    filling: fc.integer({ min: 1, max: 255 }),
  }),
  { minLength: 300, maxLength: 600 },
);

test('each id has its own token again, whatever came, went and gave way', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const seen = new SeenSet(SIZE_MAX);
      const known = new Map<number, Known>();
      for (const { id, what, filling } of all) {
        if (what === 'forget') {
          seen.forget(idOf(id));
          known.delete(id);
          continue;
        }
        const token = what === 'nothing' ? undefined : tokenOf(filling);
        const { evicted } = seen.remember(idOf(id), EXPIRY_HOUR, token, what === 'token');
        if (evicted !== undefined) known.delete(numberOf(evicted));
        known.set(id, { token, isPublic: what === 'token' });
      }
      expect(known.size).toBeLessThanOrEqual(SIZE_MAX);
      for (let id = 0; id < IDS; id++) {
        const it = known.get(id);
        expect(seen.has(idOf(id))).toBe(it !== undefined);
        expect(seen.isPublic(idOf(id))).toBe(it?.isPublic === true);
        expect(seen.tokenOf(idOf(id))).toEqual(it?.token);
      }
    }),
    { seed: 31, numRuns: 100 },
  );
});

test('a row says again what is known of an id', () => {
  for (const [token, isPublic, said] of [
    [tokenOf(7), true, 'token'],
    [tokenOf(8), false, 'held-back'],
    [undefined, false, 'nothing'],
  ] as const) {
    const { row } = new SeenSet(SIZE_MAX).remember(idOf(1), EXPIRY_HOUR, token, isPublic);
    const again = new SeenSet(SIZE_MAX);
    expect(again.restore(toKey(idOf(1)), row)).toBe(said);
    expect(again.tokenOf(idOf(1))).toEqual(token);
    expect(again.isPublic(idOf(1))).toBe(isPublic);
    expect(again.expiryOf(idOf(1))).toBe(EXPIRY_HOUR);
  }
});

test('what is handed out is a copy: whoever changes it changes nothing here', () => {
  const seen = new SeenSet(SIZE_MAX);
  const given = tokenOf(5);
  seen.remember(idOf(1), EXPIRY_HOUR, given, true);
  given.fill(0);
  seen.tokenOf(idOf(1))?.fill(0);
  expect(toHex(seen.tokenOf(idOf(1)) ?? new Uint8Array(0))).toBe(toHex(tokenOf(5)));
});
