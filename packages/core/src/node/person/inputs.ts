/** What a person's node is asked, and what it tells. A `call` comes back in exactly one `answer`. */
import type { Result } from '../../kernel/result.ts';
import type {
  AccountId,
  BeginRefusal,
  Contact,
  Invitation,
  InvitationRefusal,
  InviteRefusal,
  Message,
  MessageId,
  Profile,
  RelayInfo,
  SendRefusal,
} from './views.ts';

export type PersonCall =
  | { readonly kind: 'begin'; readonly call: number; readonly name: string }
  | { readonly kind: 'invite'; readonly call: number }
  | { readonly kind: 'accept'; readonly call: number; readonly text: string }
  | { readonly kind: 'send'; readonly call: number; readonly to: AccountId; readonly text: string }
  | { readonly kind: 'mark-read'; readonly call: number; readonly account: AccountId }
  | { readonly kind: 'use-relay'; readonly call: number; readonly relay: RelayInfo }
  | { readonly kind: 'awake'; readonly call: number };

export type PersonInput = { readonly kind: 'start' } | PersonCall;

/** The answer to each kind of call. */
export interface Answers {
  readonly begin: Result<Profile, BeginRefusal>;
  readonly invite: Result<Invitation, InviteRefusal>;
  readonly accept: Result<{ readonly account: AccountId }, InvitationRefusal>;
  readonly send: Result<MessageId, SendRefusal>;
  readonly 'mark-read': undefined;
  readonly 'use-relay': undefined;
  readonly awake: undefined;
}

export type Answer = {
  readonly [Kind in keyof Answers]: { readonly kind: 'answer'; readonly call: number; readonly of: Kind; readonly answer: Answers[Kind] };
}[keyof Answers];

export type PersonEvent =
  | Answer
  | { readonly kind: 'overview-changed' }
  | { readonly kind: 'message-changed'; readonly message: Message; readonly isNew: boolean }
  | { readonly kind: 'contact-added'; readonly contact: Contact };
