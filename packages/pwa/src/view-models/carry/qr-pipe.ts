/**
 * A few kilobytes from a screen to a camera: a loop of codes that never ends and of which any may be missed. Every second code is a
 * piece of the bytes, every other one the XOR of about half of all pieces; whoever has seen a few codes more than there are pieces, in
 * whatever order, solves for the rest. Pure and total; it vouches for nothing: what comes out is a bundle and proves itself.
 *
 * A frame, big-endian: `k` `q`, version 1, CRC-32 of all bytes (4), their length (2), number of the frame (2), a piece. All pieces are of
 * one length, the last one filled with zeros. Number n below the count of pieces is piece n; any other is the XOR of the pieces i for
 * which the highest bit of mix(mix(CRC ^ n) ^ i) is set, or of piece n mod count where that is none. mix: the finaliser of MurmurHash3.
 */
import { fromQrText, toQrText } from './qr-text.ts';

/** Chosen here: at seven codes a second this takes about a quarter of a minute, as long as two people hold still. */
export const PIPE_BYTES_MAX: number = 32 * 1024;
/** Chosen here: the code has 69 modules a side then, which a camera of 640 by 480 still tells apart. */
const PIECE_BYTES = 384;
/** What a reader takes; it bounds the work of solving. 32 KiB in pieces of 384 bytes are 86. */
const PIECES_MAX = 256;
const HEAD_BYTES = 11;
const MAGIC = 0x6b71_01;
const NUMBERS = 0x1_0000;

/** Bytes that are shown. */
export interface Pipe {
  readonly sum: number;
  readonly length: number;
  readonly pieces: readonly Uint8Array[];
}

/** `undefined`: nothing, or more than 32 KiB. */
export function openPipe(bytes: Uint8Array): Pipe | undefined {
  if (bytes.length === 0 || bytes.length > PIPE_BYTES_MAX) return undefined;
  const pieceBytes = Math.min(PIECE_BYTES, bytes.length);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = new Uint8Array(pieceBytes);
    piece.set(bytes.subarray(at, at + pieceBytes));
    pieces.push(piece);
  }
  return { sum: crc32(bytes), length: bytes.length, pieces };
}

/** What the code at `step` (0, 1, 2, … without end) says. */
export function frameAt(pipe: Pipe, step: number): string {
  const { pieces, sum, length } = pipe;
  const count = pieces.length;
  const turn = Math.floor(step / 2);
  const number = step % 2 === 0 ? turn % count : count + (turn % (NUMBERS - count));
  const pieceBytes = pieces[0]?.length ?? 0;
  const frame = new Uint8Array(HEAD_BYTES + pieceBytes);
  const view = new DataView(frame.buffer);
  view.setUint32(0, MAGIC << 8);
  view.setUint32(3, sum);
  view.setUint16(7, length);
  view.setUint16(9, number);
  const body = frame.subarray(HEAD_BYTES);
  for (const i of piecesIn(sum, number, count)) xor(body, pieces[i] ?? body);
  return toQrText(frame);
}

interface Frame {
  readonly sum: number;
  readonly length: number;
  readonly number: number;
  readonly piece: Uint8Array;
}

function readFrame(text: string): Frame | undefined {
  const bytes = fromQrText(text);
  if (bytes === undefined || bytes.length <= HEAD_BYTES) return undefined;
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0) >>> 8 !== MAGIC) return undefined;
  const length = view.getUint16(7);
  const piece = bytes.subarray(HEAD_BYTES);
  if (length === 0 || length > PIPE_BYTES_MAX || piece.length > length || Math.ceil(length / piece.length) > PIECES_MAX) return undefined;
  return { sum: view.getUint32(3), length, number: view.getUint16(9), piece };
}

/** Whether a code is one of such a loop. */
export function isFrame(text: string): boolean {
  return readFrame(text) !== undefined;
}

export type Caught =
  | { readonly kind: 'not-a-frame' }
  /** `pieces` of `of` are known or can be solved for. A frame of other bytes begins anew. */
  | { readonly kind: 'going'; readonly pieces: number; readonly of: number }
  | { readonly kind: 'done'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** All pieces are there and do not fit together: a code was misread. It begins anew with the next frame. */
  | { readonly kind: 'damaged' };

/** Frames that were seen, as a system of equations. Holds at most one loop's pieces, each once. */
export class PipeCatch {
  #loop: Pick<Frame, 'sum' | 'length'> & { readonly pieceBytes: number; readonly count: number } = {
    sum: 0,
    length: 0,
    pieceBytes: 0,
    count: 0,
  };
  /** By the first piece it names: which pieces, a bit each, then their XOR. A row names none before its place. */
  #rows: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  #known = 0;

  take(text: string): Caught {
    const frame = readFrame(text);
    if (frame === undefined) return { kind: 'not-a-frame' };
    const { sum, length, piece } = frame;
    if (sum !== this.#loop.sum || length !== this.#loop.length || piece.length !== this.#loop.pieceBytes) {
      this.#loop = { sum, length, pieceBytes: piece.length, count: Math.ceil(length / piece.length) };
      this.#forget();
    }
    this.#add(frame);
    const { count } = this.#loop;
    if (this.#known < count) return { kind: 'going', pieces: this.#known, of: count };
    const bytes = this.#solve();
    this.#forget();
    return crc32(bytes) === sum ? { kind: 'done', bytes } : { kind: 'damaged' };
  }

  #forget(): void {
    this.#rows = [];
    this.#known = 0;
  }

  #add(frame: Frame): void {
    const { count } = this.#loop;
    const bits = Math.ceil(count / 8);
    const row = new Uint8Array(bits + frame.piece.length);
    row.set(frame.piece, bits);
    for (const i of piecesIn(frame.sum, frame.number, count)) row[i >> 3] = (row[i >> 3] ?? 0) | (1 << (i & 7));
    for (let i = 0; i < count; i += 1) {
      if (!names(row, i)) continue;
      const standing = this.#rows[i];
      if (standing === undefined) {
        this.#rows[i] = row;
        this.#known += 1;
        return;
      }
      xor(row, standing);
    }
  }

  #solve(): Uint8Array<ArrayBuffer> {
    const { count, length, pieceBytes } = this.#loop;
    const bits = Math.ceil(count / 8);
    const bytes = new Uint8Array(count * pieceBytes);
    for (let i = count - 1; i >= 0; i -= 1) {
      const row = this.#rows[i];
      if (row === undefined) continue;
      for (let j = i + 1; j < count; j += 1) {
        const solved = this.#rows[j];
        if (solved !== undefined && names(row, j)) xor(row, solved);
      }
      bytes.set(row.subarray(bits), i * pieceBytes);
    }
    return bytes.slice(0, length);
  }
}

function names(row: Uint8Array, i: number): boolean {
  return (((row[i >> 3] ?? 0) >> (i & 7)) & 1) === 1;
}

function piecesIn(sum: number, number: number, count: number): readonly number[] {
  if (number < count) return [number];
  const seed = mix(sum ^ number);
  const chosen: number[] = [];
  for (let i = 0; i < count; i += 1) if (mix(seed ^ i) >>> 31 === 1) chosen.push(i);
  return chosen.length === 0 ? [number % count] : chosen;
}

/** Not linear: with a shift register as the source, choices of more than 32 pieces would depend on each other. */
function mix(value: number): number {
  const first = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2_ae35);
  return (second ^ (second >>> 16)) >>> 0;
}

function xor(into: Uint8Array, other: Uint8Array): void {
  for (let i = 0; i < into.length; i += 1) into[i] = (into[i] ?? 0) ^ (other[i] ?? 0);
}

/** CRC-32 as in ISO/IEC 8802-3: it finds a misread code. Who changes codes on purpose is found by the bundle. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}
