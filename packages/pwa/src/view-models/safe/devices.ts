/** One's own devices: which they are, and taking one off the account. */
import { type Signal, signal } from '@preact/signals';
import type { SafeWords } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import type { Messenger, OwnDevice, RemoveDeviceRefusal } from '../ports.ts';
import type { Times } from '../times.ts';

export interface DeviceRow {
  readonly id: string;
  readonly isThis: boolean;
  readonly title: string;
  readonly notes: readonly string[];
  readonly canBeRemoved: boolean;
}

export interface DevicesView {
  readonly rows: readonly DeviceRow[];
  /** This device adds and removes others. */
  readonly isFirst: boolean;
}

export class DevicesViewModel {
  readonly view: Signal<DevicesView | undefined> = signal(undefined);
  /** The one about whose removal the person is asked. */
  readonly asked: Signal<string | undefined> = signal(undefined);
  readonly isRemoving: Signal<boolean> = signal(false);
  readonly said: Signal<{ readonly isTrouble: boolean; readonly text: string } | undefined> = signal(undefined);
  readonly #messenger: Messenger;
  readonly #words: Words;
  readonly #said: SafeWords['devices'];
  readonly #times: Times;

  constructor(messenger: Messenger, words: Words, safe: SafeWords, times: Times) {
    this.#messenger = messenger;
    this.#words = words;
    this.#said = safe.devices;
    this.#times = times;
  }

  async read(): Promise<void> {
    const devices = await this.#messenger.devices();
    const isFirst = devices.some((device) => device.isThis && device.isFirst);
    this.view.value = { isFirst, rows: devices.map((device) => this.#row(device, isFirst)) };
  }

  ask(id: string | undefined): void {
    this.asked.value = id;
    this.said.value = undefined;
  }

  async remove(why: 'retired' | 'stolen'): Promise<void> {
    const id = this.asked.value;
    if (id === undefined || this.isRemoving.value) return;
    this.isRemoving.value = true;
    const result = await this.#messenger.removeDevice(id, why);
    this.isRemoving.value = false;
    this.asked.value = undefined;
    this.said.value = result.ok ? { isTrouble: false, text: this.#said.removed } : { isTrouble: true, text: this.#why(result.refusal) };
    await this.read();
  }

  #row(device: OwnDevice, isFirstHere: boolean): DeviceRow {
    const since = this.#said.since(this.#times.fullDay(device.sinceMs));
    return {
      id: device.id,
      isThis: device.isThis,
      title: device.isThis ? this.#said.isThis : this.#said.isOther,
      notes: device.isFirst ? [this.#said.first, since] : [since],
      canBeRemoved: isFirstHere && !device.isThis,
    };
  }

  #why(refusal: RemoveDeviceRefusal): string {
    return refusal.kind === 'not-saved' ? this.#words.notSaved[refusal.why] : this.#said.refusal[refusal.kind];
  }
}
