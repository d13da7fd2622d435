/** Base58 with the letters of Bitcoin, in which libp2p writes peer ids. Short strings only: the work grows with the square of the length. */
import type { Bytes } from './bytes.ts';

const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

export function base58(bytes: readonly number[]): string {
  // digits of the number so far, the lowest first
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let i = 0; i < digits.length; i++) {
      carry += (digits[i] as number) * 256;
      digits[i] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + digits.reduceRight((text, digit) => text + (LETTERS[digit] as string), '');
}

/** The last `length` bytes of what a text stands for; `undefined` for a letter that is none. What does not fit is lost: write it again to be sure. */
export function bytesOfBase58(text: string, length: number): Bytes | undefined {
  const bytes = new Uint8Array(length);
  for (const letter of text) {
    let carry = LETTERS.indexOf(letter);
    if (carry < 0) return undefined;
    for (let at = length - 1; at >= 0; at--) {
      carry += (bytes[at] as number) * 58;
      bytes[at] = carry & 255;
      carry >>>= 8;
    }
  }
  return bytes;
}
