/**
 * A messenger without a network, for tests of view-models and for the page on which screens are drawn. It keeps what it is told.
 * Long because it is the whole facade in one class.
 */
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
  Messenger,
  MessengerEvent,
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
  Result,
  SafetyNumber,
  SendRefusal,
  TimelinePage,
  Verification,
  VerifyRefusal,
  Whereabouts,
} from '../ports.ts';

const WEEKS_2_MS = 14 * 86_400_000;
const DEVICES_MAX = 4;

/** The words of nobody: 23 of the list's first words and the one that makes the sum right. */
export const FAKE_WORDS: readonly string[] = (
  'abandon ability able about above absent absorb abstract absurd abuse access accident ' +
  'account accuse achieve acid acoustic acquire across act action actor actress actual'
).split(' ');

/** What the safety number's code says when nobody stands between. */
export function safetyCodeOf(account: AccountId): string {
  return `safety-${account}`;
}

/** The account of the person called so, the same in every run. */
export function accountOf(name: string): AccountId {
  return [...new TextEncoder().encode(name)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .padEnd(64, '0')
    .slice(0, 64);
}

export class FakeMessenger implements Messenger {
  nowMs: number;
  profile: Profile | undefined;
  neighbours: readonly NeighbourView[] = [];
  knowsRelay = false;
  /** The next call of this kind is refused so. */
  nextSend: SendRefusal | undefined;
  nextAccept: InvitationRefusal | undefined;
  nextBegin: BeginRefusal | undefined;
  nextRecover: RecoverRefusal | undefined;
  nextVerify: VerifyRefusal | undefined;
  nextOfferLink: OfferLinkRefusal | undefined;
  nextLink: LinkRefusal | undefined;
  nextRemoveDevice: RemoveDeviceRefusal | undefined;
  nextBackup: BackupRefusal | undefined;
  nextRestore: RestoreRefusal | undefined;
  nextExport: BundleExportRefusal | undefined;
  nextImport: BundleRefusal | undefined;
  /** What a bundle that is taken in turns out to hold. */
  taken: BundleTaken = { forMe: 2, toCarry: 5, known: 1, refused: 0 };
  pull: Pull = 'cover';
  clockBehindHours = 0;
  ownDevices: readonly OwnDevice[] = [];
  linking: Linking | undefined;
  readonly recovered: string[] = [];
  /** How each accepted text came. */
  readonly acceptedHow: ('scanned' | 'link')[] = [];
  readonly newsMarks: AccountId[] = [];
  readonly linked: string[] = [];
  readonly linkAnswers: boolean[] = [];
  readonly removedDevices: { readonly id: string; readonly why: 'retired' | 'stolen' }[] = [];
  readonly backups: BackupSecret[] = [];
  readonly restored: { readonly file: Uint8Array; readonly secret: BackupSecret; readonly words: string | undefined }[] = [];
  readonly imported: Uint8Array[] = [];
  /** How many bytes each bundle was allowed to have. */
  readonly exported: number[] = [];
  /** How often it was asked where messages are. */
  whereAsked = 0;
  readonly #whereabouts = new Map<MessageId, Partial<Whereabouts>>();
  readonly readMarks: AccountId[] = [];
  readonly relays: RelayInfo[] = [];
  readonly accepted: string[] = [];
  awakenings = 0;
  /** What a code that is taken up leads to: to be shown in turn. */
  nextAnswer: string | undefined;
  /** Why the next code does not connect two phones by hand; and the same of an answer to one. */
  noHand: HandFailure | undefined;
  nextNotByHand: HandFailure | undefined;
  nextMeetAgain: MeetAgainRefusal | undefined;
  nextIntroduce: IntroduceRefusal | undefined;
  /** What each invitation was asked for, and how often codes on the screen were given up. */
  readonly invited: ('by-hand' | 'ordinary')[] = [];
  handsEnded = 0;
  openInvitations = 0;
  nextRevoke: NotSaved | undefined;
  introductions: readonly IntroductionView[] = [];
  readonly introduced: (readonly [AccountId, AccountId])[] = [];
  readonly answeredIntroductions: (readonly [string, boolean])[] = [];
  readonly #contacts = new Map<AccountId, Contact>();
  readonly #messages = new Map<AccountId, Message[]>();
  readonly #listeners = new Set<(event: MessengerEvent) => void>();
  #count = 0;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  meet(name: string, reach: Reach['kind'] = 'relay', lastHeardMs?: number): AccountId {
    const account = accountOf(name);
    const contact: Contact = {
      account,
      name,
      reach: { kind: reach },
      lastHeardMs,
      unread: 0,
      lastMessage: undefined,
      metAtMs: this.nowMs + this.#contacts.size,
      verified: undefined,
      devices: 1,
      news: undefined,
      comparison: undefined,
      introducedBy: undefined,
      meetsByOneCode: false,
    };
    this.#contacts.set(account, contact);
    this.#messages.set(account, []);
    this.#tell({ kind: 'contact-added', contact });
    return account;
  }

  reach(account: AccountId, kind: Reach['kind']): void {
    this.#change(account, { reach: { kind } });
  }

  /** What is known of who they are changes. */
  about(
    account: AccountId,
    change: {
      readonly verified?: Verification | undefined;
      readonly devices?: number;
      readonly news?: ContactNews | undefined;
      readonly comparison?: Comparison | undefined;
      readonly introducedBy?: AccountId | undefined;
      readonly meetsByOneCode?: boolean;
    },
  ): void {
    this.#change(account, change);
  }

  /** Where the linking of a device stands from now on. */
  linkStep(linking: Linking | undefined): void {
    this.linking = linking;
    if (linking !== undefined) this.#tell({ kind: 'link-changed', linking });
    this.#tell({ kind: 'overview-changed' });
  }

  /** A message that was written at a time gone by, or now. */
  put(
    account: AccountId,
    mine: boolean,
    text: string,
    atMs: number = this.nowMs,
    state?: DeliveryState,
    isUnread: boolean = !mine,
  ): Message {
    this.#count += 1;
    const message: Message = {
      id: this.#count.toString(16).padStart(32, '0'),
      conversation: account,
      mine,
      text,
      sentAtMs: atMs,
      state: mine ? (state ?? { kind: 'waiting' }) : undefined,
      expiresAtMs: atMs + WEEKS_2_MS,
      fromRemovedDevice: false,
    };
    this.#messages.get(account)?.push(message);
    const unread = this.#contacts.get(account)?.unread ?? 0;
    this.#change(account, { lastMessage: message, unread: isUnread ? unread + 1 : unread });
    this.#tell({ kind: 'message-changed', message, isNew: true });
    return message;
  }

  place(message: Message, state: DeliveryState): void {
    this.#replace({ ...message, state });
  }

  /** What else is known of where a message is. */
  placeCarriers(message: Message, known: Partial<Whereabouts>): void {
    this.#whereabouts.set(message.id, known);
    this.#tell({ kind: 'overview-changed' });
  }

  /** Its writer has removed the device it came from. */
  fromRemoved(message: Message): void {
    this.#replace({ ...message, fromRemovedDevice: true });
  }

  /** How a connection by hand goes on. */
  hand(byHand: ByHand): void {
    this.#tell({ kind: 'by-hand', byHand });
  }

  say(event: MessengerEvent): void {
    this.#tell(event);
  }

  begin(name: string): Promise<Result<Profile, BeginRefusal>> {
    const refusal = this.nextBegin ?? (name.trim() === '' ? ({ kind: 'empty' } as const) : undefined);
    this.nextBegin = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    return Promise.resolve({ ok: true, value: this.#become(name, true) });
  }

  recover(words: string, name: string): Promise<Result<Profile, RecoverRefusal>> {
    this.recovered.push(words);
    const refusal = this.nextRecover ?? (name.trim() === '' ? ({ kind: 'empty' } as const) : undefined);
    this.nextRecover = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    return Promise.resolve({ ok: true, value: this.#become(name, false) });
  }

  words(): Promise<Result<readonly string[], { readonly kind: 'no-profile' } | { readonly kind: 'not-kept' }>> {
    if (this.profile === undefined) return Promise.resolve({ ok: false, refusal: { kind: 'no-profile' } });
    return Promise.resolve(this.profile.wordsWaiting ? { ok: true, value: FAKE_WORDS } : { ok: false, refusal: { kind: 'not-kept' } });
  }

  wordsWritten(): Promise<void> {
    if (this.profile !== undefined) this.profile = { ...this.profile, wordsWaiting: false };
    this.#tell({ kind: 'overview-changed' });
    return Promise.resolve();
  }

  meetAgain(account: AccountId): Promise<Result<{ readonly text: string; readonly expiresAtMs: number }, MeetAgainRefusal>> {
    const contact = this.#contacts.get(account);
    const refusal = this.nextMeetAgain;
    this.nextMeetAgain = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    if (contact === undefined) return Promise.resolve({ ok: false, refusal: { kind: 'unknown-contact' } });
    if (!contact.meetsByOneCode) return Promise.resolve({ ok: false, refusal: { kind: 'needs-two-codes' } });
    return Promise.resolve({ ok: true, value: { text: `kithAgain-${'xK7_qpZ3vN0aR8tY'.repeat(6)}`, expiresAtMs: this.nowMs + 600_000 } });
  }

  revokeInvitations(): Promise<Result<undefined, NotSaved>> {
    const refusal = this.nextRevoke;
    this.nextRevoke = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.openInvitations = 0;
    this.#tell({ kind: 'overview-changed' });
    return Promise.resolve({ ok: true, value: undefined });
  }

  endByHand(): Promise<void> {
    this.handsEnded += 1;
    return Promise.resolve();
  }

  introduce(account: AccountId, to: AccountId): Promise<Result<undefined, IntroduceRefusal>> {
    const refusal = this.nextIntroduce;
    this.nextIntroduce = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.introduced.push([account, to]);
    return Promise.resolve({ ok: true, value: undefined });
  }

  answerIntroduction(id: string, isWanted: boolean): Promise<void> {
    this.answeredIntroductions.push([id, isWanted]);
    this.introductions = this.introductions.filter((one) => one.id !== id);
    this.#tell({ kind: 'overview-changed' });
    return Promise.resolve();
  }

  invite(options: { readonly byHand?: boolean } = {}): Promise<Result<Invitation, InviteRefusal>> {
    this.#count += 1;
    const byHand = options.byHand === true;
    this.invited.push(byHand ? 'by-hand' : 'ordinary');
    this.openInvitations += 1;
    this.#tell({ kind: 'overview-changed' });
    const how = byHand ? { isByHand: this.noHand === undefined, why: this.noHand } : {};
    const text = `kithInvitation-${this.#count}-${'xK7_qpZ3vN0aR8tYbW2sLdEfGhJmCuQi'.repeat(byHand ? 13 : 7)}`;
    return Promise.resolve({ ok: true, value: { text, expiresAtMs: this.nowMs + 86_400_000, ...how } });
  }

  accept(text: string, how: 'scanned' | 'link' = 'link'): Promise<Result<Accepted, InvitationRefusal>> {
    this.accepted.push(text);
    this.acceptedHow.push(how);
    const refusal = this.nextAccept;
    const accepted = { account: accountOf(text), answer: this.nextAnswer, byHand: this.nextNotByHand };
    this.nextAccept = undefined;
    this.nextAnswer = undefined;
    this.nextNotByHand = undefined;
    return Promise.resolve(refusal === undefined ? { ok: true, value: accepted } : { ok: false, refusal });
  }

  safetyNumber(account: AccountId): Promise<Result<SafetyNumber, { readonly kind: 'no-profile' } | { readonly kind: 'unknown-contact' }>> {
    if (this.profile === undefined) return Promise.resolve({ ok: false, refusal: { kind: 'no-profile' } });
    if (!this.#contacts.has(account)) return Promise.resolve({ ok: false, refusal: { kind: 'unknown-contact' } });
    const digits = '48213 90755 11642 38807 27190 64318 05529 77341 83016 42968 59173 20684';
    return Promise.resolve({ ok: true, value: { digits, code: safetyCodeOf(account) } });
  }

  verifyByCode(account: AccountId, code: string): Promise<Result<undefined, VerifyRefusal>> {
    const refusal = this.nextVerify ?? (code === safetyCodeOf(account) ? undefined : ({ kind: 'not-a-safety-code' } as const));
    this.nextVerify = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.#change(account, { verified: 'scanned', news: undefined });
    return Promise.resolve({ ok: true, value: undefined });
  }

  setVerified(account: AccountId, isVerified: boolean): Promise<void> {
    this.#change(account, isVerified ? { verified: 'compared', news: undefined } : { verified: undefined });
    return Promise.resolve();
  }

  newsSeen(account: AccountId): Promise<void> {
    this.newsMarks.push(account);
    if (this.#contacts.get(account)?.news?.kind !== 'root-unknown') this.#change(account, { news: undefined });
    return Promise.resolve();
  }

  compare(account: AccountId): Promise<void> {
    this.#change(account, { comparison: { step: 'waiting' } });
    return Promise.resolve();
  }

  endComparison(account: AccountId, isEqual: boolean): Promise<void> {
    this.#change(account, { comparison: undefined, ...(isEqual ? { verified: 'compared', news: undefined } : {}) });
    return Promise.resolve();
  }

  send(to: AccountId, text: string): Promise<Result<MessageId, SendRefusal>> {
    const isBlocked = this.#contacts.get(to)?.news?.kind === 'root-unknown';
    const refusal = this.nextSend ?? (isBlocked ? ({ kind: 'not-trusted' } as const) : undefined);
    this.nextSend = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    return Promise.resolve({ ok: true, value: this.put(to, true, text).id });
  }

  markRead(account: AccountId): Promise<void> {
    this.readMarks.push(account);
    this.#change(account, { unread: 0 });
    return Promise.resolve();
  }

  useRelay(relay: RelayInfo): Promise<void> {
    this.relays.push(relay);
    this.knowsRelay = true;
    return Promise.resolve();
  }

  devices(): Promise<readonly OwnDevice[]> {
    return Promise.resolve(this.ownDevices);
  }

  offerLink(): Promise<Result<Invitation, OfferLinkRefusal>> {
    const refusal = this.nextOfferLink;
    this.nextOfferLink = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.linkStep({ side: 'new', step: 'waiting' });
    this.#count += 1;
    const text = `TGlua2NvZGU-${this.#count}-${'b4XqWm2ZsYhT7nKd'.repeat(9)}`;
    return Promise.resolve({ ok: true, value: { text, expiresAtMs: this.nowMs + 600_000 } });
  }

  link(text: string): Promise<Result<undefined, LinkRefusal>> {
    this.linked.push(text);
    const isTooMany = this.ownDevices.length >= DEVICES_MAX;
    const refusal = this.nextLink ?? (isTooMany ? ({ kind: 'too-many', devicesMax: DEVICES_MAX } as const) : undefined);
    this.nextLink = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.linkStep({ side: 'old', step: 'waiting' });
    return Promise.resolve({ ok: true, value: undefined });
  }

  confirmLink(isEqual: boolean): Promise<void> {
    this.linkAnswers.push(isEqual);
    const side = this.linking?.side ?? 'old';
    if (!isEqual) this.linkStep({ side, step: 'failed', why: 'refused' });
    // A new device waits until the other one has said the same, too: `linkStep`.
    else if (side === 'old') this.linkStep({ side, step: 'moving', parts: 0, partsOfAll: 12 });
    return Promise.resolve();
  }

  cancelLink(): Promise<void> {
    this.linkStep(undefined);
    return Promise.resolve();
  }

  removeDevice(id: string, why: 'retired' | 'stolen'): Promise<Result<undefined, RemoveDeviceRefusal>> {
    const refusal = this.nextRemoveDevice;
    this.nextRemoveDevice = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.removedDevices.push({ id, why });
    this.ownDevices = this.ownDevices.filter((device) => device.id !== id);
    this.#tell({ kind: 'overview-changed' });
    return Promise.resolve({ ok: true, value: undefined });
  }

  backup(secret: BackupSecret): Promise<Result<Uint8Array<ArrayBuffer>, BackupRefusal>> {
    const isEmpty = secret.kind === 'passphrase' && secret.text === '';
    const refusal = this.nextBackup ?? (isEmpty ? ({ kind: 'empty-passphrase' } as const) : undefined);
    this.nextBackup = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.backups.push(secret);
    return Promise.resolve({ ok: true, value: new Uint8Array(4096) });
  }

  restore(file: Uint8Array<ArrayBuffer>, secret: BackupSecret, words?: string): Promise<Result<Restored, RestoreRefusal>> {
    const refusal = this.nextRestore;
    this.nextRestore = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.restored.push({ file, secret, words });
    if (this.profile === undefined) this.#become('Mira', false);
    return Promise.resolve({ ok: true, value: { contacts: 8, messages: 214 } });
  }

  whereIs(id: MessageId): Promise<Whereabouts | undefined> {
    this.whereAsked += 1;
    const message = [...this.#messages.values()].flat().find((known) => known.id === id && known.mine);
    if (message?.state === undefined) return Promise.resolve(undefined);
    const { state, expiresAtMs, conversation } = message;
    const hasArrived = state.kind === 'delivered' || state.kind === 'read';
    const all = this.#contacts.get(conversation)?.devices ?? 1;
    return Promise.resolve({
      state,
      isHere: state.kind === 'waiting' || state.kind === 'carried',
      carriers: { relays: 0, contacts: 0, strangers: state.kind === 'carried' ? state.carriers : 0 },
      near: 0,
      devices: { reached: hasArrived ? all : 0, all },
      expiresAtMs,
      ...this.#whereabouts.get(id),
    });
  }

  exportBundle(bytesMax: number): Promise<Result<Bundle, BundleExportRefusal>> {
    this.exported.push(bytesMax);
    const refusal = this.nextExport;
    this.nextExport = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    const file = Uint8Array.from({ length: Math.min(bytesMax, 5_200) }, (_, i) => (i * 31) & 255);
    return Promise.resolve({ ok: true, value: { file, envelopes: 6, own: 2 } });
  }

  importBundle(file: Uint8Array<ArrayBuffer>): Promise<Result<BundleTaken, BundleRefusal>> {
    const refusal = this.nextImport;
    this.nextImport = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.imported.push(file);
    return Promise.resolve({ ok: true, value: this.taken });
  }

  setPull(pull: Pull): Promise<void> {
    this.pull = pull;
    this.#tell({ kind: 'overview-changed' });
    return Promise.resolve();
  }

  awake(): Promise<void> {
    this.awakenings += 1;
    return Promise.resolve();
  }

  overview(): Promise<Overview> {
    const contacts = [...this.#contacts.values()].toSorted(
      (a, b) => (b.lastMessage?.sentAtMs ?? b.metAtMs) - (a.lastMessage?.sentAtMs ?? a.metAtMs),
    );
    const { profile, neighbours, knowsRelay, linking, openInvitations, introductions, pull, clockBehindHours } = this;
    return Promise.resolve({ profile, contacts, neighbours, knowsRelay, linking, openInvitations, introductions, pull, clockBehindHours });
  }

  timeline(account: AccountId, options: { readonly before?: string; readonly limit?: number } = {}): Promise<TimelinePage> {
    const all = this.#messages.get(account) ?? [];
    const end = options.before === undefined ? all.length : Number(options.before);
    const start = Math.max(0, end - (options.limit ?? 50));
    return Promise.resolve({ messages: all.slice(start, end), earlier: start === 0 ? undefined : String(start) });
  }

  subscribe(listener: (event: MessengerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return Promise.resolve();
  }

  #become(name: string, wordsWaiting: boolean): Profile {
    const profile: Profile = { account: accountOf(`me ${name}`), name: name.trim(), wordsWaiting, isFirstDevice: true };
    this.profile = profile;
    this.ownDevices = [{ id: accountOf(`device of ${name}`), isThis: true, isFirst: true, sinceMs: this.nowMs }];
    this.#tell({ kind: 'overview-changed' });
    return profile;
  }

  #replace(changed: Message): void {
    const messages = this.#messages.get(changed.conversation) ?? [];
    messages[messages.findIndex((known) => known.id === changed.id)] = changed;
    if (this.#contacts.get(changed.conversation)?.lastMessage?.id === changed.id)
      this.#change(changed.conversation, { lastMessage: changed });
    this.#tell({ kind: 'message-changed', message: changed, isNew: false });
  }

  #change(account: AccountId, change: Partial<Contact>): void {
    const contact = this.#contacts.get(account);
    if (contact === undefined) return;
    this.#contacts.set(account, { ...contact, ...change });
    this.#tell({ kind: 'overview-changed' });
  }

  #tell(event: MessengerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
