/** Keeps the screen from going dark while a code stands on it, as long as the app is in front. Where the browser has no such lock, nothing happens. */
import type { Screen } from '../view-models/ports.ts';

/** How often the screen is held now: it may go dark when nobody holds it. */
let holders = 0;
let lock: WakeLockSentinel | undefined;
let isAsking = false;

/** The browser takes the lock back whenever the app leaves the front. */
async function follow(): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  const { wakeLock } = navigator as { readonly wakeLock?: WakeLock };
  if (holders > 0 && document.visibilityState === 'visible' && (lock === undefined || lock.released))
    lock = await wakeLock?.request('screen').catch(() => undefined);
  isAsking = false;
  if (holders > 0 || lock === undefined) return;
  const old = lock;
  lock = undefined;
  await old.release().catch(() => {});
}

export function deviceScreen(): Screen {
  document.addEventListener('visibilitychange', () => void follow());
  return {
    stayOn() {
      holders += 1;
      void follow();
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders -= 1;
        void follow();
      };
    },
  };
}
