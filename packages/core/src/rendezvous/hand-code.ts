/**
 * The codes by which two people who stand beside each other connect their devices with nothing between: the answer to an invitation that
 * came with an offer, and the single code of two who know each other. Texts on a screen, decoded totally. Rule: docs/protocol/rendezvous.md §7, §8.
 */
import { type Label, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, fromBase64Url, toBase64Url } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { AGAIN_BYTES_MAX, HAND_CODE_BYTES_MAX } from './limits.ts';
import { HINT_BYTES } from './pair.ts';
import type { ShownCodeRefusal } from './refusals.ts';

/** What somebody who took an invitation up shows back. */
export interface HandAnswer {
  /** Names the invitation: its secret under a label. */
  readonly tag: Bytes;
  /** Of the person who shows it. */
  readonly account: Bytes;
  /** Transport key of the device that shows it. */
  readonly transportKey: Bytes;
  /** Of the link: docs/protocol/by-hand.md. */
  readonly code: Bytes;
}

/** What one of two who know each other shows. */
export interface AgainCode {
  readonly nonce: Bytes;
  readonly hint: Bytes;
  readonly transportKey: Bytes;
  /** Which of this side's certificates, and which of the reader's. */
  readonly certificate: number;
  readonly peerCertificate: number;
  readonly code: Bytes;
}

export type ShownCode = ({ readonly kind: 'answer' } & HandAnswer) | ({ readonly kind: 'again' } & AgainCode);

const ANSWER_MARK = 0x4d;
const AGAIN_MARK = 0x4e;
const VERSION = 1;
const TAG_BYTES = 8;
const ANSWER_TAG: Label = label('rendezvous/hand-answer');

export function answerTag(suite: Suite, secret: Uint8Array): Bytes {
  return suite.mac(secret, ANSWER_TAG, new Uint8Array(0), 16).slice(0, TAG_BYTES);
}

export function handAnswerText({ tag, account, transportKey, code }: HandAnswer): string {
  return toBase64Url(
    new Writer(256).u8(ANSWER_MARK).u8(VERSION).raw(tag).raw(account).raw(transportKey).u8(code.length).raw(code).finish(),
  );
}

export function againText(it: AgainCode): string {
  const writer = new Writer(160).u8(AGAIN_MARK).u8(VERSION).raw(it.nonce).raw(it.hint).raw(it.transportKey);
  return toBase64Url(writer.u32(it.certificate).u32(it.peerCertificate).u8(it.code.length).raw(it.code).finish());
}

/** Whether a text is one of these, whatever else is wrong with it. */
export function isShownCode(text: string): boolean {
  const mark = bytesIn(text)?.[0];
  return mark === ANSWER_MARK || mark === AGAIN_MARK;
}

/** Reads a text that may stand in a link or have white space around it. */
export function readShownCode(text: string): Result<ShownCode, ShownCodeRefusal> {
  const bytes = bytesIn(text);
  const [mark, version] = [bytes?.[0], bytes?.[1]];
  if (bytes === undefined || version === undefined || (mark !== ANSWER_MARK && mark !== AGAIN_MARK)) return refuse({ kind: 'not-a-code' });
  if (version > VERSION) return refuse({ kind: 'newer-version' });
  const reader = new Reader(bytes.subarray(2));
  const isAnswer = mark === ANSWER_MARK;
  const shown = isAnswer ? readAnswer(reader) : readAgain(reader);
  const isSane = shown.code.length > 0 && shown.code.length <= (isAnswer ? HAND_CODE_BYTES_MAX : AGAIN_BYTES_MAX);
  return version === VERSION && isSane && reader.finish(true) === true ? ok(shown) : refuse({ kind: 'not-a-code' });
}

function readAnswer(reader: Reader): ShownCode {
  const tag = reader.raw(TAG_BYTES);
  return { kind: 'answer', tag, account: reader.raw(32), transportKey: reader.raw(32), code: reader.raw(reader.u8()) };
}

function readAgain(reader: Reader): ShownCode {
  const [nonce, hint, transportKey] = [reader.raw(16), reader.raw(HINT_BYTES), reader.raw(32)];
  return {
    kind: 'again',
    nonce,
    hint,
    transportKey,
    certificate: reader.u32(),
    peerCertificate: reader.u32(),
    code: reader.raw(reader.u8()),
  };
}

function bytesIn(text: string): Bytes | undefined {
  const tail =
    text
      .trim()
      .split(/[#/?=\s]/)
      .at(-1) ?? '';
  return tail.length <= 600 ? fromBase64Url(tail) : undefined;
}
