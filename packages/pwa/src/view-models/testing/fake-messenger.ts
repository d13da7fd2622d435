/** A messenger without a network, for tests of view-models and for the page on which screens are drawn. It keeps what it is told. */
import type {
  AccountId,
  BeginRefusal,
  Contact,
  DeliveryState,
  Invitation,
  InvitationRefusal,
  InviteRefusal,
  Message,
  MessageId,
  Messenger,
  MessengerEvent,
  NeighbourView,
  Overview,
  Profile,
  Reach,
  RelayInfo,
  Result,
  SendRefusal,
  TimelinePage,
} from '../ports.ts';

const WEEKS_2_MS = 14 * 86_400_000;

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
  readonly readMarks: AccountId[] = [];
  readonly relays: RelayInfo[] = [];
  readonly accepted: string[] = [];
  awakenings = 0;
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
    };
    this.#contacts.set(account, contact);
    this.#messages.set(account, []);
    this.#tell({ kind: 'contact-added', contact });
    return account;
  }

  reach(account: AccountId, kind: Reach['kind']): void {
    this.#change(account, { reach: { kind } });
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
    };
    this.#messages.get(account)?.push(message);
    const unread = this.#contacts.get(account)?.unread ?? 0;
    this.#change(account, { lastMessage: message, unread: isUnread ? unread + 1 : unread });
    this.#tell({ kind: 'message-changed', message, isNew: true });
    return message;
  }

  place(message: Message, state: DeliveryState): void {
    const messages = this.#messages.get(message.conversation) ?? [];
    const changed = { ...message, state };
    messages[messages.findIndex((known) => known.id === message.id)] = changed;
    if (this.#contacts.get(message.conversation)?.lastMessage?.id === message.id)
      this.#change(message.conversation, { lastMessage: changed });
    this.#tell({ kind: 'message-changed', message: changed, isNew: false });
  }

  say(event: MessengerEvent): void {
    this.#tell(event);
  }

  begin(name: string): Promise<Result<Profile, BeginRefusal>> {
    const refusal = this.nextBegin ?? (name.trim() === '' ? ({ kind: 'empty' } as const) : undefined);
    this.nextBegin = undefined;
    if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
    this.profile = { account: accountOf(`me ${name}`), name: name.trim() };
    this.#tell({ kind: 'overview-changed' });
    return Promise.resolve({ ok: true, value: this.profile });
  }

  invite(): Promise<Result<Invitation, InviteRefusal>> {
    this.#count += 1;
    const text = `kithInvitation-${this.#count}-${'xK7_qpZ3vN0aR8tYbW2sLdEfGhJmCuQi'.repeat(7)}`;
    return Promise.resolve({ ok: true, value: { text, expiresAtMs: this.nowMs + 86_400_000 } });
  }

  accept(text: string): Promise<Result<{ readonly account: AccountId }, InvitationRefusal>> {
    this.accepted.push(text);
    const refusal = this.nextAccept;
    this.nextAccept = undefined;
    return Promise.resolve(refusal === undefined ? { ok: true, value: { account: accountOf(text) } } : { ok: false, refusal });
  }

  send(to: AccountId, text: string): Promise<Result<MessageId, SendRefusal>> {
    const refusal = this.nextSend;
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

  awake(): Promise<void> {
    this.awakenings += 1;
    return Promise.resolve();
  }

  overview(): Promise<Overview> {
    const contacts = [...this.#contacts.values()].toSorted(
      (a, b) => (b.lastMessage?.sentAtMs ?? b.metAtMs) - (a.lastMessage?.sentAtMs ?? a.metAtMs),
    );
    return Promise.resolve({ profile: this.profile, contacts, neighbours: this.neighbours, knowsRelay: this.knowsRelay });
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
