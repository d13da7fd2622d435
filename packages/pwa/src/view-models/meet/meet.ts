/**
 * Meeting somebody: my code and link to give away, theirs to take up, and the good news when it worked. An invitation is made once
 * and shown until it is used or runs out.
 */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Words } from '../../locales/words.ts';
import type {
  AccountId,
  Contact,
  Device,
  HandFailure,
  Invitation,
  InvitationRefusal,
  InviteRefusal,
  Messenger,
  Overview,
} from '../ports.ts';
import { invitationIn } from '../route.ts';
import { MINUTE_MS, type Times } from '../times.ts';
import { ScanViewModel } from './scan.ts';

export type Outcome =
  | { readonly kind: 'taking-up' }
  /** Saved; the other side is still to be found. `notByHand`: their code could have tied the phones together, and why it does not. */
  | { readonly kind: 'taken-up'; readonly account: AccountId; readonly notByHand: HandFailure | undefined }
  /** Theirs was read; now this is to be shown to them, and the phones connect. */
  | { readonly kind: 'answering'; readonly account: AccountId; readonly answer: string }
  | { readonly kind: 'met'; readonly account: AccountId; readonly name: string }
  | { readonly kind: 'refused'; readonly why: string; readonly known: AccountId | undefined };

export class MeetViewModel {
  readonly invitation: Signal<Invitation | undefined> = signal(undefined);
  /** Why there is no code to show. */
  readonly inviteTrouble: Signal<string | undefined> = signal(undefined);
  readonly link: ReadonlySignal<string>;
  readonly linkHow: ReadonlySignal<string>;
  readonly pasted: Signal<string> = signal('');
  /** The text in the field came with a link that was opened, not from a paste. */
  readonly isInvited: Signal<boolean> = signal(false);
  readonly outcome: Signal<Outcome | undefined> = signal(undefined);
  readonly copied: Signal<'copied' | 'not-copied' | undefined> = signal(undefined);
  /** How many codes and links of mine somebody could still take up, the one shown among them. */
  readonly open: ReadonlySignal<number>;
  readonly wasRevoked: Signal<boolean> = signal(false);
  readonly scan: ScanViewModel;
  readonly canShare: boolean;
  readonly #messenger: Messenger;
  readonly #device: Device;
  readonly #overview: ReadonlySignal<Overview | undefined>;
  readonly #words: Words;
  readonly #times: Times;
  #isInviting = false;
  /** Counts how often "Meet" began anew. */
  #visit = 0;

  constructor(messenger: Messenger, overview: ReadonlySignal<Overview | undefined>, device: Device, words: Words, times: Times) {
    this.#messenger = messenger;
    this.#device = device;
    this.#overview = overview;
    this.#words = words;
    this.#times = times;
    this.canShare = device.hands.canShare;
    this.link = computed(() => (this.invitation.value === undefined ? '' : device.linkBase.value + this.invitation.value.text));
    this.open = computed(() => overview.value?.openInvitations ?? 0);
    this.linkHow = computed(() => {
      const until = this.invitation.value?.expiresAtMs;
      return until === undefined ? '' : words.meet.sendHow(times.fullDay(until), times.time(until));
    });
    this.scan = new ScanViewModel(device.camera, words, (text, how) => this.accept(text, how === 'by-camera' ? 'scanned' : 'link'));
  }

  /** Makes a code to show, unless one stands that is good for some minutes yet. */
  async show(): Promise<void> {
    const standing = this.invitation.value;
    if (this.#isInviting || (standing !== undefined && standing.expiresAtMs > this.#device.nowMs.value + 10 * MINUTE_MS)) return;
    await this.makeAnother();
  }

  async makeAnother(): Promise<void> {
    if (this.#isInviting) return;
    this.#isInviting = true;
    this.copied.value = undefined;
    const result = await this.#messenger.invite();
    this.#isInviting = false;
    this.invitation.value = result.ok ? result.value : undefined;
    this.inviteTrouble.value = result.ok ? undefined : this.whyNoCode(result.refusal);
  }

  /** Whatever was shown or sent so far leads nowhere any more; another code takes its place. */
  async revoke(): Promise<void> {
    const result = await this.#messenger.revokeInvitations();
    this.wasRevoked.value = result.ok;
    this.inviteTrouble.value = result.ok ? undefined : this.#words.notSaved[result.refusal.why];
    if (!result.ok) return;
    this.invitation.value = undefined;
    await this.makeAnother();
  }

  async copyLink(): Promise<void> {
    this.copied.value = (await this.#device.hands.copy(this.link.value)) ? 'copied' : 'not-copied';
  }

  async shareLink(): Promise<void> {
    await this.#device.hands.share(this.link.value);
  }

  /** A link was opened: its text waits in the field until the person says yes. */
  invited(text: string): void {
    this.pasted.value = text;
    this.isInvited.value = true;
    this.outcome.value = undefined;
  }

  paste(text: string): void {
    this.pasted.value = text;
    if (this.outcome.value?.kind === 'refused') this.outcome.value = undefined;
  }

  async acceptPasted(): Promise<void> {
    if (this.pasted.value.trim() === '' || this.outcome.value?.kind === 'taking-up') return;
    if (await this.accept(this.pasted.value)) {
      this.pasted.value = '';
      this.isInvited.value = false;
    }
  }

  /** Takes up what was scanned or pasted; says whether it was taken. */
  async accept(text: string, how: 'scanned' | 'link' = 'link'): Promise<boolean> {
    const visit = this.#visit;
    this.outcome.value = { kind: 'taking-up' };
    const result = await this.#messenger.accept(invitationIn(text), how);
    // Whoever left meanwhile does not find it here when they come for somebody else.
    if (visit !== this.#visit) {
      if (result.ok && result.value.answer !== undefined) void this.#messenger.endByHand();
      return result.ok;
    }
    if (!result.ok) {
      const known = result.refusal.kind === 'already-known' ? result.refusal.account : undefined;
      this.outcome.value = { kind: 'refused', why: this.#whyNotTaken(result.refusal), known };
      return false;
    }
    const { account, answer, byHand } = result.value;
    const contact = this.#overview.value?.contacts.find((one) => one.account === account);
    if (answer !== undefined) this.outcome.value = { kind: 'answering', account, answer };
    else if (byHand !== undefined) this.outcome.value = { kind: 'taken-up', account, notByHand: byHand };
    // `contact-added` may have been told already.
    else if (!this.#hasMet(account))
      this.outcome.value =
        contact === undefined ? { kind: 'taken-up', account, notByHand: undefined } : { kind: 'met', account, name: contact.name };
    return true;
  }

  /** Somebody new is there: they took up my code, or I theirs. It is said where people meet, and nowhere else. */
  met(contact: Contact, isOnScreen: boolean): void {
    // What stands on the screen for their camera stays there until it was read.
    const isAnswering = this.outcome.value?.kind === 'answering' && this.outcome.value.account === contact.account;
    if (isOnScreen && !isAnswering) this.outcome.value = { kind: 'met', account: contact.account, name: contact.name };
    this.invitation.value = undefined;
  }

  /** An ordinary code, made where another kind was wanted. */
  keep(invitation: Invitation): void {
    this.invitation.value = invitation;
    this.inviteTrouble.value = undefined;
  }

  /** Back to the beginning, for the next person. */
  again(): void {
    this.#visit += 1;
    if (this.outcome.value?.kind === 'answering') void this.#messenger.endByHand();
    this.outcome.value = undefined;
    this.copied.value = undefined;
    this.wasRevoked.value = false;
    if (this.isInvited.value) this.pasted.value = '';
    this.isInvited.value = false;
    this.scan.reset();
  }

  #hasMet(account: AccountId): boolean {
    return this.outcome.value?.kind === 'met' && this.outcome.value.account === account;
  }

  whyNoCode(refusal: InviteRefusal): string {
    return refusal.kind === 'no-profile' ? this.#words.meet.refusal['no-profile'] : this.#words.notSaved[refusal.why];
  }

  #whyNotTaken(refusal: InvitationRefusal): string {
    const said = this.#words.meet.refusal;
    switch (refusal.kind) {
      case 'not-saved':
        return this.#words.notSaved[refusal.why];
      case 'expired':
        return said.expired(this.#times.when(refusal.expiredAtMs, this.#device.nowMs.value));
      case 'already-known': {
        const contact = this.#overview.value?.contacts.find((one) => one.account === refusal.account);
        return said['already-known'](contact?.name ?? '');
      }
      case 'not-an-invitation':
      case 'newer-version':
      case 'own':
      case 'links-devices':
      case 'not-awaited':
      case 'not-for-me':
      case 'needs-two-codes':
      case 'no-profile':
        return said[refusal.kind];
    }
  }
}
