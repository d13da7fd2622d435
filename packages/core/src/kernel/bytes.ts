/** Byte strings: the one type for them, and the few operations every folder needs. Never interprets what the bytes mean. */

/** A byte string that owns its memory (never a view into a shared buffer). */
export type Bytes = Uint8Array<ArrayBuffer>;

export const EMPTY: Bytes = new Uint8Array(0);

export function bytesOf(values: ArrayLike<number>): Bytes {
  return Uint8Array.from(values);
}

export function copyBytes(source: Uint8Array): Bytes {
  const copy = new Uint8Array(source.length);
  copy.set(source);
  return copy;
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Plain comparison for public values. Secrets are compared by `Suite.equal`, which takes constant time. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Bytewise order, as every store keeps its keys. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const HEX_DIGITS = '0123456789abcdef';

/** Bytes turned into one string at a time: more arguments than this no engine takes for certain. */
const HEX_PIECE_BYTES = 4096;

/** Lower-case hexadecimal: the form in which byte strings are keys of a `Map`. */
export function toHex(bytes: Uint8Array): string {
  if (bytes.length > HEX_PIECE_BYTES) return toHex(bytes.subarray(0, HEX_PIECE_BYTES)) + toHex(bytes.subarray(HEX_PIECE_BYTES));
  // In one piece: a string put together letter by letter stays a rope of them for as long as it lives.
  const letters = new Array<number>(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    letters[2 * i] = HEX_DIGITS.charCodeAt(byte >> 4);
    letters[2 * i + 1] = HEX_DIGITS.charCodeAt(byte & 15);
  }
  return String.fromCharCode.apply(null, letters);
}

/** The bytes as a string of as many characters: the cheapest key for a large `Map`. Never shown or stored. */
export function toKey(bytes: Uint8Array): string {
  return bytes.length === 32 ? keyOf32(bytes) : String.fromCharCode.apply(null, bytes as unknown as number[]);
}

// Spelt out, it takes half the time; a relay makes twenty such keys for each message.
// biome-ignore format: a table
function keyOf32(n: Uint8Array): string {
  return String.fromCharCode(
    n[0] as number, n[1] as number, n[2] as number, n[3] as number, n[4] as number, n[5] as number, n[6] as number, n[7] as number,
    n[8] as number, n[9] as number, n[10] as number, n[11] as number, n[12] as number, n[13] as number, n[14] as number, n[15] as number,
    n[16] as number, n[17] as number, n[18] as number, n[19] as number, n[20] as number, n[21] as number, n[22] as number, n[23] as number,
    n[24] as number, n[25] as number, n[26] as number, n[27] as number, n[28] as number, n[29] as number, n[30] as number, n[31] as number,
  );
}

/** The bytes of a key that `toKey` made. */
export function fromKey(key: string): Bytes {
  const bytes = new Uint8Array(key.length);
  for (let i = 0; i < key.length; i++) bytes[i] = key.charCodeAt(i);
  return bytes;
}

/** The value of a hexadecimal digit, NaN for every other letter. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
}

/** Reads hexadecimal; `undefined` for anything else. */
export function fromHex(text: string): Bytes | undefined {
  if (text.length % 2 !== 0) return undefined;
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) {
    const value = hexDigit(text.charCodeAt(2 * i)) * 16 + hexDigit(text.charCodeAt(2 * i + 1));
    if (Number.isNaN(value)) return undefined;
    out[i] = value;
  }
  return out;
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** RFC 4648 §5 without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += BASE64URL[word >> 18] as string;
    out += BASE64URL[(word >> 12) & 63] as string;
    if (left > 1) out += BASE64URL[(word >> 6) & 63] as string;
    if (left > 2) out += BASE64URL[word & 63] as string;
  }
  return out;
}

/** Reads RFC 4648 §5 without padding; `undefined` for anything else, stray bits at the end included. */
export function fromBase64Url(text: string): Bytes | undefined {
  if (text.length % 4 === 1) return undefined;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = BASE64URL.indexOf(letter);
    if (value < 0) return undefined;
    word = ((word << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (word >> bits) & 0xff;
    }
  }
  return (word & ((1 << bits) - 1)) === 0 ? out : undefined;
}
