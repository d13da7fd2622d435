/** What a line of the table of decoders says, and the plain bytes that examples are made from. */
import type { Bytes } from '../../../packages/core/src/kernel/bytes.ts';
import { Reader } from '../../../packages/core/src/kernel/codec.ts';
import type { Random } from '../../../packages/core/src/kernel/random.ts';

export interface Decoder {
  /** Where it stands, under packages/core/src, and its name. */
  readonly at: string;
  /** What it takes. */
  readonly examples: readonly Bytes[];
  read(bytes: Bytes): unknown;
  /** What is left of an example may still be something to it. */
  readonly takesParts?: true;
  /** Bytes it may set aside beyond a multiple of its input, if more than usual; with the reason. */
  readonly spare?: { readonly bytes: number; readonly reason: string };
}

export const HOUR = 500_000;

export const NOW_MS: number = HOUR * 3_600_000;

export const HEADER: Bytes = counting(44, 1);

export function counting(length: number, first: number): Bytes {
  return Uint8Array.from({ length }, (_, i) => (first + i) & 255);
}

export class Counting implements Random {
  #next = 1;

  bytes(length: number): Bytes {
    this.#next += 31;
    return counting(length, this.#next);
  }
}

/** Text that came as bytes: a letter for each. */
export function textOf(bytes: Bytes): string {
  return [...bytes].map((byte) => String.fromCharCode(byte)).join('');
}

/** For parts of records, which take a reader: the part and nothing behind it. */
export function whole(bytes: Bytes, read: (reader: Reader) => unknown): unknown {
  const reader = new Reader(bytes);
  return reader.finish(read(reader) ?? false) || undefined;
}
