/** Whether somebody can see the app, what time it is, and when the device woke or its network changed. */
import { type Signal, signal } from '@preact/signals';

/** Words about days and hours are this fresh. */
const TICK_MS = 30_000;
/** How often the clock is looked at: whoever holds the device waits no longer than this until sleep is noticed. */
const LOOK_MS = 5000;
/** A look this much too late, or a clock set back by as much, means that the device slept or its time was changed. */
const JUMP_MS = 10_000;
/** Waking sets off several signs at once, and each of them would dial again: one call for all within this time, and none is lost. */
const CALL_EVERY_MS = 750;

export interface Wakefulness {
  readonly isVisible: Signal<boolean>;
  readonly nowMs: Signal<number>;
  /** When somebody last touched the app. */
  usedAtMs(): number;
  /** Calls back whenever the device woke, came to the front, or its network or clock changed; at most every 750 ms. */
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
  const awake = spaced(() => {
    nowMs.value = Date.now();
    for (const listener of listeners) listener();
  });
  let lookedAt = Date.now();
  document.addEventListener('visibilitychange', () => {
    isVisible.value = document.visibilityState === 'visible';
    if (!isVisible.value) return;
    lookedAt = Date.now();
    awake();
  });
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) awake();
  });
  window.addEventListener('online', awake);
  // Wi-Fi to mobile and back: not every browser tells.
  (navigator as { readonly connection?: EventTarget }).connection?.addEventListener('change', awake);
  setInterval(() => {
    const now = Date.now();
    // A hidden page is called late by the browser itself; it wakes when it is seen again.
    const hasJumped = isVisible.value && Math.abs(now - lookedAt - LOOK_MS) > JUMP_MS;
    lookedAt = now;
    if (Math.abs(now - nowMs.value) >= TICK_MS) nowMs.value = now;
    if (hasJumped) awake();
  }, LOOK_MS);
  return { isVisible, nowMs, usedAtMs: () => usedAt, onAwake: (listener) => void listeners.add(listener) };
}

/** The first call goes through at once; those that follow it too soon are one call when the time has passed. */
function spaced(call: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOwed = false;
  const through = (): void => {
    isOwed = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (isOwed) through();
    }, CALL_EVERY_MS);
    call();
  };
  return () => {
    if (timer === undefined) through();
    else isOwed = true;
  };
}
