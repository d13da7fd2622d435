/**
 * What two devices tell each other, through whoever carries their messages, to connect directly: an offer, then its answer. Means something
 * for a short while only. Rule: docs/protocol/content.md.
 */
import type { Bytes } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import type { ContentCodec } from './codec.ts';
import { SIGNAL_CODE_BYTES_MAX } from './limits.ts';

export interface Signal {
  readonly kind: 'signal';
  readonly step: 'offer' | 'answer';
  /** 8 random bytes of whoever offers; the answer repeats them. */
  readonly id: Bytes;
  readonly atMs: number;
  /** The writer's transport key now, 32 bytes. */
  readonly transportKey: Bytes;
  /** Of the link: docs/protocol/by-hand.md. */
  readonly code: Bytes;
}

export const signalCodec: ContentCodec<Signal> = {
  number: 11,
  write: (writer: Writer, it: Signal) => {
    writer
      .u8(it.step === 'offer' ? 0 : 1)
      .raw(it.id)
      .u64(it.atMs);
    writer.raw(it.transportKey).bytes16(it.code);
  },
  read: (reader: Reader): Signal => {
    const step = reader.u8();
    if (step > 1) reader.fail();
    const [id, atMs, transportKey, code] = [reader.raw(8), reader.u64(), reader.raw(32), reader.bytes16(SIGNAL_CODE_BYTES_MAX)];
    return { kind: 'signal', step: step === 0 ? 'offer' : 'answer', id, atMs, transportKey, code };
  },
};
