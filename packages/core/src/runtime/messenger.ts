/**
 * The facade: everything a program can do with Kith, and everything it may be told. Plain data in and out, so that it crosses a
 * message port unchanged (`messenger-port.ts`). Views and bots know this file and nothing below it.
 */
import type { Result } from '../kernel/result.ts';
import type {
  AccountId,
  BeginRefusal,
  Contact,
  Invitation,
  InvitationRefusal,
  InviteRefusal,
  Message,
  MessageId,
  Overview,
  Profile,
  RelayInfo,
  SendRefusal,
  TimelinePage,
} from '../node/person/views.ts';

export type {
  AccountId,
  BeginRefusal,
  Contact,
  DeliveryState,
  Invitation,
  InvitationRefusal,
  InviteRefusal,
  Message,
  MessageId,
  NameRefusal,
  NeighbourView,
  Overview,
  Profile,
  Reach,
  RelayInfo,
  SendRefusal,
  TimelinePage,
} from '../node/person/views.ts';

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
