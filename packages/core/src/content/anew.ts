/** Said first in a new session: with these others the writer cannot go on, so what was sealed in them and not receipted is wanted again. */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import type { ContentCodec } from './codec.ts';
import { LOST_SESSIONS_MAX } from './limits.ts';

export interface Anew {
  readonly kind: 'anew';
  /** Ids of sessions, 16 bytes each. */
  readonly lost: readonly Bytes[];
}

export const anewCodec: ContentCodec<Anew> = {
  number: 9,
  write: (writer: Writer, it: Anew) => {
    writer.u8(it.lost.length);
    for (const id of it.lost) writer.raw(id);
  },
  read: (reader: Reader): Anew => {
    const count = reader.u8();
    if (count > LOST_SESSIONS_MAX) reader.fail();
    const lost: Bytes[] = [];
    for (let i = 0; i < count && !reader.failed; i++) lost.push(reader.raw(16));
    return { kind: 'anew', lost };
  },
};
