/** What gossip asks of its node: rows to keep, frames to send, and what concerns the node itself. */
import type { Envelope } from '../envelope/envelope.ts';
import type { Bytes } from '../kernel/bytes.ts';

export type GossipEffect =
  | { readonly kind: 'keep'; readonly id: Bytes; readonly row: Bytes; readonly body: Bytes }
  | { readonly kind: 'keep-row'; readonly id: Bytes; readonly row: Bytes }
  | { readonly kind: 'drop'; readonly id: Bytes }
  | { readonly kind: 'seen'; readonly id: Bytes; readonly row: Bytes }
  | { readonly kind: 'unsee'; readonly id: Bytes }
  | { readonly kind: 'send'; readonly to: number; readonly frame: Bytes }
  /** The stored envelope `id` behind `head`. */
  | { readonly kind: 'send-stored'; readonly to: number; readonly head: Bytes; readonly id: Bytes }
  /** An envelope under a tag of ours; whoever can open it answers with `consumed` or `rejected`. */
  | { readonly kind: 'arrived'; readonly envelope: Envelope; readonly from: number }
  /** A neighbour said that it keeps a copy of an envelope we wrote. */
  | { readonly kind: 'custody'; readonly id: Bytes; readonly by: number }
  /** An envelope we wrote was read: only whoever could open it can have made the token that says so. */
  | { readonly kind: 'read'; readonly id: Bytes }
  /** An envelope we wrote ran out of time. */
  | { readonly kind: 'expired'; readonly id: Bytes };
