/** Decoders of packages/core/src/envelope. */
import {
  checkPurgeToken,
  encodeHeader,
  headerFor,
  makeEnvelope,
  makePurgeToken,
  purgeHashOf,
  readEnvelope,
} from '../../../packages/core/src/envelope/envelope.ts';
import { pad, unpad } from '../../../packages/core/src/envelope/padding.ts';
import type { Bytes } from '../../../packages/core/src/kernel/bytes.ts';
import type { Cast } from './cast.ts';
import { counting, type Decoder, NOW_MS } from './decoder.ts';

export function envelopeDecoders({ suite }: Cast): readonly Decoder[] {
  const purgeKey = counting(32, 80);
  const header = headerFor(counting(16, 81), purgeHashOf(suite, purgeKey), 2, NOW_MS);
  const envelope = makeEnvelope(suite, header, encodeHeader(header), counting(256, 82));
  return [
    { at: 'envelope/envelope.ts readEnvelope', examples: [envelope.bytes], read: (bytes) => readEnvelope(suite, bytes) },
    {
      at: 'envelope/envelope.ts checkPurgeToken',
      examples: [makePurgeToken(suite, envelope, purgeKey)],
      read: (bytes) => checkPurgeToken(suite, bytes),
    },
    { at: 'envelope/padding.ts unpad', examples: [pad(counting(40, 1), 0) as Bytes], read: unpad, takesParts: true },
  ];
}
