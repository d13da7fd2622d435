/**
 * Bytes as a text that a QR code holds without loss: base45, whose letters are those of the code's alphanumeric mode, so that two bytes
 * take 16.5 bits. Pure and total. Source: RFC 9285.
 */

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
/** The largest code there is holds no more letters (ISO/IEC 18004, version 40, level L). */
const LETTERS_MAX = 4296;

export function toQrText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const high = bytes[at] ?? 0;
    const low = bytes[at + 1];
    const value = low === undefined ? high : high * 256 + low;
    text += letter(value % 45) + letter(Math.floor(value / 45) % 45);
    if (low !== undefined) text += letter(Math.floor(value / 2025));
  }
  return text;
}

/** The bytes, or nothing when no bytes are written so. */
export function fromQrText(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length > LETTERS_MAX || text.length % 3 === 1) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const values = [...text.slice(at, at + 3)].map((one) => LETTERS.indexOf(one));
    if (values.includes(-1)) return undefined;
    const [first = 0, second = 0, third] = values;
    const value = first + second * 45 + (third ?? 0) * 2025;
    if (value > (third === undefined ? 255 : 65_535)) return undefined;
    if (third !== undefined) bytes.push(value >> 8);
    bytes.push(value & 255);
  }
  return new Uint8Array(bytes);
}

function letter(value: number): string {
  return LETTERS.charAt(value);
}
