import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { label, type Suite } from '../crypto/suite.ts';
import { bytesOf, concat, sameBytes, toBase64Url } from '../kernel/bytes.ts';
import { type AccountId, accountId } from './account.ts';
import { judgeSafetyCode, readSafetyCode, safetyCodeText, safetyNumber } from './safety-number.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const of = (value: number): AccountId => accountId(new Uint8Array(32).fill(value));
const [ANN, BO, EVE] = [of(1), of(2), of(3)];
const accounts = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => accountId(bytesOf(bytes)));

/** The rule again, in whole numbers of any size. */
function thirtyDigits(account: AccountId): string {
  const bytes = suite.mac(account, label('identity/safety-number'), bytesOf([]), 64);
  return [0, 5, 10, 15, 20, 25]
    .map((at) => BigInt(`0x${Buffer.from(bytes.subarray(at, at + 5)).toString('hex')}`) % 100_000n)
    .map((value) => value.toString().padStart(5, '0'))
    .join('');
}

describe('a safety number', () => {
  test('is thirty digits of each account, the smaller ones first, in groups of five', () => {
    fc.assert(
      fc.property(accounts, accounts, (mine, theirs) => {
        const number = safetyNumber(suite, mine, theirs);
        expect(number).toMatch(/^(\d{5} ){11}\d{5}$/);
        const [a, b] = [thirtyDigits(mine), thirtyDigits(theirs)];
        expect(number.replaceAll(' ', '')).toBe(a < b ? a + b : b + a);
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  test('is one for both people, and another for any other two', () => {
    expect(safetyNumber(suite, ANN, BO)).toBe(safetyNumber(suite, BO, ANN));
    expect(new Set([safetyNumber(suite, ANN, BO), safetyNumber(suite, ANN, EVE), safetyNumber(suite, EVE, BO)]).size).toBe(3);
  });
});

describe('a safety code', () => {
  const coded = (...values: readonly number[]): string => toBase64Url(concat(bytesOf(values), ANN, BO));
  const none = { ok: false, refusal: { kind: 'not-a-safety-code' } };

  test('is a mark, a version, whose it is and whom it is about', () => {
    expect(safetyCodeText(ANN, BO)).toBe(coded(0x53, 1));
    expect(readSafetyCode(safetyCodeText(ANN, BO))).toEqual({ ok: true, value: { owner: ANN, about: BO } });
    expect(readSafetyCode(`https://kith.local/#/safety/${safetyCodeText(ANN, BO)}\n`).ok).toBe(true);
  });

  test('of a newer version says so, under its own mark alone', () => {
    expect(readSafetyCode(coded(0x53, 2))).toEqual({ ok: false, refusal: { kind: 'newer-version' } });
    expect(readSafetyCode(toBase64Url(bytesOf([0x53, 255])))).toEqual({ ok: false, refusal: { kind: 'newer-version' } });
    expect(readSafetyCode(coded(0x53, 0))).toEqual(none);
    expect(readSafetyCode(coded(0x4b, 2))).toEqual(none);
  });

  test('is no other code, nothing shorter and nothing longer', () => {
    for (const text of [coded(0x4b, 1), coded(0x4c, 1), '', 'hello', toBase64Url(bytesOf([0x53])), `${coded(0x53, 1)}AA`])
      expect(readSafetyCode(text), text).toEqual(none);
    const whole = concat(bytesOf([0x53, 1]), ANN, BO);
    for (let length = 0; length < whole.length; length++) expect(readSafetyCode(toBase64Url(whole.slice(0, length)))).toEqual(none);
  });

  test('in any text is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.string({ unit: 'binary', maxLength: 100 }), (any, text) => {
        readSafetyCode(text);
        const bytes = concat(bytesOf([0x53, 1]), any);
        expect(readSafetyCode(toBase64Url(bytes)).ok).toBe(any.length === 64);
      }),
      { seed: 9, numRuns: 300 },
    );
  });

  test('matches on their screen about me; about somebody else, somebody stands between; on another screen it says nothing', () => {
    expect(judgeSafetyCode({ owner: BO, about: ANN }, ANN, BO)).toBe('match');
    expect(judgeSafetyCode({ owner: BO, about: EVE }, ANN, BO)).toBe('mismatch');
    expect(judgeSafetyCode({ owner: EVE, about: ANN }, ANN, BO)).toBe('other-people');
    expect(judgeSafetyCode({ owner: EVE, about: BO }, ANN, BO)).toBe('other-people');
    expect(judgeSafetyCode({ owner: ANN, about: BO }, ANN, BO)).toBe('other-people');
  });

  test('with any byte of an account changed never matches', () => {
    const whole = concat(bytesOf([0x53, 1]), BO, ANN);
    for (let at = 2; at < whole.length; at++) {
      const changed = whole.slice();
      changed[at] = (changed[at] as number) ^ 1;
      const read = readSafetyCode(toBase64Url(changed));
      expect(read.ok && judgeSafetyCode(read.value, ANN, BO)).toBe(at < 34 ? 'other-people' : 'mismatch');
    }
    expect(sameBytes(ANN, BO)).toBe(false);
  });
});
