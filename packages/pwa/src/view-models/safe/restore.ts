/** Bringing a backup back: the file, what opens it, and on a device without an account also the words. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { SafeWords } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import type { BackupSecret, Device, Messenger, Restored, RestoreRefusal, Surface } from '../ports.ts';
import { TypedSecret } from './typed-secret.ts';
import { wordsRefusal } from './words-refusal.ts';

export class RestoreViewModel extends TypedSecret {
  readonly file: Signal<string | undefined> = signal(undefined);
  readonly by: Signal<BackupSecret['kind']> = signal('passphrase');
  /** The words are asked for: they open the file, or make this a device of the account. */
  readonly asksForWords: ReadonlySignal<boolean>;
  readonly isGoing: Signal<boolean> = signal(false);
  readonly done: Signal<Restored | undefined> = signal(undefined);
  readonly #messenger: Messenger;
  readonly #device: Device;
  readonly #words: Words;
  readonly #safe: SafeWords;
  readonly #isFirstRun: boolean;
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  constructor(messenger: Messenger, device: Device, words: Words, safe: SafeWords, isFirstRun: boolean) {
    super();
    this.#messenger = messenger;
    this.#device = device;
    this.#words = words;
    this.#safe = safe;
    this.#isFirstRun = isFirstRun;
    this.asksForWords = computed(() => isFirstRun || this.by.value === 'words');
  }

  async choose(name: string, chosen: Surface): Promise<void> {
    this.trouble.value = undefined;
    this.#bytes = await this.#device.files.read(chosen);
    this.file.value = this.#bytes === undefined ? undefined : this.#safe.restore.chosen(name, this.#words.size(this.#bytes.length));
    if (this.#bytes === undefined) this.trouble.value = this.#safe.restore.unreadable;
  }

  openBy(kind: BackupSecret['kind']): void {
    this.by.value = kind;
    this.trouble.value = undefined;
  }

  async restore(): Promise<void> {
    if (this.isGoing.value) return;
    const kind = this.by.value;
    const words = this.words.value.trim();
    const bytes = this.#bytes;
    if (bytes === undefined) {
      this.trouble.value ??= this.#safe.restore.noFile;
      return;
    }
    if (kind === 'passphrase' && this.passphrase.value === '') {
      this.trouble.value = this.#safe.restore.emptyPassphrase;
      return;
    }
    if (kind === 'words' && words === '') {
      this.trouble.value = this.#safe.restore.emptyWords;
      return;
    }
    const secret: BackupSecret = { kind, text: kind === 'words' ? words : this.passphrase.value };
    this.isGoing.value = true;
    this.trouble.value = undefined;
    try {
      const result = await this.#messenger.restore(bytes, secret, this.#isFirstRun && words !== '' ? words : undefined);
      if (result.ok) this.#succeed(result.value);
      else this.trouble.value = this.#why(result.refusal, kind);
    } catch {
      // The node ended meanwhile; the screen that stands then says so, too.
      this.trouble.value = this.#safe.restore.refusal.failed;
    }
    this.isGoing.value = false;
  }

  #succeed(restored: Restored): void {
    this.#bytes = undefined;
    this.passphrase.value = '';
    this.words.value = '';
    this.done.value = restored;
  }

  #why(refusal: RestoreRefusal, kind: BackupSecret['kind']): string {
    const said = this.#safe.restore.refusal;
    switch (refusal.kind) {
      case 'wrong-secret':
        return kind === 'words' ? said['wrong-words'] : said['wrong-passphrase'];
      case 'cut-short':
        return said['cut-short'](this.#words.size(refusal.bytes), this.#words.size(refusal.bytesExpected));
      case 'not-saved':
        return this.#words.notSaved[refusal.why];
      case 'not-a-backup':
      case 'newer-version':
      case 'damaged':
      case 'needs-words':
      case 'other-words':
      case 'other-account':
        return said[refusal.kind];
      case 'word-count':
      case 'unknown-word':
      case 'checksum':
        return wordsRefusal(refusal, this.#words);
    }
  }
}
