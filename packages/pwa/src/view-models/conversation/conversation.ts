/**
 * One open conversation: its pages, what arrives meanwhile, and the telling that it was read, which happens only while somebody can
 * see it. It shows what the messenger tells and keeps no second truth.
 */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Words } from '../../locales/words.ts';
import { stateWords } from '../delivery.ts';
import { type NewsView, newsOf } from '../news.ts';
import type { AccountId, Contact, Message, MessageId, Messenger, Overview } from '../ports.ts';
import type { Times } from '../times.ts';
import { ComposerViewModel } from './composer.ts';
import type { Drafts } from './drafts.ts';
import { arrange, byPlace, firstUnreadOf, type TimelineItem } from './timeline.ts';

const PAGE_LENGTH = 50;
const PAGE_LENGTH_MAX = 200;
/** More than this are not laid out at once while the newest is looked at: each that comes costs as much as there are. */
const SHOWN_MAX = 400;

export interface ConversationParts {
  readonly messenger: Messenger;
  readonly overview: ReadonlySignal<Overview | undefined>;
  readonly isVisible: ReadonlySignal<boolean>;
  readonly nowMs: ReadonlySignal<number>;
  readonly drafts: Drafts;
  readonly words: Words;
  readonly times: Times;
}

export class ConversationViewModel {
  readonly account: AccountId;
  readonly composer: ComposerViewModel;
  readonly contact: ReadonlySignal<Contact | undefined>;
  /** What changed about who they are, and was not looked at yet. */
  readonly news: ReadonlySignal<NewsView | undefined>;
  readonly messages: Signal<readonly Message[]> = signal([]);
  readonly items: ReadonlySignal<readonly TimelineItem[]>;
  readonly isLoaded: Signal<boolean> = signal(false);
  /** Whether the newest is looked at, and not what stands above. */
  readonly isAtFoot: Signal<boolean> = signal(true);
  readonly isLoadingEarlier: Signal<boolean> = signal(false);
  readonly hasEarlier: ReadonlySignal<boolean>;
  /** Where my last message is, told once per kind of place and not per carrier. */
  readonly announcedState: Signal<string> = signal('');
  /** Why nobody answers now, or nothing while they are on the line. */
  readonly lately: ReadonlySignal<string | undefined>;
  readonly #parts: ConversationParts;
  readonly #earlier: Signal<string | undefined> = signal(undefined);
  readonly #firstUnread: Signal<MessageId | undefined> = signal(undefined);
  readonly #stops: (() => void)[] = [];
  #announced: { readonly id: MessageId; readonly kind: string } | undefined;
  #isOpen = true;
  #isLetting = false;

  constructor(account: AccountId, parts: ConversationParts) {
    const { messenger, overview, words, times } = parts;
    this.account = account;
    this.#parts = parts;
    this.composer = new ComposerViewModel(account, messenger, parts.drafts, words, () => this.contact.value?.name ?? words.nameless);
    this.contact = computed(() => overview.value?.contacts.find((contact) => contact.account === account));
    this.news = computed(() => (this.contact.value === undefined ? undefined : newsOf(this.contact.value, words, times)));
    this.hasEarlier = computed(() => this.#earlier.value !== undefined);
    this.items = computed(() => arrange(this.messages.value, this.#firstUnread.value, parts.nowMs.value, times));
    this.lately = computed(() => {
      const contact = this.contact.value;
      if (contact?.reach.kind === 'carried') return words.conversation.outOfReach(contact.name);
      return contact?.reach.kind === 'not-now' ? words.conversation.nobodyNear : undefined;
    });
    this.#stops.push(
      messenger.subscribe((event) => {
        if (event.kind === 'message-changed' && event.message.conversation === account) this.#take(event.message);
      }),
      effect(() => this.#announce()),
      effect(() => this.#tellRead()),
    );
  }

  async load(): Promise<void> {
    const unread = this.contact.value?.unread ?? 0;
    const limit = Math.min(PAGE_LENGTH_MAX, Math.max(PAGE_LENGTH, unread + 10));
    const page = await this.#parts.messenger.timeline(this.account, { limit });
    if (!this.#isOpen) return;
    batch(() => {
      const known = new Set(page.messages.map((message) => message.id));
      const changed = new Map(this.messages.value.map((message) => [message.id, message]));
      // What was told while the page was on its way is newer than the page.
      this.messages.value = [
        ...page.messages.map((message) => changed.get(message.id) ?? message),
        ...this.messages.value.filter((message) => !known.has(message.id)),
      ].sort(byPlace);
      this.#earlier.value = page.earlier;
      this.#firstUnread.value = firstUnreadOf(this.messages.value, unread);
      this.isLoaded.value = true;
    });
  }

  async loadEarlier(): Promise<void> {
    const before = this.#earlier.value;
    if (before === undefined || this.isLoadingEarlier.value) return;
    this.isLoadingEarlier.value = true;
    const page = await this.#parts.messenger.timeline(this.account, { before, limit: PAGE_LENGTH });
    if (!this.#isOpen) return;
    batch(() => {
      this.isLoadingEarlier.value = false;
      // What stood below it was let go meanwhile: it would leave a gap.
      if (this.#earlier.value !== before) return;
      const known = new Set(this.messages.value.map((message) => message.id));
      this.messages.value = [...page.messages.filter((message) => !known.has(message.id)), ...this.messages.value].sort(byPlace);
      this.#earlier.value = page.earlier;
    });
  }

  close(): void {
    this.#isOpen = false;
    for (const stop of this.#stops.splice(0)) stop();
  }

  #take(message: Message): void {
    const messages = this.messages.value;
    const at = messages.findLastIndex((known) => known.id === message.id);
    if (at < 0 && this.#isAbove(message)) return;
    // What was carried comes in any order, and stands where it would after a reload.
    this.messages.value = at < 0 ? [...messages, message].sort(byPlace) : messages.with(at, message);
    if (this.messages.value.length > SHOWN_MAX && this.isAtFoot.value) void this.#letGo();
  }

  /** Above all that is laid out: it comes with its page, when somebody scrolls there. A page that is being read may have been read before it. */
  #isAbove(message: Message): boolean {
    const [first] = this.messages.value;
    return first !== undefined && this.hasEarlier.value && !this.isLoadingEarlier.value && byPlace(message, first) < 0;
  }

  /** What stands far above is let go, and read again by whoever scrolls there. */
  async #letGo(): Promise<void> {
    if (this.#isLetting) return;
    this.#isLetting = true;
    const page = await this.#parts.messenger.timeline(this.account, { limit: PAGE_LENGTH });
    this.#isLetting = false;
    const [first] = page.messages;
    if (!this.#isOpen || !this.isAtFoot.value || first === undefined) return;
    batch(() => {
      this.messages.value = this.messages.value.filter((message) => byPlace(message, first) >= 0);
      this.#earlier.value = page.earlier;
    });
  }

  #announce(): void {
    const last = this.messages.value.findLast((message) => message.mine);
    if (last?.state === undefined) return;
    if (this.#announced?.id === last.id && this.#announced.kind === last.state.kind) return;
    this.#announced = { id: last.id, kind: last.state.kind };
    this.announcedState.value = stateWords(last.state, last.expiresAtMs, this.#parts.words, this.#parts.times);
  }

  #tellRead(): void {
    if (!this.isLoaded.value || !this.#parts.isVisible.value) return;
    if ((this.contact.value?.unread ?? 0) > 0) void this.#parts.messenger.markRead(this.account);
  }
}
