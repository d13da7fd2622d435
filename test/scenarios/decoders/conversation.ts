/** Decoders of packages/core/src/conversation. */
import { decodeMessage, encodeMessage, messageKey } from '../../../packages/core/src/conversation/message.ts';
import { accountId } from '../../../packages/core/src/identity/account.ts';
import { concat } from '../../../packages/core/src/kernel/bytes.ts';
import { counting, type Decoder, NOW_MS } from './decoder.ts';

export function conversationDecoders(): readonly Decoder[] {
  const message = {
    id: counting(16, 1),
    account: accountId(counting(32, 3)),
    mine: true,
    text: 'words',
    sentAtMs: NOW_MS,
    expiresAtMs: NOW_MS,
    state: { kind: 'carried', carriers: 2 },
    fromRemovedDevice: false,
  } as const;
  return [
    {
      at: 'conversation/message.ts decodeMessage',
      examples: [concat(messageKey(message), encodeMessage(message))],
      read: (bytes) => decodeMessage(bytes.slice(0, 57), bytes.slice(57)),
    },
  ];
}
