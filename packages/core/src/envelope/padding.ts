/** Padding of what is sealed, so that the body gets one of few lengths: the content, a byte 0x80, zeros (ISO/IEC 7816-4). */
import { type Bytes, concat } from '../kernel/bytes.ts';
import { BODY_BYTES } from './limits.ts';

/** Pads `content` so that with `overheadBytes` it fills the smallest body it fits; `undefined` if it fits none. */
export function pad(content: Uint8Array, overheadBytes: number): Bytes | undefined {
  const needed = content.length + 1 + overheadBytes;
  const bodyBytes = BODY_BYTES.find((bytes) => bytes >= needed);
  if (bodyBytes === undefined) return undefined;
  const padding = new Uint8Array(bodyBytes - overheadBytes - content.length);
  padding[0] = 0x80;
  return concat(content, padding);
}

/** Takes the padding away; `undefined` if there is none. */
export function unpad(padded: Uint8Array): Bytes | undefined {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  return end >= 0 && padded[end] === 0x80 ? (padded.slice(0, end) as Bytes) : undefined;
}
