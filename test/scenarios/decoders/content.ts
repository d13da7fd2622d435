/** Decoders of packages/core/src/content. */
import { readDays, readRelay, writeDays, writeRelay } from '../../../packages/core/src/content/card.ts';
import { decodeContent, encodeContent } from '../../../packages/core/src/content/content.ts';
import type { Bytes } from '../../../packages/core/src/kernel/bytes.ts';
import { Writer } from '../../../packages/core/src/kernel/codec.ts';
import type { Cast } from './cast.ts';
import { counting, type Decoder, NOW_MS, whole } from './decoder.ts';

const KEY = counting(32, 2);
const DAYS = { firstDay: 20_000, minute: 700, keys: [KEY, KEY] };
const RELAY = { key: KEY, addresses: ['/ip4/192.0.2.1/tcp/1/ws', '/a'] };

function contents(listRecord: Bytes): readonly Bytes[] {
  const [id, key] = [counting(16, 1), KEY];
  return [
    encodeContent({ kind: 'text', id, sentAtMs: NOW_MS, text: 'Grüße 👋' }),
    encodeContent({ kind: 'receipt', what: 'read', atMs: NOW_MS, messages: [id, id] }),
    encodeContent({ kind: 'card', name: 'Bö', days: DAYS, relays: [RELAY] }),
    encodeContent({ kind: 'keys', contactKey: key, listRecord, spares: [key], removed: [{ signingKey: key, isStolen: true }] }),
    encodeContent({ kind: 'sync', account: key, said: id }),
    encodeContent({ kind: 'archive', part: 1, parts: 2, records: key }),
    encodeContent({ kind: 'comparison', step: 'commit', bytes: key }),
    encodeContent({ kind: 'linking', step: 'welcome', bytes: key }),
    encodeContent({ kind: 'anew', lost: [id, id] }),
    encodeContent({ kind: 'meet', share: key, number: 3, fingerprint: key }),
    encodeContent({ kind: 'signal', step: 'answer', id: id.slice(0, 8), atMs: NOW_MS, transportKey: key, code: id }),
    encodeContent({ kind: 'introduction', step: 'pass', id: id.slice(0, 8), name: 'Bö', account: key, invitation: id }),
  ];
}

export function contentDecoders({ ann }: Cast): readonly Decoder[] {
  const relay = new Writer();
  writeRelay(relay, RELAY);
  const days = new Writer();
  writeDays(days, DAYS);
  return [
    { at: 'content/content.ts decodeContent', examples: contents(ann.device.listRecord), read: decodeContent },
    { at: 'content/card.ts readDays', examples: [days.finish()], read: (bytes) => whole(bytes, readDays) },
    { at: 'content/card.ts readRelay', examples: [relay.finish()], read: (bytes) => whole(bytes, readRelay) },
  ];
}
