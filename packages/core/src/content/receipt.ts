/** That messages were delivered to a device, or read by its person. */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import type { ContentCodec } from './codec.ts';
import { RECEIPT_MESSAGES_MAX } from './limits.ts';

export interface Receipt {
  readonly kind: 'receipt';
  readonly what: 'delivered' | 'read';
  readonly atMs: number;
  /** Ids of the messages. */
  readonly messages: readonly Bytes[];
}

export const receiptCodec: ContentCodec<Receipt> = {
  number: 2,
  write: (writer: Writer, it: Receipt) => {
    writer
      .u8(it.what === 'read' ? 1 : 0)
      .u64(it.atMs)
      .u16(it.messages.length);
    for (const id of it.messages) writer.raw(id);
  },
  read: (reader: Reader): Receipt => {
    const what = reader.u8();
    const atMs = reader.u64();
    const count = reader.u16();
    if (what > 1 || count > RECEIPT_MESSAGES_MAX) reader.fail();
    const messages: Bytes[] = [];
    for (let i = 0; i < count && !reader.failed; i++) messages.push(reader.raw(16));
    return { kind: 'receipt', what: what === 1 ? 'read' : 'delivered', atMs, messages };
  },
};
