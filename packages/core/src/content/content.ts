/** What one person says to another, as a closed union, and the registry of its codecs. One file per type. Rule: docs/protocol/content.md. */
import type { Bytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { type ComparisonContent, comparisonCodec, type LinkingContent, linkingCodec } from './agreement.ts';
import { type Anew, anewCodec } from './anew.ts';
import { type Archive, archiveCodec } from './archive.ts';
import { type Card, cardCodec } from './card.ts';
import type { ContentCodec } from './codec.ts';
import { type Introduction, introductionCodec } from './introduction.ts';
import { type Keys, keysCodec } from './keys.ts';
import { type Meet, meetCodec } from './meet.ts';
import { type Receipt, receiptCodec } from './receipt.ts';
import { type Signal, signalCodec } from './signal.ts';
import { type Sync, syncCodec } from './sync.ts';
import { type TextMessage, textCodec } from './text.ts';

export type Content =
  | TextMessage
  | Receipt
  | Card
  | Keys
  | Sync
  | Archive
  | ComparisonContent
  | LinkingContent
  | Anew
  | Meet
  | Signal
  | Introduction;

type Registry = { readonly [Kind in Content['kind']]: ContentCodec<Extract<Content, { kind: Kind }>> };

/** Adding a type is one file and one line here; the compiler lists the rest. */
export const CONTENT: Registry = {
  text: textCodec,
  receipt: receiptCodec,
  card: cardCodec,
  keys: keysCodec,
  sync: syncCodec,
  archive: archiveCodec,
  comparison: comparisonCodec,
  linking: linkingCodec,
  anew: anewCodec,
  meet: meetCodec,
  signal: signalCodec,
  introduction: introductionCodec,
};

export function encodeContent(content: Content): Bytes {
  const codec = CONTENT[content.kind] as ContentCodec<Content>;
  const writer = new Writer(256).u8(codec.number);
  codec.write(writer, content);
  return writer.finish();
}

/** `undefined` for anything that is not content of a type known here. */
export function decodeContent(bytes: Bytes): Content | undefined {
  const reader = new Reader(bytes);
  const number = reader.u8();
  for (const codec of Object.values(CONTENT)) {
    if (codec.number !== number) continue;
    const content = codec.read(reader);
    return reader.finish(content);
  }
  return undefined;
}
