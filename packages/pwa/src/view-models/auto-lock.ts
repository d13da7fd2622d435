/** Locks the app when nobody has touched it for as long as the person chose. Without an app lock it never does anything. */
import { effect, type Signal, signal } from '@preact/signals';
import type { Device, Drawer, Lock } from './ports.ts';
import { MINUTE_MS } from './times.ts';

/** What can be chosen; 0 is never. */
export const LOCK_AFTER_MINUTES: readonly number[] = [0, 1, 5, 30];
const AFTER = 'lock.after';
const USUAL_MINUTES = 5;

export class AutoLock {
  readonly afterMinutes: Signal<number>;
  readonly #drawer: Drawer;
  readonly #lock: Lock;
  readonly #stop: () => void;
  #isLocking = false;

  constructor(lock: Lock, { drawer, nowMs, usedAtMs }: Pick<Device, 'drawer' | 'nowMs' | 'usedAtMs'>) {
    this.#drawer = drawer;
    this.#lock = lock;
    const kept = Number(drawer.read(AFTER) ?? USUAL_MINUTES);
    this.afterMinutes = signal(LOCK_AFTER_MINUTES.includes(kept) ? kept : USUAL_MINUTES);
    this.#stop = effect(() => {
      const after = this.afterMinutes.value;
      if (after === 0 || !isSet(lock)) return;
      if (nowMs.value - usedAtMs() >= after * MINUTE_MS) void this.#lockIt();
    });
  }

  choose(minutes: number): void {
    this.#drawer.write(AFTER, String(minutes));
    this.afterMinutes.value = minutes;
  }

  /** Once, and after whatever is being worked out now: locking changes what this looks at. */
  async #lockIt(): Promise<void> {
    if (this.#isLocking) return;
    this.#isLocking = true;
    await Promise.resolve();
    await this.#lock.lockNow();
    this.#isLocking = false;
  }

  close(): void {
    this.#stop();
  }
}

/** Something has to be typed or given to open this profile. */
export function isSet(lock: Lock): boolean {
  const state = lock.state.value;
  return state.kind === 'open' ? state.methods.passphrase || state.methods.finger : state.kind === 'locked';
}
