/**
 * What a person's node tells the world above: plain data that crosses a message port unchanged. The facade
 * (`runtime/messenger.ts`) passes these on as they are.
 */
import type { DeliveryState } from '../../conversation/message.ts';
import type { Pull } from '../../gossip/frames.ts';
import type { HandFailure } from '../machine.ts';

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
export type { Pull } from '../../gossip/frames.ts';
export type { HandFailure } from '../machine.ts';

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
  /** How it was made sure that this account is theirs; `undefined` until then. Holds for the account, not for a device. */
  readonly verified: Verification | undefined;
  /** How many devices they use. */
  readonly devices: number;
  /** What changed about who they are and was not looked at yet. */
  readonly news: ContactNews | undefined;
  /** The comparison of six digits that is under way with them. */
  readonly comparison: Comparison | undefined;
  /** Who brought us together; `undefined` for who was met otherwise. */
  readonly introducedBy: AccountId | undefined;
  /** One code is enough to connect beside them (`meetAgain`). */
  readonly meetsByOneCode: boolean;
}

/** `scanned`: a code was read from their screen. `compared`: digits or safety numbers were the same on both sides. */
export type Verification = 'scanned' | 'compared';

export type ContactNews =
  /** They use one more device. */
  | { readonly kind: 'new-device'; readonly atMs: number }
  /** Their recovery words took the account over: expected when they lost a phone. To be shown in amber. */
  | { readonly kind: 'root-rotated'; readonly atMs: number }
  /** Somebody speaks for this account with keys that nothing vouched for, or in two ways at once. Nothing is sent to them until verified again. */
  | { readonly kind: 'root-unknown'; readonly atMs: number };

/** Six digits that both see at once, when nobody stands between them. */
export type Comparison =
  | { readonly step: 'waiting' }
  | { readonly step: 'digits'; readonly digits: string }
  /** The other side's numbers contradict what they had promised. */
  | { readonly step: 'failed' };

export interface SafetyNumber {
  /** Twelve groups of five digits, the same on both sides. */
  readonly digits: string;
  /** What the QR code beside them carries. */
  readonly code: string;
}

/** A device of one's own. */
export interface OwnDevice {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly isThis: boolean;
  /** It speaks for the account: links and removes devices. */
  readonly isFirst: boolean;
  /** When this device learned of it, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Where the linking of a new device stands. Told by `link-changed` on both sides. */
export type Linking =
  /** `new`: this device is to be added. `old`: it adds another one. */
  | { readonly side: 'new' | 'old'; readonly step: 'waiting' }
  /** The same six digits have to stand on both; the old device is asked to confirm. */
  | { readonly side: 'new' | 'old'; readonly step: 'digits'; readonly digits: string }
  /** Contacts and messages are on their way. */
  | { readonly side: 'new' | 'old'; readonly step: 'moving'; readonly parts: number; readonly partsOfAll: number }
  | { readonly side: 'new' | 'old'; readonly step: 'done' }
  | { readonly side: 'new' | 'old'; readonly step: 'failed'; readonly why: 'refused' | 'expired' | 'not-authentic' };

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
  /** It came from a device that they have removed since. */
  readonly fromRemovedDevice: boolean;
}

export interface Profile {
  readonly account: AccountId;
  readonly name: string;
  /** The recovery words are still kept here, because nobody has said that they were written down. */
  readonly wordsWaiting: boolean;
  /** This device speaks for the account: links and removes devices. */
  readonly isFirstDevice: boolean;
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
  /** The code also connects the two devices: whoever reads it shows an answer, which is given to `accept`. Good as long as it stands on the screen. */
  readonly isByHand?: boolean;
  /** Why it does not, though that was asked for. */
  readonly why?: HandFailure | undefined;
}

/** What became of a text that was read. */
export interface Accepted {
  /** Whose it was. */
  readonly account: AccountId;
  /** To be shown to them now: with it the two devices connect with nothing between. */
  readonly answer: string | undefined;
  /** Their code could have connected the devices, and why it does not. The rest goes on. */
  readonly byHand: HandFailure | undefined;
}

/** How a connection by hand goes. */
export interface ByHand {
  /** With whom, where that is known. */
  readonly account: AccountId | undefined;
  readonly step: 'connecting' | 'connected' | 'failed';
  readonly why?: HandFailure;
}

/** Somebody whom a contact wants to bring together with us. */
export interface IntroductionView {
  /** Given to `answerIntroduction`. */
  readonly id: string;
  /** Who introduces: could stand in between, until the two have verified each other. */
  readonly by: AccountId;
  readonly account: AccountId;
  /** As whoever introduces calls them. */
  readonly name: string;
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
  /** A device that is being linked, on either side. */
  readonly linking: Linking | undefined;
  /** Codes and links made on this device that somebody could still take up. */
  readonly openInvitations: number;
  /** Waiting for this person's yes. */
  readonly introductions: readonly IntroductionView[];
  readonly pull: Pull;
  /** Hours by which this device's clock is behind that of most neighbours (negative: ahead); 0 unless it is plainly wrong. */
  readonly clockBehindHours: number;
}

/** Where a message of mine is, as far as this device knows. */
export interface Whereabouts {
  readonly state: DeliveryState;
  /** This device still keeps it and offers it to whoever comes near. */
  readonly isHere: boolean;
  /** Neighbours that said they keep a copy, as far as is known; each counted once. */
  readonly carriers: { readonly relays: number; readonly contacts: number; readonly strangers: number };
  /** How many of those carriers are connected now. */
  readonly near: number;
  /** Devices of the reader: how many have it, of how many. */
  readonly devices: { readonly reached: number; readonly all: number };
  readonly expiresAtMs: number;
}

/** Envelopes to carry by hand, in one file. */
export interface Bundle {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly envelopes: number;
  /** Of those, how many this device wrote itself. */
  readonly own: number;
}

/** What became of the envelopes of a bundle that was taken in. */
export interface BundleTaken {
  /** They were for this device: messages, receipts, keys. */
  readonly forMe: number;
  /** They are for others, and are carried from now on. */
  readonly toCarry: number;
  /** They were here, or were seen before. */
  readonly known: number;
  /** Expired, made too far in the future, or there is no room for them. */
  readonly refused: number;
}

export type NameRefusal = { readonly kind: 'empty' } | { readonly kind: 'too-long'; readonly lengthMax: number };

export type SendRefusal =
  | { readonly kind: 'no-profile' }
  | { readonly kind: 'unknown-contact' }
  /** Their account is spoken for by keys that nothing vouched for: verify them first. */
  | { readonly kind: 'not-trusted' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'too-long'; readonly bytes: number; readonly bytesMax: number }
  | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' };

export type InvitationRefusal =
  | { readonly kind: 'no-profile' }
  | { readonly kind: 'not-an-invitation' }
  | { readonly kind: 'newer-version' }
  | { readonly kind: 'expired'; readonly expiredAtMs: number }
  | { readonly kind: 'own' }
  /** The text links devices; it is no invitation. */
  | { readonly kind: 'links-devices' }
  | { readonly kind: 'already-known'; readonly account: AccountId }
  /** An answer to a code that is not open any more. */
  | { readonly kind: 'not-awaited' }
  /** The one code of two people who know each other, and none of them is this one. */
  | { readonly kind: 'not-for-me' }
  /** It is for this person, and what it needs is gone here: an ordinary code and its answer do it. */
  | { readonly kind: 'needs-two-codes'; readonly account: AccountId }
  | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' };

export type MeetAgainRefusal =
  | { readonly kind: 'unknown-contact' }
  /** The two devices have not told each other what it takes. */
  | { readonly kind: 'needs-two-codes'; readonly why?: HandFailure }
  | { readonly kind: 'not-by-hand'; readonly why: HandFailure }
  | NotSaved;

export type IntroduceRefusal =
  | { readonly kind: 'unknown-contact' }
  /** Their devices have not answered yet. */
  | { readonly kind: 'not-reached-yet' }
  | NotSaved;

export type BeginRefusal =
  | NameRefusal
  | { readonly kind: 'already-begun' }
  | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' };

export type InviteRefusal = { readonly kind: 'no-profile' } | { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' };

export type NotSaved = { readonly kind: 'not-saved'; readonly why: 'full' | 'failed' };

export type WordsRefusal =
  | { readonly kind: 'word-count'; readonly found: number; readonly expected: number }
  /** `position` counts from 1. */
  | { readonly kind: 'unknown-word'; readonly word: string; readonly position: number }
  | { readonly kind: 'checksum' };

export type RecoverRefusal = NameRefusal | WordsRefusal | { readonly kind: 'already-begun' } | NotSaved;

export type VerifyRefusal =
  | { readonly kind: 'unknown-contact' }
  | { readonly kind: 'not-a-safety-code' }
  | { readonly kind: 'newer-version' }
  /** The code is somebody else's. */
  | { readonly kind: 'other-people' }
  /** It is theirs, but it names another account than mine: somebody stands between. */
  | { readonly kind: 'mismatch' }
  | NotSaved;

export type LinkRefusal =
  | { readonly kind: 'no-profile' }
  /** Only the first device can link others. */
  | { readonly kind: 'not-first-device' }
  | { readonly kind: 'not-a-link-code' }
  | { readonly kind: 'is-an-invitation' }
  | { readonly kind: 'newer-version' }
  | { readonly kind: 'expired'; readonly expiredAtMs: number }
  | { readonly kind: 'too-many'; readonly devicesMax: number }
  | NotSaved;

export type OfferLinkRefusal = { readonly kind: 'already-begun' } | NotSaved;

export type RemoveDeviceRefusal =
  | { readonly kind: 'no-profile' }
  | { readonly kind: 'not-first-device' }
  | { readonly kind: 'unknown-device' }
  | { readonly kind: 'this-device' }
  | NotSaved;

/** What a backup is locked with. */
export type BackupSecret = { readonly kind: 'passphrase'; readonly text: string } | { readonly kind: 'words'; readonly text: string };

export type BackupRefusal =
  | { readonly kind: 'no-profile' }
  | { readonly kind: 'empty-passphrase' }
  | WordsRefusal
  | { readonly kind: 'other-words' };

export type RestoreRefusal =
  | { readonly kind: 'not-a-backup' }
  | { readonly kind: 'newer-version'; readonly version: number }
  | { readonly kind: 'wrong-secret' }
  | { readonly kind: 'cut-short'; readonly bytes: number; readonly bytesExpected: number }
  | { readonly kind: 'damaged' }
  /** A new device needs the recovery words to speak for the account; or link it first and restore then. */
  | { readonly kind: 'needs-words' }
  /** The words are those of another account. */
  | { readonly kind: 'other-words' }
  /** The backup is another person's. */
  | { readonly kind: 'other-account' }
  | WordsRefusal
  | NotSaved;

export interface Restored {
  readonly contacts: number;
  readonly messages: number;
}

export type BundleExportRefusal = { readonly kind: 'no-profile' } | { readonly kind: 'nothing-to-carry' };

export type BundleRefusal =
  | { readonly kind: 'no-profile' }
  | { readonly kind: 'not-a-bundle' }
  | { readonly kind: 'newer-version' }
  /** Some of its bytes are missing or were changed; nothing of it was taken. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'too-large'; readonly bytesMax: number }
  | NotSaved;
