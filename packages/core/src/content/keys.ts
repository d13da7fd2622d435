/** Who somebody is, told inside a session: the signed list of their devices, the key their contacts share, and bundles kept in reserve. */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import type { ContentCodec } from './codec.ts';
import { LIST_RECORD_BYTES_MAX, REMOVED_MAX, SPARE_BYTES_MAX, SPARES_MAX } from './limits.ts';

export interface RemovedDevice {
  readonly signingKey: Bytes;
  /** Whatever it still sends is refused at once; otherwise it is read, and marked. */
  readonly isStolen: boolean;
}

export interface Keys {
  readonly kind: 'keys';
  /** Opens what this account deposits for its contacts, 32 bytes. */
  readonly contactKey: Bytes;
  readonly listRecord: Bytes;
  /** Bundles of the writing device for the reading one alone. */
  readonly spares: readonly Bytes[];
  readonly removed: readonly RemovedDevice[];
}

export const keysCodec: ContentCodec<Keys> = {
  number: 4,
  write: (writer: Writer, it: Keys) => {
    writer.raw(it.contactKey).bytes16(it.listRecord).u8(it.spares.length);
    for (const spare of it.spares) writer.bytes16(spare);
    writer.u8(it.removed.length);
    for (const { signingKey, isStolen } of it.removed) writer.raw(signingKey).u8(isStolen ? 1 : 0);
  },
  read: (reader: Reader): Keys => {
    const contactKey = reader.raw(32);
    const listRecord = reader.bytes16(LIST_RECORD_BYTES_MAX);
    const spares = counted(reader, SPARES_MAX, () => reader.bytes16(SPARE_BYTES_MAX));
    const removed = counted(reader, REMOVED_MAX, () => ({ signingKey: reader.raw(32), isStolen: flag(reader) }));
    return { kind: 'keys', contactKey, listRecord, spares, removed };
  },
};

function counted<Value>(reader: Reader, max: number, read: () => Value): readonly Value[] {
  const count = reader.u8();
  if (count > max) reader.fail();
  const all: Value[] = [];
  for (let i = 0; i < count && !reader.failed; i++) all.push(read());
  return all;
}

function flag(reader: Reader): boolean {
  const value = reader.u8();
  if (value > 1) reader.fail();
  return value === 1;
}
