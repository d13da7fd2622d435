/** What one device of a person tells the others of the same person: something it said to a contact, or read of theirs. */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import type { ContentCodec } from './codec.ts';
import { SYNC_BYTES_MAX } from './limits.ts';

export interface Sync {
  readonly kind: 'sync';
  /** The contact's account, 32 bytes. */
  readonly account: Bytes;
  /** The content as it went to them: a text, or a receipt for what was read. */
  readonly said: Bytes;
}

export const syncCodec: ContentCodec<Sync> = {
  number: 5,
  write: (writer: Writer, it: Sync) => void writer.raw(it.account).bytes16(it.said),
  read: (reader: Reader): Sync => ({ kind: 'sync', account: reader.raw(32), said: reader.bytes16(SYNC_BYTES_MAX) }),
};
