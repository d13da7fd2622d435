/** Finds the envelope in a frame, whatever kind of frame it is. */
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { HEADER_BYTES, readEnvelope } from '../../packages/core/src/envelope/envelope.ts';
import { decodeFrame } from '../../packages/core/src/gossip/frames.ts';
import { type Bytes, toKey } from '../../packages/core/src/kernel/bytes.ts';
import type { TravellingEnvelope } from './oracles/index.ts';

/** So much of a body tells two envelopes apart. */
const BODY_BEGIN_BYTES = 32;

/** Shorter frames hold no envelope, and need not be decoded to be told so. */
const ENVELOPE_BYTES_MIN = HEADER_BYTES + 256;

export function envelopeIn(suite: Suite, bytes: Bytes): TravellingEnvelope | undefined {
  if (bytes.length <= ENVELOPE_BYTES_MIN) return undefined;
  const frame = decodeFrame(bytes);
  if (frame === undefined || !('envelope' in frame)) return undefined;
  const read = readEnvelope(suite, frame.envelope);
  if (!read.ok) return undefined;
  const body = read.value.bytes.subarray(HEADER_BYTES, HEADER_BYTES + BODY_BEGIN_BYTES);
  return { id: toKey(read.value.id), tag: toKey(read.value.header.tag), body: toKey(body) };
}
