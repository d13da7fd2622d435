/** UTF-8 without the platform's TextEncoder, so that machines compile under ES2023 alone. RFC 3629; decoding is strict and total. */
import type { Bytes } from './bytes.ts';

/** Lone surrogates become U+FFFD, as TextEncoder does. */
export function encodeUtf8(text: string): Bytes {
  const out: number[] = [];
  for (const character of text) {
    let point = character.codePointAt(0) as number;
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) out.push(point);
    else if (point < 0x800) out.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x1_0000) out.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else out.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return Uint8Array.from(out);
}

/** `undefined` for anything that is not well-formed UTF-8: overlong forms, surrogates, and points past U+10FFFF included. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  let out = '';
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at++] as number;
    if (first < 0x80) {
      out += String.fromCharCode(first);
      continue;
    }
    const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || at + more > bytes.length) return undefined;
    let point = first & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      const next = bytes[at++] as number;
      if ((next & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (next & 63);
    }
    const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x1_0000;
    if (point < least || point > 0x10_ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    out += String.fromCodePoint(point);
  }
  return out;
}
