import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { accountId } from '../identity/account.ts';
import { type Bytes, bytesOf, fromBase64Url, toBase64Url } from '../kernel/bytes.ts';
import { type AgainCode, againText, answerTag, type HandAnswer, handAnswerText, isShownCode, readShownCode } from './hand-code.ts';
import { invitationText, readInvitation } from './invitation.ts';
import { AGAIN_BYTES_MAX, HAND_CODE_BYTES_MAX, INVITATION_BYTES_MAX } from './limits.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesOf);
const upTo = (length: number) => fc.uint8Array({ minLength: 1, maxLength: length }).map(bytesOf);
const number = fc.nat(0xffff_ffff);
const answer: fc.Arbitrary<HandAnswer> = fc.record({
  tag: fixed(8),
  account: fixed(32),
  transportKey: fixed(32),
  code: upTo(HAND_CODE_BYTES_MAX),
});
const again: fc.Arbitrary<AgainCode> = fc.record({
  nonce: fixed(16),
  hint: fixed(16),
  transportKey: fixed(32),
  certificate: number,
  peerCertificate: number,
  code: upTo(AGAIN_BYTES_MAX),
});
const around = fc.constantFrom('', ' \n', 'https://kith-abcdefgh.local/#', 'https://h/#/meet/', 'kith:/');

const KEY = new Uint8Array(32).fill(5);
const ANSWER: HandAnswer = { tag: new Uint8Array(8), account: KEY, transportKey: KEY, code: new Uint8Array(73).fill(1) };
const changed = (text: string, change: (bytes: Bytes) => Bytes): string => toBase64Url(change(fromBase64Url(text) as Bytes));

describe('what one shows the other', () => {
  test('an answer and the one code read back, alone, in a link, and with white space around them', () => {
    fc.assert(
      fc.property(answer, again, around, (one, other, before) => {
        expect(readShownCode(`${before}${handAnswerText(one)} \n`)).toEqual({ ok: true, value: { kind: 'answer', ...one } });
        expect(readShownCode(`${before}${againText(other)} \n`)).toEqual({ ok: true, value: { kind: 'again', ...other } });
        expect(isShownCode(`${before}${handAnswerText(one)}`) && isShownCode(`${before}${againText(other)}`)).toBe(true);
      }),
      { seed: 1 },
    );
  });

  test('is of letters, digits, - and _, and no longer than an invitation may be', () => {
    fc.assert(
      fc.property(answer, again, (one, other) => {
        for (const text of [handAnswerText(one), againText(other)]) {
          expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
          expect(fromBase64Url(text)?.length).toBeLessThanOrEqual(INVITATION_BYTES_MAX);
        }
      }),
      { seed: 2 },
    );
  });

  test('is never taken for an invitation, nor an invitation for it', () => {
    const invitation = { secret: KEY, bundleHash: KEY, transportKey: KEY, expiryHour: 9, relays: [], offer: KEY };
    const text = invitationText({ ...invitation, account: accountId(KEY) });
    expect(isShownCode(text)).toBe(false);
    expect(readShownCode(text)).toEqual({ ok: false, refusal: { kind: 'not-a-code' } });
    expect(readInvitation(handAnswerText(ANSWER), 0)).toEqual({ ok: false, refusal: { kind: 'not-an-invitation' } });
  });

  test('of a newer version says so', () => {
    const newer = changed(handAnswerText(ANSWER), (bytes) => bytes.with(1, 2));
    expect(readShownCode(newer)).toEqual({ ok: false, refusal: { kind: 'newer-version' } });
    expect(isShownCode(newer)).toBe(true);
  });

  test.each<[string, string]>([
    ['of version 0', changed(handAnswerText(ANSWER), (bytes) => bytes.with(1, 0))],
    ['cut by a byte', changed(handAnswerText(ANSWER), (bytes) => bytes.slice(0, -1))],
    ['with a byte more', changed(handAnswerText(ANSWER), (bytes) => bytesOf([...bytes, 0]))],
    ['without a code', handAnswerText({ ...ANSWER, code: bytesOf([]) })],
    ['with a code too long', handAnswerText({ ...ANSWER, code: new Uint8Array(HAND_CODE_BYTES_MAX + 1) })],
    ['of nothing', ''],
  ])('a text %s is none', (_, text) => {
    expect(readShownCode(text)).toEqual({ ok: false, refusal: { kind: 'not-a-code' } });
  });

  test('any text is answered', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 700 }),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => toBase64Url(bytesOf([0x4d, 1, ...bytes]))),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => toBase64Url(bytesOf([0x4e, 1, ...bytes]))),
    );
    fc.assert(
      fc.property(any, (text) => {
        expect(readShownCode(text).ok).toBe(false);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

test('the tag of an answer names its invitation, and says nothing of the secret to who lacks it', () => {
  const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  expect(answerTag(suite, one)).toHaveLength(8);
  expect(answerTag(suite, one)).toEqual(answerTag(suite, one));
  expect(answerTag(suite, other)).not.toEqual(answerTag(suite, one));
});
