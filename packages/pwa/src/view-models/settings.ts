/** What can be set, and what is so: name, relay, storage, telling, version. How the page puts it into words: `settings-notes.ts`. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Hoop, hoopOf } from './hoop.ts';
import type { Device, Overview, StorageFacts } from './ports.ts';

/** When the last backup was made here, in milliseconds since the epoch. */
export const BACKUP_MADE = 'backup.at';
const WORDS_IN_BELL = 'bell.words';
const BELL_OFF = 'bell.off';
const BELL_ASKED = 'bell.asked';

export class SettingsViewModel {
  readonly name: ReadonlySignal<string>;
  readonly hoop: ReadonlySignal<Hoop | undefined>;
  readonly version: string;
  readonly relayName: ReadonlySignal<string | undefined>;
  readonly storage: Signal<StorageFacts | undefined> = signal(undefined);
  /** When a backup was made on this device, in milliseconds since the epoch; 0 for never. */
  readonly backupMadeMs: Signal<number> = signal(0);
  readonly keepWasRefused: Signal<boolean> = signal(false);
  /** Somebody writes and the app is not in front: say so. */
  readonly tells: ReadonlySignal<boolean>;
  readonly canTell: ReadonlySignal<boolean>;
  readonly tellsWords: Signal<boolean>;
  /** The home screen may offer it once. */
  readonly offersToTell: ReadonlySignal<boolean>;
  readonly #device: Device;
  readonly #isOff: Signal<boolean>;
  readonly #wasAsked: Signal<boolean>;

  constructor(
    overview: ReadonlySignal<Overview | undefined>,
    relayName: ReadonlySignal<string | undefined>,
    device: Device,
    version: string,
  ) {
    const { drawer, bell } = device;
    this.#device = device;
    this.version = version;
    this.name = computed(() => overview.value?.profile?.name ?? '');
    this.hoop = computed(() => {
      const profile = overview.value?.profile;
      return profile === undefined ? undefined : hoopOf(profile.account, profile.name);
    });
    this.relayName = relayName;
    this.#isOff = signal(drawer.read(BELL_OFF) === 'yes');
    this.#wasAsked = signal(drawer.read(BELL_ASKED) === 'yes');
    this.tellsWords = signal(drawer.read(WORDS_IN_BELL) === 'yes');
    this.tells = computed(() => bell.permission.value === 'granted' && !this.#isOff.value);
    this.canTell = computed(() => bell.permission.value === 'granted' || bell.permission.value === 'not-asked');
    this.offersToTell = computed(
      () =>
        bell.permission.value === 'not-asked' &&
        !this.#wasAsked.value &&
        (overview.value?.contacts.some((contact) => contact.lastMessage !== undefined) ?? false),
    );
  }

  async setTells(isOn: boolean): Promise<void> {
    this.notNow();
    if (isOn && this.#device.bell.permission.value === 'not-asked') await this.#device.bell.ask();
    this.#isOff.value = !isOn;
    this.#device.drawer.write(BELL_OFF, isOn ? undefined : 'yes');
  }

  notNow(): void {
    this.#wasAsked.value = true;
    this.#device.drawer.write(BELL_ASKED, 'yes');
  }

  setTellsWords(isOn: boolean): void {
    this.tellsWords.value = isOn;
    this.#device.drawer.write(WORDS_IN_BELL, isOn ? 'yes' : undefined);
  }

  async measure(): Promise<void> {
    this.backupMadeMs.value = Number(this.#device.drawer.read(BACKUP_MADE) ?? 0);
    this.storage.value = await this.#device.shelf.facts();
  }

  async keepStorage(): Promise<void> {
    this.keepWasRefused.value = !(await this.#device.shelf.keep());
    await this.measure();
  }
}
