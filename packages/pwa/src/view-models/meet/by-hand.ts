/**
 * A code on this screen that ties two phones together with nothing between: asked for the camera first, then made, shown for as long as it is
 * good, and how the connection goes. What kind of code it is, is given. Rule: docs/protocol/rendezvous.md.
 *
 *   none ─▶ asking ─▶ making ─▶ shown ─▶ connecting ─▶ connected
 *              │         └─▶ no-code └─▶ lapsed  └─▶ failed
 *              └─ (may use the camera already) ─▶ making
 */
import { type Signal, signal } from '@preact/signals';
import type { MeetWords } from '../../locales/meet/words.ts';
import type { AccountId, ByHand, Device, HandFailure, Messenger } from '../ports.ts';
import { MINUTE_MS } from '../times.ts';

export type HandStage =
  | { readonly kind: 'none' }
  /** `refused`: the person, or the browser, said no. */
  | { readonly kind: 'asking'; readonly step: 'first' | 'waiting' | 'refused' }
  | { readonly kind: 'making' }
  | { readonly kind: 'shown'; readonly text: string; readonly untilMs: number }
  | { readonly kind: 'lapsed' }
  | { readonly kind: 'no-code'; readonly why: string; readonly needsTwo: boolean }
  | { readonly kind: 'connecting'; readonly account: AccountId | undefined }
  | { readonly kind: 'connected'; readonly account: AccountId | undefined }
  | { readonly kind: 'failed'; readonly account: AccountId | undefined; readonly why: string };

/** What became of the wish for a code. */
export type MadeCode =
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'needs-two' }
  | { readonly kind: 'not-by-hand'; readonly why: HandFailure }
  | { readonly kind: 'refused'; readonly why: string };

export interface ByHandParts {
  readonly messenger: Messenger;
  readonly device: Device;
  readonly said: MeetWords;
  readonly make: () => Promise<MadeCode>;
  /** Whether a connection with them is this screen's business. */
  readonly concerns: (account: AccountId | undefined) => boolean;
}

/** As long as the messenger waits for an answer to a code on the screen. */
const GOOD_MS: number = 10 * MINUTE_MS;

export class ByHandViewModel {
  readonly stage: Signal<HandStage> = signal({ kind: 'none' });
  readonly #parts: ByHandParts;
  readonly #stop: () => void;
  /** Counts beginnings: what an earlier one asked for is not wanted any more. */
  #attempt = 0;
  #isClosed = false;

  constructor(parts: ByHandParts) {
    this.#parts = parts;
    this.#stop = parts.messenger.subscribe((event) => {
      if (event.kind === 'by-hand' && parts.concerns(event.byHand.account)) void this.#hear(event.byHand);
    });
  }

  /** Makes a code, unless one is under way: at once where the camera is allowed or there is none, else after the question. */
  async begin(): Promise<void> {
    if (this.stage.value.kind !== 'none') return;
    this.stage.value = { kind: 'making' };
    const attempt = this.#attempt;
    const permission = await this.#parts.device.camera.permission();
    if (attempt !== this.#attempt) return;
    if (permission === 'not-asked') this.stage.value = { kind: 'asking', step: 'first' };
    else if (permission === 'denied') this.stage.value = { kind: 'asking', step: 'refused' };
    else await this.make();
  }

  /** Yes to the camera: it stays open while the code is made, because some browsers tell where the device is only then. */
  async allow(): Promise<void> {
    if (this.stage.value.kind !== 'asking' || this.stage.value.step === 'waiting') return;
    this.stage.value = { kind: 'asking', step: 'waiting' };
    const opened = await this.#parts.device.camera.open();
    if (typeof opened === 'string') {
      if (this.#isClosed || this.stage.value.kind !== 'asking') return;
      // One that is absent, broken or in use cannot be allowed by anybody.
      if (opened === 'not-allowed') this.stage.value = { kind: 'asking', step: 'refused' };
      else await this.make();
      return;
    }
    try {
      if (!this.#isClosed && this.stage.value.kind === 'asking') await this.make();
    } finally {
      opened();
    }
  }

  async make(): Promise<void> {
    this.stage.value = { kind: 'making' };
    this.#attempt += 1;
    const attempt = this.#attempt;
    const { make, device, said, messenger } = this.#parts;
    const made = await make();
    if (attempt !== this.#attempt) {
      // Nobody looks at it, and no other has taken its place.
      const { kind } = this.stage.value;
      if (made.kind === 'code' && kind !== 'making' && kind !== 'shown') void messenger.endByHand();
      return;
    }
    switch (made.kind) {
      case 'code':
        this.stage.value = { kind: 'shown', text: made.text, untilMs: device.nowMs.value + GOOD_MS };
        return;
      case 'needs-two':
        this.stage.value = { kind: 'no-code', why: '', needsTwo: true };
        return;
      case 'refused':
        this.stage.value = { kind: 'no-code', why: made.why, needsTwo: false };
        return;
      case 'not-by-hand': {
        const why = await handFailure(made.why, device, said);
        if (attempt === this.#attempt) this.stage.value = { kind: 'no-code', why, needsTwo: made.why === 'no-certificate' };
      }
    }
  }

  /** From the beginning: the camera may be allowed by now, or the phone in a network. */
  async retry(): Promise<void> {
    this.reset();
    await this.begin();
  }

  /** Gives up what stands here; a connection that is coming up goes on. */
  reset(): void {
    const { kind } = this.stage.value;
    this.#attempt += 1;
    if (kind === 'shown') void this.#parts.messenger.endByHand();
    this.stage.value = { kind: 'none' };
  }

  close(): void {
    this.#stop();
    this.reset();
    this.#isClosed = true;
  }

  async #hear({ step, account, why = 'timed-out' }: ByHand): Promise<void> {
    if (step !== 'failed') {
      this.stage.value = { kind: step, account };
      return;
    }
    if (this.stage.value.kind === 'shown' && why === 'timed-out') {
      this.stage.value = { kind: 'lapsed' };
      return;
    }
    const words = await handFailure(why, this.#parts.device, this.#parts.said);
    if (!this.#isClosed) this.stage.value = { kind: 'failed', account, why: words };
  }
}

/** Why two phones are not tied together, in words, with what to do. */
export async function handFailure(why: HandFailure, device: Device, said: MeetWords): Promise<string> {
  const isHidden = why === 'no-address' && (await device.camera.permission()) !== 'granted';
  return said.failure[isHidden ? 'address-hidden' : why];
}
