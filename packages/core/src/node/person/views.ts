/**
 * What a person's node tells the world above: plain data that crosses a message port unchanged. The facade
 * (`runtime/messenger.ts`) passes these on as they are.
 */
import type { DeliveryState } from '../../conversation/message.ts';

/** A person, as 64 hexadecimal digits of the account id. */
export type AccountId = string;

/** A message, as 32 hexadecimal digits. Unique within a profile. */
export type MessageId = string;

/** How a contact can be reached at this moment, best first (look.md: reach). */
export type Reach =
  | { readonly kind: 'direct' }
  | { readonly kind: 'relay' }
  /** Neither, but somebody is near who will carry. */
  | { readonly kind: 'carried' }
  /** Nobody at all is near. */
  | { readonly kind: 'not-now' };

export type { DeliveryState } from '../../conversation/message.ts';

export interface Contact {
  readonly account: AccountId;
  /** The name they gave themselves; may be any text up to 60 characters. */
  readonly name: string;
  readonly reach: Reach;
  /** When a message of theirs was last heard, in milliseconds since the epoch. */
  readonly lastHeardMs: number | undefined;
  readonly unread: number;
  readonly lastMessage: Message | undefined;
  readonly metAtMs: number;
}

export interface Message {
  readonly id: MessageId;
  readonly conversation: AccountId;
  readonly mine: boolean;
  readonly text: string;
  /** By the writer's clock, never later than the time it arrived here. */
  readonly sentAtMs: number;
  /** Only on messages of mine. */
  readonly state: DeliveryState | undefined;
  /** When its carriers drop it, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

export interface Profile {
  readonly account: AccountId;
  readonly name: string;
}

/** A page of a conversation, oldest first. */
export interface TimelinePage {
  readonly messages: readonly Message[];
  /** Give this as `before` for the page above; `undefined` at the beginning of the conversation. */
  readonly earlier: string | undefined;
}

export interface Invitation {
  /** What the QR code and the link carry: letters, digits, `-` and `_` only. */
  readonly text: string;
  readonly expiresAtMs: number;
}

export interface RelayInfo {
  /** The relay's transport key, 64 hexadecimal digits. */
  readonly key: string;
  /** Multiaddrs without the /p2p part, best first. */
  readonly addresses: readonly string[];
}

export interface NeighbourView {
  readonly kind: 'relay' | 'contact' | 'stranger';
  /** For a contact. */
  readonly account: AccountId | undefined;
  readonly path: 'direct' | 'relay' | 'circuit';
}

/** Everything the first screen needs. */
export interface Overview {
  /** `undefined` until `begin` was called once. */
  readonly profile: Profile | undefined;
  /** Newest conversation first. */
  readonly contacts: readonly Contact[];
  readonly neighbours: readonly NeighbourView[];
  /** A relay is known to this profile. */
  readonly knowsRelay: boolean;
}

export type NameRefusal = { readonly kind: 'empty' } | { readonly kind: 'too-long'; readonly lengthMax: number };

export type SendRefusal =
  | { readonly kind: 'no-profile' }
  | { readonly kind: 'unknown-contact' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'too-long'; readonly bytes: number; readonly bytesMax: number }
  | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' };

export type InvitationRefusal =
  | { readonly kind: 'no-profile' }
  | { readonly kind: 'not-an-invitation' }
  | { readonly kind: 'newer-version' }
  | { readonly kind: 'expired'; readonly expiredAtMs: number }
  | { readonly kind: 'own' }
  | { readonly kind: 'already-known'; readonly account: AccountId }
  | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' };

export type BeginRefusal =
  | NameRefusal
  | { readonly kind: 'already-begun' }
  | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' };

export type InviteRefusal = { readonly kind: 'no-profile' } | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' };
