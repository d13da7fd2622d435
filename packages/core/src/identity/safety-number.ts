/**
 * The safety number of two accounts, for reading aloud, and the code with which one screen shows it to another.
 * Compares accounts, so it outlives devices and roots. Rule: docs/protocol/identity.md §8.
 */
import { type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { EMPTY, sameBytes, toBase64Url } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { type AccountId, accountId } from './account.ts';
import { bytesOfCode } from './code-text.ts';
import type { SafetyCodeRefusal } from './refusals.ts';

/** What a scanned safety code says: whose screen it was on, and whom that person takes the other for. */
export interface SafetyCode {
  readonly owner: AccountId;
  readonly about: AccountId;
}

/** `other-people`: the screen belongs to somebody else. `mismatch`: it is theirs, and takes us for somebody else. */
export type SafetyJudgement = 'match' | 'other-people' | 'mismatch';

const DIGITS: Label = label('identity/safety-number');
const MARK = 0x53;
const VERSION = 1;
/** Six groups of five digits for each account: about 100 bits, far past what anybody can search. */
const GROUPS = 6;
const GROUP_BYTES = 5;
const GROUP_DIGITS = 5;

function digitsOf(suite: Suite, account: AccountId): string {
  const bytes = suite.mac(account, DIGITS, EMPTY, 64);
  let digits = '';
  for (let group = 0; group < GROUPS; group++) {
    let value = 0;
    for (const byte of bytes.subarray(group * GROUP_BYTES, (group + 1) * GROUP_BYTES)) value = value * 256 + byte;
    digits += (value % 100_000).toString().padStart(GROUP_DIGITS, '0');
  }
  return digits;
}

/** Twelve groups of five digits with a space between them, the same for both people. */
export function safetyNumber(suite: Suite, mine: AccountId, theirs: AccountId): string {
  const [first, second] = [digitsOf(suite, mine), digitsOf(suite, theirs)].sort() as [string, string];
  return (first + second).replace(/.{5}(?!$)/g, '$& ');
}

/** The text of the code that the owner of `mine` shows to the person taken for `theirs`. */
export function safetyCodeText(mine: AccountId, theirs: AccountId): string {
  return toBase64Url(new Writer(66).u8(MARK).u8(VERSION).raw(mine).raw(theirs).finish());
}

/** Reads a text that may stand in a link or have white space around it. */
export function readSafetyCode(text: string): Result<SafetyCode, SafetyCodeRefusal> {
  const bytes = bytesOfCode(text);
  if (bytes === undefined || bytes[0] !== MARK) return refuse({ kind: 'not-a-safety-code' });
  if ((bytes[1] as number) > VERSION) return refuse({ kind: 'newer-version' });
  const reader = new Reader(bytes.subarray(2));
  const owner = reader.raw(LENGTHS.hash);
  const about = reader.raw(LENGTHS.hash);
  if (bytes[1] !== VERSION || reader.finish(true) === undefined) return refuse({ kind: 'not-a-safety-code' });
  return ok({ owner: accountId(owner), about: accountId(about) });
}

/** What a scanned code says to the owner of `mine`, who talks with `theirs`. */
export function judgeSafetyCode(read: SafetyCode, mine: AccountId, theirs: AccountId): SafetyJudgement {
  if (!sameBytes(read.owner, theirs)) return 'other-people';
  return sameBytes(read.about, mine) ? 'match' : 'mismatch';
}
