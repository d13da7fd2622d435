/**
 * The app as a whole: what the messenger knows, where the person is, and the one conversation that is open. It listens to the
 * messenger once and reads again when told that something changed.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Words } from '../locales/words.ts';
import { AutoLock, isSet } from './auto-lock.ts';
import { ClockViewModel } from './clock.ts';
import { ConversationViewModel } from './conversation/conversation.ts';
import { Drafts } from './conversation/drafts.ts';
import { FirstRunViewModel } from './first-run.ts';
import { HomeViewModel } from './home.ts';
import { type Hoop, hoopsOf } from './hoop.ts';
import { IntroductionsViewModel } from './introductions.ts';
import { MeetViewModel } from './meet/meet.ts';
import type { AccountId, ByHand, Contact, Device, Linking, Lock, Message, Messenger, MessengerEvent, Overview } from './ports.ts';
import { parseRoute, type Route } from './route.ts';
import { SettingsViewModel } from './settings.ts';
import type { Times } from './times.ts';

export interface AppParts {
  readonly messenger: Messenger;
  readonly lock: Lock;
  readonly device: Device;
  readonly words: Words;
  readonly times: Times;
  readonly version: string;
  /** What the relay that serves this app is called, once known. */
  readonly relayName: ReadonlySignal<string | undefined>;
  /** Whether a newer version waits; the way to use it. */
  readonly update: ReadonlySignal<(() => void) | undefined>;
  /** Goes somewhere in the app; `replace` leaves no way back to where one was. */
  readonly go: (route: Route, replace?: boolean) => void;
}

export type Phase = 'opening' | 'first-run' | 'ready' | 'stopped';

export class AppViewModel {
  readonly words: Words;
  readonly times: Times;
  readonly device: Device;
  readonly messenger: Messenger;
  readonly lock: Lock;
  readonly autoLock: AutoLock;
  readonly update: ReadonlySignal<(() => void) | undefined>;
  readonly phase: ReadonlySignal<Phase>;
  readonly route: Signal<Route> = signal({ at: 'messages' });
  readonly overview: Signal<Overview | undefined> = signal(undefined);
  /** What the window is called: how much is new, and the screen. */
  readonly title: ReadonlySignal<string>;
  readonly hoops: ReadonlySignal<ReadonlyMap<AccountId, Hoop>>;
  readonly conversation: Signal<ConversationViewModel | undefined> = signal(undefined);
  readonly home: HomeViewModel;
  readonly clock: ClockViewModel;
  readonly introductions: IntroductionsViewModel;
  readonly meet: MeetViewModel;
  readonly settings: SettingsViewModel;
  readonly firstRun: FirstRunViewModel;
  /** Something could not be saved, and it was not what the person just did. */
  readonly notSaved: Signal<'full' | 'failed' | undefined> = signal(undefined);
  /** A device that is being linked, on either side, or how that ended. */
  readonly linking: Signal<Linking | undefined> = signal(undefined);
  /** How the newest connection by hand goes. */
  readonly byHand: Signal<ByHand | undefined> = signal(undefined);
  /** The part that speaks with the network could not be loaded. */
  readonly isLinkMissing: Signal<boolean> = signal(false);
  readonly #parts: AppParts;
  readonly #drafts: Drafts;
  readonly #stopped: Signal<boolean> = signal(false);
  readonly #stops: (() => void)[] = [];
  #isReading = false;
  #readAgain = false;

  constructor(parts: AppParts) {
    const { messenger, lock, device, words, times } = parts;
    this.#parts = parts;
    this.lock = lock;
    this.autoLock = new AutoLock(lock, device);
    this.words = words;
    this.times = times;
    this.device = device;
    this.messenger = messenger;
    this.update = parts.update;
    this.#drafts = new Drafts(device.drawer);
    this.hoops = computed(() => hoopsOf(this.overview.value?.contacts ?? []));
    this.title = computed(() => this.#titleNow());
    this.phase = computed(() => {
      if (this.#stopped.value) return 'stopped';
      if (this.overview.value === undefined) return 'opening';
      return this.overview.value.profile === undefined ? 'first-run' : 'ready';
    });
    this.home = new HomeViewModel(this.overview, device.nowMs, words, times);
    this.clock = new ClockViewModel(this.overview, words);
    this.introductions = new IntroductionsViewModel(messenger, this.overview, words);
    this.meet = new MeetViewModel(messenger, this.overview, device, words, times);
    this.settings = new SettingsViewModel(this.overview, parts.relayName, device, parts.version);
    this.firstRun = new FirstRunViewModel(messenger, words, () => {
      // Whoever came by somebody's link meets first; the home screen reminds them of the words.
      if (this.route.peek().at === 'messages') this.go({ at: 'words', from: 'messages' });
    });
    this.#stops.push(
      messenger.subscribe((event) => this.#hear(event)),
      effect(() => this.#drafts.keepOnDisk(!isSet(lock))),
      effect(() => this.#openConversation()),
      () => this.autoLock.close(),
      () => this.clock.close(),
    );
  }

  /** Reads what there is; the first screen stands when this resolves. */
  async start(hash: string): Promise<void> {
    this.moved(hash);
    await this.read();
    // Whoever needed the words has lost or forgotten the other ways: here new ones are made.
    const opened = this.lock.state.value;
    if (opened.kind === 'open' && opened.openedBy === 'words') this.go({ at: 'safe', page: 'lock' });
    void this.settings.measure();
  }

  /** The address changed, by a link, a button or the way back. */
  moved(hash: string): void {
    const route = parseRoute(hash);
    if (route.at === 'invitation') {
      this.meet.invited(route.text);
      // The secret leaves the address at once, so that it is in no history and on no picture of the screen.
      this.go({ at: 'meet', way: 'link' }, true);
      return;
    }
    if (route.at !== 'meet' && this.route.value.at === 'meet') this.meet.again();
    this.route.value = route;
  }

  go(route: Route, replace = false): void {
    this.route.value = route;
    this.#parts.go(route, replace);
  }

  /** The node is gone; nothing more will come from it. */
  breakDown(): void {
    this.#stopped.value = true;
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.conversation.peek()?.close();
  }

  /** Reads the overview again; calls in between are one reading. */
  async read(): Promise<void> {
    if (this.#isReading) {
      this.#readAgain = true;
      return;
    }
    this.#isReading = true;
    try {
      do {
        this.#readAgain = false;
        const overview = await this.messenger.overview();
        // What was under way when the app opened; from then on each step is told.
        if (this.overview.value === undefined) this.linking.value = overview.linking;
        this.overview.value = { ...overview, contacts: overview.contacts.map((contact) => this.#named(contact)) };
      } while (this.#readAgain);
    } finally {
      this.#isReading = false;
    }
  }

  #titleNow(): string {
    const { words } = this;
    const route = this.route.value;
    const unread = this.overview.value?.contacts.reduce((sum, contact) => sum + contact.unread, 0) ?? 0;
    const name = this.conversation.value?.contact.value?.name ?? words.tabs.messages;
    const screens = {
      messages: words.tabs.messages,
      conversation: name,
      about: name,
      beside: name,
      introduce: name,
      check: words.check.title(name),
      words: words.recovery.title,
      first: words.firstRun.before,
      meet: words.meet.title,
      invitation: words.meet.title,
    };
    const others = { carry: words.carry.title, around: words.around.title, settings: words.settings.title, learn: words.learn.title };
    const safe = { safe: words.settings.pages[route.at === 'safe' ? route.page : 'lock'] };
    const title = words.title({ ...screens, ...others, ...safe }[route.at]);
    return unread > 0 ? `(${unread}) ${title}` : title;
  }

  #named(contact: Contact): Contact {
    return contact.name.trim() === '' ? { ...contact, name: this.words.nameless } : contact;
  }

  #openConversation(): void {
    const route = this.route.value;
    const account = 'account' in route ? route.account : undefined;
    const isReady = this.phase.value === 'ready';
    const open = this.conversation.peek();
    if (open?.account === account || !isReady) return;
    open?.close();
    if (account === undefined) {
      this.conversation.value = undefined;
      return;
    }
    const { messenger, device, words, times } = this.#parts;
    const { nowMs } = device;
    // Beside it one may look at the person; only what is in front was seen.
    const isVisible = computed(() => device.isVisible.value && this.route.value.at === 'conversation');
    const next = new ConversationViewModel(account, {
      messenger,
      overview: this.overview,
      isVisible,
      nowMs,
      drafts: this.#drafts,
      words,
      times,
    });
    this.conversation.value = next;
    void next.load();
  }

  #hear(event: MessengerEvent): void {
    switch (event.kind) {
      case 'overview-changed':
        void this.read();
        return;
      case 'message-changed':
        void this.read();
        if (event.isNew && !event.message.mine) this.#ring(event.message);
        return;
      case 'contact-added':
        this.meet.met(this.#named(event.contact), this.route.peek().at === 'meet');
        void this.read();
        return;
      case 'link-changed':
        this.linking.value = event.linking;
        void this.read();
        return;
      case 'by-hand':
        this.byHand.value = event.byHand;
        return;
      case 'not-saved':
        this.notSaved.value = event.why;
        return;
      case 'stopped':
        this.#stopped.value = true;
        return;
    }
  }

  #ring(message: Message): void {
    const { device, words } = this.#parts;
    if (device.isVisible.value || !this.settings.tells.value) return;
    const name = this.overview.value?.contacts.find((contact) => contact.account === message.conversation)?.name ?? words.app;
    device.bell.ring({
      title: name,
      body: this.settings.tellsWords.value ? message.text.slice(0, 200) : `${name} ${words.bell.wrote}`,
      about: message.conversation,
    });
  }
}
