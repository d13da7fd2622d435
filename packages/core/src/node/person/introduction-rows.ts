/** Introductions that wait for somebody, as they are kept: one row of the space `self`. Rule: docs/protocol/at-rest.md. */
import { INTRODUCED_BYTES_MAX } from '../../content/limits.ts';
import { type AccountId, accountId } from '../../identity/account.ts';
import type { Bytes } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';

export const INTRODUCTIONS_ROW: Bytes = encodeUtf8('introductions');
const VERSION = 1;

export type IntroductionEntry = {
  readonly id: Bytes;
  readonly atMs: number;
  /** Of the other person. */
  readonly account: AccountId;
  /** As whoever introduces calls them. */
  readonly name: string;
} /** We introduce `account` to `to`, whose invitation is waited for. */ & (
  | { readonly step: 'waiting'; readonly to: AccountId }
  /** `by` asks whether we will meet `account`. */
  | { readonly step: 'asked'; readonly by: AccountId }
  /** `by` has passed us the invitation of `account`. */
  | { readonly step: 'passed'; readonly by: AccountId; readonly invitation: Bytes }
);

const STEPS: readonly IntroductionEntry['step'][] = ['waiting', 'asked', 'passed'];

export function encodeIntroductions(entries: readonly IntroductionEntry[]): Bytes {
  const writer = new Writer(512).u8(VERSION).u8(entries.length);
  for (const entry of entries) {
    writer.u8(STEPS.indexOf(entry.step)).raw(entry.id).u64(entry.atMs).raw(entry.account).text16(entry.name);
    writer.raw(entry.step === 'waiting' ? entry.to : entry.by);
    if (entry.step === 'passed') writer.bytes16(entry.invitation);
  }
  return writer.finish();
}

/** A row that does not read holds none: whoever introduces can ask again. */
export function decodeIntroductions(bytes: Bytes): readonly IntroductionEntry[] {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) return [];
  const entries: IntroductionEntry[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) {
    const entry = readEntry(reader);
    if (entry !== undefined) entries.push(entry);
  }
  return reader.finish(entries) ?? [];
}

function readEntry(reader: Reader): IntroductionEntry | undefined {
  const step = STEPS[reader.u8()];
  const [id, atMs, account, name, other] = [reader.raw(8), reader.u64(), reader.raw(32), reader.text16(), reader.raw(32)];
  const invitation = step === 'passed' ? reader.bytes16(INTRODUCED_BYTES_MAX) : undefined;
  if (step === undefined) reader.fail();
  if (reader.failed || step === undefined) return undefined;
  const about = { id, atMs, account: accountId(account), name };
  if (step === 'waiting') return { ...about, step, to: accountId(other) };
  return invitation === undefined
    ? { ...about, step: 'asked', by: accountId(other) }
    : { ...about, step: 'passed', by: accountId(other), invitation };
}
