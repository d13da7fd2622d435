/** Decoders of packages/core/src/kernel. */
import { fromBase64Url, fromHex, toBase64Url } from '../../../packages/core/src/kernel/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '../../../packages/core/src/kernel/utf8.ts';
import { counting, type Decoder, textOf } from './decoder.ts';

export function kernelDecoders(): readonly Decoder[] {
  return [
    { at: 'kernel/utf8.ts decodeUtf8', examples: [encodeUtf8('Grüße, 世界 👋')], read: decodeUtf8, takesParts: true },
    { at: 'kernel/bytes.ts fromHex', examples: [encodeUtf8('00ffAb')], read: (bytes) => fromHex(textOf(bytes)), takesParts: true },
    {
      at: 'kernel/bytes.ts fromBase64Url',
      examples: [encodeUtf8(toBase64Url(counting(20, 1)))],
      read: (bytes) => fromBase64Url(textOf(bytes)),
      takesParts: true,
    },
  ];
}
