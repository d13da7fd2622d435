/** Copying and sharing a text. */
import type { Hands } from '../view-models/ports.ts';

export function deviceHands(): Hands {
  return {
    canShare: 'share' in navigator,
    async copy(text) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        return false;
      }
    },
    async share(text) {
      try {
        await navigator.share({ url: text });
        return true;
      } catch {
        // Also when the person thought better of it.
        return false;
      }
    },
  };
}
