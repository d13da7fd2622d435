/**
 * Linking a device, from either side. How far it is comes from the messenger (`linking`), so that leaving the screen and coming back
 * shows the same; here stand what was scanned or pasted, the code that a new device shows, and why something was refused.
 */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { SafeWords } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import { ScanViewModel } from '../meet/scan.ts';
import type { Device, Invitation, Linking, LinkRefusal, Messenger, OfferLinkRefusal } from '../ports.ts';
import type { Times } from '../times.ts';

export interface LinkParts {
  readonly messenger: Messenger;
  readonly device: Device;
  readonly words: Words;
  readonly safe: SafeWords;
  readonly times: Times;
  /** Where it stands; cleared here when the person has seen how it ended. */
  readonly linking: Signal<Linking | undefined>;
}

/** What every step of a linking is shown from. */
export interface Linked {
  readonly linking: ReadonlySignal<Linking | undefined>;
  /** Here the digits were said to be the same; on the other device not yet. */
  readonly isConfirmed: ReadonlySignal<boolean>;
  confirm(isEqual: boolean): Promise<void>;
  stop(): Promise<void>;
  /** Seen how it ended. */
  seen(): void;
  /** Seen that it failed, and to be begun anew. */
  again(): void;
}

abstract class LinkSide implements Linked {
  readonly linking: ReadonlySignal<Linking | undefined>;
  readonly isConfirmed: ReadonlySignal<boolean>;
  readonly trouble: Signal<string | undefined> = signal(undefined);
  protected readonly parts: LinkParts;
  /** Digits belong to one linking: those of a next one are asked about anew. */
  readonly #confirmed: Signal<string | undefined> = signal(undefined);

  constructor(parts: LinkParts, side: Linking['side']) {
    this.parts = parts;
    this.linking = computed(() => (parts.linking.value?.side === side ? parts.linking.value : undefined));
    this.isConfirmed = computed(() => this.linking.value?.step === 'digits' && this.linking.value.digits === this.#confirmed.value);
  }

  async confirm(isEqual: boolean): Promise<void> {
    const linking = this.linking.peek();
    if (linking?.step !== 'digits') return;
    await this.parts.messenger.confirmLink(isEqual);
    this.#confirmed.value = isEqual ? linking.digits : undefined;
  }

  async stop(): Promise<void> {
    await this.parts.messenger.cancelLink();
    this.again();
  }

  seen(): void {
    this.#confirmed.value = undefined;
    this.parts.linking.value = undefined;
    this.trouble.value = undefined;
  }

  again(): void {
    this.seen();
  }
}

/** The device that has the account takes a new one in. */
export class OldDeviceViewModel extends LinkSide {
  readonly way: Signal<'how' | 'scan'> = signal('how');
  readonly pasted: Signal<string> = signal('');
  readonly isReading: Signal<boolean> = signal(false);
  readonly scan: ScanViewModel;

  constructor(parts: LinkParts) {
    super(parts, 'old');
    this.scan = new ScanViewModel(parts.device.camera, parts.words, (text) => this.take(text));
  }

  look(way: 'how' | 'scan'): void {
    this.way.value = way;
    this.trouble.value = undefined;
    this.scan.reset();
  }

  paste(text: string): void {
    this.pasted.value = text;
    this.trouble.value = undefined;
  }

  async takePasted(): Promise<void> {
    const text = this.pasted.value.trim();
    if (text !== '' && (await this.take(text))) this.pasted.value = '';
  }

  /** Takes up what was scanned or pasted; says whether it was taken. */
  async take(text: string): Promise<boolean> {
    if (this.isReading.value) return false;
    this.isReading.value = true;
    const result = await this.parts.messenger.link(text);
    this.isReading.value = false;
    this.trouble.value = result.ok ? undefined : this.#why(result.refusal);
    if (result.ok) {
      this.way.value = 'how';
      this.parts.linking.value ??= { side: 'old', step: 'waiting' };
    }
    return result.ok;
  }

  override again(): void {
    super.again();
    this.way.value = 'how';
  }

  #why(refusal: LinkRefusal): string {
    const { words, safe, times, device } = this.parts;
    const said = safe.link.refusal;
    switch (refusal.kind) {
      case 'not-saved':
        return words.notSaved[refusal.why];
      case 'expired':
        return said.expired(times.when(refusal.expiredAtMs, device.nowMs.value));
      case 'too-many':
        return said['too-many'](refusal.devicesMax);
      case 'no-profile':
      case 'not-first-device':
      case 'not-a-link-code':
      case 'is-an-invitation':
      case 'newer-version':
        return said[refusal.kind];
    }
  }
}

/** The new device shows itself, and waits. */
export class NewDeviceViewModel extends LinkSide {
  readonly offer: Signal<Invitation | undefined> = signal(undefined);
  readonly copied: Signal<'copied' | 'not-copied' | undefined> = signal(undefined);
  readonly until: ReadonlySignal<string>;
  /** The code has run out while it was shown. */
  readonly isOver: ReadonlySignal<boolean>;
  #isOffering = false;

  constructor(parts: LinkParts) {
    super(parts, 'new');
    const { safe, times, device } = parts;
    this.until = computed(() => (this.offer.value === undefined ? '' : safe.link.until(times.time(this.offer.value.expiresAtMs))));
    this.isOver = computed(() => this.offer.value !== undefined && this.offer.value.expiresAtMs <= device.nowMs.value);
  }

  async show(): Promise<void> {
    const linking = this.linking.peek();
    if (this.#isOffering || (linking !== undefined && linking.step !== 'waiting' && linking.step !== 'failed')) return;
    this.#isOffering = true;
    this.copied.value = undefined;
    const result = await this.parts.messenger.offerLink();
    this.#isOffering = false;
    this.offer.value = result.ok ? result.value : undefined;
    this.trouble.value = result.ok ? undefined : this.#why(result.refusal);
  }

  async copy(): Promise<void> {
    const text = this.offer.value?.text;
    if (text !== undefined) this.copied.value = (await this.parts.device.hands.copy(text)) ? 'copied' : 'not-copied';
  }

  override again(): void {
    super.again();
    void this.show();
  }

  /** The screen was left before anything was linked: the code must not lie about. */
  async leave(): Promise<void> {
    const step = this.linking.peek()?.step;
    if (this.offer.peek() === undefined || (step !== undefined && step !== 'waiting')) return;
    this.offer.value = undefined;
    await this.parts.messenger.cancelLink();
    this.parts.linking.value = undefined;
  }

  #why(refusal: OfferLinkRefusal): string {
    return refusal.kind === 'not-saved' ? this.parts.words.notSaved[refusal.why] : this.parts.safe.link.refusal['already-begun'];
  }
}
