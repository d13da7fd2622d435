/**
 * Codes: what one device shows and another reads, so that the two connect with nothing in between. An offer, an answer, and the one code of two
 * who know each other. Total: whatever is read answers with a code or nothing, and nothing of it is text. Rule: docs/protocol/by-hand.md §2.
 */
import { type Bytes, fromBase64Url, fromHex, toBase64Url, toHex } from '../../../kernel/bytes.ts';
import { Reader, Writer } from '../../../kernel/codec.ts';
import { decodeUtf8, encodeUtf8 } from '../../../kernel/utf8.ts';
import { type Candidate, choose, readCandidate, writeCandidate } from './candidate.ts';
import { CANDIDATES_MAX, CODE_BYTES_MAX } from './limits.ts';

/** Of one side, for one connection: characters of RFC 8839 §5.4. */
export interface IceCredentials {
  readonly fragment: string;
  readonly password: string;
}

/** What one side needs to know of the other. */
export interface Side {
  readonly credentials: IceCredentials;
  /** SHA-256 of the certificate. */
  readonly fingerprint: Bytes;
  readonly candidates: readonly Candidate[];
}

export interface Answer extends Side {
  /** The beginning of the fingerprint in the offer: an answer to another offer is noticed at once. */
  readonly mark: Bytes;
}

export const MARK_BYTES = 2;
const FINGERPRINT_BYTES = 32;
const VERSION = 1;
/** In the low two bits of the first byte. */
const OFFER = 0;
const ANSWER = 1;
const AGAIN = 2;

/** As many candidates as `bytesMax` has room for, the best first; `undefined` when not even one fits, or there is none. */
export function encodeOffer(side: Side, bytesMax: number): Bytes | undefined {
  return encodeSide(OFFER, new Uint8Array(0), side, bytesMax);
}

export function encodeAnswer(answer: Answer, bytesMax: number): Bytes | undefined {
  return encodeSide(ANSWER, answer.mark, answer, bytesMax);
}

/** The one code of two who know each other: only where, because all the rest both can work out. */
export function encodeAgain(candidates: readonly Candidate[], bytesMax: number): Bytes | undefined {
  return withCandidates(new Writer(bytesMax).u8(headOf(AGAIN, 0)), candidates, bytesMax - 1);
}

export function decodeOffer(code: Bytes): Side | undefined {
  const reader = begin(code);
  return reader === undefined ? undefined : readSide(reader, OFFER);
}

export function decodeAnswer(code: Bytes): Answer | undefined {
  const reader = begin(code);
  if (reader === undefined) return undefined;
  const head = readHead(reader, ANSWER);
  const mark = reader.raw(MARK_BYTES);
  const side = readRest(reader, head);
  return side === undefined ? undefined : { mark, ...side };
}

export function decodeAgain(code: Bytes): readonly Candidate[] | undefined {
  const reader = begin(code);
  if (reader === undefined) return undefined;
  if (readHead(reader, AGAIN) !== 0) reader.fail();
  return readCandidates(reader);
}

function begin(code: Bytes): Reader | undefined {
  return code.length > CODE_BYTES_MAX ? undefined : new Reader(code);
}

function headOf(kind: number, form: number): number {
  return VERSION * 16 + form * 4 + kind;
}

/** The form of the credentials; marks the reader as failed for another version or kind. */
function readHead(reader: Reader, kind: number): number {
  const head = reader.u8();
  if (head >> 4 !== VERSION || head % 4 !== kind) reader.fail();
  return (head >> 2) % 4;
}

function readSide(reader: Reader, kind: number): Side | undefined {
  return readRest(reader, readHead(reader, kind));
}

function encodeSide(kind: number, mark: Bytes, { credentials, fingerprint, candidates }: Side, bytesMax: number): Bytes | undefined {
  const packed = packCredentials(credentials);
  if (packed === undefined || fingerprint.length !== FINGERPRINT_BYTES) return undefined;
  const writer = new Writer(bytesMax).u8(headOf(kind, packed.form)).raw(mark).raw(packed.bytes).raw(fingerprint);
  return withCandidates(writer, candidates, bytesMax - 1 - mark.length - packed.bytes.length - FINGERPRINT_BYTES);
}

function withCandidates(writer: Writer, candidates: readonly Candidate[], room: number): Bytes | undefined {
  const chosen = choose(candidates, room, CANDIDATES_MAX);
  if (chosen.length === 0) return undefined;
  for (const candidate of chosen) writeCandidate(writer, candidate);
  return writer.finish();
}

function readRest(reader: Reader, form: number): Side | undefined {
  const credentials = readCredentials(reader, form);
  const fingerprint = reader.raw(FINGERPRINT_BYTES);
  const candidates = readCandidates(reader);
  return credentials === undefined || candidates === undefined ? undefined : { credentials, fingerprint, candidates };
}

/** Up to the end of the code; at least one. */
function readCandidates(reader: Reader): readonly Candidate[] | undefined {
  const candidates: Candidate[] = [];
  do {
    const candidate = candidates.length < CANDIDATES_MAX ? readCandidate(reader) : undefined;
    if (candidate === undefined) return undefined;
    candidates.push(candidate);
  } while (reader.left > 0);
  return reader.finish(candidates);
}

/** Chromium writes 18 random bytes in base64, Firefox 16 in hexadecimal; another browser may do as it likes. */
const FORMS = [
  { fragmentBytes: 3, passwordBytes: 18, write: toBase64, read: fromBase64 },
  { fragmentBytes: 4, passwordBytes: 16, write: toHex, read: fromHex },
] as const;
const TEXT_FORM = 2;
const FRAGMENT = /^[A-Za-z0-9+/]{4,32}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,64}$/;

function packCredentials({ fragment, password }: IceCredentials): { readonly form: number; readonly bytes: Bytes } | undefined {
  for (const [form, { fragmentBytes, passwordBytes, write, read }] of FORMS.entries()) {
    const [short, long] = [read(fragment), read(password)];
    if (short?.length !== fragmentBytes || long?.length !== passwordBytes) continue;
    if (write(short) === fragment && write(long) === password) return { form, bytes: new Writer().raw(short).raw(long).finish() };
  }
  if (!FRAGMENT.test(fragment) || !PASSWORD.test(password)) return undefined;
  const bytes = new Writer().u8(fragment.length).raw(encodeUtf8(fragment)).u8(password.length).raw(encodeUtf8(password)).finish();
  return { form: TEXT_FORM, bytes };
}

function readCredentials(reader: Reader, form: number): IceCredentials | undefined {
  const known = FORMS[form];
  if (known !== undefined) {
    const { fragmentBytes, passwordBytes, write } = known;
    return { fragment: write(reader.raw(fragmentBytes)), password: write(reader.raw(passwordBytes)) };
  }
  const fragment = decodeUtf8(reader.raw(reader.u8())) ?? '';
  const password = decodeUtf8(reader.raw(reader.u8())) ?? '';
  if (form === TEXT_FORM && FRAGMENT.test(fragment) && PASSWORD.test(password)) return { fragment, password };
  reader.fail();
  return undefined;
}

/** RFC 4648 §4; no length in use here needs padding. */
function toBase64(bytes: Bytes): string {
  return toBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/');
}

function fromBase64(text: string): Bytes | undefined {
  return /^[A-Za-z0-9+/]*$/.test(text) ? fromBase64Url(text.replaceAll('+', '-').replaceAll('/', '_')) : undefined;
}

/** Credentials of 24 bytes that both sides work out: 8 and 24 characters. */
export function credentialsOf(bytes: Bytes): IceCredentials {
  return { fragment: toBase64(bytes.slice(0, 6)), password: toBase64(bytes.slice(6, 24)) };
}
