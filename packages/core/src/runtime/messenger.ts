/**
 * The facade: everything a program can do with Kith, and everything it may be told. Plain data in and out, so that it crosses a
 * message port unchanged (`messenger-port.ts`). Views and bots know this file and nothing below it.
 */
import type { Result } from '../kernel/result.ts';
import type {
  Accepted,
  AccountId,
  BackupRefusal,
  BackupSecret,
  BeginRefusal,
  Bundle,
  BundleExportRefusal,
  BundleRefusal,
  BundleTaken,
  ByHand,
  Contact,
  IntroduceRefusal,
  Invitation,
  InvitationRefusal,
  InviteRefusal,
  Linking,
  LinkRefusal,
  MeetAgainRefusal,
  Message,
  MessageId,
  NotSaved,
  OfferLinkRefusal,
  Overview,
  OwnDevice,
  Profile,
  Pull,
  RecoverRefusal,
  RelayInfo,
  RemoveDeviceRefusal,
  Restored,
  RestoreRefusal,
  SafetyNumber,
  SendRefusal,
  TimelinePage,
  VerifyRefusal,
  Whereabouts,
} from '../node/person/views.ts';

export type {
  Accepted,
  AccountId,
  BackupRefusal,
  BackupSecret,
  BeginRefusal,
  Bundle,
  BundleExportRefusal,
  BundleRefusal,
  BundleTaken,
  ByHand,
  Comparison,
  Contact,
  ContactNews,
  DeliveryState,
  HandFailure,
  IntroduceRefusal,
  IntroductionView,
  Invitation,
  InvitationRefusal,
  InviteRefusal,
  Linking,
  LinkRefusal,
  MeetAgainRefusal,
  Message,
  MessageId,
  NameRefusal,
  NeighbourView,
  NotSaved,
  OfferLinkRefusal,
  Overview,
  OwnDevice,
  Profile,
  Pull,
  Reach,
  RecoverRefusal,
  RelayInfo,
  RemoveDeviceRefusal,
  Restored,
  RestoreRefusal,
  SafetyNumber,
  SendRefusal,
  TimelinePage,
  Verification,
  VerifyRefusal,
  Whereabouts,
  WordsRefusal,
} from '../node/person/views.ts';

export type MessengerEvent =
  /** Anything `overview` tells has changed. */
  | { readonly kind: 'overview-changed' }
  /** A message was added or its state changed. */
  | { readonly kind: 'message-changed'; readonly message: Message; readonly isNew: boolean }
  | { readonly kind: 'contact-added'; readonly contact: Contact }
  | { readonly kind: 'link-changed'; readonly linking: Linking }
  /** How a connection by hand goes that this person began, or whose code was read. */
  | { readonly kind: 'by-hand'; readonly byHand: ByHand }
  /** An input could not be saved (full disk): the draft goes back to the composer. */
  | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' }
  /** The node stopped after a mistake of our own; reloading starts it again. */
  | { readonly kind: 'stopped'; readonly why: string };

export interface Messenger {
  /** Makes this profile's keys and gives it a name (1 to 60 characters after trimming). */
  begin(name: string): Promise<Result<Profile, BeginRefusal>>;

  /**
   * A single-use invitation; the other person gives its text to `accept`. Valid for 24 hours. `byHand`: for somebody who stands beside us; if
   * the link can, its code also connects the two devices with nothing between them, and is shown for ten minutes. Ask for the camera first:
   * a browser that may use it tells its address.
   */
  invite(options?: { readonly byHand?: boolean }): Promise<Result<Invitation, InviteRefusal>>;

  /** Takes back every code and link made on this device that nobody has used: whoever uses one now meets nobody. */
  revokeInvitations(): Promise<Result<undefined, NotSaved>>;

  /** One code for a contact beside us: once they have read it (`accept`) the devices are connected, whatever network there is. */
  meetAgain(account: AccountId): Promise<Result<{ readonly text: string; readonly expiresAtMs: number }, MeetAgainRefusal>>;

  /** The screen with the code was left: what it stood for ends, unless it has connected. */
  endByHand(): Promise<void>;

  /** Brings two contacts together: `to` is asked whether they want to meet `account`, and then `account` whether they want to meet them. */
  introduce(account: AccountId, to: AccountId): Promise<Result<undefined, IntroduceRefusal>>;

  /** Yes or no to one of `Overview.introductions`. */
  answerIntroduction(id: string, isWanted: boolean): Promise<void>;

  /**
   * Begins again with the 24 words of an account whose devices are lost: the same person to everyone who knows them, with a device of
   * its own. Contacts and messages come from a backup (`restore`) or by meeting again.
   */
  recover(words: string, name: string): Promise<Result<Profile, RecoverRefusal>>;

  /** The 24 recovery words, as long as they wait to be written down. */
  words(): Promise<Result<readonly string[], { readonly kind: 'no-profile' } | { readonly kind: 'not-kept' }>>;

  /** They are written down: this device forgets them, and keeps only what it needs to speak for the account. */
  wordsWritten(): Promise<void>;

  /**
   * Takes up an invitation. The answer only says that it is being taken up; `contact-added` comes once the other side's keys
   * were found, now or days later. `scanned`: the text was read from the other person's screen, which verifies them. Also reads what
   * somebody beside us shows to connect by hand: an answer to our code, or the one code of somebody we know.
   */
  accept(text: string, how?: 'scanned' | 'link'): Promise<Result<Accepted, InvitationRefusal>>;

  /** The number that is the same on both sides when nobody stands between. */
  safetyNumber(account: AccountId): Promise<Result<SafetyNumber, { readonly kind: 'no-profile' } | { readonly kind: 'unknown-contact' }>>;

  /** Compares a code read from their screen (`SafetyNumber.code`); they count as verified if it fits. */
  verifyByCode(account: AccountId, code: string): Promise<Result<undefined, VerifyRefusal>>;

  /** The person has compared the safety numbers by eye or ear; `false` takes it back. */
  setVerified(account: AccountId, isVerified: boolean): Promise<void>;

  /** What was new about a contact (`Contact.news`) was seen. One that blocks goes only by verifying. */
  newsSeen(account: AccountId): Promise<void>;

  /** Begins a comparison of six digits with somebody who can be reached now; `Contact.comparison` tells how it goes. */
  compare(account: AccountId): Promise<void>;

  /** The digits were the same on both screens, or not. Ends the comparison; either way it is told to nobody else. */
  endComparison(account: AccountId, isEqual: boolean): Promise<void>;

  /** Writes to a contact. Resolved when it is saved and sealed; where it is from then on is told by `message-changed`. Text of 1 to 16,000 bytes of UTF-8. */
  send(to: AccountId, text: string): Promise<Result<MessageId, SendRefusal>>;

  /** Everything of this contact up to now was seen by the person. Tells the writer. */
  markRead(account: AccountId): Promise<void>;

  /** Makes a relay known, as the app's own origin or the keeper names it; it is dialled from then on. Replaces what was known of the same key. */
  useRelay(relay: RelayInfo): Promise<void>;

  /** One's own devices, this one first. Empty before there is a profile. */
  devices(): Promise<readonly OwnDevice[]>;

  /** On a device without a profile: a text for the first device to scan, valid for ten minutes. `link-changed` tells how it goes. */
  offerLink(): Promise<Result<Invitation, OfferLinkRefusal>>;

  /** On the first device: takes up what a new device shows. `link-changed` brings the six digits to compare. */
  link(text: string): Promise<Result<undefined, LinkRefusal>>;

  /** On both devices: the digits stand on the other one too, or not. Only when both have said so is the new one a device of this account. */
  confirmLink(isEqual: boolean): Promise<void>;

  /** Ends a linking that is under way, on either side. */
  cancelLink(): Promise<void>;

  /** Takes a device off the account. `stolen`: contacts refuse whatever it still sends. */
  removeDevice(id: string, why: 'retired' | 'stolen'): Promise<Result<undefined, RemoveDeviceRefusal>>;

  /** Everything worth keeping (contacts, messages, settings, never the account's root) in one sealed file. */
  backup(secret: BackupSecret): Promise<Result<Uint8Array<ArrayBuffer>, BackupRefusal>>;

  /**
   * Takes a backup in. On a device without a profile the recovery words are needed too, and make this a new device of the account; on a
   * device of the same account what is missing is added. A file that cannot be read changes nothing.
   */
  restore(file: Uint8Array<ArrayBuffer>, secret: BackupSecret, words?: string): Promise<Result<Restored, RestoreRefusal>>;

  /** Where a message of mine is. Asked again at `message-changed` and `overview-changed`. `undefined`: there is no such message of mine. */
  whereIs(id: MessageId): Promise<Whereabouts | undefined>;

  /**
   * Envelopes to carry by hand: what waits here, one's own first, in one file of at most `bytesMax` bytes (4 KiB to 64 MiB; what lies
   * outside is taken as the nearer end). What goes out this way is still offered to whoever comes near.
   */
  exportBundle(bytesMax: number): Promise<Result<Bundle, BundleExportRefusal>>;

  /** Takes in what somebody carried here by hand, exactly as from a neighbour; a second time changes nothing. */
  importBundle(file: Uint8Array<ArrayBuffer>): Promise<Result<BundleTaken, BundleRefusal>>;

  /** How mail is asked for from one's own relays from now on; `Overview.pull` tells it. */
  setPull(pull: Pull): Promise<void>;

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
