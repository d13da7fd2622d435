/** A lock that keeps what it is told in memory, for tests and for the page on which screens are drawn. */
import { type Signal, signal } from '@preact/signals';
import type { Lock, LockKey, LockMethods, LockRefusal, LockState, UnlockRefusal } from '../ports.ts';

export class FakeLock implements Lock {
  readonly state: Signal<LockState>;
  readonly finger: Signal<'unknown' | 'offered' | 'absent'> = signal('offered');
  readonly hasFinger: Signal<boolean> = signal(false);
  /** The next call is refused so. */
  nextUnlock: UnlockRefusal | undefined;
  nextSet: LockRefusal | undefined;
  passphrase: string | undefined;
  duress: string | undefined;
  readonly tried: LockKey[] = [];
  locks = 0;
  wipes = 0;

  constructor(state: LockState = { kind: 'open', methods: { passphrase: false, finger: false, words: true }, openedBy: 'device' }) {
    this.state = signal(state);
  }

  unlock(key: LockKey): Promise<UnlockRefusal | undefined> {
    this.tried.push(key);
    const refusal = this.nextUnlock ?? (key.kind === 'passphrase' && key.text !== this.passphrase ? { kind: 'wrong' } : undefined);
    this.nextUnlock = undefined;
    if (refusal === undefined)
      this.state.value = { kind: 'open', methods: { passphrase: true, finger: false, words: true }, openedBy: key.kind };
    return Promise.resolve(refusal);
  }

  setPassphrase(text: string | undefined): Promise<LockRefusal | undefined> {
    return this.#set(() => {
      this.passphrase = text;
      this.#change(text === undefined ? { passphrase: false, finger: false } : { passphrase: true });
    });
  }

  setFinger(isOn: boolean): Promise<LockRefusal | undefined> {
    return this.#set(() => this.#change({ finger: isOn }));
  }

  setDuress(text: string | undefined): Promise<LockRefusal | undefined> {
    if (text !== undefined && text === this.passphrase) return Promise.resolve({ kind: 'same-as-passphrase' });
    return this.#set(() => {
      this.duress = text;
    });
  }

  lockNow(): Promise<void> {
    this.locks += 1;
    this.state.value = { kind: 'locked', why: 'asks' };
    return Promise.resolve();
  }

  wipe(): Promise<void> {
    this.wipes += 1;
    return Promise.resolve();
  }

  #set(change: () => void): Promise<LockRefusal | undefined> {
    const refusal = this.nextSet;
    this.nextSet = undefined;
    if (refusal === undefined) change();
    return Promise.resolve(refusal);
  }

  #change(change: Partial<LockMethods>): void {
    const state = this.state.value;
    if (state.kind === 'open') this.state.value = { ...state, methods: { ...state.methods, ...change } };
    this.hasFinger.value = change.finger ?? this.hasFinger.value;
  }
}
