/** What a type of content brings along: its number on the wire, and how it is written and read. */
import type { Reader, Writer } from '../kernel/codec.ts';

export interface ContentCodec<Type> {
  /** On the wire; never used again for another type. */
  readonly number: number;
  write(writer: Writer, content: Type): void;
  /** Total: marks the reader as failed for anything out of bounds. */
  read(reader: Reader): Type;
}
