/** Files that a person keeps or chooses: given by the browser's own way of saving, read whole and only so large. */
import type { Files } from '../view-models/ports.ts';

/** Chosen here: a hundred thousand messages make a file of some 40 MB. */
const BYTES_MAX = 512 * 1024 * 1024;
/** The browser has read it by then; older ones say nothing. */
const SAVED_MS = 60_000;

export function deviceFiles(): Files {
  return {
    save(name, bytes) {
      const address = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
      const link = document.createElement('a');
      link.href = address;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), SAVED_MS);
    },
    async read(chosen) {
      if (!(chosen instanceof Blob) || chosen.size > BYTES_MAX) return undefined;
      try {
        return new Uint8Array(await chosen.arrayBuffer());
      } catch {
        // Taken away, or on a card that was pulled.
        return undefined;
      }
    },
  };
}
