/** Files that a person keeps or chooses: given by the browser's own way of saving, read whole and only so large. */
import type { Files } from '../view-models/ports.ts';

/** Chosen here: a hundred thousand messages make a file of some 40 MB. */
const BYTES_MAX = 512 * 1024 * 1024;
/** The browser has read it by then; older ones say nothing. */
const SAVED_MS = 60_000;

/** What the device says to an empty file of ours; where it says yes and then does not take a real one, `share` says so. */
function canShare(): boolean {
  return navigator.canShare?.({ files: [fileOf('kith.kithbundle', new Uint8Array())] }) === true;
}

function fileOf(name: string, bytes: Uint8Array<ArrayBuffer>): File {
  return new File([bytes], name, { type: 'application/octet-stream' });
}

export function deviceFiles(): Files {
  return {
    canShare: canShare(),
    async share(name, bytes) {
      try {
        await navigator.share({ files: [fileOf(name, bytes)] });
        return 'shared';
      } catch (error) {
        return error instanceof DOMException && error.name === 'AbortError' ? 'not-now' : 'not-taken';
      }
    },
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
