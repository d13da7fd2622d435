/** The bytes of a code that was scanned, typed or pasted, perhaps with a link around it. Never says what the bytes mean. */
import { type Bytes, fromBase64Url } from '../kernel/bytes.ts';
import { CODE_TEXT_CHARS_MAX } from './limits.ts';

/** What stands behind the last `#`, `/`, `?`, `=` or white space of the trimmed text; `undefined` unless that is base64url of 2 bytes or more. */
export function bytesOfCode(text: string): Bytes | undefined {
  if (text.length > CODE_TEXT_CHARS_MAX) return undefined;
  const tail = text.trim().replace(/^.*[#/?=\s]/s, '');
  const bytes = fromBase64Url(tail);
  return bytes !== undefined && bytes.length >= 2 ? bytes : undefined;
}
