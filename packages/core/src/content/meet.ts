/** What one device tells another so that one code is enough when they next meet without a network. Rule: docs/protocol/content.md. */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import type { ContentCodec } from './codec.ts';

export interface Meet {
  readonly kind: 'meet';
  /** 32 random bytes, the same each time. */
  readonly share: Bytes;
  /** Counts the writer's certificates for this reader. */
  readonly number: number;
  /** SHA-256 of the newest. */
  readonly fingerprint: Bytes;
}

export const meetCodec: ContentCodec<Meet> = {
  number: 10,
  write: (writer: Writer, it: Meet) => void writer.raw(it.share).u32(it.number).raw(it.fingerprint),
  read: (reader: Reader): Meet => ({ kind: 'meet', share: reader.raw(32), number: reader.u32(), fingerprint: reader.raw(32) }),
};
