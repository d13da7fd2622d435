/** Small things kept in the browser's own storage: drafts, switches. A drawer that cannot be opened forgets, and nothing breaks. */
import type { Drawer } from '../view-models/ports.ts';

const PREFIX = 'kith.';

export function localDrawer(): Drawer {
  const memory = new Map<string, string>();
  return {
    read(name) {
      try {
        return localStorage.getItem(PREFIX + name) ?? memory.get(name);
      } catch {
        return memory.get(name);
      }
    },
    write(name, value) {
      if (value === undefined) memory.delete(name);
      else memory.set(name, value);
      try {
        if (value === undefined) localStorage.removeItem(PREFIX + name);
        else localStorage.setItem(PREFIX + name, value);
      } catch {
        // Full or forbidden: it is kept in memory for as long as this page lives.
      }
    },
  };
}
