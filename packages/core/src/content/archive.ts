/** A piece of a person's archive (contacts, messages), from one device of theirs to another. Each piece stands by itself. */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import type { ContentCodec } from './codec.ts';
import { ARCHIVE_BYTES_MAX } from './limits.ts';

export interface Archive {
  readonly kind: 'archive';
  /** Number of this piece from 1, and how many there are; both 0 for a piece sent by itself. */
  readonly part: number;
  readonly parts: number;
  readonly records: Bytes;
}

export const archiveCodec: ContentCodec<Archive> = {
  number: 6,
  write: (writer: Writer, it: Archive) => void writer.u32(it.part).u32(it.parts).bytes16(it.records),
  read: (reader: Reader): Archive => {
    const [part, parts] = [reader.u32(), reader.u32()];
    if (part > parts) reader.fail();
    return { kind: 'archive', part, parts, records: reader.bytes16(ARCHIVE_BYTES_MAX) };
  },
};
