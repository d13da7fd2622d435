/** The lock from outside: passphrase, what the phone itself is opened with, or the words; and the way out when nothing opens it. */
import { type Signal, signal } from '@preact/signals';
import type { SafeWords } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import type { Lock, LockKey, UnlockRefusal } from '../ports.ts';
import { TypedSecret } from './typed-secret.ts';
import { wordsRefusal } from './words-refusal.ts';

export type UnlockWay = 'passphrase' | 'words' | 'erase';

export class UnlockViewModel extends TypedSecret {
  readonly lock: Lock;
  readonly way: Signal<UnlockWay>;
  /** What is being tried. */
  readonly isGoing: Signal<LockKey['kind'] | undefined> = signal(undefined);
  readonly #said: SafeWords['unlock'];
  readonly #words: Words;

  constructor(lock: Lock, words: Words, safe: SafeWords) {
    super();
    this.lock = lock;
    this.#words = words;
    this.#said = safe.unlock;
    const state = lock.state.peek();
    this.way = signal(state.kind === 'locked' && state.why === 'key-lost' ? 'words' : 'passphrase');
  }

  take(way: UnlockWay): void {
    this.way.value = way;
    this.trouble.value = undefined;
  }

  async open(): Promise<void> {
    const text = this.passphrase.value;
    if (text === '') this.trouble.value = this.#said.empty;
    else if (await this.#try({ kind: 'passphrase', text })) this.passphrase.value = '';
  }

  async openByWords(): Promise<void> {
    const text = this.words.value;
    if (text.trim() === '') this.trouble.value = this.#said.emptyWords;
    else if (await this.#try({ kind: 'words', text })) this.words.value = '';
  }

  async openByFinger(): Promise<void> {
    await this.#try({ kind: 'finger' });
  }

  async #try(key: LockKey): Promise<boolean> {
    if (this.isGoing.value !== undefined) return false;
    this.isGoing.value = key.kind;
    this.trouble.value = undefined;
    const refusal = await this.lock.unlock(key);
    this.isGoing.value = undefined;
    if (refusal?.kind === 'key-lost') this.way.value = 'words';
    this.trouble.value = refusal === undefined ? undefined : this.#why(refusal, key.kind);
    return refusal === undefined;
  }

  #why(refusal: UnlockRefusal, tried: LockKey['kind']): string {
    const said = this.#said;
    switch (refusal.kind) {
      case 'wrong':
        return tried === 'words' ? said.wrongWords : tried === 'finger' ? said.fingerFailed : said.wrong;
      case 'key-lost':
        return said.keyLost;
      case 'damaged':
        return said.damaged;
      case 'newer':
        return this.#words.gate.newer;
      case 'not-given':
        return said.notGiven;
      case 'failed':
        return tried === 'finger' ? said.fingerFailed : said.failed;
      case 'word-count':
      case 'unknown-word':
      case 'checksum':
        return wordsRefusal(refusal, this.#words);
    }
  }
}
