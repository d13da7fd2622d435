/** Whether somebody can see the app, what time it is, and when the device woke. */
import { type Signal, signal } from '@preact/signals';

/** Words about days and hours are this fresh. */
const TICK_MS = 30_000;
/** A tick this late means the device slept. */
const SLEPT_MS = 10_000;

export interface Wakefulness {
  readonly isVisible: Signal<boolean>;
  readonly nowMs: Signal<number>;
  /** When somebody last touched the app. */
  usedAtMs(): number;
  /** Calls back whenever the device woke, came to the front, or found a network. */
  onAwake(listener: () => void): void;
}

export function wakefulness(): Wakefulness {
  const isVisible = signal(document.visibilityState === 'visible');
  const nowMs = signal(Date.now());
  let usedAt = Date.now();
  const use = (): void => {
    usedAt = Date.now();
  };
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const)
    document.addEventListener(kind, use, { capture: true, passive: true });
  const listeners = new Set<() => void>();
  const awake = (): void => {
    nowMs.value = Date.now();
    for (const listener of listeners) listener();
  };
  document.addEventListener('visibilitychange', () => {
    isVisible.value = document.visibilityState === 'visible';
    if (isVisible.value) awake();
  });
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) awake();
  });
  window.addEventListener('online', awake);
  setInterval(() => {
    const hasSlept = Date.now() - nowMs.value > TICK_MS + SLEPT_MS;
    nowMs.value = Date.now();
    if (hasSlept) awake();
  }, TICK_MS);
  return { isVisible, nowMs, usedAtMs: () => usedAt, onAwake: (listener) => void listeners.add(listener) };
}
