/** Scenes of the lock, the devices and the backup, for whoever looks at screens: `/?fake=locked`, `?fake=lock-set`, `?fake=devices`. */
import { render } from 'preact';
import type { Words } from '../locales/words.ts';
import type { LockState } from '../view-models/ports.ts';
import { FakeLock } from '../view-models/testing/fake-lock.ts';
import type { FakeMessenger } from '../view-models/testing/fake-messenger.ts';
import { Unlock } from '../views/safe/unlock.tsx';

const LOCKED: Readonly<Record<string, LockState>> = {
  locked: { kind: 'locked', why: 'asks' },
  'locked-key-lost': { kind: 'locked', why: 'key-lost' },
  'locked-damaged': { kind: 'locked', why: 'damaged' },
  'locked-newer': { kind: 'locked', why: 'newer' },
};

export function safeScene(messenger: FakeMessenger, lock: FakeLock, which: string): void {
  messenger.ownDevices = [
    { id: 'a1'.repeat(32), isThis: true, isFirst: which !== 'second-device', sinceMs: Date.UTC(2026, 10, 3, 18, 30) },
    { id: 'b2'.repeat(32), isThis: false, isFirst: which === 'second-device', sinceMs: Date.UTC(2026, 10, 12, 9, 0) },
    { id: 'c3'.repeat(32), isThis: false, isFirst: false, sinceMs: Date.UTC(2026, 10, 19, 20, 15) },
  ].slice(0, which === 'one-device' ? 1 : 3);
  if (which === 'lock-set') {
    lock.passphrase = 'one two three';
    lock.state.value = { kind: 'open', methods: { passphrase: true, finger: false, words: true }, openedBy: 'passphrase' };
  }
  if (which === 'lock-words') {
    lock.passphrase = 'one two three';
    lock.state.value = { kind: 'open', methods: { passphrase: true, finger: false, words: true }, openedBy: 'words' };
  }
  if (which === 'lock-plain') {
    lock.finger.value = 'absent';
    lock.state.value = { kind: 'open', methods: { passphrase: true, finger: false, words: false }, openedBy: 'passphrase' };
  }
  if (which === 'link-digits') messenger.linking = { side: 'old', step: 'digits', digits: '402917' };
  if (which === 'link-digits-new') messenger.linking = { side: 'new', step: 'digits', digits: '402917' };
  if (which === 'link-moving') messenger.linking = { side: 'old', step: 'moving', parts: 3, partsOfAll: 12 };
  if (which === 'link-moving-new') messenger.linking = { side: 'new', step: 'moving', parts: 3, partsOfAll: 12 };
  if (which === 'link-waiting') messenger.linking = { side: 'old', step: 'waiting' };
  if (which === 'link-failed') messenger.linking = { side: 'old', step: 'failed', why: 'not-authentic' };
  if (which === 'link-done') messenger.linking = { side: 'new', step: 'done' };
}

/** The lock from outside, in place of the app. */
export function startLocked(root: Element, which: string, words: Words): boolean {
  const state = LOCKED[which];
  if (state === undefined) return false;
  const lock = new FakeLock(state);
  lock.hasFinger.value = true;
  Object.assign(globalThis, { fake: { lock } });
  render(<Unlock lock={lock} words={words} />, root);
  return true;
}
