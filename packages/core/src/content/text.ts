/** A text message. */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import type { ContentCodec } from './codec.ts';
import { TEXT_BYTES_MAX } from './limits.ts';

export interface TextMessage {
  readonly kind: 'text';
  /** 16 random bytes, chosen by the writer. */
  readonly id: Bytes;
  /** Milliseconds since the epoch, by the writer's clock. */
  readonly sentAtMs: number;
  readonly text: string;
}

/** Why a text cannot be sent; `undefined` if it can. */
export function textRefusal(text: string): { kind: 'empty' } | { kind: 'too-long'; bytes: number; bytesMax: number } | undefined {
  if (text.trim() === '') return { kind: 'empty' };
  const bytes = encodeUtf8(text).length;
  return bytes > TEXT_BYTES_MAX ? { kind: 'too-long', bytes, bytesMax: TEXT_BYTES_MAX } : undefined;
}

export const textCodec: ContentCodec<TextMessage> = {
  number: 1,
  write: (writer: Writer, it: TextMessage) => void writer.raw(it.id).u64(it.sentAtMs).text16(it.text),
  read: (reader: Reader): TextMessage => ({
    kind: 'text',
    id: reader.raw(16),
    sentAtMs: reader.u64(),
    text: reader.text16(TEXT_BYTES_MAX),
  }),
};
