/** A sealed file of everything worth keeping: what locks it, making it, handing it over. */
import { type Signal, signal } from '@preact/signals';
import type { SafeWords } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import type { BackupRefusal, BackupSecret, Device, Messenger } from '../ports.ts';
import { BACKUP_MADE } from '../settings.ts';
import { NewSecret } from './new-secret.ts';
import { wordsRefusal } from './words-refusal.ts';

export interface MadeFile {
  readonly name: string;
  readonly size: string;
}

export class BackupViewModel {
  readonly by: Signal<BackupSecret['kind']> = signal('passphrase');
  readonly secret: NewSecret;
  readonly words: Signal<string> = signal('');
  readonly trouble: Signal<string | undefined> = signal(undefined);
  readonly isGoing: Signal<boolean> = signal(false);
  readonly made: Signal<MadeFile | undefined> = signal(undefined);
  readonly #messenger: Messenger;
  readonly #device: Device;
  readonly #words: Words;
  readonly #safe: SafeWords;
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  constructor(messenger: Messenger, device: Device, words: Words, safe: SafeWords) {
    this.#messenger = messenger;
    this.#device = device;
    this.#words = words;
    this.#safe = safe;
    this.secret = new NewSecret(safe.secret);
  }

  lockBy(kind: BackupSecret['kind']): void {
    this.by.value = kind;
    this.trouble.value = undefined;
  }

  typeWords(text: string): void {
    this.words.value = text;
    this.trouble.value = undefined;
  }

  async make(): Promise<void> {
    if (this.isGoing.value) return;
    const text = this.by.value === 'words' ? this.words.value.trim() : this.secret.take();
    if (text === undefined) return;
    if (text === '') {
      this.trouble.value = this.#safe.restore.emptyWords;
      return;
    }
    this.isGoing.value = true;
    this.trouble.value = undefined;
    try {
      const result = await this.#messenger.backup({ kind: this.by.value, text });
      if (result.ok) this.#keep(result.value);
      else this.trouble.value = this.#why(result.refusal);
    } catch {
      // The node ended meanwhile; the screen that stands then says so, too.
      this.trouble.value = this.#safe.backup.refusal.failed;
    }
    this.isGoing.value = false;
  }

  saveAgain(): void {
    const made = this.made.value;
    if (made !== undefined && this.#bytes !== undefined) this.#device.files.save(made.name, this.#bytes);
  }

  #keep(bytes: Uint8Array<ArrayBuffer>): void {
    const { nowMs, drawer, files } = this.#device;
    const name = `kith-${new Date(nowMs.value).toISOString().slice(0, 10)}.kith`;
    this.#bytes = bytes;
    this.made.value = { name, size: this.#words.size(bytes.length) };
    this.secret.clear();
    this.words.value = '';
    drawer.write(BACKUP_MADE, String(nowMs.value));
    files.save(name, bytes);
  }

  #why(refusal: BackupRefusal): string {
    const said = this.#safe.backup.refusal;
    switch (refusal.kind) {
      case 'empty-passphrase':
        return this.#safe.secret.empty;
      case 'no-profile':
      case 'other-words':
        return said[refusal.kind];
      case 'word-count':
      case 'unknown-word':
      case 'checksum':
        return wordsRefusal(refusal, this.#words);
    }
  }
}
