/** What a person's node is asked, and what it tells. A `call` comes back in exactly one `answer`. */
import type { Bytes } from '../../kernel/bytes.ts';
import type { Result } from '../../kernel/result.ts';
import type { ArchiveRecord } from './archive-records.ts';
import type {
  Accepted,
  AccountId,
  BeginRefusal,
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
  VerifyRefusal,
  Whereabouts,
} from './views.ts';

export type PersonCall =
  | { readonly kind: 'begin'; readonly call: number; readonly name: string }
  | { readonly kind: 'recover'; readonly call: number; readonly words: string; readonly name: string }
  | { readonly kind: 'words'; readonly call: number }
  | { readonly kind: 'words-written'; readonly call: number }
  /** `byHand`: for somebody beside us; the code also connects the two devices, if the link can. */
  | { readonly kind: 'invite'; readonly call: number; readonly byHand: boolean }
  | { readonly kind: 'meet-again'; readonly call: number; readonly account: AccountId }
  | { readonly kind: 'revoke-invitations'; readonly call: number }
  | { readonly kind: 'end-by-hand'; readonly call: number }
  | { readonly kind: 'introduce'; readonly call: number; readonly account: AccountId; readonly to: AccountId }
  | { readonly kind: 'answer-introduction'; readonly call: number; readonly id: string; readonly isWanted: boolean }
  | { readonly kind: 'accept'; readonly call: number; readonly text: string; readonly how: 'scanned' | 'link' }
  | { readonly kind: 'safety-number'; readonly call: number; readonly account: AccountId }
  | { readonly kind: 'verify-by-code'; readonly call: number; readonly account: AccountId; readonly code: string }
  | { readonly kind: 'set-verified'; readonly call: number; readonly account: AccountId; readonly isVerified: boolean }
  | { readonly kind: 'news-seen'; readonly call: number; readonly account: AccountId }
  | { readonly kind: 'compare'; readonly call: number; readonly account: AccountId }
  | { readonly kind: 'end-comparison'; readonly call: number; readonly account: AccountId; readonly isEqual: boolean }
  | { readonly kind: 'devices'; readonly call: number }
  | { readonly kind: 'offer-link'; readonly call: number }
  | { readonly kind: 'link-device'; readonly call: number; readonly text: string }
  | { readonly kind: 'confirm-link'; readonly call: number; readonly isEqual: boolean }
  | { readonly kind: 'cancel-link'; readonly call: number }
  | { readonly kind: 'remove-device'; readonly call: number; readonly id: string; readonly why: 'retired' | 'stolen' }
  /** A backup that was opened: `seed` makes this device one of its account, where there is no profile yet. */
  | { readonly kind: 'restore'; readonly call: number; readonly records: readonly ArchiveRecord[]; readonly seed: Bytes | undefined }
  | { readonly kind: 'send'; readonly call: number; readonly to: AccountId; readonly text: string }
  | { readonly kind: 'mark-read'; readonly call: number; readonly account: AccountId }
  | { readonly kind: 'use-relay'; readonly call: number; readonly relay: RelayInfo }
  | { readonly kind: 'where-is'; readonly call: number; readonly message: MessageId }
  /** A frame of a bundle file, as a neighbour would have sent it. */
  | { readonly kind: 'carry-in'; readonly call: number; readonly frame: Bytes }
  | { readonly kind: 'set-pull'; readonly call: number; readonly pull: Pull }
  | { readonly kind: 'awake'; readonly call: number };

export type PersonInput =
  /** `wasSetBack`: the store is older than this device was. */
  | { readonly kind: 'start'; readonly wasSetBack?: boolean }
  /** The store had no room: for a while nothing is taken in for others. */
  | { readonly kind: 'disk-full' }
  /** Answers `archive-wanted`: records of messages, piece by piece. */
  | { readonly kind: 'give-archive'; readonly parts: readonly Bytes[] }
  | PersonCall;

/** What became of one frame of a bundle file, as `BundleTaken` counts them; `nothing` for one that holds no envelope. */
export type CarriedIn = keyof BundleTaken | 'nothing';

/** The answer to each kind of call. */
export interface Answers {
  readonly begin: Result<Profile, BeginRefusal>;
  readonly recover: Result<Profile, RecoverRefusal>;
  readonly words: Result<readonly string[], { readonly kind: 'no-profile' } | { readonly kind: 'not-kept' }>;
  readonly 'words-written': undefined;
  readonly invite: Result<Invitation, InviteRefusal>;
  readonly accept: Result<Accepted, InvitationRefusal>;
  readonly 'meet-again': Result<{ readonly text: string; readonly expiresAtMs: number }, MeetAgainRefusal>;
  readonly 'revoke-invitations': Result<undefined, NotSaved>;
  readonly 'end-by-hand': undefined;
  readonly introduce: Result<undefined, IntroduceRefusal>;
  readonly 'answer-introduction': undefined;
  readonly send: Result<MessageId, SendRefusal>;
  readonly 'safety-number': Result<SafetyNumber, { readonly kind: 'no-profile' } | { readonly kind: 'unknown-contact' }>;
  readonly 'verify-by-code': Result<undefined, VerifyRefusal>;
  readonly 'set-verified': undefined;
  readonly 'news-seen': undefined;
  readonly compare: undefined;
  readonly 'end-comparison': undefined;
  readonly devices: readonly OwnDevice[];
  readonly 'offer-link': Result<Invitation, OfferLinkRefusal>;
  readonly 'link-device': Result<undefined, LinkRefusal>;
  readonly 'confirm-link': undefined;
  readonly 'cancel-link': undefined;
  readonly 'remove-device': Result<undefined, RemoveDeviceRefusal>;
  readonly restore: Result<Restored, RestoreRefusal>;
  readonly 'mark-read': undefined;
  readonly 'use-relay': undefined;
  readonly 'where-is': Result<Whereabouts, { readonly kind: 'unknown-message' }>;
  readonly 'carry-in': Result<CarriedIn, Extract<BundleRefusal, { kind: 'no-profile' | 'not-saved' }>>;
  readonly 'set-pull': undefined;
  readonly awake: undefined;
}

export type Answer = {
  readonly [Kind in keyof Answers]: { readonly kind: 'answer'; readonly call: number; readonly of: Kind; readonly answer: Answers[Kind] };
}[keyof Answers];

export type PersonEvent =
  | Answer
  | { readonly kind: 'overview-changed' }
  | { readonly kind: 'message-changed'; readonly message: Message; readonly isNew: boolean }
  | { readonly kind: 'contact-added'; readonly contact: Contact }
  | { readonly kind: 'link-changed'; readonly linking: Linking }
  | { readonly kind: 'by-hand'; readonly byHand: ByHand }
  /** The answer to this call waits for the link. */
  | { readonly kind: 'waits'; readonly call: number }
  /** For whoever reads the store: the messages are wanted, for a device that is being linked. Answered by `give-archive`. */
  | { readonly kind: 'archive-wanted' };
