/**
 * The facade: everything a program can do with Kith, and everything it may be told. Plain data in and out, so that it crosses a
 * message port unchanged (`messenger-port.ts`). Views and bots know this file and nothing below it.
 */
import type { Result } from '../kernel/result.ts';

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

/** Where a message of mine is. `carried.carriers`: neighbours that said they took a copy. */
export type DeliveryState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'carried'; readonly carriers: number }
  | { readonly kind: 'delivered'; readonly atMs: number }
  | { readonly kind: 'read'; readonly atMs: number }
  | { readonly kind: 'expired' };

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

export type MessengerEvent =
  /** Anything `overview` tells has changed. */
  | { readonly kind: 'overview-changed' }
  /** A message was added or its state changed. */
  | { readonly kind: 'message-changed'; readonly message: Message; readonly isNew: boolean }
  | { readonly kind: 'contact-added'; readonly contact: Contact }
  /** An input could not be saved (full disk): the draft goes back to the composer. */
  | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' }
  /** The node stopped after a mistake of our own; reloading starts it again. */
  | { readonly kind: 'stopped'; readonly why: string };

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

export interface Messenger {
  /** Makes this profile's keys and gives it a name (1 to 60 characters after trimming). */
  begin(name: string): Promise<Result<Profile, BeginRefusal>>;

  /** A single-use invitation; the other person gives its text to `accept`. Valid for 24 hours. */
  invite(): Promise<Result<Invitation, InviteRefusal>>;

  /**
   * Takes up an invitation. The answer only says that it is being taken up; `contact-added` comes once the other side's keys
   * were found, now or days later.
   */
  accept(text: string): Promise<Result<{ readonly account: AccountId }, InvitationRefusal>>;

  /** Writes to a contact. Resolved when it is saved and sealed; where it is from then on is told by `message-changed`. Text of 1 to 16,000 bytes of UTF-8. */
  send(to: AccountId, text: string): Promise<Result<MessageId, SendRefusal>>;

  /** Everything of this contact up to now was seen by the person. Tells the writer. */
  markRead(account: AccountId): Promise<void>;

  /** Makes a relay known, as the app's own origin or the keeper names it; it is dialled from then on. Replaces what was known of the same key. */
  useRelay(relay: RelayInfo): Promise<void>;

  /** The device woke or its network changed: dial again now, without waiting for back-off. */
  awake(): Promise<void>;

  overview(): Promise<Overview>;

  /** A page of at most `limit` (1 to 200) messages, before the cursor of a page already read, or the newest. */
  timeline(account: AccountId, options?: { readonly before?: string; readonly limit?: number }): Promise<TimelinePage>;

  /** Calls `listener` for each event from now on; returns the way to stop. */
  subscribe(listener: (event: MessengerEvent) => void): () => void;

  /** Stops the node and closes the store. */
  close(): Promise<void>;
}
